"""Connections between two requests."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

ConnectionT = TypeVar("ConnectionT")


class FreeList(Generic[ConnectionT]):
    """Connections that wait for their next request, the last one used first."""

    def __init__(self) -> None:
        self._free: deque[ConnectionT] = deque()
        self.is_closed = False

    def has_any(self) -> bool:
        """Tell whether connections are free."""
        return bool(self._free)

    def take(self) -> ConnectionT | None:
        """Return a free connection, None if there is none."""
        try:
            return self._free.pop()
        except IndexError:
            return None

    def put(self, connection: ConnectionT) -> bool:
        """Put a connection back for the next request; False if it must be closed instead."""
        if self.is_closed:
            return False
        self._free.append(connection)
        # The list may have been closed in between, by another thread.
        return not self.is_closed

    def close(self) -> list[ConnectionT]:
        """Take no more connections, and return those that are free, to be closed."""
        self.is_closed = True
        connections: list[ConnectionT] = []
        while (connection := self.take()) is not None:
            connections.append(connection)
        return connections
