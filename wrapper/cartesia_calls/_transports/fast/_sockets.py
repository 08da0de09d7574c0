"""Requests and responses over a connection, and connections for threads: blocking sockets."""

from __future__ import annotations

import select
import socket
from abc import abstractmethod
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls._transports._attempt import system_reason, without_frames
from cartesia_calls._transports._pool import Connection, PooledTransport
from cartesia_calls._transports._route import make_tls_context

from ._state import ConnectionState, UnreadableError, check_head, request_bytes

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from cartesia_calls._exceptions import APIConnectionError
    from cartesia_calls._http import Response
    from cartesia_calls._transports._attempt import Attempt
    from cartesia_calls._transports._pool import Slots
    from cartesia_calls._transports._route import Route

    Addresses = Sequence[tuple[object, object, object, object, tuple[object, ...]]]

_BUFFER, _LARGEST_BUFFER = 64 * 1024, 512 * 1024


class FastConnection(Connection):
    """A connection straight to the server.

    Attributes:
        route: How to reach the server.
        tls: The context of TLS; None for plain HTTP.
        state: The parsed responses.
        buffer: Where the next bytes go.
        is_connected: Whether there is a connection.
    """

    is_connected = False
    _is_readable: Callable[[], bool]

    def __init__(self, route: Route, tls: ssl.SSLContext | None) -> None:
        self.route = route
        self.tls = tls
        self.state = ConnectionState()
        self.buffer = memoryview(bytearray(_BUFFER))

    @classmethod
    def make_transport(cls, route: Route, slots: Slots) -> PooledTransport:
        """Return a transport over such connections."""
        if route.proxy is not None:
            raise ConfigurationError(
                "The engine `fast` sends through no proxy, and the environment names one.",
                hint="Use engine='auto' or 'httpx', or name the host in NO_PROXY.",
            )
        tls = make_tls_context(route)
        if tls is not None:
            tls.set_alpn_protocols(["http/1.1"])
        return PooledTransport("fast", slots, lambda: cls(route, tls))

    async def ask(self, attempt: Attempt) -> Response:
        state = self.state
        try:
            if not self.is_connected:
                self._is_readable = readable_check(await self._connect(attempt))
                self.is_connected = True
            state.expect()
            self.is_whole = False
            attempt.may_have_arrived = True
            # No local variable holds the bytes: they include the key, and error reporters show
            # local variables.
            self.send(request_bytes(attempt.request, self.route.host_header), attempt)
            while (head := state.head) is None:
                await self.wait(attempt)
            check_head(head)
        except (OSError, UnreadableError) as error:
            raise _failure(error, attempt) from without_frames(error)
        return head

    async def receive(self, attempt: Attempt) -> bytes:
        state = self.state
        try:
            while not (piece := state.take()) and not state.is_whole:
                await self.wait(attempt)
        except (OSError, UnreadableError) as error:
            raise _failure(error, attempt) from without_frames(error)
        self.is_whole = state.is_whole
        return piece

    def is_reusable(self) -> bool:
        return self.state.is_reusable

    def has_news(self) -> bool:
        return not self.state.is_reusable or self._is_readable()

    async def _connect(self, attempt: Attempt) -> socket.socket:
        """Connect to the first address of the host that accepts, and return the socket."""
        failure: OSError = TimeoutError()
        addresses = dict.fromkeys(str(address[0]) for *_, address in await self.look_up(attempt))
        for number, address in enumerate(addresses):
            # A silent address leaves time for the others.
            share = attempt.left() / (len(addresses) - number)
            try:
                return await self.connect_to(address, share, attempt)
            except OSError as error:
                failure = error
        raise failure

    @abstractmethod
    async def look_up(self, attempt: Attempt) -> Addresses:
        """Return the addresses of the host."""

    @abstractmethod
    async def connect_to(self, address: str, seconds: float, attempt: Attempt) -> socket.socket:
        """Connect to an address within some seconds, and return the socket."""

    @abstractmethod
    def send(self, data: bytes, attempt: Attempt) -> None:
        """Send a request's bytes."""

    @abstractmethod
    async def wait(self, attempt: Attempt) -> None:
        """Wait until more of the response has come."""

    def read_buffer(self, count: int) -> None:
        """Parse what was received into the buffer, and double the buffer if it is full."""
        self.state.feed(self.buffer[:count])
        if count == len(self.buffer) < _LARGEST_BUFFER:
            self.buffer = memoryview(bytearray(2 * count))


class SocketConnection(FastConnection):
    _socket: socket.socket

    async def look_up(self, attempt: Attempt) -> Addresses:
        del attempt  # nothing can interrupt it
        return socket.getaddrinfo(self.route.host, self.route.port, type=socket.SOCK_STREAM)

    async def connect_to(self, address: str, seconds: float, attempt: Attempt) -> socket.socket:
        plain = socket.create_connection((address, self.route.port), seconds)
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

    def send(self, data: bytes, attempt: Attempt) -> None:
        self._socket.settimeout(attempt.left())
        self._socket.sendall(data)

    async def wait(self, attempt: Attempt) -> None:
        self._socket.settimeout(attempt.left())
        self.read_buffer(self._socket.recv_into(self.buffer))

    async def close(self) -> None:
        if self.is_connected:
            self._socket.close()


def readable_check(connected: socket.socket) -> Callable[[], bool]:
    """Return a check whether the other side closed a socket, or sent something to read."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connected, select.POLLIN)
        return lambda: bool(poll.poll(0))
    return lambda: bool(select.select([connected], (), (), 0)[0])


def _failure(error: Exception, attempt: Attempt) -> APIConnectionError:
    if isinstance(error, TimeoutError):
        return attempt.timed_out()
    why = str(error) or "the server closed the connection"
    if isinstance(error, OSError):
        why = system_reason(error) or why
    return attempt.no_response(why)
