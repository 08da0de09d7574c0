"""Timeouts of `stream_logs`, over every engine."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from cartesia_calls import APITimeoutError, AsyncClient
from engines import ENGINES, EngineName
from fake_clock import FakeClock, let_happen
from fake_server import FLAVOURS, KEY, Flavour
from scripted_server import ScriptedServer
from streaming import BODY, CHUNKED, ENGINES_AND_OWN, LINES, Sending, chunk, stream_into

_MOMENT = 0.001


@contextmanager
def _set_at_the_end() -> Generator[threading.Event]:
    event = threading.Event()
    try:
        yield event
    finally:
        event.set()


@ENGINES_AND_OWN
@FLAVOURS
def test_silence_between_two_pieces_is_bounded(engine: Sending, flavour: Flavour) -> None:
    clock = FakeClock()
    got: list[str] = []

    def half(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(BODY[:1000]))
        while not is_over.wait(_MOMENT):
            if got:
                clock.skip(0.1)

    # A blocked thread waits in real time: on a busy machine, it may miss the first piece, and retry.
    patience: dict[str, Any] = {"timeout": 0.2, "max_retries": 100, "total_timeout": 10_000}
    with (
        _set_at_the_end() as is_over,
        ScriptedServer(half) as server,
        pytest.raises(APITimeoutError, match=r"within 0\.2 s"),
    ):
        stream_into(got, engine, flavour, server.url, clock=clock, **patience)
    assert got


@ENGINES
def test_the_readers_own_pauses_do_not_count(engine: EngineName) -> None:
    def in_halves(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(BODY[:1000]))
        resumed.wait(60)
        connection.sendall(chunk(BODY[1000:]) + chunk(b""))

    async def read(url: str) -> list[str]:
        got: list[str] = []
        async with AsyncClient(KEY, base_url=url, engine=engine) as client:
            async for line in client.calls.stream_logs("ac_1"):
                if not got:
                    clock.skip(2 * client.timeout)
                    await let_happen()
                    resumed.set()
                got.append(line)
        return got

    resumed = threading.Event()
    clock = FakeClock()
    with ScriptedServer(in_halves) as server:
        assert clock.run(read(server.url.removesuffix("/x"))) == LINES


@ENGINES_AND_OWN
@FLAVOURS
def test_a_server_that_sends_nothing_is_abandoned(engine: Sending, flavour: Flavour) -> None:
    def send_nothing(_connection: socket.socket, _head: bytes) -> None:
        """Send no bytes."""

    with ScriptedServer(send_nothing) as server, pytest.raises(APITimeoutError):
        stream_into([], engine, flavour, server.url, timeout=0.2, max_retries=0)


@ENGINES_AND_OWN
@FLAVOURS
@pytest.mark.parametrize("error", [b"", b"so it says"])
def test_an_error_body_that_trickles_in_ends_with_the_attempt(
    engine: Sending, flavour: Flavour, error: bytes
) -> None:
    clock = FakeClock()

    def trickle(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 500 X\r\nContent-Length: 9999\r\n\r\n" + error)
        while not is_over.wait(_MOMENT):
            connection.sendall(b"x")
            clock.skip(1)

    with (
        _set_at_the_end() as is_over,
        ScriptedServer(trickle) as server,
        pytest.raises(APITimeoutError, match="within 30 s"),
    ):
        stream_into([], engine, flavour, server.url, clock=clock, timeout=30, max_retries=0)


@ENGINES
@FLAVOURS
def test_the_head_and_the_first_piece_share_the_attempts_timeout(
    engine: EngineName, flavour: Flavour
) -> None:
    clock = FakeClock()

    def late_head(connection: socket.socket, _head: bytes) -> None:
        clock.skip(29.9)
        connection.sendall(CHUNKED)
        for _ in range(20):
            is_over.wait(0.05)
            clock.skip(1)
        connection.sendall(chunk(BODY) + chunk(b""))

    with (
        _set_at_the_end() as is_over,
        ScriptedServer(late_head) as server,
        pytest.raises(APITimeoutError, match="within 30 s"),
    ):
        stream_into([], engine, flavour, server.url, clock=clock, timeout=30, max_retries=0)


@ENGINES
@FLAVOURS
def test_each_later_piece_has_the_whole_timeout(engine: EngineName, flavour: Flavour) -> None:
    clock = FakeClock()
    got: list[str] = []

    def in_halves(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(BODY[:1000]))
        while not got:
            is_over.wait(_MOMENT)
        clock.skip(20)
        connection.sendall(chunk(BODY[1000:]) + chunk(b""))

    with _set_at_the_end() as is_over, ScriptedServer(in_halves) as server:
        stream_into(got, engine, flavour, server.url, clock=clock, timeout=30, total_timeout=10)
    assert got == LINES
