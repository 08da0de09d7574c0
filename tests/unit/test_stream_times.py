"""Timeouts of `stream_logs`, over every engine."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from cartesia_calls import (
    APITimeoutError,
    AsyncClient,
)
from engines import ENGINES, EngineName
from fake_server import FLAVOURS, KEY, Flavour
from scripted_server import ScriptedServer
from skipping_clock import SkippingLoop
from streaming import BODY, CHUNKED, ENGINES_AND_OWN, LINES, Sending, chunk, stream_into


@ENGINES_AND_OWN
@FLAVOURS
def test_silence_between_two_pieces_is_bounded(engine: Sending, flavour: Flavour) -> None:
    def half(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(BODY[:1000]))

    got: list[str] = []
    with ScriptedServer(half) as server, pytest.raises(APITimeoutError, match=r"within 0\.2 s"):
        stream_into(got, engine, flavour, server.url, timeout=0.2)
    assert got


@ENGINES
def test_the_readers_own_pauses_do_not_count(engine: EngineName) -> None:
    def in_halves(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(BODY[:1000]))
        resumed.wait(30)
        connection.sendall(chunk(BODY[1000:]) + chunk(b""))

    async def read(url: str) -> list[str]:
        got: list[str] = []
        async with AsyncClient(KEY, base_url=url, engine=engine) as client:
            async for line in client.calls.stream_logs("ac_1"):
                if not got:
                    await loop.skip(2 * client.timeout)
                    resumed.set()
                got.append(line)
        return got

    resumed = threading.Event()
    loop = SkippingLoop()
    with (
        ScriptedServer(in_halves) as server,
        asyncio.Runner(loop_factory=lambda: loop) as runner,
    ):
        assert runner.run(read(server.url.removesuffix("/x"))) == LINES


@ENGINES_AND_OWN
@FLAVOURS
def test_a_server_that_sends_nothing_is_abandoned(engine: Sending, flavour: Flavour) -> None:
    def send_nothing(_connection: socket.socket, _head: bytes) -> None:
        """Send no bytes."""

    with ScriptedServer(send_nothing) as server, pytest.raises(APITimeoutError):
        stream_into([], engine, flavour, server.url, timeout=0.2, max_retries=0)


@contextmanager
def _set_at_the_end() -> Generator[threading.Event]:
    event = threading.Event()
    try:
        yield event
    finally:
        event.set()


@ENGINES_AND_OWN
@FLAVOURS
@pytest.mark.parametrize("error", [b"", b"so it says"])
def test_an_error_body_that_trickles_in_ends_with_the_attempt(
    engine: Sending, flavour: Flavour, error: bytes
) -> None:
    def trickle(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(b"HTTP/1.1 500 X\r\nContent-Length: 9999\r\n\r\n" + error)
        while not is_over.wait(0.05):
            connection.sendall(b"x")

    with (
        _set_at_the_end() as is_over,
        ScriptedServer(trickle) as server,
        pytest.raises(APITimeoutError, match=r"within 0\.3 s"),
    ):
        stream_into([], engine, flavour, server.url, timeout=0.3, max_retries=0)


@ENGINES
@FLAVOURS
def test_the_head_and_the_first_piece_share_the_attempts_timeout(
    engine: EngineName, flavour: Flavour
) -> None:
    def late_head(connection: socket.socket, _head: bytes) -> None:
        if not is_over.wait(0.3):
            connection.sendall(CHUNKED)

    began = time.monotonic()
    with (
        _set_at_the_end() as is_over,
        ScriptedServer(late_head) as server,
        pytest.raises(APITimeoutError, match=r"within 0\.5 s"),
    ):
        stream_into([], engine, flavour, server.url, timeout=0.5, max_retries=0)
    assert time.monotonic() - began < 0.75


@ENGINES
@FLAVOURS
def test_each_later_piece_has_the_whole_timeout(engine: EngineName, flavour: Flavour) -> None:
    def in_halves(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(BODY[:1000]))
        is_over.wait(0.5)
        connection.sendall(chunk(BODY[1000:]) + chunk(b""))

    is_over = threading.Event()
    got: list[str] = []
    with ScriptedServer(in_halves) as server:
        stream_into(got, engine, flavour, server.url, timeout=30, total_timeout=0.3)
    assert got == LINES
