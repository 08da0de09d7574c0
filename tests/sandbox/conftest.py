"""A clock that a test moves forward, and clients of a sandbox that uses it."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cartesia_calls.sandbox import Sandbox, create_app


class ManualClock:
    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class InProcess(httpx.BaseTransport):
    """Calls an ASGI application without a socket."""

    def __init__(self, transport: httpx.ASGITransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def exchange() -> httpx.Response:
            response = await self._transport.handle_async_request(request)
            content = await response.aread()
            return httpx.Response(response.status_code, headers=response.headers, content=content)

        return asyncio.run(exchange())


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def advance(clock: ManualClock) -> Callable[[float], None]:
    """Advance the sandbox's time by some seconds."""
    return clock.advance


@pytest.fixture
def sandbox(clock: ManualClock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as running:
        yield running


def client_of_app(clock: ManualClock) -> httpx.Client:
    transport = InProcess(httpx.ASGITransport(app=create_app(clock=clock)))
    return httpx.Client(transport=transport, base_url="http://sandbox")


@pytest.fixture
def in_process(clock: ManualClock) -> Iterator[httpx.Client]:
    """Return a client of the ASGI application, without a key."""
    with client_of_app(clock) as client:
        yield client


@pytest.fixture
def over_loopback(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """Return a client of a running sandbox, without a key."""
    with httpx.Client(base_url=sandbox.url, trust_env=False) as client:
        yield client


@pytest.fixture
def api(in_process: httpx.Client) -> httpx.Client:
    """Return a client of the ASGI application, with a key and a version."""
    in_process.headers["Authorization"] = "Bearer sk_car_sandbox_accepted"
    in_process.headers["Cartesia-Version"] = "2026-03-01"
    return in_process


@pytest.fixture
def other_api(clock: ManualClock, api: httpx.Client) -> Iterator[httpx.Client]:
    """Return a client like `api`, with its own application."""
    with client_of_app(clock) as client:
        client.headers = api.headers
        yield client


@pytest.fixture(params=["in_process", "over_loopback"])
def client(request: pytest.FixtureRequest) -> httpx.Client:
    """Return a client with a key and a version, once of each kind."""
    client: httpx.Client = request.getfixturevalue(request.param)
    client.headers["Authorization"] = "Bearer sk_car_sandbox_accepted"
    client.headers["Cartesia-Version"] = "2026-03-01"
    return client
