"""Connections for threads: blocking sockets, with a timeout for each wait."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from ._connection import FastConnection, shares

if TYPE_CHECKING:
    from cartesia_calls._transports._pool import Attempt


class Connection(FastConnection):
    _socket: socket.socket

    async def connect(self, attempt: Attempt) -> socket.socket:
        plain = self._connect_to_any(attempt)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(attempt.left())
            host = self.route.host
            self._socket = (
                plain if self.tls is None else self.tls.wrap_socket(plain, server_hostname=host)
            )
        except BaseException:
            plain.close()
            raise
        return self._socket

    def _connect_to_any(self, attempt: Attempt) -> socket.socket:
        port = self.route.port
        failure: OSError = TimeoutError()
        found = socket.getaddrinfo(self.route.host, port, type=socket.SOCK_STREAM)
        for address, seconds in shares(found, attempt):
            try:
                return socket.create_connection((address, port), seconds)
            except OSError as error:
                failure = error
        raise failure

    def send(self, data: bytes, attempt: Attempt) -> None:
        self._socket.settimeout(attempt.left())
        self._socket.sendall(data)

    async def wait(self, attempt: Attempt) -> None:
        self._socket.settimeout(attempt.left())
        self.read_buffer(self._socket.recv_into(self.buffer))

    async def close(self) -> None:
        if self.is_connected:
            self._socket.close()
