"""A raw server whose responses name the requested call, so that a crossed response is seen."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from typing import Self

_CALL_ID = re.compile(rb"GET /agents/calls/([^/ ]+)/logs HTTP/1\.1")


class EchoServer:
    """Responds to a request for logs with one line, the call's id; never to an id `silent_…`.

    As a context manager it listens on a free port of loopback, in its own thread.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.connections = 0
        self._heard = threading.Event()
        self._idle = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(60)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    def wait_for_a_request(self) -> None:
        """Return once a request has arrived since the previous call of this method."""
        assert self._heard.wait(60)
        self._heard.clear()

    def wait_until_idle(self) -> None:
        """Return once no connection is open."""
        assert self._idle.wait(60)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._serve_connection, "127.0.0.1", 0, backlog=1024)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        async with server:
            await self._stop.wait()

    async def _serve_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        self._idle.clear()
        try:
            while head := await _read_head(reader):
                self.requests += 1
                self._heard.set()
                call_id = _CALL_ID.findall(head)[0].decode()
                if call_id.startswith("silent_"):
                    continue  # the next request on it gets no response out of order
                await asyncio.sleep(hash(call_id) % 5 / 1000)
                writer.write(_response(call_id))
        except ConnectionError:
            pass
        finally:
            writer.close()
            self.connections -= 1
            if self.connections == 0:
                self._idle.set()


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.CancelledError):
        return b""  # the client, or the test, is done with it


def _response(call_id: str) -> bytes:
    logs = {"call_id": call_id, "logs": [call_id], "updated_at": "2026-03-01T10:00:00Z"}
    body = json.dumps(logs).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return f"{head}\r\n\r\n".encode() + body
