"""The engines that are always there: connections of our own over what httpx sends with."""

from __future__ import annotations

import asyncio
import os
import threading
from functools import partial
from typing import TYPE_CHECKING, cast

import httpcore

from ._body import Body, OpenBody
from ._bounded_reads import BoundedBackend, Deadline
from ._closed_handshakes import ClosingBackend
from ._connections import CORE_ERRORS, NOT_SENT, Factory, head_of, is_reusable, was_connected
from ._failures import closed, no_answer, timed_out, unsendable, without_frames, without_quotes
from ._free_list import FreeList
from ._limits import MOST_CONNECTIONS
from ._owner import OneLoop, OneProcess

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cartesia_calls._clock import Clock
    from cartesia_calls._exceptions import CartesiaError
    from cartesia_calls._http import AsyncOpenAnswer, OpenAnswer, Request, Response

    from ._environment import Surroundings


class HttpxEngine:
    """Sends over connections that are kept for the next request, one for each in flight."""

    name = "httpx"

    def __init__(self, around: Surroundings, clock: Clock) -> None:
        self._deadline = Deadline(clock)
        backend = BoundedBackend(self._deadline)
        self._factory = Factory(around, partial(httpcore.ConnectionPool, network_backend=backend))
        self._free: FreeList[httpcore.ConnectionInterface] = FreeList()
        self._turns = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self._process = OneProcess()

    def send(self, request: Request) -> Response:
        """See `Engine.send`."""
        self._process.check()
        if self._free.is_closed:
            raise closed()
        try:
            with self._deadline.within(request.timeout):
                if not self._turns.acquire(timeout=request.timeout):
                    raise timed_out(request, may_have_arrived=False)
                try:
                    return self._exchange(request)
                finally:
                    self._turns.release()
        except CORE_ERRORS as error:
            raise translated(error, request) from without_frames(error)

    def open(self, request: Request) -> OpenAnswer:
        """See `Engine.open`."""
        self._process.check()
        if self._free.is_closed:
            raise closed()
        connection = self._connect()
        try:
            with self._deadline.within(request.timeout):
                answer = connection.handle_request(self._factory.request(request))
            return _OpenAnswer(request, answer, connection, self._deadline)
        except CORE_ERRORS as error:
            connection.close()
            raise translated(error, request) from without_frames(error)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """See `Engine.close`."""
        for connection in self._free.close():
            if self._process.is_here():
                connection.close()

    def _exchange(self, request: Request) -> Response:
        connection = self._connect()
        try:
            answer = connection.handle_request(self._factory.request(request))
            try:
                body = Body(request, answer.status, head_of(answer))
                for piece in answer.iter_stream():
                    if not body.write(piece):
                        break
            finally:
                answer.close()
            response = body.response()
        except BaseException:
            connection.close()
            raise
        if not (is_reusable(connection) and self._free.put(connection)):
            connection.close()
        return response

    def _connect(self) -> httpcore.ConnectionInterface:
        while (connection := self._free.take()) is not None:
            # An idle connection with something to read was closed, or has an answer to nothing.
            if not connection.has_expired():
                return connection
            connection.close()
        return self._factory.pool.create_connection(self._factory.origin)


class AsyncHttpxEngine:
    """`HttpxEngine`, to be awaited."""

    name = "httpx"

    def __init__(self, around: Surroundings) -> None:
        make_pool = partial(
            httpcore.AsyncConnectionPool,
            network_backend=ClosingBackend() if around.scheme == "https" else None,
        )
        self._factory = Factory(around, make_pool)
        self._free: FreeList[httpcore.AsyncConnectionInterface] = FreeList()
        self._turns = asyncio.Semaphore(MOST_CONNECTIONS)
        self._process = OneProcess()
        self._loop = OneLoop()

    async def send(self, request: Request) -> Response:
        """See `AsyncEngine.send`."""
        self._process.check()
        self._loop.check(asyncio.get_running_loop())
        if self._free.is_closed:
            raise closed()
        connection: httpcore.AsyncConnectionInterface | None = None
        try:
            async with asyncio.timeout(request.timeout), self._turns:
                connection = await self._connect()
                return await self._exchange(connection, request)
        except TimeoutError as error:
            sent = connection is not None and was_connected(connection)
            raise timed_out(request, may_have_arrived=sent) from without_frames(error)
        except CORE_ERRORS as error:
            raise translated(error, request) from without_frames(error)

    async def open(self, request: Request) -> AsyncOpenAnswer:
        """See `AsyncEngine.open`."""
        self._process.check()
        self._loop.check(asyncio.get_running_loop())
        if self._free.is_closed:
            raise closed()
        connection = await self._connect()
        try:
            async with asyncio.timeout(request.timeout):
                answer = await connection.handle_async_request(self._factory.request(request))
            return _AsyncOpenAnswer(request, answer, connection)
        except BaseException as error:
            await connection.aclose()
            if isinstance(error, TimeoutError):
                sent = was_connected(connection)
                raise timed_out(request, may_have_arrived=sent) from without_frames(error)
            if isinstance(error, CORE_ERRORS):
                raise translated(error, request) from without_frames(error)
            raise

    async def close(self) -> None:
        """See `Engine.close`."""
        if self._free.has_any() and self._process.is_here():
            self._loop.check(asyncio.get_running_loop())
            await _close_all(self._free.close())
        self._free.close()

    async def _exchange(
        self, connection: httpcore.AsyncConnectionInterface, request: Request
    ) -> Response:
        try:
            answer = await connection.handle_async_request(self._factory.request(request))
            try:
                body = Body(request, answer.status, head_of(answer))
                async for piece in answer.aiter_stream():
                    if not body.write(piece):
                        break
            finally:
                await answer.aclose()
            response = body.response()
        except BaseException:
            await connection.aclose()
            raise
        if not (is_reusable(connection) and self._free.put(connection)):
            await connection.aclose()
        return response

    async def _connect(self) -> httpcore.AsyncConnectionInterface:
        while (connection := self._free.take()) is not None:
            if not connection.has_expired():
                return connection
            await connection.aclose()
        return self._factory.pool.create_connection(self._factory.origin)


async def _close_all(connections: Iterable[httpcore.AsyncConnectionInterface]) -> None:
    """Close connections, all of them also where this is cancelled: it takes no time to speak of."""
    cancelled: asyncio.CancelledError | None = None
    for connection in connections:
        try:
            await connection.aclose()
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled


class _OpenAnswer(OpenBody):
    """See `OpenAnswer`; its connection is used for nothing else."""

    def __init__(
        self,
        request: Request,
        answer: httpcore.Response,
        connection: httpcore.ConnectionInterface,
        deadline: Deadline,
    ) -> None:
        super().__init__(request, answer.status, head_of(answer))
        self._request = request
        self._connection = connection
        self._deadline = deadline
        self._raw = answer.iter_stream()

    def read(self) -> bytes:
        try:
            with self._deadline.within(self._request.timeout):
                while not (piece := self.take()):
                    raw = next(self._raw, None)
                    if raw is None:
                        return self.end()
                    self.feed(raw)
                return piece
        except CORE_ERRORS as error:
            raise translated(error, self._request) from without_frames(error)

    def close(self) -> None:
        self._connection.close()


class _AsyncOpenAnswer(OpenBody):
    """See `AsyncOpenAnswer`."""

    def __init__(
        self,
        request: Request,
        answer: httpcore.Response,
        connection: httpcore.AsyncConnectionInterface,
    ) -> None:
        super().__init__(request, answer.status, head_of(answer))
        self._request = request
        self._connection = connection
        self._raw = answer.aiter_stream()

    async def read(self) -> bytes:
        try:
            async with asyncio.timeout(self._request.timeout):
                while not (piece := self.take()):
                    raw = await anext(self._raw, None)
                    if raw is None:
                        return self.end()
                    self.feed(raw)
                return piece
        except TimeoutError as error:
            raise timed_out(self._request) from without_frames(error)
        except CORE_ERRORS as error:
            raise translated(error, self._request) from without_frames(error)

    async def close(self) -> None:
        await self._connection.aclose()


def translated(error: Exception, request: Request) -> CartesiaError:
    """Return our own error for one of httpcore's."""
    may_have_arrived = not isinstance(error, NOT_SENT)
    if isinstance(error, httpcore.TimeoutException):
        return timed_out(request, may_have_arrived=may_have_arrived)
    if isinstance(error, httpcore.LocalProtocolError):
        return unsendable(request, without_quotes(error))
    return no_answer(request, _reason(error), may_have_arrived=may_have_arrived)


def _reason(error: Exception) -> str:
    """Return what happened, in the words of the operating system where it was asked to connect."""
    why = without_quotes(error)
    if not isinstance(error, httpcore.ConnectError):
        return why
    first: BaseException = error
    while (cause := first.__cause__) is not None:
        is_group = isinstance(cause, BaseExceptionGroup)  # one for each address of the host
        first = cast("BaseExceptionGroup[Exception]", cause).exceptions[0] if is_group else cause
    if isinstance(first, ConnectionError) and first.errno:
        return os.strerror(first.errno)
    return (first.strerror or why) if isinstance(first, OSError) else why
