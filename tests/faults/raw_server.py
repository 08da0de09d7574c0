"""A server on loopback that responds with any bytes, mostly wrong ones.

It plays a script for each request: steps that write, wait, or break the connection. The last script
is repeated for all further requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self, TypeVar

from fake_clock import FakeClock, let_happen

# The longest time of a step without an end, in seconds: a client that hangs fails.
ENDLESS = 60.0
# Real seconds that a pause takes where the client goes by a fake clock.
_MOMENT = 0.001
# By that clock, silence passes in pauses of this length.
_PAUSE = 0.02
# The most that it sends, in bytes: far more than the clients' limits.
_MOST_BYTES = 50_000_000
# The time for connections to notice that their client is gone, in seconds.
_PARTING = 0.05
_PARTINGS = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
_LONGEST_HEAD = 1 << 20
HERE = b"{here}"
ELSEWHERE = b"{elsewhere}"

T = TypeVar("T")


@dataclass(frozen=True)
class Heard:
    """A request that arrived, with its raw path."""

    method: str
    path: str
    head: bytes


@dataclass
class Connection:
    """An accepted connection, as the steps of a script see it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    replace: Callable[[bytes], bytes]
    clock: FakeClock | None

    async def send(self, data: bytes) -> None:
        self.writer.write(self.replace(data))
        await self.writer.drain()

    async def wait_for_its_end(self) -> None:
        while await self.reader.read(65536):
            pass

    async def let_time_pass(self, seconds: float) -> None:
        """Pause, by the client's clock."""
        if self.clock is None:
            await asyncio.sleep(seconds)
        else:
            await asyncio.sleep(_MOMENT)
            self.clock.skip(seconds)

    async def let_time_pass_until_its_end(self) -> None:
        """Let time pass by the client's clock until the client hangs up."""
        end = asyncio.create_task(self.wait_for_its_end())
        try:
            while not end.done():
                await self.let_time_pass(_PAUSE)
        finally:
            end.cancel()
            await asyncio.gather(end, return_exceptions=True)


class Step(Protocol):
    """One thing that the server does on a connection."""

    async def play(self, connection: Connection) -> None: ...


Script = Sequence[Step]


@dataclass(frozen=True)
class Send:
    """Writes bytes, with `HERE` and `ELSEWHERE` replaced by the addresses of the two servers."""

    data: bytes

    async def play(self, connection: Connection) -> None:
        await connection.send(self.data)


@dataclass(frozen=True)
class SendInPieces:
    """Writes bytes one by one, each in its own packet where the system allows it."""

    data: bytes

    async def play(self, connection: Connection) -> None:
        for position in range(len(self.data)):
            await connection.send(self.data[position : position + 1])
            await asyncio.sleep(0)


@dataclass(frozen=True)
class Endless:
    """Writes the same bytes repeatedly, with a pause of `every` seconds."""

    data: bytes
    every: float = 0.0

    async def play(self, connection: Connection) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDLESS):
                for _ in range(_MOST_BYTES // len(self.data)):
                    await connection.send(self.data)
                    if self.every:
                        await connection.let_time_pass(self.every)
                await connection.wait_for_its_end()


@dataclass(frozen=True)
class Silence:
    """Sends nothing until the client hangs up."""

    async def play(self, connection: Connection) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ENDLESS):
                await connection.let_time_pass_until_its_end()
        await Close().play(connection)


@dataclass(frozen=True)
class Pause:
    """Sends nothing for some seconds."""

    seconds: float

    async def play(self, connection: Connection) -> None:
        await connection.let_time_pass(self.seconds)


@dataclass(frozen=True)
class Close:
    """Ends the connection in good order."""

    async def play(self, connection: Connection) -> None:
        connection.writer.close()


@dataclass(frozen=True)
class Reset:
    """Resets the connection, which the client's system reports as a reset by the peer."""

    async def play(self, connection: Connection) -> None:
        raw = connection.writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.writer.transport.abort()


@dataclass
class Visit:
    """The requests that arrived while one set of scripts was played.

    A server with a greeting sends it to each client, and closes the connection. It lets time pass by
    the clients' clock, if they have a fake one.
    """

    scripts: Sequence[Script]
    greeting: bytes = b""
    clock: FakeClock | None = None
    heard: list[Heard] = field(default_factory=list[Heard])
    connections: int = 0

    def next_script(self, request: Heard) -> Script:
        self.heard.append(request)
        return self.scripts[min(len(self.heard), len(self.scripts)) - 1]


class RawServer:
    """Listens on a free port of 127.0.0.1, in its own thread, and serves one visit at a time."""

    def __init__(self, elsewhere: str = "", tls: ssl.SSLContext | None = None) -> None:
        self._elsewhere = elsewhere.encode()
        self._tls = tls
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._visit = Visit([[]])
        self._handlers: set[asyncio.Task[None]] = set()
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = self._in_loop(
            asyncio.start_server(self._handle, "127.0.0.1", 0, limit=_LONGEST_HEAD, ssl=self._tls)
        )
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}"
        return self

    def __exit__(self, *_: object) -> None:
        self._in_loop(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def begin(
        self, scripts: Sequence[Script], greeting: bytes = b"", clock: FakeClock | None = None
    ) -> Visit:
        """Play these scripts from the next connection on."""
        return self.admit(Visit(scripts, greeting, clock))

    def admit(self, visit: Visit) -> Visit:
        """Play this visit from the next connection on."""
        self._visit = visit
        return visit

    def end(self) -> None:
        """Wait until the connections are gone, so that nothing more can arrive."""
        self._in_loop(self._part())

    def _in_loop(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _stop(self) -> None:
        self._server.close()
        await self._part()

    async def _part(self) -> None:
        await let_happen()  # a connection may not have been accepted yet
        if self._handlers:
            _, late = await asyncio.wait(self._handlers, timeout=_PARTING)
            for handler in late:
                handler.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        visit = self._visit
        visit.connections += 1
        try:
            # A client may hang up at any moment, as many situations make it do.
            with contextlib.suppress(*_PARTINGS):
                await self._serve(
                    Connection(reader, writer, self._put_addresses, visit.clock), visit
                )
        finally:
            self._handlers.discard(task)
            writer.close()

    async def _serve(self, connection: Connection, visit: Visit) -> None:
        if visit.greeting:
            await connection.send(visit.greeting)
            connection.writer.close()
        while not connection.writer.is_closing():
            head = await connection.reader.readuntil(b"\r\n\r\n")
            method, path, _ = head.split(b" ", 2)
            request = Heard(method.decode("ascii"), path.decode("latin-1"), head)
            for step in visit.next_script(request):
                await step.play(connection)

    def _put_addresses(self, data: bytes) -> bytes:
        here = self.url.encode()
        return data.replace(HERE, here).replace(ELSEWHERE, self._elsewhere)
