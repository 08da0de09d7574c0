"""A transport over a pool of connections, for every engine, sync and async alike."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections import deque
from contextlib import AsyncExitStack
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls._http import is_success

from ._attempt import Attempt, closed
from ._body import Body, read_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cartesia_calls._clock import Clock
    from cartesia_calls._http import Request, Response

MOST_CONNECTIONS = 100
"""How many requests may be in flight at once; further ones wait for a slot."""
# Servers close idle connections soon after, in seconds.
_KEPT_IDLE = 5.0


class Slots:
    """Bounds how many threads send at once. A semaphore would do, but costs far more CPU."""

    def __init__(self, clock: Clock) -> None:
        self.time = clock.monotonic
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(MOST_CONNECTIONS):
            self._free.put(None)

    def check_loop(self) -> None:
        """Accept any thread."""

    async def take(self, attempt: Attempt) -> None:
        """Wait for a slot."""
        try:
            self._free.get(timeout=attempt.left())
        except (Empty, TimeoutError):
            raise attempt.timed_out() from None

    def release(self) -> None:
        """Give a slot back."""
        self._free.put(None)


class Connection(ABC):
    """A connection to the server, made when it is first used; one request at a time uses it.

    Attributes:
        expires: When it has been idle for too long, by the transport's clock.
        is_streaming: Whether no other request follows the present one.
        is_whole: Whether the response has been received completely.
    """

    expires = 0.0
    is_streaming = False
    is_whole = False

    @abstractmethod
    async def ask(self, attempt: Attempt) -> Response:
        """Send a request and return its response without the body, which `receive` returns."""

    @abstractmethod
    async def receive(self, attempt: Attempt) -> bytes:
        """Return the next bytes of the body as they came; none at its end."""

    @abstractmethod
    def is_reusable(self) -> bool:
        """Return whether the whole response came and nothing more, and another request may follow."""

    def has_news(self) -> bool:
        """Return whether it was closed while idle, or has an unsolicited response."""
        return False

    @abstractmethod
    async def close(self) -> None:
        """Close the connection. More than once does no harm."""


class PooledTransport:
    """Sends over connections that are kept for the next request, one for each in flight.

    It never retries, follows a redirect or reads a status. For threads, its coroutines never suspend.

    Args:
        name: The engine's.
        slots: The slots of threads, or of an event loop.
        make_connection: Returns a connection that is not yet made.
        is_bounded: False where the user's own client bounds how many requests are sent at once.
    """

    def __init__(
        self,
        name: str,
        slots: Slots,
        make_connection: Callable[[], Connection],
        *,
        is_bounded: bool = True,
    ) -> None:
        self.name = name
        self._slots = slots
        self._is_bounded = is_bounded
        self._make_connection = make_connection
        self._free: deque[Connection] = deque()  # the last one used is taken first
        self._is_closed = False
        self._pid = os.getpid()

    async def send(self, request: Request) -> Response:
        """Send one request and return its whole response.

        The body of a 200 goes to the request's sink, if it has one.

        Raises:
            APITimeoutError: The response was not complete within the request's timeout.
            APIConnectionError: No complete response arrived.
            ResponseValidationError: The body cannot be decoded, or is longer than allowed.
            ConfigurationError: The transport is closed.
        """
        self._check()
        slots = self._slots
        attempt = Attempt(request, slots.time)
        if self._is_bounded:
            await slots.take(attempt)
        try:
            while (connection := self._take()) is not None:
                if connection.expires > slots.time() and not connection.has_news():
                    break
                await connection.close()
            else:
                connection = self._make_connection()
            try:
                head = await connection.ask(attempt)
                response = await read_whole(connection, head, attempt)
            except BaseException:
                await connection.close()
                raise
            connection.expires = slots.time() + _KEPT_IDLE
            is_kept = connection.is_reusable()
            if is_kept:
                self._free.append(connection)
            if not is_kept or self._is_closed:  # another thread may have closed the transport
                await connection.close()
            return response
        finally:
            if self._is_bounded:
                slots.release()

    async def stream(self, request: Request, patience: float) -> StreamedResponse | Response:
        """Send one request and return a success with its body still to be read, else the whole response.

        The sink does not apply, and `max_bytes` only to a response that is no success.

        Args:
            request: What to send. Its timeout bounds the wait for what is returned.
            patience: The bound of each later `read`, in seconds.

        Raises:
            CartesiaError: As `send`.
        """
        self._check()
        connection = self._make_connection()
        connection.is_streaming = True
        attempt = Attempt(request, self._slots.time)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(connection.close)
            head = await connection.ask(attempt)
            if not is_success(head.status_code):
                return await read_whole(connection, head, attempt)
            later = request._replace(timeout=patience)
            response = StreamedResponse(later, head, connection, self._slots.time)
            response.first_piece = await response.read_within(attempt)
            stack.pop_all()  # the sender closes it
            return response

    async def close(self) -> None:
        """Close every connection that belongs to the transport. Closing twice does no harm."""
        if os.getpid() != self._pid:
            return
        if self._free:
            self._slots.check_loop()
        self._is_closed = True
        async with AsyncExitStack() as stack:  # a cancelled task closes the rest too
            while (connection := self._take()) is not None:
                stack.push_async_callback(connection.close)

    def _check(self) -> None:
        """Refuse a fork, which would receive its parent's responses, a second loop, and a closed pool."""
        if os.getpid() != self._pid:
            raise ConfigurationError(
                "This client was made in another process, before a fork; its connections belong "
                "there.",
                hint="Make a new client in each process, after the fork.",
            )
        self._slots.check_loop()
        if self._is_closed:
            raise closed()

    def _take(self) -> Connection | None:
        try:
            return self._free.pop()
        except IndexError:
            return None


class StreamedResponse:
    """A success whose body is read piece by piece; its connection is used for nothing else.

    Attributes:
        status_code: As that of `Response`.
        first_piece: The first bytes of the body.
    """

    first_piece = b""

    def __init__(
        self, request: Request, head: Response, connection: Connection, time: Callable[[], float]
    ) -> None:
        self.status_code = head.status_code
        self._request = request
        self._connection = connection
        self._time = time
        self._body = Body(request, head)
        self._decoded: Iterator[bytes] = iter(())

    async def read(self) -> bytes:
        """Return the next bytes of the body, decoded; none at its end.

        Raises:
            APITimeoutError: Nothing arrived in time.
            APIConnectionError: The body broke off.
            ResponseValidationError: The body cannot be decoded.
        """
        attempt = Attempt(self._request, self._time)
        attempt.may_have_arrived = True
        return await self.read_within(attempt)

    async def read_within(self, attempt: Attempt) -> bytes:
        """Return what `read` returns, within the bound of an attempt."""
        while not (piece := next(filter(None, self._decoded), b"")):
            raw = await self._connection.receive(attempt)
            self._decoded = iter(self._body.decode(raw))
            if not raw:
                return b"".join(self._decoded)  # nothing, if the body is complete
        return piece

    async def close(self) -> None:
        """Release the connection. Closing twice does no harm."""
        await self._connection.close()
