"""The engines of the extra `fast`: pyreqwest, which is Rust's reqwest."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

# By name and now: imported late, in the middle of a signal, they would abort the process.
from pyreqwest.client import ClientBuilder, SyncClientBuilder
from pyreqwest.exceptions import (
    ClientClosedError,
    PoolTimeoutError,
    PyreqwestError,
    RequestPanicError,
    RequestTimeoutError,
)
from pyreqwest.proxy import ProxyBuilder

from ._body import Body, OpenBody
from ._decoding import ACCEPT_ENCODING
from ._environment import unusable
from ._failures import closed, no_answer, timed_out, unsendable, without_frames
from ._interruptible import Helper
from ._limits import METHODS_WITH_A_BODY, MOST_CONNECTIONS
from ._owner import OneLoop, OneProcess

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from pyreqwest.client import Client as AsyncReqwest
    from pyreqwest.client import SyncClient
    from pyreqwest.http import HeaderMap
    from pyreqwest.request import (
        RequestBuilder,
        StreamRequest,
        SyncRequestBuilder,
        SyncStreamRequest,
    )
    from pyreqwest.response import Response as AsyncAnswer

    from cartesia_calls._exceptions import CartesiaError
    from cartesia_calls._http import AsyncOpenAnswer, OpenAnswer, Request, Response

    from ._environment import Surroundings

BuilderT = TypeVar("BuilderT", ClientBuilder, SyncClientBuilder)
RequestBuilderT = TypeVar("RequestBuilderT", "RequestBuilder", "SyncRequestBuilder")

T = TypeVar("T")

# How many bytes to gather before they are handed over: all that come at once, so that none are lost
# where the rest does not come.
_EACH_PIECE = 1
_SENDING_ERRORS = (PyreqwestError, ValueError)
_UNREADABLE = "(not ASCII)"
# What reqwest calls a failure to connect, among an error's causes.
_NOT_CONNECTED = "client error (Connect)"


class FastEngine:
    """Sends over a client of reqwest's."""

    name = "fast"

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._client: SyncClient | None = _configured(SyncClientBuilder(), around).build()
        self._process = OneProcess()
        self._helper = Helper()

    def send(self, request: Request) -> Response:
        """See `Engine.send`."""
        self._process.check()
        try:
            return _heard(self._helper, lambda: self._exchange(request))
        except _SENDING_ERRORS as error:
            raise _translated(error, request) from without_frames(error)

    def open(self, request: Request) -> OpenAnswer:
        """See `Engine.open`."""
        self._process.check()
        if self._client is None:
            raise closed()
        builder = _configured(SyncClientBuilder(), self._around)
        # Of a client's own: reqwest has no other way to bound the silence between two pieces.
        client = builder.read_timeout(timedelta(seconds=request.timeout)).build()
        return _OpenAnswer(client, request)

    def close(self) -> None:
        """See `Engine.close`."""
        # Idle connections end with the last name for the client.
        client, self._client = self._client, None
        if client is not None and self._process.is_here():
            client.close()

    def _exchange(self, request: Request) -> Response:
        with self._build(request) as answer:
            body = Body(request, answer.status, _head_of(answer.headers, request))
            reader = answer.body_reader
            while (piece := reader.read_chunk()) is not None:
                if not body.write(piece.to_bytes()):
                    break
        return body.response()

    def _build(self, request: Request) -> SyncStreamRequest:
        client = self._client
        if client is None:
            raise closed()
        builder = _with_headers(client.request(request.method, request.url), request)
        return builder.timeout(timedelta(seconds=request.timeout)).build_streamed()


class AsyncFastEngine:
    """`FastEngine`, to be awaited."""

    name = "fast"

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._client: AsyncReqwest | None = _configured(ClientBuilder(), around).build()
        self._process = OneProcess()
        self._loop = OneLoop()

    async def send(self, request: Request) -> Response:
        """See `AsyncEngine.send`."""
        self._process.check()
        self._loop.check(asyncio.get_running_loop())
        try:
            return await self._exchange(request)
        except _SENDING_ERRORS as error:
            raise _translated(error, request) from without_frames(error)

    async def open(self, request: Request) -> AsyncOpenAnswer:
        """See `AsyncEngine.open`."""
        self._process.check()
        self._loop.check(asyncio.get_running_loop())
        if self._client is None:
            raise closed()
        builder = _configured(ClientBuilder(), self._around)
        client = builder.read_timeout(timedelta(seconds=request.timeout)).build()
        return await _AsyncOpenAnswer.open(client, request)

    async def close(self) -> None:
        """See `Engine.close`."""
        client, self._client = self._client, None
        if client is not None and self._process.is_here():
            await client.close()

    async def _exchange(self, request: Request) -> Response:
        async with self._build(request) as answer:
            body = Body(request, answer.status, _head_of(answer.headers, request))
            reader = answer.body_reader
            while (piece := await reader.read_chunk()) is not None:
                if not body.write(piece.to_bytes()):
                    break
        return body.response()

    def _build(self, request: Request) -> StreamRequest:
        client = self._client
        if client is None:
            raise closed()
        builder = _with_headers(client.request(request.method, request.url), request)
        return builder.timeout(timedelta(seconds=request.timeout)).build_streamed()


class _OpenAnswer(OpenBody):
    """See `OpenAnswer`."""

    def __init__(self, client: SyncClient, request: Request) -> None:
        self._client = client
        self._request = request
        self._helper = Helper()
        builder = _with_headers(client.request(request.method, request.url), request)
        opening = builder.streamed_read_buffer_limit(_EACH_PIECE).build_streamed()
        try:
            answer = _heard(self._helper, opening.__enter__)
        except _SENDING_ERRORS as error:
            client.close()
            raise _translated(error, request) from without_frames(error)
        except BaseException:
            client.close()
            raise
        super().__init__(request, answer.status, _head_of(answer.headers, request))
        self._reader = answer.body_reader

    def read(self) -> bytes:
        try:
            while not (piece := self.take()):
                raw = _heard(self._helper, self._reader.read_chunk)
                if raw is None:
                    return self.end()
                self.feed(raw.to_bytes())
        except _SENDING_ERRORS as error:
            raise _translated(error, self._request) from without_frames(error)
        return piece

    def close(self) -> None:
        self._client.close()


class _AsyncOpenAnswer(OpenBody):
    """See `AsyncOpenAnswer`."""

    def __init__(self, client: AsyncReqwest, request: Request, answer: AsyncAnswer) -> None:
        super().__init__(request, answer.status, _head_of(answer.headers, request))
        self._client = client
        self._request = request
        self._reader = answer.body_reader

    @classmethod
    async def open(cls, client: AsyncReqwest, request: Request) -> Self:
        builder = _with_headers(client.request(request.method, request.url), request)
        opening = builder.streamed_read_buffer_limit(_EACH_PIECE).build_streamed()
        try:
            return cls(client, request, await opening.__aenter__())
        except _SENDING_ERRORS as error:
            await client.close()
            raise _translated(error, request) from without_frames(error)
        except BaseException:
            await client.close()
            raise

    async def read(self) -> bytes:
        try:
            while not (piece := self.take()):
                raw = await self._reader.read_chunk()
                if raw is None:
                    return self.end()
                self.feed(raw.to_bytes())
        except _SENDING_ERRORS as error:
            raise _translated(error, self._request) from without_frames(error)
        return piece

    async def close(self) -> None:
        await self._client.close()


def _heard(helper: Helper, work: Callable[[], T]) -> T:
    """Do some work so that Ctrl-C is heard: in the main thread, the only one that gets signals."""
    if threading.current_thread() is threading.main_thread():
        return helper.run(work)
    return work()


def _configured(builder: BuilderT, around: Surroundings) -> BuilderT:
    """Return a builder of a client that adds nothing of its own to a request.

    Raises:
        ConfigurationError: The environment's proxy or certificates can't be used.
    """
    builder = (
        builder.follow_redirects(False)  # noqa: FBT003 - reqwest's way to say so
        .referer(False)  # noqa: FBT003
        .default_cookie_store(False)  # noqa: FBT003
        .gzip(False)  # noqa: FBT003
        .brotli(False)  # noqa: FBT003
        .zstd(False)  # noqa: FBT003
        .deflate(False)  # noqa: FBT003
        .no_proxy()
        .max_connections(MOST_CONNECTIONS)
        # Such as a Location with escape sequences: the status counts without it.
        .http1_ignore_invalid_headers_in_responses(True)  # noqa: FBT003
    )
    try:
        if around.proxy is not None:
            builder = builder.proxy(ProxyBuilder.all(around.proxy))
        for certificates in _certificates(around):
            builder = builder.add_root_certificate_pem(certificates)
    except (OSError, ValueError, PyreqwestError) as error:
        raise unusable(error) from None
    return builder


def _certificates(around: Surroundings) -> list[bytes]:
    """Return the certificates to trust; rustls finds those of the machine by itself."""
    if around.scheme != "https":
        return []
    if around.ca_file:
        return [Path(around.ca_file).read_bytes()]
    if around.ca_folder:
        return [file.read_bytes() for file in Path(around.ca_folder).iterdir() if file.is_file()]
    import certifi  # noqa: PLC0415 - comes with httpx, which trusts it too

    return [Path(certifi.where()).read_bytes()]


def _with_headers(builder: RequestBuilderT, request: Request) -> RequestBuilderT:
    headers = {**request.headers, "accept-encoding": ACCEPT_ENCODING}
    if request.method in METHODS_WITH_A_BODY:
        headers["content-length"] = "0"
    builder = builder.headers(headers)
    # The one that reqwest marks as a secret.
    return builder if request.api_key is None else builder.bearer_auth(request.api_key.reveal())


def _head_of(answer: HeaderMap, request: Request) -> dict[str, str]:
    """Return an answer's headers.

    Raises:
        APIConnectionError: The body is framed in a way that nobody knows; reqwest reads it as if it
            were not.
    """
    headers: dict[str, str] = {}
    for name in dict.fromkeys(answer):
        try:
            headers[name] = ", ".join(answer.getall(name))
        except ValueError:
            # There is no way to bytes that are not ASCII.
            headers[name] = _UNREADABLE
    if headers.get("transfer-encoding", "chunked").strip().lower() != "chunked":
        raise no_answer(request, "its Transfer-Encoding is unknown")
    return headers


def _translated(error: Exception, request: Request) -> CartesiaError:
    """Return our own error for one of pyreqwest's."""
    if isinstance(error, ClientClosedError):
        return closed()
    causes = _causes(error)
    if isinstance(error, RequestTimeoutError):
        waited_for_turn = isinstance(error, PoolTimeoutError)
        connected = _NOT_CONNECTED not in causes
        return timed_out(request, may_have_arrived=connected and not waited_for_turn)
    if not isinstance(error, PyreqwestError) or isinstance(error, RequestPanicError):
        return unsendable(request, error)
    # The first cause repeats the URL, the last says what happened.
    why = causes[-1] if causes else error.message
    return no_answer(request, why, may_have_arrived=_NOT_CONNECTED not in causes)


def _causes(error: Exception) -> list[str]:
    details = getattr(error, "details", None) or {}
    return [cause["message"] for cause in details.get("causes") or ()]
