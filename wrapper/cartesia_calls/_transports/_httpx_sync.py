"""`_httpx.py` for threads: nothing here suspends."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from ._httpx import HttpxConnection

if TYPE_CHECKING:
    import httpx

    from ._pool import Attempt

# httpx tries the addresses of a host one after the other: each gets a share of the time, and all are
# tried again until it is over.
_SHARES = 4


class Connection(HttpxConnection):
    transport_class = "HTTPTransport"

    def extensions(self) -> dict[str, object]:
        timeout = self.attempt.request.timeout
        bounds = dict.fromkeys(("connect", "read", "write", "pool"), timeout)
        if self.is_own:
            return {"timeout": bounds}
        return {"timeout": {**bounds, "connect": timeout / _SHARES}, "trace": self._trace}

    async def send(self, sent: httpx.Request) -> httpx.Response:
        response = self._response_to(sent)
        self.body = response.iter_raw()
        return response

    def _response_to(self, sent: httpx.Request) -> httpx.Response:
        response: httpx.Response
        if self.is_own:
            response = self.client.send(sent, stream=True, auth=None, follow_redirects=False)
            return response
        shares = _SHARES
        while True:
            shares -= 1
            try:
                response = self.client.handle_request(sent)
            except self.library.ConnectTimeout:
                self.attempt.left()
                if not shares:
                    raise
            else:
                return response

    async def next_piece(self) -> bytes:
        piece = b""
        for piece in self.body:
            self.attempt.left()
            if piece:
                break
        return piece

    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - as in the base class
        closable.close()

    def within(self, attempt: Attempt) -> AbstractAsyncContextManager[object]:
        del attempt  # bounds each read and write
        return nullcontext()

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if not self.note(event, info):
            return
        self.attempt.left()  # a lookup of the host's name has no bound
        stream = self.stream
        read_on, write_on, start = stream.read, stream.write, stream.start_tls

        # The time left is never more than the timeout that httpx passes.
        def read(max_bytes: int, timeout: float | None = None) -> bytes:
            del timeout
            return self.take_held() or self.hold_back(read_on(max_bytes, self.attempt.left()))

        def write(data: bytes, timeout: float | None = None) -> None:
            del timeout
            write_on(data, self.attempt.left())

        def start_tls(
            ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
        ) -> object:
            del timeout
            return start(ssl_context, server_hostname, self.attempt.left())

        stream.read, stream.write, stream.start_tls = read, write, start_tls
