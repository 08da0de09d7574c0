"""A time-out bounds the whole attempt, also where every single read is quick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from cartesia_calls import APITimeoutError, AsyncClient, Client
from fake_clock import FakeClock
from fake_server import KEY


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
    assert clock.elapsed == 31
    assert body.closed


class _AsyncTrickle(httpx.AsyncByteStream):
    """A body that never ends; it lets the event loop run between its bytes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            await asyncio.sleep(0)
            yield b" "


def test_an_async_body_that_trickles_in_for_ever_times_out() -> None:
    async def ask() -> None:
        transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=_AsyncTrickle()))
        own = httpx.AsyncClient(transport=transport)
        async with AsyncClient(KEY, http_client=own, timeout=0.05, max_retries=0) as client:
            await client.calls.logs("ac_1")

    with pytest.raises(APITimeoutError, match=r"within 0\.05 s"):
        asyncio.run(ask())
