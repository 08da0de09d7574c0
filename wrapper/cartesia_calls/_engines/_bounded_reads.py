"""One deadline for all reads and writes of a request, below the HTTP library.

It bounds each read by itself. A server that sends a byte now and then, or one early hint after
the other, keeps every single read short and the whole without an end. asyncio can bound the whole
from outside; a thread can't be, so here each read gets no more time than is left.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpcore  # what httpx sends with; it comes with it

from ._addresses import connect_to_any

if TYPE_CHECKING:
    import ssl
    from collections.abc import Generator, Iterable

    from httpcore import SOCKET_OPTION

    from cartesia_calls._clock import Clock

_NOT_CONNECTED = (httpcore.ConnectError, httpcore.ConnectTimeout)


class Deadline:
    """The moment by which the request of the present thread must be done."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._of_thread = threading.local()

    @contextmanager
    def within(self, seconds: float) -> Generator[None]:
        """Bound all reads and writes of this thread inside the block."""
        self._of_thread.moment = self._clock.monotonic() + seconds
        try:
            yield
        finally:
            del self._of_thread.moment

    def is_over(self) -> bool:
        """Tell whether no time is left."""
        return self._left() <= 0

    def bound(self, timeout: float | None) -> float:
        """Return a time-out that ends at the deadline, or earlier if `timeout` does.

        Raises:
            httpcore.ReadTimeout: No time is left.
        """
        left = self._left()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is over")
        return left if timeout is None else min(timeout, left)

    def _left(self) -> float:
        moment: float = self._of_thread.moment
        return moment - self._clock.monotonic()


class BoundedBackend(httpcore.NetworkBackend):
    """Makes streams that keep the deadline; requests must then be sent within one."""

    def __init__(self, deadline: Deadline) -> None:
        self._backend = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        def connect(address: str, seconds: float) -> httpcore.NetworkStream:
            return self._backend.connect_tcp(address, port, seconds, local_address, socket_options)

        def left() -> float:
            return self._deadline.bound(timeout)

        try:
            stream = connect_to_any(host, port, left, connect, *_NOT_CONNECTED)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return _Stream(stream, self._deadline)


class _Stream(httpcore.NetworkStream):
    """A connection whose every read and write ends by the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._deadline.bound(timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
