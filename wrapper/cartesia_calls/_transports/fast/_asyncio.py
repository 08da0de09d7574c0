"""Connections for asyncio: the event loop feeds the bytes, and an alarm bounds each wait."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, cast

from ._sockets import FastConnection
from ._state import UnreadableError

if TYPE_CHECKING:
    from cartesia_calls._transports._attempt import Attempt

    from ._sockets import Addresses


class LoopConnection(FastConnection, asyncio.BufferedProtocol):
    """A connection; `_gone` is done when it is closed."""

    _transport: asyncio.Transport
    _gone: asyncio.Future[None]
    _failure: Exception | None = None
    _waiting: asyncio.Future[None] | None = None
    _alarm: asyncio.TimerHandle | None = None
    _deadline = 0.0
    _has_news = _is_paused = False

    async def look_up(self, attempt: Attempt) -> Addresses:
        loop, route = asyncio.get_running_loop(), self.route
        async with asyncio.timeout_at(attempt.moment):
            return await loop.getaddrinfo(route.host, route.port, type=socket.SOCK_STREAM)

    async def connect_to(self, address: str, seconds: float, attempt: Attempt) -> socket.socket:
        del attempt  # connecting includes TLS
        loop, name = asyncio.get_running_loop(), self.route.host if self.tls else None
        async with asyncio.timeout(seconds):
            made, _ = await loop.create_connection(
                lambda: self, address, self.route.port, ssl=self.tls, server_hostname=name
            )
        return cast("socket.socket", made.get_extra_info("socket"))

    def send(self, data: bytes, attempt: Attempt) -> None:
        del attempt  # what can't be sent yet is buffered; `wait` is bounded
        self._transport.write(data)

    async def wait(self, attempt: Attempt) -> None:
        if self._is_paused:
            self._is_paused = False
            self._transport.resume_reading()
        if not self._has_news and self._failure is None:
            self._deadline = attempt.moment
            if self._alarm is None or self._alarm.when() > self._deadline:
                self._set_alarm()
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
            self._waiting = None
        self._has_news = False
        if self._failure is not None:
            raise self._failure

    async def close(self) -> None:
        if self.is_connected:
            self._transport.abort()  # the event loop closes it soon
            await self._gone

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._gone = asyncio.get_running_loop().create_future()

    def get_buffer(self, sizehint: int) -> memoryview:
        del sizehint
        return self.buffer

    def buffer_updated(self, nbytes: int) -> None:
        try:
            self.read_buffer(nbytes)
        except UnreadableError as error:
            self._failure = error
        if self._has_news and not self._is_paused and not self.state.is_whole:
            # The previous bytes have not been taken: read no more until they are. After a whole
            # response, read everything: TLS would keep unsolicited bytes for the next one.
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.buffer_updated(0)

    def connection_lost(self, exc: Exception | None) -> None:
        self._wake(exc or UnreadableError("the connection was closed"))
        self.state.is_reusable = False
        self._stop_alarm()
        if not self._gone.done():  # a cancelled `close` cancels it
            self._gone.set_result(None)

    def _set_alarm(self) -> None:
        """Set one alarm for many waits, since each would cost as much as a tenth of a call."""
        self._stop_alarm()
        self._alarm = asyncio.get_running_loop().call_at(self._deadline, self._ring)

    def _stop_alarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _ring(self) -> None:
        self._alarm = None  # the next wait sets it
        if self._waiting is not None and asyncio.get_running_loop().time() < self._deadline:
            self._set_alarm()
        elif self._waiting is not None:
            self._wake(TimeoutError())

    def _wake(self, failure: Exception | None = None) -> None:
        self._has_news = True
        self._failure = self._failure or failure
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
