"""How many requests at once and a second, and what is repeated: decisions on a clock handed in."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    AsyncClient,
    AuthenticationError,
    CartesiaError,
    InternalServerError,
    RateLimitError,
)
from cartesia_calls.export._pace import Pace
from cartesia_calls.export._throttle import StopExportError, Throttle
from fake_server import FakeServer, ok

Ask = Callable[[Throttle, AsyncClient], Coroutine[Any, Any, object]]


def _throttled(
    answers: list[httpx.Response | Exception],
    ask: Ask,
    *,
    concurrency: int = 4,
    rate: float | None = None,
) -> tuple[object, FakeServer, Pace, list[float]]:
    server = FakeServer(answers)
    pace = Pace(concurrency, rate)
    pauses: list[float] = []

    async def run() -> object:
        throttle = Throttle(pace, server.clock, on_pause=pauses.append, draw=lambda: 1.0)
        async with server.async_client(max_retries=0) as client:
            try:
                return await ask(throttle, client)
            except (CartesiaError, StopExportError) as error:
                return error

    return asyncio.run(run()), server, pace, pauses


async def _once(throttle: Throttle, client: AsyncClient) -> object:
    return (await throttle.ask(lambda: client.calls.logs("ac_1"))).logs


def test_no_more_run_at_once_than_allowed() -> None:
    pace = Pace(2)
    pace.start(0.0)
    assert pace.wait(0.0) == 0
    pace.start(0.0)
    assert pace.wait(0.0) is None
    pace.end()
    assert pace.wait(0.0) == 0


def test_a_rate_spaces_the_starts_and_saves_nothing_up() -> None:
    pace = Pace(100, rate=4)
    pace.start(0.0)
    assert pace.wait(0.0) == 0.25
    pace.start(10.0)
    assert pace.wait(10.0) == 0.25


def test_a_refusal_halves_both_once_for_all_that_was_under_way() -> None:
    pace = Pace(8, rate=8)
    for _ in range(8):
        pace.start(0.0)
    for _ in range(8):
        pace.end()
        pace.refused(1.0, started_at=0.0, retry_after=None)
    assert pace.allowed == 4
    pace.start(20.0)
    assert pace.wait(20.0) == 0.25


def test_it_never_falls_below_one_and_comes_back_with_successes() -> None:
    pace = Pace(4)
    for second in range(10):
        pace.refused(float(second), started_at=float(second), retry_after=0)
    assert pace.allowed == 1
    for _ in range(40):
        pace.succeeded()
    assert pace.allowed == 4


@pytest.mark.parametrize(("retry_after", "pause"), [("7", 7.0), (None, 1.0)])
def test_a_refusal_pauses_all_and_is_told_of(retry_after: str | None, pause: float) -> None:
    headers = {"Retry-After": retry_after} if retry_after else {}
    refused = httpx.Response(429, headers=headers)
    result, server, _, pauses = _throttled([refused, ok()], _once)
    assert result == ["one", "two"]
    assert server.clock.sleeps == pauses == [pause]


def test_what_failed_in_passing_is_asked_for_again() -> None:
    failures: list[httpx.Response | Exception] = [
        httpx.Response(500),
        httpx.ConnectError(""),
        httpx.Response(200, text="<html>"),
    ]
    result, server, _, _ = _throttled([*failures, httpx.Response(404, text="gateway"), ok()], _once)
    assert result == ["one", "two"]
    assert server.clock.sleeps == [0.25, 0.5, 1.0, 2.0]


def test_one_request_is_sent_five_times_at_the_most() -> None:
    result, server, _, _ = _throttled([httpx.Response(500)], _once)
    assert isinstance(result, InternalServerError)
    assert len(server.requests) == 5


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_stops_everything(status: int) -> None:
    result, server, _, _ = _throttled([httpx.Response(status)], _once)
    assert isinstance(result, StopExportError)
    assert len(server.requests) == 1
    if status == 401:
        assert isinstance(result.cause, AuthenticationError)


def test_what_stops_an_export_comes_whole_from_another_process() -> None:
    stop, *_ = _throttled([httpx.Response(401, json={"title": "No"})], _once)
    there = pickle.loads(pickle.dumps(stop))  # noqa: S301 - our own
    assert isinstance(there, StopExportError)
    assert isinstance(there.cause, AuthenticationError)
    assert there.cause.title == "No"
    assert str(there) == str(stop)


@pytest.mark.parametrize(("status", "kind"), [(429, RateLimitError), (503, InternalServerError)])
def test_a_pause_of_more_than_five_minutes_is_not_waited_for(
    status: int, kind: type[CartesiaError]
) -> None:
    asked = httpx.Response(status, headers={"Retry-After": "301"})
    result, server, _, _ = _throttled([asked], _once)
    assert isinstance(result, StopExportError)
    assert isinstance(result.cause, kind)
    assert server.clock.sleeps == []


def test_a_pause_that_an_error_asks_for_is_waited_for() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "300"})
    result, server, _, _ = _throttled([busy, ok()], _once)
    assert result == ["one", "two"]
    assert server.clock.sleeps == [300.0]


def test_the_budget_of_repetitions_is_one_for_all() -> None:
    async def many(throttle: Throttle, client: AsyncClient) -> object:
        for _ in range(100):
            try:
                await throttle.ask(lambda: client.calls.logs("ac_1"))
            except APIConnectionError:
                continue
        return None

    result, server, _, _ = _throttled([httpx.ConnectError("")], many)
    assert isinstance(result, StopExportError)
    assert isinstance(result.cause, APIConnectionError)
    assert "keeps failing" in result.cause.summary
    assert len(server.requests) == 26


def test_with_a_rate_requests_come_no_faster() -> None:
    async def many(throttle: Throttle, client: AsyncClient) -> object:
        asks = [throttle.ask(lambda: client.calls.logs("ac_1")) for _ in range(5)]
        return await asyncio.gather(*asks)

    _, server, _, _ = _throttled([ok()], many, rate=2)
    assert server.clock.elapsed == pytest.approx(2.0)
