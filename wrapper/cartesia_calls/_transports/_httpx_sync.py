"""`_httpx.py` for threads: nothing here suspends."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from ._guards import Slots
from ._httpx import HttpxTransport, Lane, transport_options

if TYPE_CHECKING:
    from types import ModuleType

    import httpx

    from cartesia_calls._clock import Clock

    from ._guards import Deadline
    from ._route import Route

# httpx tries the addresses of a host one after the other: each gets a share of the time, and all are
# tried again until it is over.
_SHARES = 4


def make_transport(route: Route, clock: Clock) -> HttpxTransport:
    """Return a transport over HTTP transports of ours."""
    import httpx  # noqa: PLC0415 - slow to import

    options = transport_options(route)
    return HttpxTransport(
        httpx, lambda: _SyncLane(httpx.HTTPTransport(**options), httpx), Slots(), clock.monotonic
    )


def make_own_transport(client: object, library: ModuleType, clock: Clock) -> HttpxTransport:
    """Return a transport over the user's own client."""
    return HttpxTransport(
        library, lambda: _SyncLane(client, library, is_own=True), None, clock.monotonic
    )


class _SyncLane(Lane):
    def __init__(self, client: object, library: ModuleType, *, is_own: bool = False) -> None:
        super().__init__(client, is_own=is_own)
        self._library: Any = library

    def extensions(self) -> dict[str, object]:
        timeout = self.deadline.request.timeout
        bounds = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        if self.is_own:
            return {"timeout": bounds}
        return {
            "timeout": bounds | {"connect": timeout / _SHARES},
            "trace": self._trace,
        }

    async def send(self, sent: httpx.Request) -> httpx.Response:
        response: httpx.Response
        if self.is_own:
            response = self.client.send(sent, stream=True, auth=None, follow_redirects=False)
            return response
        shares = _SHARES
        while True:
            shares -= 1
            try:
                response = self.client.handle_request(sent)
            except self._library.ConnectTimeout:
                self.deadline.left(may_have_arrived=False)
                if not shares:
                    raise
            else:
                return response

    def pieces(self, response: httpx.Response) -> Any:  # noqa: ANN401 - as in Lane
        # A hook or a transport of the user's may have read the body.
        return iter([response.content]) if response.is_stream_consumed else response.iter_raw()

    async def next_of(self, pieces: Any) -> bytes | None:  # noqa: ANN401 - as in Lane
        return next(pieces, None)

    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - as in Lane
        closable.close()

    def within(self, deadline: Deadline) -> AbstractAsyncContextManager[object]:
        del deadline  # each read and write is bounded by it
        return nullcontext()

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if not self._note(event, info):
            return
        stream = self._stream
        try:
            self.deadline.left(may_have_arrived=False)  # a lookup of the host's name has no bound
        except TimeoutError:
            stream.close()
            raise
        read_on, write_on, start = stream.read, stream.write, stream.start_tls

        def read(size: int, timeout: float | None = None) -> bytes:
            del timeout
            return self._take_held() or self._hold_back(read_on(size, self._left()))

        def write(data: bytes, timeout: float | None = None) -> None:
            del timeout
            write_on(data, self._left())

        def start_tls(
            ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
        ) -> object:
            del timeout
            return start(ssl_context, server_hostname, self._left())

        # The deadline is never later than the timeout that httpx passes.
        stream.read, stream.write, stream.start_tls = read, write, start_tls

    def _left(self) -> float:
        return self.deadline.left(may_have_arrived=self.may_have_arrived)
