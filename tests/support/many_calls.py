"""A fast server with any number of generated calls; it counts requests and fails on demand.

It responds to the two operations that an export of logs needs. Run as a program, it serves in its own
process: `python many_calls.py COUNT [SECONDS_PER_RESPONSE]` prints its URL.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit

AGENT = "agent_many"
_NEWEST = datetime(2026, 3, 1, 12, tzinfo=UTC)
_PAGE = 100

Response = bytes
Interfere = Callable[[int, str], Response | None]
"""Takes the number (from 1) and the path of each request; may return the response to send instead."""


def call_id(number: int) -> str:
    """Return the id of a call; 0 is the newest."""
    return f"ac_{number:06d}"


def lines(number: int) -> list[str]:
    """Return the log of a call."""
    start = _NEWEST - timedelta(minutes=number)
    return [
        f"{start + timedelta(seconds=i):%Y-%m-%d %H:%M:%S}.{i:03d} | INFO     | agent.flow:turn:{i} - "
        f"Call {number} heard line {i} — perché no?"
        for i in range(3 + number % 8)
    ]


def _record(number: int) -> dict[str, object]:
    start = _NEWEST - timedelta(minutes=number)
    return {
        "id": call_id(number),
        "agent_id": AGENT,
        "status": "completed",
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(seconds=50)).isoformat(),
    }


def http(status: str, body: bytes, *headers: str) -> bytes:
    """Return a response as bytes."""
    head = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*head, *headers, "", ""]).encode() + body


@dataclass
class ManyCalls:
    """The server; as a context manager, in its own thread.

    Attributes:
        count: The number of calls.
        interfere: May return another response; one of no bytes closes the connection.
        delay: The time that each response takes, in seconds.
        requests: The number of requests that were received.
        fetched: The number of times that the logs of each call were sent.
        connections: The open connections.
        waiting: The number of requests that wait for their responses.
        most_at_once: The highest number of requests that waited at once.
    """

    count: int
    interfere: Interfere = lambda _number, _path: None
    delay: float = 0.0
    requests: int = 0
    fetched: Counter[str] = field(default_factory=Counter[str])
    connections: set[asyncio.Transport] = field(default_factory=set[asyncio.Transport])
    waiting: int = 0
    most_at_once: int = 0
    url: str = ""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(self.listen())
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._server.close()
        for connection in self.connections:
            connection.abort()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Connection(self), "127.0.0.1", 0, backlog=512)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    def response_to(self, path: str) -> bytes:
        self.requests += 1
        if (other := self.interfere(self.requests, path)) is not None:
            return other
        parts = urlsplit(path)
        words = parts.path.split("/")
        if parts.path == "/agents/calls":
            return http("200 OK", self._page(parse_qs(parts.query)))
        found = unquote(words[3])
        number = int(found.removeprefix("ac_"))
        if len(words) == 4:
            return http("200 OK", json.dumps(_record(number)).encode())
        self.fetched[found] += 1
        logs = {"call_id": found, "logs": lines(number), "updated_at": "2026-03-01T12:00:00Z"}
        return http("200 OK", json.dumps(logs).encode())

    def _page(self, query: dict[str, list[str]]) -> bytes:
        after = query.get("starting_after", [""])[0]
        first = int(after.removeprefix("ac_")) + 1 if after else 0
        numbers = range(first, min(first + _PAGE, self.count))
        more = numbers.stop < self.count
        page = {
            "data": [_record(number) for number in numbers],
            "has_more": more,
            "next_page": call_id(numbers[-1]) if more else None,
        }
        return json.dumps(page).encode()


class _Connection(asyncio.Protocol):
    def __init__(self, server: ManyCalls) -> None:
        self._server = server
        self._heard = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._server.connections.add(transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's name
        self._server.connections.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            head, _, self._heard = self._heard.partition(b"\r\n\r\n")
            self._server.waiting += 1
            self._server.most_at_once = max(self._server.most_at_once, self._server.waiting)
            response = self._server.response_to(head.split(b" ", 2)[1].decode())
            if self._server.delay:
                loop = asyncio.get_running_loop()
                loop.call_later(self._server.delay, self._send, response)
            else:
                self._send(response)

    def _send(self, response: bytes) -> None:
        self._server.waiting -= 1
        self._transport.write(response)
        if b"\r\n\r\n" not in response or b"Connection: close" in response:
            self._transport.close()


async def _serve(count: int, delay: float) -> None:
    calls = ManyCalls(count, delay=delay)
    server = await calls.listen()
    print(calls.url, flush=True)  # noqa: T201 - a program of its own
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0.0))
