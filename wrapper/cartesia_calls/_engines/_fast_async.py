"""`_fast.py`, to be awaited."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from math import inf
from typing import TYPE_CHECKING, cast

from ._addresses import is_address
from ._body import Body, OpenBody, plain_response
from ._environment import make_direct_tls_context
from ._failures import closed, lost, no_answer, timed_out, without_frames
from ._free_list import FreeList
from ._limits import KEPT_IDLE, MOST_CONNECTIONS
from ._messages import AnswerReader, RequestWriter, UnreadableError, check_head
from ._owner import OneLoop, OneProcess
from ._sockets import BUFFER, readable_check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cartesia_calls._http import AsyncOpenAnswer, Request, Response

    from ._environment import Surroundings
    from ._messages import Head


class AsyncFastEngine:
    """`FastEngine`, to be awaited."""

    name = "fast"

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._tls = make_direct_tls_context(around)
        self._writer = RequestWriter(around)
        self._free: FreeList[_Connection] = FreeList()
        self._turns = asyncio.Semaphore(MOST_CONNECTIONS)
        self._process = OneProcess()
        self._loop = OneLoop()

    async def send(self, request: Request) -> Response:
        """See `AsyncEngine.send`."""
        self._check()
        deadline = asyncio.get_running_loop().time() + request.timeout
        await self._take_turn(request, deadline)
        try:
            connection = self._free_connection() or await self._connect(request, deadline)
            return await self._exchange(connection, request, deadline)
        finally:
            self._turns.release()

    async def open(self, request: Request) -> AsyncOpenAnswer:
        """See `AsyncEngine.open`."""
        self._check()
        connection: _Connection | None = None
        try:
            deadline = asyncio.get_running_loop().time() + request.timeout
            connection = await self._connect(request, deadline)
            connection.ask(self._writer, request, deadline)
            head = await connection.receive_head(request)
            return _AsyncOpenAnswer(request, head, connection)
        except BaseException:
            if connection is not None:
                connection.close()
            raise

    async def close(self) -> None:
        """See `Engine.close`."""
        if self._free.has_any() and self._process.is_here():
            self._loop.check(asyncio.get_running_loop())
            connections = self._free.close()
            for connection in connections:
                connection.close()
            await asyncio.gather(*(connection.gone for connection in connections))
        self._free.close()

    def _check(self) -> None:
        self._process.check()
        self._loop.check(asyncio.get_running_loop())
        if self._free.is_closed:
            raise closed()

    async def _take_turn(self, request: Request, deadline: float) -> None:
        if not self._turns.locked():
            await self._turns.acquire()  # which takes no time then
            return
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.acquire()
        except TimeoutError as error:
            raise timed_out(request, may_have_arrived=False) from without_frames(error)

    async def _exchange(
        self, connection: _Connection, request: Request, deadline: float
    ) -> Response:
        reader = connection.reader
        try:
            connection.ask(self._writer, request, deadline)
            head = await connection.receive_head(request)
            pieces = reader.take()
            response = plain_response(request, *head, pieces) if reader.is_whole else None
            if response is None:
                body = Body(request, *head)
                while all(map(body.write, pieces)) and not reader.is_whole:
                    await connection.receive(request)
                    pieces = reader.take()
                response = body.response()
        except BaseException:
            connection.close()
            raise
        connection.idle_since = asyncio.get_running_loop().time()
        if not (reader.is_reusable and self._free.put(connection)):
            connection.close()
        return response

    def _free_connection(self) -> _Connection | None:
        oldest = asyncio.get_running_loop().time() - KEPT_IDLE
        while (connection := self._free.take()) is not None:
            if connection.idle_since >= oldest and not connection.has_news():
                return connection
            connection.close()
        return None

    async def _connect(self, request: Request, deadline: float) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(deadline):
                *others, last = await self._addresses()
                for number, address in enumerate(others):
                    seconds = (deadline - loop.time()) / (len(others) - number + 1)
                    # As `connect_to_any`: one that says nothing leaves time for the others.
                    with contextlib.suppress(OSError):
                        async with asyncio.timeout(seconds):
                            return await self._connect_to(address)
                return await self._connect_to(last)
        except OSError as error:
            raise lost(request, error, may_have_arrived=False) from without_frames(error)

    async def _addresses(self) -> Iterable[str]:
        host, port = self._around.host, self._around.port
        if is_address(host):
            return [host]
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return dict.fromkeys(str(address[0]) for *_, address in found)

    async def _connect_to(self, address: str) -> _Connection:
        _, connection = await asyncio.get_running_loop().create_connection(
            _Connection,
            address,
            self._around.port,
            ssl=self._tls,
            server_hostname=self._around.host if self._tls else None,
        )
        return connection


class _Connection(asyncio.BufferedProtocol):
    """A connection to the server; used by one task at a time.

    Attributes:
        reader: Reads its answers.
        idle_since: When the last answer was whole, by the event loop's clock.
        gone: Is done when the connection is closed.
    """

    def __init__(self) -> None:
        self.reader = AnswerReader()
        self.idle_since = 0.0
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._buffer = memoryview(bytearray(BUFFER))
        self._failure: Exception | None = None
        self._has_news = self._is_paused = False
        self._waiting: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport
        self._deadline = inf
        self._alarm: asyncio.TimerHandle | None = None

    def ask(self, writer: RequestWriter, request: Request, deadline: float) -> None:
        """Send a request; what of its answer has not come by the deadline fails to."""
        self.reader.expect()
        self.expect_by(deadline)
        self._transport.write(writer.bytes_of(request))

    def expect_by(self, deadline: float) -> None:
        """Fail to receive what has not come by a moment of the event loop's clock.

        One alarm is set for many requests: when it rings, it is set anew for the one that is waited
        for by then.
        """
        self._deadline = deadline
        if self._alarm is not None and self._alarm.when() > deadline:
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
        if asyncio.get_running_loop().time() < self._deadline:
            self._set_alarm()
            return
        self._failure = TimeoutError()
        self._tell()

    async def receive_head(self, request: Request) -> Head:
        """Return the head of the answer."""
        while (head := self.reader.head) is None:
            await self.receive(request)
        check_head(head, request)
        return head

    async def receive(self, request: Request) -> None:
        """Wait until more of the answer has come.

        Raises:
            APITimeoutError: Nothing came before the deadline.
            APIConnectionError: The connection broke off, or what came is no answer.
        """
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
            raise lost(request, self._failure) from without_frames(self._failure)
        if self._failure is not None:
            raise no_answer(request, str(self._failure))

    def has_news(self) -> bool:
        """Tell whether an idle connection was closed, or has an answer that nobody asked for."""
        if self._failure is not None or not self.reader.is_reusable:
            return True
        return self._is_readable()

    def close(self) -> None:
        """Close the connection; the event loop does it in its next round."""
        self._transport.abort()

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
        try:
            self.reader.feed(self._buffer[:nbytes])
        except UnreadableError as error:
            self._failure = error
        if self._has_news and not self._is_paused and not self.reader.is_whole:
            # What came before has not been taken yet: no more is read until it is. Behind a whole
            # answer all is read, since TLS would hold back what nobody asked for, for the next one.
            self._is_paused = True
            self._transport.pause_reading()
        self._tell()

    def eof_received(self) -> None:
        """See `asyncio.BufferedProtocol`."""
        try:
            self.reader.feed_end()
        except UnreadableError as error:
            self._failure = error
        self._tell()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.BaseProtocol`."""
        self._failure = self._failure or exc or UnreadableError("the connection was closed")
        self._stop_alarm()
        if not self.gone.done():  # it is cancelled with whoever waits for it
            self.gone.set_result(None)
        self._tell()

    def _tell(self) -> None:
        self._has_news = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class _AsyncOpenAnswer(OpenBody):
    """See `AsyncOpenAnswer`; its connection is used for nothing else."""

    def __init__(self, request: Request, head: Head, connection: _Connection) -> None:
        super().__init__(request, *head)
        self._request = request
        self._connection = connection

    async def read(self) -> bytes:
        reader = self._connection.reader
        self._connection.expect_by(asyncio.get_running_loop().time() + self._request.timeout)
        while not (piece := self.take()):
            if raw := reader.take():
                self.feed(b"".join(raw))
            elif reader.is_whole:
                return self.end()
            else:
                await self._connection.receive(self._request)
        return piece

    async def close(self) -> None:
        self._connection.close()
