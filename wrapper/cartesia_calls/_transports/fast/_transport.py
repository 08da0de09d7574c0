"""Requests sent over connections of our own, for sync and async alike."""

from __future__ import annotations

import select
from typing import TYPE_CHECKING, Protocol

from cartesia_calls._transports._body import Body, StreamedBody, plain_response
from cartesia_calls._transports._guards import KEPT_IDLE, Deadline, Pool

from ._state import RequestWriter, check_head

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from cartesia_calls._http import Request, Response, StreamedResponse
    from cartesia_calls._transports._route import Route

    from ._state import ConnectionState, Head

BUFFER = 64 * 1024
"""How many bytes are read at once, at first."""
_LARGEST_BUFFER = 512 * 1024


class Connection(Protocol):
    """A connection to the server; one request at a time uses it.

    Attributes:
        state: What it has heard.
        idle_since: When the last response was whole, by the network's clock.
    """

    state: ConnectionState
    idle_since: float

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Send a request's bytes; what the deadline bounds begins here."""
        ...

    async def receive(self, deadline: Deadline) -> None:
        """Wait until more of the response has come."""
        ...

    def has_news(self) -> bool:
        """Return whether it was closed while idle, or has an unsolicited response."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Network(Protocol):
    """Makes connections; sync and async differ in it."""

    def time(self) -> float:
        """Return the seconds of the clock that deadlines are kept by."""
        ...

    async def take_slot(self, deadline: Deadline) -> None:
        """Wait until one more request may be sent."""
        ...

    def release_slot(self) -> None:
        """Let one more request be sent."""
        ...

    async def connect(self, deadline: Deadline) -> Connection:
        """Return a new connection."""
        ...

    async def close(self, connections: list[Connection]) -> None:
        """Close connections."""
        ...


class FastTransport:
    """Sends over connections that are kept for the next request, one for each in flight."""

    name = "fast"

    def __init__(
        self, route: Route, network: Network, check_loop: Callable[[], None] | None = None
    ) -> None:
        self._network = network
        self._writer = RequestWriter(route)
        self._pool: Pool[Connection] = Pool(check_loop)

    async def send(self, request: Request) -> Response:
        """See `Transport.send`."""
        self._pool.check()
        network = self._network
        deadline = Deadline(request, network.time)
        await network.take_slot(deadline)
        try:
            connection = self._free_connection() or await network.connect(deadline)
            try:
                response = await self._exchange(connection, deadline)
            except BaseException:
                connection.close()
                raise
            connection.idle_since = network.time()
            if not (connection.state.is_reusable and self._pool.put(connection)):
                connection.close()
            return response
        finally:
            network.release_slot()

    async def stream(self, request: Request) -> StreamedResponse:
        """See `Transport.stream`."""
        self._pool.check()
        deadline = Deadline(request, self._network.time)
        connection = await self._network.connect(deadline)
        try:
            head = await self._ask(connection, deadline)
            return _StreamedResponse(request, head, connection, self._network.time)
        except BaseException:
            connection.close()
            raise

    async def close(self) -> None:
        """See `Transport.close`."""
        await self._network.close(self._pool.close())

    async def _ask(self, connection: Connection, deadline: Deadline) -> Head:
        """Send a request and return the head of its response."""
        state = connection.state
        state.expect()
        connection.send(self._writer.bytes_of(deadline.request), deadline)
        while (head := state.head) is None:
            await connection.receive(deadline)
        check_head(head, deadline.request)
        return head

    async def _exchange(self, connection: Connection, deadline: Deadline) -> Response:
        head = await self._ask(connection, deadline)
        state, request = connection.state, deadline.request
        pieces = state.take()
        response = plain_response(request, *head, pieces) if state.is_whole else None
        if response is not None:
            return response
        body = Body(request, *head)
        while all(map(body.write, pieces)) and not state.is_whole:
            await connection.receive(deadline)
            pieces = state.take()
        return body.response()

    def _free_connection(self) -> Connection | None:
        oldest = self._network.time() - KEPT_IDLE
        while (connection := self._pool.take()) is not None:
            if connection.idle_since >= oldest and not connection.has_news():
                return connection
            connection.close()
        return None


class _StreamedResponse(StreamedBody):
    """See `StreamedResponse`; its connection is used for nothing else."""

    def __init__(
        self, request: Request, head: Head, connection: Connection, time: Callable[[], float]
    ) -> None:
        super().__init__(request, *head)
        self._connection = connection
        self._time = time

    async def read(self) -> bytes:
        connection, state = self._connection, self._connection.state
        deadline = Deadline(self.request, self._time)
        while not (piece := self.take()):
            if raw := state.take():
                self.feed(b"".join(raw))
            elif state.is_whole:
                return self.end()
            else:
                await connection.receive(deadline)
        return piece

    async def close(self) -> None:
        self._connection.close()


def larger(buffer: memoryview, filled: int) -> memoryview:
    """Return the buffer for the next read: twice as large where the last one has filled it."""
    size = len(buffer)
    return memoryview(bytearray(2 * size)) if size == filled < _LARGEST_BUFFER else buffer


def readable_check(connected: socket.socket) -> Callable[[], bool]:
    """Return a check whether the other side closed a socket, or sent something to read."""
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(connected, select.POLLIN)
        return lambda: bool(poll.poll(0))
    return lambda: bool(select.select([connected], (), (), 0)[0])
