"""The engine over httpx, which is always there."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from cartesia_calls._exceptions import (
    APIConnectionError,
    APITimeoutError,
    CartesiaError,
    ConfigurationError,
    ResponseValidationError,
)
from cartesia_calls._http import Response
from cartesia_calls._settings import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartesia_calls._clock import Clock
    from cartesia_calls._http import Request


# Raised before a request is on its way.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class HttpxEngine:
    """Sends over an `httpx.Client`: the user's own, which stays open, or one made here."""

    name = "httpx"

    def __init__(self, base_url: str, client: httpx.Client | None, clock: Clock) -> None:
        self._clock = clock
        self._owned = client is None
        self._client = client or httpx.Client(trust_env=_may_use_proxy(base_url))

    def send(self, request: Request) -> Response:
        """See `Engine.send`."""
        deadline = self._clock.monotonic() + request.timeout
        try:
            answer = self._client.send(
                _build(self._client, request), stream=True, auth=None, follow_redirects=False
            )
            try:
                # httpx bounds each read; a body that trickles in would take for ever.
                write = (body := _Body(request, answer)).write
                for piece in answer.iter_bytes():
                    write(piece)
                    if self._clock.monotonic() > deadline:
                        raise _timed_out(request)
            finally:
                answer.close()
        except (httpx.HTTPError, RuntimeError) as error:
            raise _translated(error, request, closed=self._client.is_closed) from error
        return body.response()

    def close(self) -> None:
        """See `Engine.close`."""
        if self._owned:
            self._client.close()


class AsyncHttpxEngine:
    """Sends over an `httpx.AsyncClient`: the user's own, which stays open, or one made here."""

    name = "httpx"

    def __init__(self, base_url: str, client: httpx.AsyncClient | None) -> None:
        self._owned = client is None
        self._client = client or httpx.AsyncClient(trust_env=_may_use_proxy(base_url))

    async def send(self, request: Request) -> Response:
        """See `AsyncEngine.send`."""
        try:
            async with asyncio.timeout(request.timeout):
                answer = await self._client.send(
                    _build(self._client, request), stream=True, auth=None, follow_redirects=False
                )
                try:
                    write = (body := _Body(request, answer)).write
                    async for piece in answer.aiter_bytes():
                        write(piece)
                finally:
                    await answer.aclose()
        except TimeoutError as error:
            raise _timed_out(request) from error
        except (httpx.HTTPError, RuntimeError) as error:
            raise _translated(error, request, closed=self._client.is_closed) from error
        return body.response()

    async def close(self) -> None:
        """See `AsyncEngine.close`."""
        if self._owned:
            await self._client.aclose()


def _may_use_proxy(base_url: str) -> bool:
    # A proxy named by the environment would carry the key of a plain http:// URL off this machine.
    return not is_loopback(urlsplit(base_url).hostname or "")


def _build(client: httpx.Client | httpx.AsyncClient, request: Request) -> httpx.Request:
    # Headers first and the key put in after: httpx.Headers hides it in a repr, a dict would not.
    headers = httpx.Headers(dict(request.headers))
    if request.api_key is not None:
        headers["authorization"] = f"Bearer {request.api_key.reveal()}"
    return client.build_request(
        request.method, request.url, headers=headers, timeout=request.timeout
    )


class _Body:
    """Gathers an answer's body, or hands it on to the request's sink."""

    def __init__(self, request: Request, answer: httpx.Response) -> None:
        self._request = request
        self._answer = answer
        self._held = bytearray()
        self._announced: int | None = None
        self.write: Callable[[bytes], object] = self._held.extend
        if request.sink is not None and answer.status_code == HTTPStatus.OK:
            length = answer.headers.get("content-length", "")
            self._announced = int(length) if length.isdecimal() else None
            request.sink.start(self._announced)
            self.write = request.sink.write

    def response(self) -> Response:
        """Return the answer, now that its body has come.

        Raises:
            APIConnectionError: Not as much came for the sink as was announced.
        """
        came = self._answer.num_bytes_downloaded
        if self._announced not in {None, came}:
            raise APIConnectionError(
                f"The answer to {self._request.method} {self._request.url} broke off after {came} "
                f"of {self._announced} bytes.",
                hint="Check the network and any proxy.",
            )
        headers = {name.lower(): value for name, value in self._answer.headers.items()}
        return Response(self._answer.status_code, headers, bytes(self._held))


def _timed_out(request: Request) -> APITimeoutError:
    return APITimeoutError(
        f"No whole answer from {request.method} {request.url} within {request.timeout:g} s.",
        hint="Check the network, or give a longer timeout.",
    )


def _translated(
    error: httpx.HTTPError | RuntimeError, request: Request, *, closed: bool
) -> CartesiaError:
    if isinstance(error, httpx.TimeoutException):
        timed_out = _timed_out(request)
        timed_out.may_have_arrived = not isinstance(error, _NOT_SENT)
        return timed_out
    if isinstance(error, httpx.DecodingError):
        return ResponseValidationError(
            f"The answer to {request.method} {request.url} can't be decoded: {error}.",
            hint="Something between here and the server garbles answers; check proxies and the base URL.",
            problem=f"is not encoded as its Content-Encoding says ({error})",
        )
    if isinstance(error, httpx.HTTPError):
        failure = APIConnectionError(
            f"No whole answer from {request.method} {request.url}: {error or type(error).__name__}.",
            hint="Check the network, the base URL (`cartesia-calls doctor` shows it) and any proxy.",
        )
        failure.may_have_arrived = not isinstance(error, _NOT_SENT)
        return failure
    if closed:
        return ConfigurationError(
            "This client is closed.",
            hint="Make a new one, or keep to the inside of its with block.",
        )
    raise error
