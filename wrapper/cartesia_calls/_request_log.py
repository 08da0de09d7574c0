"""One DEBUG record for each request: what was sent, what came back, how long it took.

It never has the key, a header or a body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from . import _log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ._http import Request, Response, Sink, StreamedResponse, Transport


async def logged_send(
    transport: Transport, request: Request, time: Callable[[], float]
) -> Response:
    """Send a request as `Transport.send`, and log it."""
    record = _Record(request, time)
    sink = None if request.sink is None else _CountingSink(request.sink, record)
    try:
        response = await transport.send(request._replace(sink=sink))
    except BaseException as error:
        record.log(type(error).__name__)
        raise
    record.count += len(response.body)
    record.log(response.status_code)
    return response


async def logged_stream(
    transport: Transport, request: Request, time: Callable[[], float]
) -> StreamedResponse:
    """Send a request as `Transport.stream`, and log it when its response is closed."""
    record = _Record(request, time)
    try:
        return _LoggedResponse(await transport.stream(request), record)
    except BaseException as error:
        record.log(type(error).__name__)
        raise


class _Record:
    """What is known of a request until it is logged, once."""

    def __init__(self, request: Request, time: Callable[[], float]) -> None:
        self._request = request
        self._time = time
        self._start = time()
        self._is_logged = False
        self.count = 0

    def log(self, outcome: object) -> None:
        if self._is_logged:
            return
        self._is_logged = True
        request = self._request
        path = urlsplit(request.url).path
        _log.debug(
            "%s %s: %s, %d bytes, %.1f ms, attempt %d",
            request.method,
            path if request.api_key is None else request.api_key.masked_in(path),
            outcome,
            self.count,
            (self._time() - self._start) * 1000,
            request.attempt,
        )


class _CountingSink:
    """A sink that counts what another one takes."""

    def __init__(self, sink: Sink, record: _Record) -> None:
        self._sink = sink
        self._record = record

    def start(self, length: int | None) -> None:
        """See `Sink.start`."""
        self._sink.start(length)

    def write(self, piece: bytes) -> None:
        """See `Sink.write`."""
        self._record.count += len(piece)
        self._sink.write(piece)


class _LoggedResponse:
    """A response that is logged when it is closed, or when reading it fails."""

    def __init__(self, response: StreamedResponse, record: _Record) -> None:
        self.status_code: int = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self._response = response
        self._record = record
        self.bound_reads = response.bound_reads

    async def read(self) -> bytes:
        """See `StreamedResponse.read`."""
        try:
            piece = await self._response.read()
        except BaseException as error:
            self._record.log(type(error).__name__)
            raise
        self._record.count += len(piece)
        return piece

    async def close(self) -> None:
        """See `StreamedResponse.close`."""
        self._record.log(self.status_code)
        await self._response.close()
