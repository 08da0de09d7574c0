"""The engines over httpx, which is always there."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING, TypeVar
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

from ._bounded_reads import Deadline, bound_reads

if TYPE_CHECKING:
    from cartesia_calls._clock import Clock
    from cartesia_calls._http import Request

ClientT = TypeVar("ClientT", httpx.Client, httpx.AsyncClient)

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


class HttpxEngine:
    """Sends over an `httpx.Client`: the user's own, which stays open, or one made here."""

    name = "httpx"

    def __init__(self, base_url: str, client: httpx.Client | None, clock: Clock) -> None:
        self._deadline = Deadline(clock)
        self._owned = client is None
        self._client = _use_or_make(httpx.Client, client, base_url)
        if self._owned:
            bound_reads(self._client, self._deadline)

    def send(self, request: Request) -> Response:
        """See `Engine.send`."""
        try:
            with self._deadline.within(request.timeout):
                return self._send(request)
        except _SENDING_ERRORS as error:
            raise _translated(error, request, closed=self._client.is_closed) from error

    def close(self) -> None:
        """See `Engine.close`."""
        if self._owned:
            self._client.close()

    def _send(self, request: Request) -> Response:
        answer = self._client.send(
            _build(self._client, request), stream=True, auth=None, follow_redirects=False
        )
        body = _Body(request, answer)
        try:
            for piece in answer.iter_bytes():
                body.write(piece)
                # A client of the user's own has no deadline below it.
                if self._deadline.is_over():
                    raise _timed_out(request)
        except httpx.DecodingError as error:
            body.spoil(error)
        finally:
            answer.close()
        return body.response()


class AsyncHttpxEngine:
    """Sends over an `httpx.AsyncClient`: the user's own, which stays open, or one made here."""

    name = "httpx"

    def __init__(self, base_url: str, client: httpx.AsyncClient | None) -> None:
        self._owned = client is None
        self._client = _use_or_make(httpx.AsyncClient, client, base_url)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, request: Request) -> Response:
        """See `AsyncEngine.send`."""
        self._check_loop()
        try:
            async with asyncio.timeout(request.timeout):
                return await self._send(request)
        except TimeoutError as error:
            raise _timed_out(request) from error
        except _SENDING_ERRORS as error:
            raise _translated(error, request, closed=self._client.is_closed) from error

    async def close(self) -> None:
        """See `AsyncEngine.close`."""
        if self._owned:
            self._check_loop()
            await self._client.aclose()

    async def _send(self, request: Request) -> Response:
        answer = await self._client.send(
            _build(self._client, request), stream=True, auth=None, follow_redirects=False
        )
        body = _Body(request, answer)
        try:
            async for piece in answer.aiter_bytes():
                body.write(piece)
        except httpx.DecodingError as error:
            body.spoil(error)
        finally:
            await answer.aclose()
        return body.response()

    def _check_loop(self) -> None:
        """Refuse another event loop: the connections belong to the one they were made in."""
        running = asyncio.get_running_loop()
        self._loop = self._loop or running
        if self._loop is not running:
            raise ConfigurationError(
                "This AsyncClient was used in another event loop, which its connections belong to.",
                hint="Make one in each asyncio.run(…), with `async with AsyncClient() as client:`.",
            )


def _use_or_make(kind: type[ClientT], client: object, base_url: str) -> ClientT:
    if client is not None:
        if not isinstance(client, kind):
            raise ConfigurationError(
                f"http_client is a {type(client).__name__}, not an httpx.{kind.__name__}.",
                hint=f"Pass an httpx.{kind.__name__}, or nothing.",
            )
        return client
    try:
        _ = httpx.URL(base_url).host  # httpx's own opinion of it, asked for before anything is sent
    except (httpx.InvalidURL, UnicodeError) as error:
        raise ConfigurationError(
            f"The base URL's host can't be one: {error}.", hint="Check the base URL."
        ) from error
    # A proxy named by the environment would carry the key of a plain http:// URL off this machine.
    trust_env = not is_loopback(urlsplit(base_url).hostname or "")
    # The API has no cookies; one set by a gateway would tie one account's requests to another's.
    cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    try:
        return kind(trust_env=trust_env, cookies=cookies)
    except (OSError, ImportError, ValueError, httpx.InvalidURL) as error:
        # The error's text is not shown: a proxy's URL may hold a password.
        raise ConfigurationError(
            f"The environment's proxy or TLS settings can't be used ({type(error).__name__}).",
            hint="Check HTTP_PROXY, HTTPS_PROXY, ALL_PROXY, SSL_CERT_FILE, SSL_CERT_DIR and "
            "SSLKEYLOGFILE; a SOCKS proxy needs the package socksio.",
        ) from error


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
        self._sink = request.sink if answer.status_code == HTTPStatus.OK else None
        self._announced: int | None = None
        self._came = 0
        if self._sink is not None:
            length = answer.headers.get("content-length", "")
            # Of an encoded body the length is another than of what it holds.
            if length.isdecimal() and "content-encoding" not in answer.headers:
                self._announced = int(length)
            self._sink.start(self._announced)

    def write(self, piece: bytes) -> None:
        """Take the next bytes, decoded."""
        if self._sink is None:
            self._held += piece
        else:
            self._sink.write(piece)
            self._came += len(piece)

    def spoil(self, error: httpx.DecodingError) -> None:
        """Take note that the body is not encoded as it says; an error's status counts without it.

        Raises:
            ResponseValidationError: The answer is a success.
        """
        self._held.clear()
        if self._answer.is_success:
            raise ResponseValidationError(
                f"The answer to {self._request.method} {self._request.url} can't be decoded: "
                f"{error}.",
                hint="Something on the way garbles answers; check proxies and the base URL.",
                problem=f"is not encoded as its Content-Encoding says ({error})",
            ) from error

    def response(self) -> Response:
        """Return the answer, now that its body has come.

        Raises:
            APIConnectionError: Not as much came for the sink as was announced.
        """
        if self._announced not in {None, self._came}:
            raise APIConnectionError(
                f"The answer to {self._request.method} {self._request.url} broke off after "
                f"{self._came} of {self._announced} bytes.",
                hint="Check the network and any proxy.",
            )
        headers = {name.lower(): value for name, value in self._answer.headers.items()}
        return Response(self._answer.status_code, headers, bytes(self._held))


def _timed_out(request: Request) -> APITimeoutError:
    return APITimeoutError(
        f"No whole answer from {request.method} {request.url} within {request.timeout:g} s.",
        hint="Check the network, or give a longer timeout.",
    )


def _translated(error: Exception, request: Request, *, closed: bool) -> CartesiaError:
    if isinstance(error, httpx.HTTPError):
        failure = (
            _timed_out(request)
            if isinstance(error, httpx.TimeoutException)
            else APIConnectionError(
                f"No whole answer from {request.method} {request.url}: "
                f"{error or type(error).__name__}.",
                hint="Check the network, the base URL (`cartesia-calls doctor` shows it) and any "
                "proxy.",
            )
        )
        failure.may_have_arrived = not isinstance(error, _NOT_SENT)
        return failure
    if isinstance(error, RuntimeError):
        if closed:
            return ConfigurationError(
                "This client is closed.",
                hint="Make a new one, or keep to the inside of its with block.",
            )
        raise error
    return ConfigurationError(
        f"A request can't be sent to {request.url[:200]}: {error}.",
        hint="Check the base URL and the ids.",
    )
