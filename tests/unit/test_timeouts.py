"""A timeout bounds the whole attempt, even if every single read is quick."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from cartesia_calls import APIConnectionError, APITimeoutError, AsyncClient, Client
from engines import ENGINES, EngineName
from fake_clock import FakeClock
from fake_server import KEY, FakeServer
from scripted_server import ScriptedServer, http_response, serving


class _Trickle(httpx.SyncByteStream):
    """A body that never ends; each byte takes a second of the clock."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self._clock.elapsed += 1
            yield b" "

    def close(self) -> None:
        self.closed = True


def test_a_body_that_trickles_in_for_ever_times_out() -> None:
    clock = FakeClock()
    body = _Trickle(clock)
    own = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=body)))
    client = Client(KEY, http_client=own, clock=clock, timeout=30, max_retries=0)
    with pytest.raises(APITimeoutError, match="within 30 s"):
        client.calls.logs("ac_1")
    assert clock.elapsed == 30
    assert body.closed


class _AsyncTrickle(httpx.AsyncByteStream):
    """A body that never ends; it lets the event loop run between its bytes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b" "


def test_an_async_body_that_trickles_in_for_ever_times_out() -> None:
    async def fetch() -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=_AsyncTrickle()))
        own = httpx.AsyncClient(transport=transport)
        async with AsyncClient(KEY, http_client=own, timeout=0.05, max_retries=0) as client:
            await client.calls.logs("ac_1")

    with pytest.raises(APITimeoutError, match=r"within 0\.05 s"):
        asyncio.run(fetch())


@pytest.mark.parametrize(
    ("timeout", "shown"),
    [
        (0.9999961853027344, "1 s"),  # the rest of a second for all attempts
        (0.25, "0.25 s"),
        (0.0001, "0.0001 s"),
        (604_800, "604800 s"),
    ],
)
def test_a_timeout_is_reported_in_round_numbers(timeout: float, shown: str) -> None:
    with pytest.raises(APITimeoutError) as caught:
        FakeServer([httpx.ReadTimeout("")]).logs(timeout=timeout, max_retries=0)
    assert caught.value.summary.endswith(f" within {shown}.")


@ENGINES
def test_a_lookup_that_outlasts_the_timeout_is_reported_when_it_ends(
    engine: EngineName, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    look_up = socket.getaddrinfo

    def look_up_slowly(*args: Any, **kwargs: Any) -> object:  # noqa: ANN401 - the system's
        clock.elapsed += 5
        return look_up(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up_slowly)
    with ScriptedServer(serving(http_response())) as server:
        url = server.url.replace("127.0.0.1", "localhost")
        with (
            Client(
                KEY, base_url=url, engine=engine, clock=clock, timeout=1, total_timeout=1
            ) as client,
            pytest.raises(APITimeoutError, match="within 1 s"),
        ):
            client.calls.logs("ac_1")
    assert server.heads == []
    assert clock.elapsed == 5


class _SlowServer(threading.Thread):
    """A raw server on loopback that sends a head and then the same piece for ever.

    Each piece takes a second of the client's own clock, and no real time.
    """

    def __init__(self, clock: FakeClock, head: bytes, piece: bytes) -> None:
        super().__init__(daemon=True)
        self._clock = clock
        self._head = head
        self._piece = piece
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def run(self) -> None:
        connection, _ = self._listener.accept()
        with self._listener, connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(self._head)
            while True:
                self._clock.elapsed += 1
                connection.sendall(self._piece)


GZIP_HEAD = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP_START = b"a\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\r\n"


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        pytest.param(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", id="early hints"),
        pytest.param(b"HTTP/1.1 200 OK\r\n", b"X", id="a header without an end"),
        pytest.param(GZIP_HEAD + GZIP_START, b"5\r\n\x00\x00\x00\xff\xff\r\n", id="empty gzip"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", b" ", id="body"),
    ],
)
def test_no_trickle_outlives_the_timeout(head: bytes, piece: bytes) -> None:
    clock = FakeClock()
    server = _SlowServer(clock, head, piece)
    server.start()
    client = Client(
        KEY, base_url=server.url, engine="httpx", clock=clock, timeout=30, max_retries=0
    )
    # The limit on headers may be reached before the timeout; either is right.
    with client, pytest.raises(APIConnectionError):
        client.calls.logs("ac_1")
    server.join(timeout=30)
    assert not server.is_alive()
