"""What every transport keeps to: limits, deadlines, and a pool of free connections."""

from __future__ import annotations

import os
from collections import deque
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Generic, TypeVar

from cartesia_calls._exceptions import ConfigurationError

from ._failures import closed, timed_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartesia_calls._http import Request

MOST_CONNECTIONS = 100
"""How many requests may be in flight at once; further ones wait for a slot."""
METHODS_WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})
"""A request with one of these states the length of its body, also where it has none."""
LONGEST_HEAD = 100 * 1024
"""How long the head of a response may be, in bytes, interim responses included."""
KEPT_IDLE = 5.0
"""How long an idle connection is kept, in seconds: servers close theirs soon after."""

ConnectionT = TypeVar("ConnectionT")


class Deadline:
    """The moment by which a request, or a part of its response, must be done.

    Attributes:
        request: The request.
        moment: The moment, by the clock that was passed.
    """

    __slots__ = ("_time", "moment", "request")

    def __init__(self, request: Request, time: Callable[[], float]) -> None:
        self.request = request
        self._time = time
        self.moment = time() + request.timeout

    def left(self, *, may_have_arrived: bool = True) -> float:
        """Return the seconds left, always more than 0."""
        left = self.moment - self._time()
        if left <= 0:
            raise timed_out(self.request, may_have_arrived=may_have_arrived)
        return left


class Pool(Generic[ConnectionT]):
    """A transport's free connections, the last one used first, and who may use them."""

    def __init__(self, check_loop: Callable[[], None] | None = None) -> None:
        self._free: deque[ConnectionT] = deque()
        self._is_closed = False
        self._pid = os.getpid()
        self._check_loop = check_loop

    def check(self) -> None:
        """Refuse a fork, which would receive its parent's responses, a second loop, and a closed pool."""
        if os.getpid() != self._pid:
            raise ConfigurationError(
                "This client was made in another process, before a fork; its connections belong "
                "there.",
                hint="Make a new client in each process, after the fork.",
            )
        if self._check_loop is not None:
            self._check_loop()
        if self._is_closed:
            raise closed()

    def take(self) -> ConnectionT | None:
        """Return a free connection, None if there is none."""
        try:
            return self._free.pop()
        except IndexError:
            return None

    def put(self, connection: ConnectionT) -> bool:
        """Put a connection back for the next request; False if it must be closed instead."""
        if self._is_closed:
            return False
        self._free.append(connection)
        # Another thread may have closed the pool in between.
        return not self._is_closed

    def close(self) -> list[ConnectionT]:
        """Accept no more connections, and return the free ones for closing; none in a fork."""
        is_here = os.getpid() == self._pid
        if self._free and is_here and self._check_loop is not None:
            self._check_loop()
        self._is_closed = True
        connections: list[ConnectionT] = []
        while (connection := self.take()) is not None:
            connections.append(connection)
        return connections if is_here else []


class Slots:
    """Bounds how many threads send at once. A semaphore would do, but costs far more CPU."""

    def __init__(self) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(MOST_CONNECTIONS):
            self._free.put(None)

    async def take(self, deadline: Deadline) -> None:
        """Wait for a slot."""
        try:
            self._free.get(timeout=deadline.left(may_have_arrived=False))
        except Empty:
            raise timed_out(deadline.request, may_have_arrived=False) from None

    def release(self) -> None:
        """Give a slot back."""
        self._free.put(None)
