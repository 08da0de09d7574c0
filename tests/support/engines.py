"""The engines that can be tested here, and a way to send one request over any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

import pytest

from cartesia_calls._clock import SystemClock
from cartesia_calls._engines._choice import EngineName, make_async_engine, make_engine
from cartesia_calls._http import Request, Response, Sink
from cartesia_calls._secret import ApiKey
from fake_server import KEY

if TYPE_CHECKING:
    from cartesia_calls._http import AsyncEngine, Engine

Flavour = Literal["sync", "async"]

INSTALLED: tuple[EngineName, ...] = (
    ("httpx", "fast") if find_spec("httptools") and find_spec("orjson") else ("httpx",)
)
ENGINES = pytest.mark.parametrize("engine", INSTALLED)
FLAVOURS = pytest.mark.parametrize("flavour", ["sync", "async"])


def a_request(
    url: str,
    method: str = "GET",
    *,
    timeout: float = 30,
    max_bytes: int = 1_000_000,
    sink: Sink | None = None,
) -> Request:
    headers = {"accept": "application/json", "user-agent": "tests", "x-trace": "7"}
    return Request(method, url, headers, ApiKey(KEY), timeout, sink, max_bytes)


def send(engine: EngineName, flavour: Flavour, *requests: Request) -> list[Response]:
    """Send requests one after the other over one engine."""
    url = requests[0].url
    if flavour == "sync":
        sync_engine = make_engine(engine, url, None, SystemClock())
        try:
            return [sync_engine.send(request) for request in requests]
        finally:
            sync_engine.close()

    async def send_all() -> list[Response]:
        async_engine = make_async_engine(engine, url, None)
        try:
            return [await async_engine.send(request) for request in requests]
        finally:
            await async_engine.close()

    return asyncio.run(send_all())


def with_engine(
    engine: EngineName,
    flavour: Flavour,
    url: str,
    *steps: Callable[[Engine | AsyncEngine], object],
) -> None:
    """Take steps with one open engine; what a step of the async one returns is awaited."""
    if flavour == "sync":
        sync_engine = make_engine(engine, url, None, SystemClock())
        for step in steps:
            step(sync_engine)
        sync_engine.close()
        return

    async def take_all() -> None:
        async_engine = make_async_engine(engine, url, None)
        for step in steps:
            result = step(async_engine)
            if asyncio.iscoroutine(result):
                await result
        await async_engine.close()

    asyncio.run(take_all())
