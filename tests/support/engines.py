"""The engines that can be tested here, and a way to send one request over any of them."""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Literal

import pytest

from cartesia_calls._clock import Clock, SystemClock
from cartesia_calls._driving import run
from cartesia_calls._http import Request, Response
from cartesia_calls._part_file import FileSink
from cartesia_calls._secret import ApiKey
from cartesia_calls._transports._choice import make_transport
from cartesia_calls._transports._pool import PooledTransport
from fake_clock import FakeClock
from fake_server import KEY, Flavour

EngineName = Literal["fast", "httpx"]

INSTALLED: tuple[EngineName, ...] = (
    ("httpx", "fast") if find_spec("httptools") and find_spec("orjson") else ("httpx",)
)
ENGINES = pytest.mark.parametrize("engine", INSTALLED)


def a_request(
    url: str,
    method: str = "GET",
    *,
    timeout: float = 30,
    max_bytes: int = 1_000_000,
    sink: FileSink | None = None,
) -> Request:
    headers = {"accept": "application/json", "user-agent": "tests", "x-trace": "7"}
    return Request(method, url, headers, ApiKey(KEY), timeout, sink, max_bytes)


class SyncTransport:
    """The transport of a sync client, whose coroutines are run here."""

    def __init__(self, engine: EngineName, url: str, clock: Clock | None = None) -> None:
        self._transport = make_transport(engine, url, None, clock or SystemClock(), is_async=False)

    def send(self, request: Request) -> Response:
        return run(self._transport.send(request))

    def close(self) -> None:
        run(self._transport.close())


def async_transport(engine: EngineName, url: str) -> PooledTransport:
    """Return the transport of an async client."""
    return make_transport(engine, url, None, SystemClock(), is_async=True)


def send(
    engine: EngineName, flavour: Flavour, *requests: Request, clock: FakeClock | None = None
) -> list[Response]:
    """Send requests one after the other over one transport."""
    url = requests[0].url
    if flavour == "sync":
        sync = SyncTransport(engine, url, clock)
        try:
            return [sync.send(request) for request in requests]
        finally:
            sync.close()

    async def send_all() -> list[Response]:
        transport = async_transport(engine, url)
        try:
            return [await transport.send(request) for request in requests]
        finally:
            await transport.close()

    return clock.run(send_all()) if clock else asyncio.run(send_all())
