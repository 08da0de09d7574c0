"""The engines over an httpx client of the user's own, which stays the user's to close."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

from ._body import Body, OpenBody
from ._bounded_reads import Deadline
from ._decoding import ACCEPT_ENCODING
from ._failures import closed, no_answer, timed_out, unsendable, without_frames, without_quotes
from ._owner import OneLoop, OneProcess

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cartesia_calls._clock import Clock
    from cartesia_calls._exceptions import CartesiaError
    from cartesia_calls._http import AsyncOpenAnswer, OpenAnswer, Request, Response

# Raised before a request is on its way.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# What httpx lets through besides its own errors: of URLs that only it finds fault with, and of
# clients that are closed.
_SENDING_ERRORS = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, RuntimeError)


class OwnClientEngine:
    """Sends over an `httpx.Client`."""

    name = "httpx"

    def __init__(self, client: httpx.Client, clock: Clock) -> None:
        self._client = client
        self._deadline = Deadline(clock)
        self._process = OneProcess()

    def send(self, request: Request) -> Response:
        """See `Engine.send`."""
        self._process.check()
        try:
            with self._deadline.within(request.timeout):
                return self._exchange(request)
        except _SENDING_ERRORS as error:
            raise _translated(error, request, is_closed=self._client.is_closed) from without_frames(
                error
            )

    def open(self, request: Request) -> OpenAnswer:
        """See `Engine.open`."""
        self._process.check()
        try:
            answer = self._client.send(
                _build(self._client, request), stream=True, auth=None, follow_redirects=False
            )
        except _SENDING_ERRORS as error:
            raise _translated(error, request, is_closed=self._client.is_closed) from without_frames(
                error
            )
        return _OpenAnswer(request, answer)

    def close(self) -> None:
        """Leave the client open: it is the user's."""

    def _exchange(self, request: Request) -> Response:
        answer = self._client.send(
            _build(self._client, request), stream=True, auth=None, follow_redirects=False
        )
        try:
            body = _body_of(answer, request)
            for piece in [answer.content] if answer.is_stream_consumed else answer.iter_raw():
                if not body.write(piece):
                    break
                # There is no deadline below the user's client.
                if self._deadline.is_over():
                    raise timed_out(request)
        finally:
            answer.close()
        return body.response()


class AsyncOwnClientEngine:
    """Sends over an `httpx.AsyncClient`."""

    name = "httpx"

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._process = OneProcess()
        self._loop = OneLoop()

    async def send(self, request: Request) -> Response:
        """See `AsyncEngine.send`."""
        self._process.check()
        self._loop.check(asyncio.get_running_loop())
        try:
            async with asyncio.timeout(request.timeout):
                return await self._exchange(request)
        except TimeoutError as error:
            raise timed_out(request) from without_frames(error)
        except _SENDING_ERRORS as error:
            raise _translated(error, request, is_closed=self._client.is_closed) from without_frames(
                error
            )

    async def open(self, request: Request) -> AsyncOpenAnswer:
        """See `AsyncEngine.open`."""
        self._process.check()
        self._loop.check(asyncio.get_running_loop())
        try:
            async with asyncio.timeout(request.timeout):
                answer = await self._client.send(
                    _build(self._client, request), stream=True, auth=None, follow_redirects=False
                )
        except TimeoutError as error:
            raise timed_out(request) from without_frames(error)
        except _SENDING_ERRORS as error:
            raise _translated(error, request, is_closed=self._client.is_closed) from without_frames(
                error
            )
        return _AsyncOpenAnswer(request, answer)

    async def close(self) -> None:
        """Leave the client open: it is the user's."""

    async def _exchange(self, request: Request) -> Response:
        answer = await self._client.send(
            _build(self._client, request), stream=True, auth=None, follow_redirects=False
        )
        try:
            body = _body_of(answer, request)
            if answer.is_stream_consumed:
                body.write(answer.content)
            else:
                async for piece in answer.aiter_raw():
                    if not body.write(piece):
                        break
        finally:
            await answer.aclose()
        return body.response()


class _OpenAnswer(OpenBody):
    """See `OpenAnswer`; each of its reads is bounded by httpx."""

    def __init__(self, request: Request, answer: httpx.Response) -> None:
        super().__init__(request, answer.status_code, _head_of(answer))
        self._request = request
        self._answer = answer
        self._raw = iter([answer.content]) if answer.is_stream_consumed else answer.iter_raw()

    def read(self) -> bytes:
        try:
            while not (piece := self.take()):
                raw = next(self._raw, None)
                if raw is None:
                    return self.end()
                self.feed(raw)
        except _SENDING_ERRORS as error:
            raise _translated(error, self._request, is_closed=False) from without_frames(error)
        return piece

    def close(self) -> None:
        self._answer.close()


class _AsyncOpenAnswer(OpenBody):
    """See `AsyncOpenAnswer`."""

    def __init__(self, request: Request, answer: httpx.Response) -> None:
        super().__init__(request, answer.status_code, _head_of(answer))
        self._request = request
        self._answer = answer
        self._raw = _read_already(answer) if answer.is_stream_consumed else answer.aiter_raw()

    async def read(self) -> bytes:
        try:
            async with asyncio.timeout(self._request.timeout):
                while not (piece := self.take()):
                    raw = await anext(self._raw, None)
                    if raw is None:
                        return self.end()
                    self.feed(raw)
        except TimeoutError as error:
            raise timed_out(self._request) from without_frames(error)
        except _SENDING_ERRORS as error:
            raise _translated(error, self._request, is_closed=False) from without_frames(error)
        return piece

    async def close(self) -> None:
        await self._answer.aclose()


async def _read_already(answer: httpx.Response) -> AsyncIterator[bytes]:
    yield answer.content


def _head_of(answer: httpx.Response) -> dict[str, str]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if answer.is_stream_consumed:
        # A hook or a transport of the user's has read and decoded it.
        headers.pop("content-encoding", None)
    return headers


def _body_of(answer: httpx.Response, request: Request) -> Body:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    # A hook or a transport of the user's may have read it.
    return Body(request, answer.status_code, headers, is_decoded=answer.is_stream_consumed)


def _build(client: httpx.Client | httpx.AsyncClient, request: Request) -> httpx.Request:
    # Headers first and the key put in after: httpx.Headers hides it in a repr, a dict would not.
    headers = httpx.Headers({**request.headers, "accept-encoding": ACCEPT_ENCODING})
    if request.api_key is not None:
        headers["authorization"] = f"Bearer {request.api_key.reveal()}"
    return client.build_request(
        request.method, request.url, headers=headers, timeout=request.timeout
    )


def _translated(error: Exception, request: Request, *, is_closed: bool) -> CartesiaError:
    may_have_arrived = not isinstance(error, _NOT_SENT)
    if isinstance(error, httpx.TimeoutException):
        return timed_out(request, may_have_arrived=may_have_arrived)
    if isinstance(error, httpx.HTTPError):
        return no_answer(request, without_quotes(error), may_have_arrived=may_have_arrived)
    if isinstance(error, RuntimeError):
        if not is_closed:
            raise error
        return closed()
    return unsendable(request, error)
