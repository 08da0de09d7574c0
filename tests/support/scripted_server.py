"""A server on loopback that sends scripted bytes, right or wrong, and keeps the requests."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Self

Script = Callable[[socket.socket, bytes], object]
"""Takes a connection and the head of each request on it, and sends the response."""


def http_response(body: bytes = b"{}", status: int = 200, headers: bytes = b"") -> bytes:
    """Return a whole response; each of the `headers` ends with a line break."""
    return b"HTTP/1.1 %d X\r\n%sContent-Length: %d\r\n\r\n%s" % (status, headers, len(body), body)


def serving(*responses: bytes) -> Script:
    """Return a script that sends the next response to each request, and repeats the last one."""
    left = list(responses)

    def serve(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return serve


class ScriptedServer:
    """Serves each connection in its own thread, until the block ends.

    Attributes:
        url: Its address.
        heads: The heads of all requests.
        connections: The number of connections that were accepted.
    """

    def __init__(self, script: Script, context: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=200)
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._open: list[socket.socket] = []
        scheme = "http" if context is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}/x"
        self.heads: list[bytes] = []
        self.connections = 0

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        _close(self._listener)
        self._accepting.join()
        for connection in self._open:
            _close(connection)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
                self._open.append(connection)
            with connection:
                self._respond(connection)

    def _respond(self, connection: socket.socket) -> None:
        pending = b""
        while True:
            while b"\r\n\r\n" not in pending:
                received = connection.recv(65536)
                if not received:
                    return
                pending += received
            head, _, pending = pending.partition(b"\r\n\r\n")
            self.heads.append(head)
            if self._script(connection, head) is False:
                connection.shutdown(socket.SHUT_RDWR)
                return


def _close(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
