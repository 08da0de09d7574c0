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

from ._body import Body
from ._decoding import ACCEPT_ENCODING
from ._environment import unusable
from ._failures import closed, no_answer, timed_out, unsendable, without_frames
from ._interruptible import Helper
from ._limits import METHODS_WITH_A_BODY, MOST_CONNECTIONS
from ._owner import OneLoop, OneProcess

if TYPE_CHECKING:
    from pyreqwest.http import HeaderMap
    from pyreqwest.request import (
        RequestBuilder,
        StreamRequest,
        SyncRequestBuilder,
        SyncStreamRequest,
    )

    from cartesia_calls._exceptions import CartesiaError
    from cartesia_calls._http import Request, Response

    from ._environment import Surroundings

BuilderT = TypeVar("BuilderT", ClientBuilder, SyncClientBuilder)
RequestBuilderT = TypeVar("RequestBuilderT", "RequestBuilder", "SyncRequestBuilder")

_SENDING_ERRORS = (PyreqwestError, ValueError)
_UNREADABLE = "(not ASCII)"
# What reqwest calls a failure to connect, among an error's causes.
_NOT_CONNECTED = "client error (Connect)"


class FastEngine:
    """Sends over a client of reqwest's."""

    name = "fast"

    def __init__(self, around: Surroundings) -> None:
        self._client = _configured(SyncClientBuilder(), around).build()
        self._process = OneProcess()
        self._helper = Helper()

    def send(self, request: Request) -> Response:
        """See `Engine.send`."""
        self._process.check()
        try:
            # Only the main thread gets signals.
            if threading.current_thread() is threading.main_thread():
                return self._helper.run(lambda: self._exchange(request))
            return self._exchange(request)
        except _SENDING_ERRORS as error:
            raise _translated(error, request) from without_frames(error)

    def close(self) -> None:
        """See `Engine.close`."""
        if self._process.is_here():
            self._client.close()

    def _exchange(self, request: Request) -> Response:
        with self._build(request) as answer:
            body = Body(request, answer.status, _head_of(answer.headers))
            reader = answer.body_reader
            while (piece := reader.read_chunk()) is not None:
                body.write(piece.to_bytes())
        return body.response()

    def _build(self, request: Request) -> SyncStreamRequest:
        builder = self._client.request(request.method, request.url)
        return _with_headers(builder, request).build_streamed()


class AsyncFastEngine:
    """`FastEngine`, to be awaited."""

    name = "fast"

    def __init__(self, around: Surroundings) -> None:
        self._client = _configured(ClientBuilder(), around).build()
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

    async def close(self) -> None:
        """See `Engine.close`."""
        if self._process.is_here():
            await self._client.close()

    async def _exchange(self, request: Request) -> Response:
        async with self._build(request) as answer:
            body = Body(request, answer.status, _head_of(answer.headers))
            reader = answer.body_reader
            while (piece := await reader.read_chunk()) is not None:
                body.write(piece.to_bytes())
        return body.response()

    def _build(self, request: Request) -> StreamRequest:
        builder = self._client.request(request.method, request.url)
        return _with_headers(builder, request).build_streamed()


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
    builder = builder.headers(headers).timeout(timedelta(seconds=request.timeout))
    # The one that reqwest marks as a secret.
    return builder if request.api_key is None else builder.bearer_auth(request.api_key.reveal())


def _head_of(answer: HeaderMap) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name in dict.fromkeys(answer):
        try:
            headers[name] = ", ".join(answer.getall(name))
        except ValueError:
            # There is no way to bytes that are not ASCII.
            headers[name] = _UNREADABLE
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
