"""`wait_for_logs` keeps waiting while logs may still come, never past its deadline."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from cartesia_calls import (
    APITimeoutError,
    AuthenticationError,
    CallLogsNotAvailableError,
    CallNotFoundError,
    InternalServerError,
    LogsWaitTimeoutError,
    ResponseValidationError,
)
from fake_clock import FakeClock
from fake_server import CALL_NOT_FOUND, FLAVOURS, LOGS_NOT_AVAILABLE, FakeServer, Flavour, ok

NOT_YET = httpx.Response(404, json=LOGS_NOT_AVAILABLE)


@FLAVOURS
def test_logs_that_become_available_later_are_returned(flavour: Flavour) -> None:
    server = FakeServer([NOT_YET] * 8 + [ok()], flavour)
    assert server.wait_for_logs(120).logs == ["one", "two"]
    sleeps = server.clock.sleeps
    assert len(sleeps) == 8
    assert 0.25 <= sleeps[0] <= 0.5
    assert all(2.5 <= pause <= 5.0 for pause in sleeps[4:])


@FLAVOURS
@pytest.mark.parametrize(
    "passing",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout(""),
        httpx.Response(503),
        httpx.Response(429),
    ],
    ids=repr,
)
def test_temporary_failures_are_survived(
    flavour: Flavour, passing: httpx.Response | Exception
) -> None:
    server = FakeServer([passing, NOT_YET, passing, passing, passing, ok()], flavour)
    assert server.wait_for_logs(60).call_id == "ac_1"


@FLAVOURS
@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(404, json=CALL_NOT_FOUND), CallNotFoundError),
        (httpx.Response(401), AuthenticationError),
        (httpx.Response(200, content=b"{}"), ResponseValidationError),
    ],
)
def test_a_wait_without_prospect_ends_at_once(
    flavour: Flavour, response: httpx.Response, error: type[Exception]
) -> None:
    server = FakeServer([NOT_YET, response], flavour)
    with pytest.raises(error):
        server.wait_for_logs(600)
    assert len(server.requests) == 2


@FLAVOURS
@pytest.mark.parametrize("timeout", [0, 0.3, 1, 5, 60.0])
@pytest.mark.parametrize("takes", [0.0, 0.2])
def test_the_deadline_is_used_and_never_passed(
    flavour: Flavour, timeout: float, takes: float
) -> None:
    server = FakeServer([NOT_YET], flavour, takes=takes)
    with pytest.raises(LogsWaitTimeoutError, match="did not appear within") as caught:
        server.wait_for_logs(timeout)
    error = caught.value
    assert (error.call_id, error.timeout, error.reason) == ("ac_1", timeout, "unknown")
    assert isinstance(error, TimeoutError)
    assert isinstance(error.__cause__, CallLogsNotAvailableError | APITimeoutError)
    # Even without time: one request for the logs, and one for the record with the reason.
    assert server.clock.elapsed <= (timeout or 2 * takes) + 1e-6
    assert server.clock.elapsed >= timeout - 0.7


@FLAVOURS
def test_each_request_is_bounded_by_the_remaining_time(flavour: Flavour) -> None:
    server = FakeServer([NOT_YET], flavour)
    with pytest.raises(LogsWaitTimeoutError):
        server.wait_for_logs(20)
    bounds = [request.extensions["timeout"]["read"] for request in server.requests]
    assert bounds[0] == 20
    assert bounds == sorted(bounds, reverse=True)
    assert 0 < bounds[-1] < 5


@FLAVOURS
def test_a_retry_after_within_the_time_is_honoured(flavour: Flavour) -> None:
    server = FakeServer([httpx.Response(429, headers={"retry-after": "30"}), ok()], flavour)
    server.wait_for_logs(60)
    assert server.clock.sleeps == [30.0]


@FLAVOURS
def test_a_retry_after_beyond_the_time_ends_the_wait(flavour: Flavour) -> None:
    server = FakeServer([NOT_YET, httpx.Response(503, headers={"retry-after": "61"})], flavour)
    with pytest.raises(LogsWaitTimeoutError) as caught:
        server.wait_for_logs(60)
    assert isinstance(caught.value.__cause__, InternalServerError)
    assert len(server.requests) == 2
    assert server.clock.elapsed <= 0.5


@pytest.mark.parametrize(
    ("timeout", "error"),
    [(-1, ValueError), (float("inf"), ValueError), (float("nan"), ValueError), ("9", TypeError)],
)
def test_an_impossible_time_is_refused_before_anything_is_sent(
    timeout: float, error: type[Exception]
) -> None:
    server = FakeServer([ok()])
    with pytest.raises(error, match="timeout"):
        server.wait_for_logs(timeout)
    assert server.requests == []


def test_a_cancelled_wait_ends_and_the_client_can_be_used_again() -> None:
    async def cancel_then_fetch() -> list[str]:
        server = FakeServer([NOT_YET, ok()])
        requested = asyncio.Event()

        class SleepsUntilCancelled(FakeClock):
            async def sleep_async(self, seconds: float) -> None:  # noqa: ARG002 - for ever
                requested.set()
                await asyncio.Event().wait()

        server.clock = SleepsUntilCancelled()
        async with server.async_client() as client:
            task = asyncio.create_task(client.calls.wait_for_logs("ac_1", 600))
            await requested.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return (await client.calls.logs("ac_1")).logs

    assert asyncio.run(cancel_then_fetch()) == ["one", "two"]
