"""Which requests are retried, when, and how often."""

from __future__ import annotations

import logging
import random
from datetime import UTC, datetime

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    CallNotFoundError,
    Client,
    InternalServerError,
    RateLimitError,
    RetryEvent,
)
from fake_server import CALL_NOT_FOUND, FLAVOURS, KEY, FakeServer, Flavour, Outcome, ok

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@FLAVOURS
@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout(""),
        httpx.RemoteProtocolError("body cut short"),
        *(httpx.Response(status) for status in (408, 409, 429, 500, 502, 503, 504, 520, 599)),
    ],
    ids=repr,
)
def test_a_temporary_failure_is_retried(
    flavour: Flavour, failure: httpx.Response | Exception
) -> None:
    server = FakeServer([failure, failure, ok()], flavour)
    assert server.logs().logs == ["one", "two"]
    assert len(server.requests) == 3
    first, second = server.clock.sleeps
    assert 0 <= first <= 0.5
    assert 0 <= second <= 1.0


@FLAVOURS
@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 410, 422, 451])
def test_a_lasting_failure_is_not_retried(flavour: Flavour, status: int) -> None:
    server = FakeServer([httpx.Response(status), ok()], flavour)
    with pytest.raises(APIStatusError) as caught:
        server.logs()
    assert caught.value.attempts == len(server.requests) == 1
    assert server.clock.sleeps == []


@FLAVOURS
@pytest.mark.parametrize("max_retries", [0, 1, 5])
def test_the_final_error_has_the_number_of_attempts(flavour: Flavour, max_retries: int) -> None:
    server = FakeServer([httpx.Response(503)], flavour)
    with pytest.raises(InternalServerError) as caught:
        server.logs(max_retries=max_retries)
    assert caught.value.attempts == len(server.requests) == max_retries + 1
    unreachable = FakeServer([httpx.ConnectError("refused")], flavour)
    with pytest.raises(APIConnectionError) as no_response:
        unreachable.logs(max_retries=max_retries)
    assert no_response.value.attempts == len(unreachable.requests) == max_retries + 1


def test_the_last_failure_is_the_one_that_is_raised() -> None:
    responses: list[Outcome] = [
        httpx.ConnectError("refused"),
        httpx.Response(404, json=CALL_NOT_FOUND),
    ]
    with pytest.raises(CallNotFoundError) as caught:
        FakeServer(responses).logs()
    assert caught.value.attempts == 2


@FLAVOURS
def test_retry_after_is_honoured(flavour: Flavour) -> None:
    responses = [
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.Response(503, headers={"retry-after-ms": "1500", "retry-after": "99"}),
        httpx.Response(503, headers={"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}),
        ok(),
    ]
    server = FakeServer(responses, flavour)
    server.logs(max_retries=3)
    assert server.clock.sleeps == [7.0, 1.5, 21.5]


@FLAVOURS
def test_a_retry_after_beyond_the_cap_is_raised_and_not_slept(flavour: Flavour) -> None:
    server = FakeServer([httpx.Response(429, headers={"retry-after": "86400"})], flavour)
    with pytest.raises(RateLimitError) as caught:
        server.logs()
    assert caught.value.retry_after == 86400
    assert server.clock.sleeps == []
    assert len(server.requests) == 1


def test_every_retry_is_logged_without_the_key(caplog: pytest.LogCaptureFixture) -> None:
    server = FakeServer([httpx.ConnectError("refused"), httpx.Response(500), ok()])
    with caplog.at_level(logging.INFO, "cartesia_calls"):
        server.logs()
    first, second = caplog.messages
    first_pause, second_pause = server.clock.sleeps
    assert "refused" in first
    assert first.endswith(f". Retrying in {first_pause:.2f} s (retry 1).")
    assert "500" in second
    assert second.endswith(f". Retrying in {second_pause:.2f} s (retry 2).")
    assert KEY not in caplog.text


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "2.5"}, 2.5),
        ({"retry-after": " 3 "}, 3.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 12:00:30 -0000"}, 30.0),
        ({"retry-after": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "Sun, 01 Mar 2026 13:00:30 +0100"}, 30.0),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Sun, 99 Foo 99999999999999999999 12:00:30 GMT"}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "1"}, 1.0),
    ],
)
def test_valid_forms_of_retry_after_are_read(
    headers: dict[str, str], seconds: float | None
) -> None:
    server = FakeServer([httpx.Response(429, headers=headers)])
    with pytest.raises(RateLimitError) as caught:
        server.logs(max_retries=0)
    assert caught.value.retry_after == seconds


@pytest.mark.parametrize(
    ("draw", "pauses"),
    [(1.0, [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]), (0.0, [0.0] * 7)],
)
def test_pauses_double_up_to_their_cap(
    draw: float, pauses: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: draw)
    server = FakeServer([httpx.Response(503)])
    with pytest.raises(InternalServerError):
        server.logs(max_retries=7)
    assert server.clock.sleeps == pauses


@FLAVOURS
def test_the_text_of_the_final_error_has_the_number_of_attempts(flavour: Flavour) -> None:
    for attempts in (2, 3):
        says = rf"^Service Unavailable \(503 .* It was tried {attempts} times\."
        with pytest.raises(InternalServerError, match=says):
            FakeServer([httpx.Response(503)], flavour).logs(max_retries=attempts - 1)
    with pytest.raises(InternalServerError) as once:
        FakeServer([httpx.Response(503)], flavour).logs(max_retries=0)
    assert "tried" not in str(once.value)


@FLAVOURS
def test_the_hook_gets_each_retry_before_its_pause(flavour: Flavour) -> None:
    responses: list[Outcome] = [
        httpx.ConnectError("refused"),
        httpx.Response(429, headers={"retry-after": "7"}),
        ok(),
    ]
    server = FakeServer(responses, flavour)
    events: list[tuple[RetryEvent, int]] = []

    def hook(event: RetryEvent) -> None:
        events.append((event, len(server.clock.sleeps)))

    server.logs(on_retry=hook)
    (first, slept_before_first), (second, slept_before_second) = events
    assert (slept_before_first, slept_before_second) == (0, 1)
    assert (first.method, first.attempt) == ("GET", 1)
    assert first.url.endswith("/agents/calls/ac_1/logs")
    assert isinstance(first.error, APIConnectionError)
    assert (second.attempt, second.pause) == (2, 7.0)
    assert isinstance(second.error, RateLimitError)
    assert [first.pause, second.pause] == server.clock.sleeps


def test_a_copy_may_have_a_hook_of_its_own() -> None:
    server = FakeServer([httpx.Response(503), ok()])
    events: list[RetryEvent] = []
    server.client().with_options(on_retry=events.append).calls.logs("ac_1")
    assert [event.attempt for event in events] == [1]


@FLAVOURS
def test_an_operation_ends_within_its_total_timeout(flavour: Flavour) -> None:
    server = FakeServer([ok()], flavour, takes=1000)
    with pytest.raises(APITimeoutError) as caught:
        server.logs(timeout=60, total_timeout=100, max_retries=9)
    assert server.clock.elapsed <= 100
    assert 2 <= caught.value.attempts < 10


@FLAVOURS
def test_the_last_attempt_has_only_the_time_that_is_left(flavour: Flavour) -> None:
    responses = [httpx.Response(503, headers={"retry-after": "25"}), ok()]
    server = FakeServer(responses, flavour)
    server.logs(timeout=60, total_timeout=30)
    assert [r.extensions["timeout"]["read"] for r in server.requests] == [30.0, 5.0]


@FLAVOURS
def test_a_pause_longer_than_the_remaining_time_is_not_begun(flavour: Flavour) -> None:
    server = FakeServer([httpx.Response(503, headers={"retry-after": "30"}), ok()], flavour)
    with pytest.raises(InternalServerError) as caught:
        server.logs(total_timeout=30)
    assert caught.value.retry_after == 30
    assert server.clock.sleeps == []

    later = FakeServer([httpx.Response(503, headers={"retry-after": "20"})], flavour)
    with pytest.raises(InternalServerError):
        later.logs(total_timeout=30)
    assert later.clock.sleeps == [20.0]


def test_without_a_total_timeout_an_operation_is_still_bounded() -> None:
    server = FakeServer([ok()], takes=1000)
    with pytest.raises(APITimeoutError):
        server.logs(max_retries=1_000_000)
    assert server.clock.elapsed <= 300
    assert Client(KEY).total_timeout == 300
    assert Client(KEY, timeout=900).total_timeout == 900
    assert Client(KEY).with_options(total_timeout=5).total_timeout == 5
