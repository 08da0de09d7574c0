"""The server for all measurements: `python benchmarks/server.py` prints its URL.

It does as little as possible: responses are ready before they are requested, each takes one write, and
connections stay open. Bodies too large to keep are written piece by piece, so that memory stays flat. The
server ends when its standard input is closed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from functools import cache

import cores
from bodies import SMALLEST, Body, body_of

HOST = "127.0.0.1"
_LARGEST_KEPT = 4_000_000
"""Bodies up to this size, in bytes, are kept ready."""
_BACKLOG = 1_024
_PREFIX, _SUFFIX = b"GET /agents/calls/", b"/logs"
_END_OF_HEAD = b"\r\n\r\n"
_NOT_FOUND = {
    "message": "Call not found",
    "description": f"Request lines-NUMBER, or bytes-NUMBER with at least {SMALLEST}.",
}


class LogsProtocol(asyncio.Protocol):
    """One connection: responds to each request in turn."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._may_write = asyncio.Event()
        self._may_write.set()
        self._streaming: asyncio.Task[None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to respond on."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - a socket's is one
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop writing."""
        del exc
        if self._streaming:
            self._streaming.cancel()

    def pause_writing(self) -> None:
        """Pause a large body until the client has read what was written."""
        self._may_write.clear()

    def resume_writing(self) -> None:
        """Write again."""
        self._may_write.set()

    def data_received(self, data: bytes) -> None:
        """Respond to each complete request; none of them has a body."""
        self._received += data
        while (end := self._received.find(_END_OF_HEAD)) >= 0:
            head = bytes(self._received[:end])
            del self._received[: end + len(_END_OF_HEAD)]
            self._respond(head)

    def _respond(self, head: bytes) -> None:
        assert self._transport  # noqa: S101 - there is one before there is data
        target = head[: head.find(b" ", len(_PREFIX))]
        ready, body = _response_to(target)
        self._transport.write(ready)
        if body:
            self._streaming = asyncio.create_task(self._stream(body))

    async def _stream(self, body: Body) -> None:
        assert self._transport  # noqa: S101 - as above
        for piece in body.pieces():
            await self._may_write.wait()
            self._transport.write(piece)


@cache
def _response_to(target: bytes) -> tuple[bytes, Body | None]:
    """Return the bytes to write at once, and the rest to stream after them."""
    body = None
    if target.startswith(_PREFIX) and target.endswith(_SUFFIX):
        call_id = target[len(_PREFIX) : -len(_SUFFIX)].decode("ascii", errors="replace")
        body = body_of(call_id)
    if body is None:
        content = json.dumps(_NOT_FOUND).encode()
        return _head("404 Not Found", len(content)) + content, None
    head = _head("200 OK", body.size)
    if body.size > _LARGEST_KEPT:
        return head, body
    return head + b"".join(body.pieces()), None


def _head(status: str, length: int) -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


async def start() -> asyncio.Server:
    """Start serving on a free port of the loopback address."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(LogsProtocol, HOST, 0, backlog=_BACKLOG)


def url_of(server: asyncio.Server) -> str:
    """Return the URL of a server."""
    return f"http://{HOST}:{server.sockets[0].getsockname()[1]}"


async def _serve() -> None:
    server = await start()
    sys.stdout.write(f"{url_of(server)}\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    server.close()


if __name__ == "__main__":
    cores.keep_to_server_core()
    asyncio.run(_serve())
