"""The lower limit: HTTP on a bare socket, with the least work that transfers the body."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import asyncio

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_PIECE = 262_144


def address_of(url: str) -> tuple[str, int]:
    """Return the host and port of the server's URL.

    Raises:
        ValueError: The URL names no port.
    """
    parts = urlsplit(url)
    if parts.hostname is None or parts.port is None:
        raise ValueError(f"{url!r} names no host and port")
    return parts.hostname, parts.port


def request_for(call_id: str, headers: dict[str, str]) -> bytes:
    """Return the bytes of a request for a call's logs."""
    lines = [f"GET /agents/calls/{call_id}/logs HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def connect(url: str) -> socket.socket:
    """Open a connection that sends at once."""
    connection = socket.create_connection(address_of(url))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def fetch(connection: socket.socket, request: bytes) -> bytes | bytearray:
    """Send one request and return the body of its response.

    Raises:
        ConnectionError: The connection ended before the body did.
    """
    connection.sendall(request)
    received = connection.recv(_PIECE)
    while (end := received.find(_END_OF_HEAD)) < 0:
        received += _more(connection)
    start = end + len(_END_OF_HEAD)
    length = _length(received[:end])
    if len(received) - start == length:
        return received[start:]
    body = bytearray(length)
    filled = len(received) - start
    body[:filled] = received[start:]
    view = memoryview(body)
    while filled < length:
        count = connection.recv_into(view[filled:])
        if not count:
            raise ConnectionError("the connection ended within a body")
        filled += count
    return body


async def fetch_async(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> bytes:
    """Send one request and return the body of its response, on asyncio's streams."""
    writer.write(request)
    head = await reader.readuntil(_END_OF_HEAD)
    return await reader.readexactly(_length(head))


def _length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(_LENGTH) + len(_LENGTH)
    return int(lowered[start:].split(b"\r\n", 1)[0])


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(_PIECE)
    if not received:
        raise ConnectionError("the connection ended within a response's head")
    return received
