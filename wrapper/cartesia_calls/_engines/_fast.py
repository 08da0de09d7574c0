"""The engine of the extra `fast`: sockets, and llhttp to read what comes over them."""

from __future__ import annotations

import socket
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from ._addresses import connect_to_any
from ._body import Body, OpenBody, plain_response
from ._environment import make_direct_tls_context
from ._failures import closed, lost, no_answer, timed_out, without_frames
from ._free_list import FreeList
from ._limits import KEPT_IDLE, MOST_CONNECTIONS
from ._messages import AnswerReader, RequestWriter, UnreadableError, check_head
from ._owner import OneProcess
from ._sockets import BUFFER, readable_check

if TYPE_CHECKING:
    import ssl

    from cartesia_calls._clock import Clock
    from cartesia_calls._http import OpenAnswer, Request, Response

    from ._environment import Surroundings
    from ._messages import Head


class FastEngine:
    """Sends over connections that are kept for the next request, one for each in flight."""

    name = "fast"

    def __init__(self, around: Surroundings, clock: Clock) -> None:
        self._around = around
        self._clock = clock
        self._tls = make_direct_tls_context(around)
        self._writer = RequestWriter(around)
        self._free: FreeList[_Connection] = FreeList()
        # A semaphore would do, but takes as long as half of what else is done for a request.
        self._turns: SimpleQueue[None] = SimpleQueue()
        for _ in range(MOST_CONNECTIONS):
            self._turns.put(None)
        self._process = OneProcess()

    def send(self, request: Request) -> Response:
        """See `Engine.send`."""
        self._check()
        deadline = _Deadline(request, self._clock)
        try:
            self._turns.get(timeout=request.timeout)
        except Empty:
            raise timed_out(request, may_have_arrived=False) from None
        try:
            return self._exchange(request, deadline)
        finally:
            self._turns.put(None)

    def open(self, request: Request) -> OpenAnswer:
        """See `Engine.open`."""
        self._check()
        deadline = _Deadline(request, self._clock)
        connection = self._connect(deadline)
        try:
            connection.ask(self._writer, deadline)
            head = connection.receive_head(deadline)
            return _OpenAnswer(request, head, connection, self._clock)
        except BaseException:
            connection.close()
            raise

    def close(self) -> None:
        """See `Engine.close`."""
        for connection in self._free.close():
            if self._process.is_here():
                connection.close()

    def _check(self) -> None:
        self._process.check()
        if self._free.is_closed:
            raise closed()

    def _exchange(self, request: Request, deadline: _Deadline) -> Response:
        connection = self._free_connection() or self._connect(deadline)
        reader = connection.reader
        try:
            connection.ask(self._writer, deadline)
            head = connection.receive_head(deadline)
            pieces = reader.take()
            response = plain_response(request, *head, pieces) if reader.is_whole else None
            if response is None:
                body = Body(request, *head)
                while all(map(body.write, pieces)) and not reader.is_whole:
                    connection.receive(deadline)
                    pieces = reader.take()
                response = body.response()
        except BaseException:
            connection.close()
            raise
        connection.idle_since = self._clock.monotonic()
        if not (reader.is_reusable and self._free.put(connection)):
            connection.close()
        return response

    def _free_connection(self) -> _Connection | None:
        oldest = self._clock.monotonic() - KEPT_IDLE
        while (connection := self._free.take()) is not None:
            if connection.idle_since >= oldest and not connection.has_news():
                return connection
            connection.close()
        return None

    def _connect(self, deadline: _Deadline) -> _Connection:
        around, request = self._around, deadline.request
        try:
            plain = connect_to_any(
                around.host,
                around.port,
                deadline.left,
                lambda address, seconds: socket.create_connection((address, around.port), seconds),
                OSError,
            )
            try:
                plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                if self._tls is None:
                    return _Connection(plain)
                plain.settimeout(deadline.left())
                return _Connection(self._tls.wrap_socket(plain, server_hostname=around.host))
            except BaseException:
                plain.close()
                raise
        except OSError as error:
            raise lost(request, error, may_have_arrived=False) from without_frames(error)


class _Deadline:
    """The moment by which a request, or a part of its answer, must be there."""

    __slots__ = ("_moment", "_monotonic", "request")

    def __init__(self, request: Request, clock: Clock) -> None:
        self.request = request
        self._monotonic = clock.monotonic
        self._moment = clock.monotonic() + request.timeout

    def left(self) -> float:
        """Return the seconds that are left, more than none.

        Raises:
            APITimeoutError: No time is left.
        """
        left = self._moment - self._monotonic()
        if left <= 0:
            raise timed_out(self.request)
        return left


class _Connection:
    """A connection to the server; used by one thread at a time.

    Attributes:
        reader: Reads its answers.
        idle_since: When the last answer was whole, by the clock's `monotonic`.
        has_news: Tells whether it was closed while idle, or has an answer that nobody asked for.
    """

    def __init__(self, connected: socket.socket | ssl.SSLSocket) -> None:
        self._socket = connected
        self._buffer = memoryview(bytearray(BUFFER))
        self.reader = AnswerReader()
        self.idle_since = 0.0
        self.has_news = readable_check(connected)

    def ask(self, writer: RequestWriter, deadline: _Deadline) -> None:
        """Send a request."""
        self.reader.expect()
        try:
            self._socket.settimeout(deadline.left())
            self._socket.sendall(writer.bytes_of(deadline.request))
        except OSError as error:
            raise lost(deadline.request, error) from without_frames(error)

    def receive_head(self, deadline: _Deadline) -> Head:
        """Return the head of the answer."""
        while (head := self.reader.head) is None:
            self.receive(deadline)
        check_head(head, deadline.request)
        return head

    def receive(self, deadline: _Deadline) -> None:
        """Wait until more of the answer has come.

        Raises:
            APITimeoutError: Nothing came before the deadline.
            APIConnectionError: The connection broke off, or what came is no answer.
        """
        try:
            self._socket.settimeout(deadline.left())
            count = self._socket.recv_into(self._buffer)
        except OSError as error:
            raise lost(deadline.request, error) from without_frames(error)
        try:
            if count:
                self.reader.feed(self._buffer[:count])
            else:
                self.reader.feed_end()
        except UnreadableError as error:
            raise no_answer(deadline.request, str(error)) from None

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


class _OpenAnswer(OpenBody):
    """See `OpenAnswer`; its connection is used for nothing else."""

    def __init__(self, request: Request, head: Head, connection: _Connection, clock: Clock) -> None:
        super().__init__(request, *head)
        self._request = request
        self._connection = connection
        self._clock = clock

    def read(self) -> bytes:
        reader = self._connection.reader
        deadline = _Deadline(self._request, self._clock)
        while not (piece := self.take()):
            if raw := reader.take():
                self.feed(b"".join(raw))
            elif reader.is_whole:
                return self.end()
            else:
                self._connection.receive(deadline)
        return piece

    def close(self) -> None:
        self._connection.close()
