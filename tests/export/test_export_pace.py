"""Concurrency, rate and retries of an export's requests, on a fake clock."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from cartesia_calls import (
    AsyncClient,
    AuthenticationError,
    CartesiaError,
    InternalServerError,
    PermissionDeniedError,
    RateLimitError,
)
from cartesia_calls.export._throttle import StopExportError, Throttle
from fake_server import FakeServer, ok

Work = Callable[[Throttle, AsyncClient], Coroutine[Any, Any, object]]


def _throttled(
    responses: list[httpx.Response | Exception],
    work: Work,
    *,
    concurrency: int = 4,
    rate: float | None = None,
    takes: float = 0.0,
) -> tuple[object, FakeServer, list[float]]:
    server = FakeServer(responses, takes=takes)
    pauses: list[float] = []

    async def run() -> object:
        throttle = Throttle(
            concurrency, rate, server.clock, on_pause=pauses.append, draw=lambda: 1.0
        )
        async with server.async_client(max_retries=0) as client:
            try:
                return await work(throttle, client)
            except (CartesiaError, StopExportError) as error:
                return error

    return asyncio.run(run()), server, pauses


async def _once(throttle: Throttle, client: AsyncClient) -> object:
    return (await throttle.ask(lambda: client.calls.logs("ac_1"))).logs


async def _in_flight(throttle: Throttle, count: int = 10) -> int:
    """Return how many of these requests are sent before the first response."""
    running = 0
    respond = asyncio.Event()

    async def request() -> None:
        nonlocal running
        running += 1
        await respond.wait()

    tasks = [asyncio.create_task(throttle.ask(request)) for _ in range(count)]
    for _ in range(100):
        await asyncio.sleep(0)
    sent = running
    respond.set()
    await asyncio.gather(*tasks)
    return sent


async def _refuse(throttle: Throttle, client: AsyncClient, at_once: int) -> None:
    """Refuse these requests together, and stop them before they are retried."""
    under_way = 0
    all_are_under_way = asyncio.Event()

    async def request() -> object:
        nonlocal under_way
        under_way += 1
        if under_way > at_once:
            raise asyncio.CancelledError
        if under_way == at_once:
            all_are_under_way.set()
        await all_are_under_way.wait()
        return await client.calls.logs("ac_1")

    tasks = (throttle.ask(request) for _ in range(at_once))
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(end, asyncio.CancelledError) for end in ends)


def test_the_concurrency_limit_holds() -> None:
    result, *_ = _throttled([ok()], lambda throttle, _: _in_flight(throttle), concurrency=2)
    assert result == 2


def test_a_rate_spaces_requests_and_allows_no_burst() -> None:
    async def work(throttle: Throttle, client: AsyncClient) -> None:
        await _once(throttle, client)
        await _once(throttle, client)
        await throttle.clock.sleep_async(10)
        await _once(throttle, client)
        await _once(throttle, client)

    _, server, _ = _throttled([ok()], work, rate=4)
    assert server.clock.sleeps == [0.25, 10, 0.25]


def test_a_refusal_halves_the_concurrency_once_for_all_requests_in_flight() -> None:
    async def work(throttle: Throttle, client: AsyncClient) -> int:
        await _refuse(throttle, client, 8)
        return await _in_flight(throttle)

    result, server, pauses = _throttled([httpx.Response(429)], work, concurrency=8, takes=0.5)
    assert result == 4
    assert pauses == [1.0]
    assert len(server.requests) == 8


def test_the_concurrency_never_falls_below_one_and_recovers_with_successes() -> None:
    async def work(throttle: Throttle, client: AsyncClient) -> list[int]:
        for _ in range(5):
            await _refuse(throttle, client, 1)
        least = await _in_flight(throttle, 2)
        for _ in range(40):
            await _in_flight(throttle, 1)
        return [least, await _in_flight(throttle)]

    refused = httpx.Response(429, headers={"Retry-After": "0"})
    result, *_ = _throttled([refused], work, takes=0.1)
    assert result == [1, 4]


@pytest.mark.parametrize(("retry_after", "pause"), [("7", 7.0), (None, 1.0)])
def test_a_refusal_pauses_all_and_is_reported(retry_after: str | None, pause: float) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    refused = httpx.Response(429, headers=headers)
    result, server, pauses = _throttled([refused, ok()], _once)
    assert result == ["one", "two"]
    assert server.clock.sleeps == pauses == [pause]


def test_temporary_failures_are_retried() -> None:
    failures: list[httpx.Response | Exception] = [
        httpx.Response(500),
        httpx.ConnectError(""),
        httpx.Response(200, text="<html>"),
    ]
    result, server, _ = _throttled([*failures, httpx.Response(404, text="gateway"), ok()], _once)
    assert result == ["one", "two"]
    assert server.clock.sleeps == [0.25, 0.5, 1.0, 2.0]


def test_a_request_is_sent_at_most_five_times() -> None:
    result, server, _ = _throttled([httpx.Response(500)], _once)
    assert isinstance(result, InternalServerError)
    assert len(server.requests) == 5


@pytest.mark.parametrize("once", [False, True])
def test_a_refused_key_stops_everything(once: bool) -> None:  # noqa: FBT001 - a parameter of the test
    async def work(throttle: Throttle, client: AsyncClient) -> object:
        return await throttle.ask(lambda: client.calls.logs("ac_1"), once=once)

    result, server, _ = _throttled([httpx.Response(401)], work)
    assert isinstance(result, StopExportError)
    assert isinstance(result.cause, AuthenticationError)
    assert len(server.requests) == 1


def test_a_forbidden_request_fails_alone_and_at_once() -> None:
    result, server, _ = _throttled([httpx.Response(403)], _once)
    assert isinstance(result, PermissionDeniedError)
    assert len(server.requests) == 1


def test_a_request_to_be_sent_once_is_not_retried() -> None:
    async def work(throttle: Throttle, client: AsyncClient) -> object:
        return await throttle.ask(lambda: client.calls.logs("ac_1"), once=True)

    result, server, _ = _throttled([httpx.Response(500)], work)
    assert isinstance(result, InternalServerError)
    assert len(server.requests) == 1


def test_an_error_that_stops_an_export_can_be_pickled() -> None:
    stop, *_ = _throttled([httpx.Response(401, json={"title": "No"})], _once)
    there = pickle.loads(pickle.dumps(stop))  # noqa: S301 - our own
    assert isinstance(there, StopExportError)
    assert isinstance(there.cause, AuthenticationError)
    assert there.cause.title == "No"
    assert str(there) == str(stop)


def test_a_pause_of_more_than_five_minutes_ends_the_run() -> None:
    refused = httpx.Response(429, headers={"Retry-After": "301"})
    result, server, _ = _throttled([refused], _once)
    assert isinstance(result, StopExportError)
    assert isinstance(result.cause, RateLimitError)
    assert server.clock.sleeps == []


def test_an_error_with_a_long_pause_fails_only_its_request() -> None:
    refused = httpx.Response(503, headers={"Retry-After": "301"})
    result, server, _ = _throttled([refused], _once)
    assert isinstance(result, InternalServerError)
    assert server.clock.sleeps == []


def test_a_server_that_refuses_every_request_ends_the_run_after_minutes() -> None:
    result, server, pauses = _throttled([httpx.Response(429)], _once)
    assert isinstance(result, StopExportError)
    assert isinstance(result.cause, RateLimitError)
    assert "keeps failing" in result.cause.summary
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30, 30]
    assert len(server.requests) == 10


def test_simultaneous_refusals_pause_all_requests_once_for_the_longest_time() -> None:
    async def work(throttle: Throttle, client: AsyncClient) -> int:
        await _refuse(throttle, client, 2)
        return await _in_flight(throttle)

    responses: list[httpx.Response | Exception] = [
        httpx.Response(429, headers={"Retry-After": seconds}) for seconds in ("5", "60")
    ]
    result, server, pauses = _throttled(responses, work, takes=0.1)
    assert result == 2
    assert pauses == [5.0]
    assert server.clock.elapsed >= 60


def test_a_pause_that_an_error_requests_is_honoured() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "300"})
    result, server, _ = _throttled([busy, ok()], _once)
    assert result == ["one", "two"]
    assert server.clock.sleeps == [300.0]


def test_with_a_rate_requests_come_no_faster() -> None:
    async def many(throttle: Throttle, client: AsyncClient) -> object:
        tasks = [throttle.ask(lambda: client.calls.logs("ac_1")) for _ in range(5)]
        return await asyncio.gather(*tasks)

    _, server, _ = _throttled([ok()], many, rate=2)
    assert server.clock.elapsed == pytest.approx(2.0)
