"""What is sent again, when, and how often."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    APIStatusError,
    CallNotFoundError,
    InternalServerError,
    RateLimitError,
)
from cartesia_calls._retry import RetryPolicy, parse_retry_after
from fake_server import CALL_NOT_FOUND, KEY, Answer, FakeServer, Flavour, ok

FLAVOURS = pytest.mark.parametrize("flavour", ["sync", "async"])
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
def test_a_passing_failure_is_sent_again(
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
def test_a_lasting_failure_is_not(flavour: Flavour, status: int) -> None:
    server = FakeServer([httpx.Response(status), ok()], flavour)
    with pytest.raises(APIStatusError) as caught:
        server.logs()
    assert caught.value.attempts == len(server.requests) == 1
    assert server.clock.sleeps == []


@FLAVOURS
@pytest.mark.parametrize("max_retries", [0, 1, 5])
def test_retries_end_and_the_error_says_how_many_attempts_were_made(
    flavour: Flavour, max_retries: int
) -> None:
    server = FakeServer([httpx.Response(503)], flavour)
    with pytest.raises(InternalServerError) as caught:
        server.logs(max_retries=max_retries)
    assert caught.value.attempts == len(server.requests) == max_retries + 1
    unreachable = FakeServer([httpx.ConnectError("refused")], flavour)
    with pytest.raises(APIConnectionError) as no_answer:
        unreachable.logs(max_retries=max_retries)
    assert no_answer.value.attempts == len(unreachable.requests) == max_retries + 1


def test_the_last_failure_is_the_one_that_is_raised() -> None:
    answers: list[Answer] = [
        httpx.ConnectError("refused"),
        httpx.Response(404, json=CALL_NOT_FOUND),
    ]
    with pytest.raises(CallNotFoundError) as caught:
        FakeServer(answers).logs()
    assert caught.value.attempts == 2


@FLAVOURS
def test_retry_after_is_honoured(flavour: Flavour) -> None:
    answers = [
        httpx.Response(429, headers={"retry-after": "7"}),
        httpx.Response(503, headers={"retry-after-ms": "1500", "retry-after": "99"}),
        ok(),
    ]
    server = FakeServer(answers, flavour)
    server.logs()
    assert server.clock.sleeps == [7.0, 1.5]


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
    assert "refused" in first
    assert "(retry 1)" in first
    assert "500" in second
    assert "(retry 2)" in second
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
        ({"retry-after": "-5"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "Sun, 99 Foo 99999999999999999999 12:00:30 GMT"}, None),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "1"}, 1.0),
    ],
)
def test_what_retry_after_may_say(headers: dict[str, str], seconds: float | None) -> None:
    assert parse_retry_after(headers, NOW) == seconds


def test_pauses_double_up_to_their_cap() -> None:
    longest = RetryPolicy(max_retries=10_000, draw=lambda: 1.0)
    shortest = RetryPolicy(max_retries=10_000, draw=lambda: 0.0)
    failure = APIConnectionError("refused")
    pauses = [longest.pause(failure, attempt) for attempt in (1, 2, 3, 4, 5, 6, 10_000)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert shortest.pause(failure, 10_000) == 0.0
    assert longest.pause(failure, 10_001) is None
