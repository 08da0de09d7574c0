"""Connections over httpx's public API: our HTTP transports, or the user's own client.

httpx's pool costs more the more connections it has, so each of our HTTP transports has one connection.
The documented extension `trace` passes the network stream of a new connection. Through it, this module
bounds a whole request, and notices what a server sends beyond a response.
"""

from __future__ import annotations

import ssl
from abc import abstractmethod
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls._http import Response, is_success

from ._attempt import closed, system_reason, unsendable, without_frames, without_quotes
from ._body import ACCEPT_ENCODING
from ._pool import Connection, PooledTransport
from ._route import make_tls_context, unusable

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    from cartesia_calls._exceptions import CartesiaError

    from ._attempt import Attempt
    from ._pool import Slots
    from ._route import Route

_NEW_CONNECTIONS = ("connect_tcp.complete", "start_tls.complete")
_SENDING = "http11.send_request_headers.started"
# httpx tries the addresses of a host one after the other. Each gets a share of the time, so that a
# silent one leaves time for the others. While there is time, all are tried again.
_CONNECTS = 4
# asyncio reads at most this much at once, so a read of this size leaves nothing in anyio.
_ALL_THAT_CAME = 1024 * 1024
# anyio decrypts this much at once; after more, it may hold encrypted bytes that cannot be seen.
_MOST_DECRYPTED = 48 * 1024


class HttpxConnection(Connection):
    """An HTTP transport of httpx with its one connection, or the user's own client for one request.

    If a server sends more than a response, httpx parses the surplus as the response to the next
    request. So the last byte of every read is held back until httpx reads again: if a response is
    complete without it, there is a surplus.

    Attributes:
        transport_class: The name of httpx's class of HTTP transports.
        shares: The share of the time that bounds each step of a request over our HTTP transport.
        trace: The extension of this name.
        library: The module httpx, or httpx2.
        client: An HTTP transport of httpx, or the user's client.
        is_own: Whether it is the user's client.
        attempt: The present attempt.
        body: Yields the raw body of the response.
        stream: The network stream; None where it is unknown.
    """

    transport_class: str
    shares: ClassVar[dict[str, float]]
    trace: Any
    attempt: Attempt
    body: Any
    stream: Any = None
    _response: httpx.Response | None = None
    _content: bytes | None = None
    _held = b""

    def __init__(self, library: ModuleType, client: Any, *, is_own: bool) -> None:  # noqa: ANN401 - of two libraries
        self.library: Any = library
        self.client = client
        self.is_own = is_own

    @classmethod
    def make_transport(cls, route: Route, slots: Slots) -> PooledTransport:
        """Return a transport over our HTTP transports."""
        import httpx  # noqa: PLC0415 - slow to import; the user's own client may be httpx2's

        options: dict[str, Any] = {
            # One for all: httpx would make one for each, which is slow. Plain HTTP needs none.
            "verify": make_tls_context(route) or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            "proxy": route.proxy,
            "trust_env": False,
            "limits": httpx.Limits(max_connections=1),
        }
        try:
            httpx.HTTPTransport(**options).close()
        except (ImportError, ValueError, httpx.InvalidURL) as error:  # no socksio, an invalid proxy
            raise unusable(error) from None
        make = getattr(httpx, cls.transport_class)
        return PooledTransport("httpx", slots, lambda: cls(httpx, make(**options), is_own=False))

    async def ask(self, attempt: Attempt) -> Response:
        self.attempt = attempt
        self._response, self.is_whole = None, False
        attempt.may_have_arrived = self.is_own  # for our HTTP transport, `trace` notices it
        try:
            self._response = await self.send(self._request())
            return self._head_of(self._response)
        except self.library.HTTPStatusError as error:
            # The user's hook called raise_for_status(), which closes the response.
            return self._head_of(error.response)
        except BaseException as error:
            self._raise_ours(error)
            raise

    async def receive(self, attempt: Attempt) -> bytes:
        self.attempt = attempt
        if self._content is not None:
            piece, self._content = self._content, b""
        else:
            try:
                piece = await self.next_piece()
            except BaseException as error:
                self._raise_ours(error)
                raise
        self.is_whole = not piece
        return piece

    def is_reusable(self) -> bool:
        # A mock connects nowhere: it has no network stream.
        return self.is_whole and not self._held and not self.is_own

    async def close(self) -> None:
        # httpx does not close the network stream where a TLS handshake is cancelled.
        ours = () if self.is_own else (self.client, self.stream)
        for closable in filter(None, (self._response, *ours)):
            await self.close_one(closable)

    @abstractmethod
    async def send(self, sent: httpx.Request) -> httpx.Response:
        """Send a request, set `body`, and return the response."""

    @abstractmethod
    async def next_piece(self) -> bytes:
        """Return the next bytes of the body; none at its end."""

    @abstractmethod
    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - a client, a response, a stream
        """Close what httpx has made."""

    def note(self, event: str, info: dict[str, Any]) -> bool:
        """Note what `trace` reports, and return whether there is a new connection."""
        if event.endswith(_NEW_CONNECTIONS):
            self.stream, self._held = info["return_value"], b""
            return True
        if event == _SENDING and info["request"].method != b"CONNECT":
            self.attempt.may_have_arrived = True
        return False

    def hold_back(self, data: bytes) -> bytes:
        """Return what was read without the last byte; a single byte is returned."""
        # Before the request is sent, a proxy talks.
        is_wanted = self.attempt.may_have_arrived and not self.is_streaming
        self._held = data[-1:] if is_wanted and len(data) > 1 else b""
        return data[:-1] if self._held else data

    def take_held(self) -> bytes:
        """Return the byte that was held back, if there is one."""
        held, self._held = self._held, b""
        return held

    def _head_of(self, response: httpx.Response) -> Response:
        headers = dict(response.headers)
        if response.is_stream_consumed:
            # The user's hook or transport has read and decoded it.
            if headers.pop("content-encoding", None):
                headers.pop("content-length", None)
            self._content = response.content
        elif response.is_closed and not is_success(response.status_code):
            self._content = b""
        return Response(response.status_code, headers, b"")

    def _request(self) -> httpx.Request:
        request = self.attempt.request
        # httpx.Headers hides the key in its repr; a dict does not.
        headers = self.library.Headers({**request.headers, "accept-encoding": ACCEPT_ENCODING})
        if request.api_key is not None:
            headers["authorization"] = f"Bearer {request.api_key.reveal()}"
        sent: httpx.Request
        if self.is_own:  # it adds its own headers, cookies and the like
            bounds = dict.fromkeys(("connect", "read", "write", "pool"), request.timeout)
            extensions: dict[str, object] = {"timeout": bounds}
            make = self.client.build_request
        else:
            bounds = {name: request.timeout * share for name, share in self.shares.items()}
            extensions = {"timeout": bounds, "trace": self.trace}
            make = self.library.Request
        sent = make(request.method, request.url, headers=headers, extensions=extensions)
        return sent

    def _raise_ours(self, error: BaseException) -> None:
        """Raise our own error for one of httpx's; return for any other."""
        library, request = self.library, self.attempt.request
        not_sent = (
            library.ConnectError,
            library.ConnectTimeout,
            library.PoolTimeout,
            library.ProxyError,
            library.UnsupportedProtocol,
        )
        if isinstance(error, not_sent):
            self.attempt.may_have_arrived = False
        ours: CartesiaError
        if isinstance(error, (TimeoutError, library.TimeoutException)):
            ours = self.attempt.timed_out()
        elif isinstance(error, (library.LocalProtocolError, library.InvalidURL, UnicodeError)):
            ours = unsendable(request, without_quotes(error))
        elif isinstance(error, (library.HTTPError, ssl.SSLError)):
            ours = self.attempt.no_response(self._reason(error))
        elif isinstance(error, library.StreamError):
            ours = ConfigurationError(
                f"The http_client closed the response to {request.method} {request.url}, or "
                "iterated over it, before this client could read it.",
                hint="In its event hooks, call response.read(), or `await response.aread()`, instead.",
            )
        elif isinstance(error, RuntimeError) and self.is_own and self.client.is_closed:
            ours = closed()
        else:
            return
        raise ours from without_frames(error)

    def _reason(self, error: BaseException) -> str:
        """Return what happened: if connecting failed, in the operating system's words."""
        why = without_quotes(error)
        if not isinstance(error, self.library.ConnectError):
            return why
        first: BaseException = error
        while (cause := first.__cause__ or first.__context__) is not None:
            # anyio groups the errors of a host's addresses.
            first = getattr(cause, "exceptions", (cause,))[0]
        return (system_reason(first) or why) if isinstance(first, OSError) else why


class SyncConnection(HttpxConnection):
    transport_class = "HTTPTransport"
    shares: ClassVar = {"connect": 1 / _CONNECTS, "read": 1, "write": 1, "pool": 1}

    async def send(self, sent: httpx.Request) -> httpx.Response:
        response: httpx.Response = self._response_to(sent)
        self.body = response.iter_raw()
        return response

    def _response_to(self, sent: httpx.Request) -> Any:  # noqa: ANN401 - of two libraries
        if self.is_own:
            return self.client.send(sent, stream=True, auth=None, follow_redirects=False)
        for _ in range(_CONNECTS - 1):
            with suppress(self.library.ConnectTimeout):
                return self.client.handle_request(sent)
            self.attempt.left()
        return self.client.handle_request(sent)

    async def next_piece(self) -> bytes:
        piece: bytes = next(self.body, b"")
        self.attempt.left()
        return piece

    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - as in the base class
        closable.close()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        if not self.note(event, info):
            return
        self.attempt.left()  # a lookup of the host's name has no bound
        stream = self.stream
        read_on, start = stream.read, stream.start_tls

        # The time left is never more than the timeout that httpx passes.
        def read(max_bytes: int, timeout: float | None = None) -> bytes:
            del timeout
            return self.take_held() or self.hold_back(read_on(max_bytes, self.attempt.left()))

        def start_tls(
            ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
        ) -> object:
            del timeout
            return start(ssl_context, server_hostname, self.attempt.left())

        stream.read, stream.start_tls = read, start_tls


class AsyncConnection(HttpxConnection):
    transport_class = "AsyncHTTPTransport"
    shares: ClassVar = {}  # asyncio bounds the whole
    _came = 0

    async def send(self, sent: httpx.Request) -> httpx.Response:
        import asyncio  # noqa: PLC0415 - a sync client does without it

        response: httpx.Response
        self._came = 0
        async with asyncio.timeout_at(self.attempt.moment):
            if self.is_own:
                response = await self.client.send(
                    sent, stream=True, auth=None, follow_redirects=False
                )
            else:
                response = await self.client.handle_async_request(sent)
        self.body = response.aiter_raw()
        return response

    async def next_piece(self) -> bytes:
        import asyncio  # noqa: PLC0415 - as above

        async with asyncio.timeout_at(self.attempt.moment):
            piece: bytes = await anext(self.body, b"")
            return piece

    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - as in the base class
        await closable.aclose()

    def is_reusable(self) -> bool:
        if not super().is_reusable():
            return False
        tls = None if self.stream is None else self.stream.get_extra_info("ssl_object")
        return tls is None or (self._came < _MOST_DECRYPTED and _is_empty(tls))

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        if not self.note(event, info):
            return
        stream = self.stream
        read_on = stream.read

        async def read(max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpx's
            del max_bytes
            if held := self.take_held():
                return held
            data = await read_on(_ALL_THAT_CAME, timeout)
            self._came += len(data)
            return self.hold_back(data)

        stream.read = read


def _is_empty(tls: ssl.SSLObject) -> bool:
    try:
        tls.read(1)
    except ssl.SSLError as error:
        return isinstance(error, ssl.SSLWantReadError)
    return False
