"""The transport over httpx's public API: HTTP transports of ours, or a client of the user's own.

httpx's pool costs more the more connections it has, so each of our transports has one connection, and
free ones wait on a list. Two documented extensions of httpx do the rest: `trace` shows the network
stream of a new connection, and a network stream can be read. That is enough to bound a whole request
and to notice what a server sends beyond a response.
"""

from __future__ import annotations

import ssl
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, TypeGuard

from ._body import Body, StreamedBody
from ._decoding import ACCEPT_ENCODING
from ._failures import (
    closed,
    no_response,
    system_reason,
    timed_out,
    unsendable,
    without_frames,
    without_quotes,
)
from ._guards import KEPT_IDLE, Deadline, Pool
from ._route import make_tls_context, unusable

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from types import ModuleType

    import httpx

    from cartesia_calls._exceptions import CartesiaError
    from cartesia_calls._http import Request, Response, StreamedResponse

    from ._guards import Slots
    from ._loops import AsyncSlots
    from ._route import Route

_NEW_CONNECTIONS = ("connect_tcp.complete", "start_tls.complete")
_SENDING = "http11.send_request_headers.started"


class Lane(ABC):
    """An httpx transport of ours with its one connection, or the user's own client for one request.

    A server that sends more than a response would have the surplus read as the response to the next
    request. So the last byte of every read is held back until httpx asks for more: where a response
    is complete without it, there is a surplus.

    Attributes:
        client: An HTTP transport of httpx, or the user's client, of httpx or of httpx2.
        is_own: Whether it is the user's.
        deadline: When the present request must be done.
        may_have_arrived: Whether the server may have received the present request.
        is_streaming: Whether no other request follows, so that no byte need be held back.
    """

    def __init__(self, client: Any, *, is_own: bool = False) -> None:  # noqa: ANN401 - of two libraries
        self.client = client
        self.is_own = is_own
        self.deadline: Deadline
        self.may_have_arrived = is_own
        self.is_streaming = False
        self._stream: Any = None
        self._held = b""

    def is_reusable(self, response: httpx.Response) -> bool:
        """Return whether another request may follow a response that was read and closed."""
        if self._stream is None:
            # A mock connects nowhere; another way to a connection is unknown here.
            return "network_stream" not in response.extensions
        return not self._held

    async def close(self) -> None:
        """Close a transport of ours with its connection."""
        if not self.is_own:
            await self.close_one(self.client)
            if self._stream is not None:
                # httpx does not close it where a TLS handshake is cancelled.
                await self.close_one(self._stream)

    @abstractmethod
    def extensions(self) -> dict[str, object]:
        """Return the extensions of the next request."""

    @abstractmethod
    async def send(self, sent: httpx.Request) -> httpx.Response:
        """Send a request and return its response, the body unread."""

    @abstractmethod
    def pieces(self, response: httpx.Response) -> Any:  # noqa: ANN401 - an iterator or an async one
        """Return an iterator over the raw body, for `next_of`."""

    @abstractmethod
    async def next_of(self, pieces: Any) -> bytes | None:  # noqa: ANN401 - see `pieces`
        """Return the next piece, None at the end."""

    @abstractmethod
    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - a client, a response, a stream
        """Close what httpx has made."""

    @abstractmethod
    def within(self, deadline: Deadline) -> AbstractAsyncContextManager[object]:
        """Raise `TimeoutError` in the block at a deadline, where that is possible."""

    def _note(self, event: str, info: dict[str, Any]) -> bool:
        """Note what `trace` reports, and return whether there is a new connection."""
        if event.endswith(_NEW_CONNECTIONS):
            self._stream, self._held = info["return_value"], b""
            return True
        if event == _SENDING and info["request"].method != b"CONNECT":
            self.may_have_arrived = True
        return False

    def _hold_back(self, data: bytes) -> bytes:
        self._held = data[-1:] if len(data) > 1 and not self.is_streaming else b""
        return data[:-1] if self._held else data

    def _take_held(self) -> bytes:
        held, self._held = self._held, b""
        return held


class HttpxTransport:
    """Sends over httpx.

    Args:
        library: The module httpx, or httpx2.
        make_lane: Returns a lane over a new transport, or over the user's own client.
        slots: None where the user's own client bounds how many requests are sent at once.
        time: The clock that deadlines are kept by.
        check_loop: Refuses another event loop than the first.
    """

    name = "httpx"

    def __init__(
        self,
        library: ModuleType,
        make_lane: Callable[[], Lane],
        slots: Slots | AsyncSlots | None,
        time: Callable[[], float],
        check_loop: Callable[[], None] | None = None,
    ) -> None:
        self._library: Any = library
        self._make_lane = make_lane
        self._slots = slots
        self._time = time
        self._pool: Pool[Lane] = Pool(check_loop)

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        self._pool.check()
        deadline = Deadline(request, self._time)
        if self._slots is None:
            return await self._exchange(self._make_lane(), deadline)
        await self._slots.take(deadline)
        try:
            return await self._exchange(self._pool.take() or self._make_lane(), deadline)
        finally:
            self._slots.release()

    async def stream(self, request: Request) -> StreamedResponse:
        """See `Transport.stream`."""
        self._pool.check()
        lane = self._make_lane()
        lane.is_streaming = True
        deadline = Deadline(request, self._time)
        try:
            async with lane.within(deadline):
                response = await self._open(lane, deadline)
            return _StreamedResponse(self, request, lane, response)
        except BaseException as error:
            await lane.close()
            self.raise_ours(error, lane)
            raise

    async def close(self) -> None:
        """See `Transport.close`."""
        interrupted: BaseException | None = None
        for lane in self._pool.close():
            try:
                await lane.close()
            except BaseException as error:  # noqa: BLE001 - a cancelled task closes the rest too
                interrupted = error
        if interrupted is not None:
            raise interrupted

    def new_deadline(self, request: Request) -> Deadline:
        """Return a deadline for a part of a response."""
        return Deadline(request, self._time)

    def raise_ours(self, error: BaseException, lane: Lane) -> None:
        """Raise our own error for one of httpx's; return for any other."""
        library, request, arrived = self._library, lane.deadline.request, lane.may_have_arrived
        not_sent = (
            library.ConnectError,
            library.ConnectTimeout,
            library.PoolTimeout,
            library.ProxyError,
            library.UnsupportedProtocol,
        )
        ours: CartesiaError
        if type(error) is TimeoutError:  # asyncio's; one of ours is of a class of its own
            ours = timed_out(request, may_have_arrived=arrived)
        elif isinstance(error, library.TimeoutException):
            arrived = arrived and not isinstance(error, not_sent)
            ours = timed_out(request, may_have_arrived=arrived)
        elif isinstance(error, (library.LocalProtocolError, library.InvalidURL, UnicodeError)):
            ours = unsendable(request, without_quotes(error))
        elif isinstance(error, (library.HTTPError, ssl.SSLError)):
            arrived = arrived and not isinstance(error, not_sent)
            ours = no_response(request, self._reason(error), may_have_arrived=arrived)
        elif isinstance(error, RuntimeError) and lane.is_own and lane.client.is_closed:
            ours = closed()
        else:
            return
        raise ours from without_frames(error)

    def _reason(self, error: BaseException) -> str:
        """Return what happened, in the operating system's words where connecting failed."""
        why = without_quotes(error)
        if not isinstance(error, self._library.ConnectError):
            return why
        first: BaseException = error
        while (cause := first.__cause__ or first.__context__) is not None:
            # anyio groups the errors of a host's addresses.
            first = cause.exceptions[0] if _is_group(cause) else cause
        return (system_reason(first) or why) if isinstance(first, OSError) else why

    async def _exchange(self, lane: Lane, deadline: Deadline) -> Response:
        try:
            async with lane.within(deadline):
                response = await self._open(lane, deadline)
                try:
                    whole = await self._read(lane, response)
                finally:
                    await lane.close_one(response)
        except BaseException as error:
            await lane.close()
            self.raise_ours(error, lane)
            raise
        if not (lane.is_own or (lane.is_reusable(response) and self._pool.put(lane))):
            await lane.close()
        return whole

    async def _open(self, lane: Lane, deadline: Deadline) -> httpx.Response:
        request = deadline.request
        lane.deadline, lane.may_have_arrived = deadline, lane.is_own
        # httpx.Headers hides the key in its repr, a dict would not.
        headers = self._library.Headers({**request.headers, "accept-encoding": ACCEPT_ENCODING})
        if request.api_key is not None:
            headers["authorization"] = f"Bearer {request.api_key.reveal()}"
        # A user's own client adds what it was set up with.
        make = lane.client.build_request if lane.is_own else self._library.Request
        extensions = lane.extensions()
        return await lane.send(
            make(request.method, request.url, headers=headers, extensions=extensions)
        )

    async def _read(self, lane: Lane, response: httpx.Response) -> Response:
        body = Body(lane.deadline.request, response.status_code, _headers_of(response))
        pieces = lane.pieces(response)
        while (piece := await lane.next_of(pieces)) is not None and body.write(piece):
            lane.deadline.left()
        return body.response()


class _StreamedResponse(StreamedBody):
    """See `StreamedResponse`; a connection of ours is used for nothing else."""

    def __init__(
        self, transport: HttpxTransport, request: Request, lane: Lane, response: httpx.Response
    ) -> None:
        super().__init__(request, response.status_code, _headers_of(response))
        self._transport = transport
        self._lane = lane
        self._response = response
        self._raw = lane.pieces(response)

    async def read(self) -> bytes:
        lane = self._lane
        lane.deadline = self._transport.new_deadline(self.request)
        try:
            async with lane.within(lane.deadline):
                while not (piece := self.take()):
                    raw = await lane.next_of(self._raw)
                    if raw is None:
                        return self.end()
                    self.feed(raw)
        except BaseException as error:
            self._transport.raise_ours(error, lane)
            raise
        return piece

    async def close(self) -> None:
        await self._lane.close_one(self._response)
        await self._lane.close()


def transport_options(route: Route) -> dict[str, Any]:
    """Return what an HTTP transport of ours is made with."""
    import httpx  # noqa: PLC0415 - slow to import; the user's own client may be httpx2's

    options: dict[str, Any] = {
        # One for all, since httpx would make one for each, at great cost. Plain HTTP needs none.
        "verify": make_tls_context(route)
        if route.scheme == "https"
        else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        "proxy": route.proxy,
        "trust_env": False,
        "limits": httpx.Limits(
            max_connections=1, max_keepalive_connections=1, keepalive_expiry=KEPT_IDLE
        ),
    }
    try:
        httpx.HTTPTransport(**options).close()
    except (ImportError, ValueError) as error:  # no package socksio, an odd proxy
        raise unusable(error) from None
    return options


def _headers_of(response: httpx.Response) -> dict[str, str]:
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.is_stream_consumed:
        # A hook or a transport of the user's has read and decoded it.
        headers.pop("content-encoding", None)
    return headers


def _is_group(error: BaseException) -> TypeGuard[BaseExceptionGroup[BaseException]]:
    return isinstance(error, BaseExceptionGroup)
