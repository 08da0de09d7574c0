"""`_httpx.py` for asyncio."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING, Any

from ._httpx import HttpxConnection

if TYPE_CHECKING:
    import httpx

    from ._pool import Attempt

# asyncio reads no more than this at once, so that a read of this size leaves nothing in anyio.
_ALL_THAT_CAME = 1024 * 1024
# anyio decrypts this much at once; after more, encrypted bytes may be left in it, out of sight.
_MOST_DECRYPTED = 48 * 1024


class Connection(HttpxConnection):
    transport_class = "AsyncHTTPTransport"
    _came = 0

    def extensions(self) -> dict[str, object]:
        self._came = 0
        if self.is_own:
            timeout = self.attempt.request.timeout
            return {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), timeout)}
        return {"trace": self._trace, "timeout": {}}

    async def send(self, sent: httpx.Request) -> httpx.Response:
        response: httpx.Response
        if self.is_own:
            response = await self.client.send(sent, stream=True, auth=None, follow_redirects=False)
        else:
            response = await self.client.handle_async_request(sent)
        self.body = response.aiter_raw()
        return response

    async def next_piece(self) -> bytes:
        piece = b""
        async for piece in self.body:
            if piece:
                break
        return piece

    async def close_one(self, closable: Any) -> None:  # noqa: ANN401 - as in the base class
        await closable.aclose()

    def within(self, attempt: Attempt) -> asyncio.Timeout:
        return asyncio.timeout_at(attempt.moment)

    def is_reusable(self) -> bool:
        if not super().is_reusable():
            return False
        tls = None if self.stream is None else self.stream.get_extra_info("ssl_object")
        return tls is None or (self._came < _MOST_DECRYPTED and _is_empty(tls))

    async def _trace(self, event: str, info: dict[str, Any]) -> None:
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
