"""Connections for threads: blocking sockets, with a timeout for each wait."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from cartesia_calls._transports._failures import lost, no_response, without_frames
from cartesia_calls._transports._guards import Slots
from cartesia_calls._transports._route import is_address, make_direct_tls_context

from ._state import ConnectionState, UnreadableError
from ._transport import BUFFER, FastTransport, larger, readable_check

if TYPE_CHECKING:
    import ssl

    from cartesia_calls._clock import Clock
    from cartesia_calls._transports._guards import Deadline
    from cartesia_calls._transports._route import Route

    from ._transport import Connection


def make_transport(route: Route, clock: Clock) -> FastTransport:
    """Return a transport for threads."""
    return FastTransport(route, _SocketNetwork(route, clock))


class _SocketNetwork:
    def __init__(self, route: Route, clock: Clock) -> None:
        self._route = route
        self._tls = make_direct_tls_context(route)
        self.time = clock.monotonic
        slots = Slots()
        self.take_slot, self.release_slot = slots.take, slots.release

    async def connect(self, deadline: Deadline) -> _SocketConnection:
        try:
            plain = self._connect_to_any(deadline)
            try:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls is None:
                    return _SocketConnection(plain)
                plain.settimeout(deadline.left(may_have_arrived=False))
                return _SocketConnection(
                    self._tls.wrap_socket(plain, server_hostname=self._route.host)
                )
            except BaseException:
                plain.close()
                raise
        except OSError as error:
            raise lost(deadline.request, error, may_have_arrived=False) from without_frames(error)

    def _connect_to_any(self, deadline: Deadline) -> socket.socket:
        """Connect to the first address of the host that accepts.

        Each gets an even share of the time left: one that is silent leaves time for the others.
        """
        host, port = self._route.host, self._route.port
        *others, last = [host]
        if not is_address(host):
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            *others, last = dict.fromkeys(str(address[0]) for *_, address in found)
        for number, address in enumerate(others):
            share = deadline.left(may_have_arrived=False) / (len(others) - number + 1)
            try:
                return socket.create_connection((address, port), share)
            except OSError:
                continue
        left = deadline.left(may_have_arrived=False)
        return socket.create_connection((last, port), left)

    async def close(self, connections: list[Connection]) -> None:
        for connection in connections:
            connection.close()


class _SocketConnection:
    def __init__(self, connected: socket.socket | ssl.SSLSocket) -> None:
        self._socket = connected
        self._buffer = memoryview(bytearray(BUFFER))
        self.state = ConnectionState()
        self.idle_since = 0.0
        self.has_news = readable_check(connected)

    def send(self, data: bytes, deadline: Deadline) -> None:
        try:
            self._socket.settimeout(deadline.left())
            self._socket.sendall(data)
        except OSError as error:
            raise lost(deadline.request, error) from without_frames(error)

    async def receive(self, deadline: Deadline) -> None:
        try:
            self._socket.settimeout(deadline.left())
            count = self._socket.recv_into(self._buffer)
        except OSError as error:
            raise lost(deadline.request, error) from without_frames(error)
        try:
            self.state.feed(self._buffer[:count])
        except UnreadableError as error:
            raise no_response(deadline.request, str(error)) from None
        self._buffer = larger(self._buffer, count)

    def close(self) -> None:
        self._socket.close()
