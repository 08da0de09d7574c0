"""Connections for asyncio: the event loop feeds what comes, and one alarm keeps the deadline."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from math import inf
from typing import TYPE_CHECKING, cast

from cartesia_calls._transports._failures import lost, no_response, without_frames
from cartesia_calls._transports._loops import AsyncSlots, LoopGuard, loop_time
from cartesia_calls._transports._route import is_address, make_direct_tls_context

from ._state import ConnectionState, UnreadableError
from ._transport import BUFFER, FastTransport, larger, readable_check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cartesia_calls._clock import Clock
    from cartesia_calls._transports._guards import Deadline
    from cartesia_calls._transports._route import Route

    from ._transport import Connection


def make_transport(route: Route, clock: Clock) -> FastTransport:
    """Return a transport for asyncio."""
    del clock  # the event loop's counts
    return FastTransport(route, _LoopNetwork(route), LoopGuard().check)


class _LoopNetwork:
    time = staticmethod(loop_time)

    def __init__(self, route: Route) -> None:
        self._route = route
        self._tls = make_direct_tls_context(route)
        slots = AsyncSlots()
        self.take_slot, self.release_slot = slots.take, slots.release

    async def connect(self, deadline: Deadline) -> _LoopConnection:
        try:
            async with asyncio.timeout_at(deadline.moment):
                *others, last = await self._addresses()
                for number, address in enumerate(others):
                    share = (deadline.moment - loop_time()) / (len(others) - number + 1)
                    # One that is silent leaves time for the others.
                    with contextlib.suppress(OSError):
                        async with asyncio.timeout(share):
                            return await self._connect_to(address)
                return await self._connect_to(last)
        except OSError as error:
            raise lost(deadline.request, error, may_have_arrived=False) from without_frames(error)

    async def _addresses(self) -> Iterable[str]:
        host, port = self._route.host, self._route.port
        if is_address(host):
            return [host]
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return dict.fromkeys(str(address[0]) for *_, address in found)

    async def _connect_to(self, address: str) -> _LoopConnection:
        _, connection = await asyncio.get_running_loop().create_connection(
            _LoopConnection,
            address,
            self._route.port,
            ssl=self._tls,
            server_hostname=self._route.host if self._tls else None,
        )
        return connection

    async def close(self, connections: list[Connection]) -> None:
        for connection in connections:
            connection.close()
        for connection in connections:
            await cast("_LoopConnection", connection).gone


class _LoopConnection(asyncio.BufferedProtocol):
    """A connection; `gone` is done when it is closed."""

    def __init__(self) -> None:
        self.state = ConnectionState()
        self.idle_since = 0.0
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = memoryview(bytearray(BUFFER))
        self._failure: Exception | None = None
        self._has_news = self._is_paused = False
        self._waiting: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport
        self._deadline = inf
        self._alarm: asyncio.TimerHandle | None = None

    def send(self, data: bytes, deadline: Deadline) -> None:
        self._bound(deadline)
        self._transport.write(data)

    async def receive(self, deadline: Deadline) -> None:
        if self._deadline != deadline.moment:
            self._bound(deadline)
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
        if not self._has_news and self._failure is None:
            if self._alarm is None:
                self._set_alarm()
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
            self._waiting = None
        self._has_news = False
        if isinstance(self._failure, OSError):
            raise lost(deadline.request, self._failure) from without_frames(self._failure)
        if self._failure is not None:
            raise no_response(deadline.request, str(self._failure))

    def has_news(self) -> bool:
        if self._failure is not None or not self.state.is_reusable:
            return True
        return self._is_readable()

    def close(self) -> None:
        self._transport.abort()  # the event loop closes it in its next round

    def _bound(self, deadline: Deadline) -> None:
        """Let what has not come by a deadline fail.

        One alarm serves many requests: when it rings, it is set again for the one that waits then.
        """
        self._deadline = deadline.moment
        if self._alarm is not None and self._alarm.when() > self._deadline:
            self._set_alarm()

    def _set_alarm(self) -> None:
        self._stop_alarm()
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_at(self._deadline, self._ring)

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _ring(self) -> None:
        self._alarm = None
        if self._waiting is None:
            return  # whoever waits next sets it
        if loop_time() < self._deadline:
            self._set_alarm()
            return
        self._failure = TimeoutError()
        self._wake()

    def _wake(self) -> None:
        self._has_news = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.BaseProtocol`."""
        self._transport = cast("asyncio.Transport", transport)
        self._is_readable = readable_check(transport.get_extra_info("socket"))

    def get_buffer(self, sizehint: int) -> memoryview:
        """See `asyncio.BufferedProtocol`."""
        del sizehint
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """See `asyncio.BufferedProtocol`."""
        self._feed(self._buffer[:nbytes])
        self._buffer = larger(self._buffer, nbytes)
        if self._has_news and not self._is_paused and not self.state.is_whole:
            # What came before has not been taken: no more is read until it is. After a whole
            # response all is read, since TLS would hold back what is unsolicited, for the next one.
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """See `asyncio.BufferedProtocol`."""
        self._feed(b"")
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.BaseProtocol`."""
        self._failure = self._failure or exc or UnreadableError("the connection was closed")
        self._stop_alarm()
        if not self.gone.done():  # it is cancelled together with `close`
            self.gone.set_result(None)
        self._wake()

    def _feed(self, data: bytes | memoryview) -> None:
        try:
            self.state.feed(data)
        except UnreadableError as error:
            self._failure = error
