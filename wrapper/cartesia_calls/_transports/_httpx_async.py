"""`_httpx.py` for asyncio."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

from ._httpx import HttpxTransport, Lane, transport_options
from ._loops import AsyncSlots, LoopGuard, loop_time

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import ModuleType

    import httpx

    from cartesia_calls._clock import Clock

    from ._guards import Deadline
    from ._route import Route

# asyncio reads no more than this at once, so that a read of this size leaves nothing in anyio.
_ALL_THAT_CAME = 1024 * 1024
# anyio decrypts this much at once; after more, encrypted bytes may be left in it, out of sight.
_MOST_DECRYPTED = 48 * 1024


def make_transport(route: Route, clock: Clock) -> HttpxTransport:
    """Return a transport over HTTP transports of ours."""
    del clock  # the event loop's counts
    import httpx  # noqa: PLC0415 - slow to import

    options = transport_options(route)
    return HttpxTransport(
        httpx,
        lambda: _AsyncLane(httpx.AsyncHTTPTransport(**options)),
        AsyncSlots(),
        loop_time,
        LoopGuard().check,
    )


def make_own_transport(client: object, library: ModuleType, clock: Clock) -> HttpxTransport:
    """Return a transport over the user's own client."""
    del clock  # the event loop's counts
    return HttpxTransport(
        library, lambda: _AsyncLane(client, is_own=True), None, loop_time, LoopGuard().check
    )


class _AsyncLane(Lane):
    _came = 0

    def extensions(self) -> dict[str, object]:
        self._came = 0
        if self.is_own:
            timeout = self.deadline.request.timeout
            return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)}
        return {"trace": self._trace, "timeout": {}}

    async def send(self, sent: httpx.Request) -> httpx.Response:
        response: httpx.Response
        if self.is_own:
            response = await self.client.send(sent, stream=True, auth=None, follow_redirects=False)
        else:
            response = await self.client.handle_async_request(sent)
        return response

    def pieces(self, response: httpx.Response) -> Any:  # noqa: ANN401 - as in Lane
        # A hook or a transport of the user's may have read the body.
        return _only(response.content) if response.is_stream_consumed else response.aiter_raw()

    async def next_of(self, pieces: Any) -> bytes | None:  # noqa: ANN401 - as in Lane
        return await anext(pieces, None)

    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - as in Lane
        await closable.aclose()

    def within(self, deadline: Deadline) -> asyncio.Timeout:
        return asyncio.timeout_at(deadline.moment)

    def is_reusable(self, response: httpx.Response) -> bool:
        if not super().is_reusable(response):
            return False
        tls = None if self._stream is None else self._stream.get_extra_info("ssl_object")
        return tls is None or (self._came < _MOST_DECRYPTED and _is_empty(tls))

    async def _trace(self, event: str, info: dict[str, Any]) -> None:
        if not self._note(event, info):
            return
        stream = self._stream
        read_on = stream.read

        async def read(size: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - httpx's
            del size
            if self._held:
                return self._take_held()
            data = await read_on(_ALL_THAT_CAME, timeout)
            self._came += len(data)
            return self._hold_back(data)

        stream.read = read


def _is_empty(tls: ssl.SSLObject) -> bool:
    try:
        tls.read(1)
    except ssl.SSLError as error:
        return isinstance(error, ssl.SSLWantReadError)
    return False


async def _only(content: bytes) -> AsyncIterator[bytes]:
    yield content
