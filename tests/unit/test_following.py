"""`follow_logs` yields each line once, in order, until the call ends."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from cartesia_calls import (
    CallLogsNotAvailableError,
    CallNotFoundError,
    InternalServerError,
    LogsRewrittenError,
    RateLimitError,
)
from fake_server import (
    CALL_NOT_FOUND,
    FLAVOURS,
    LOGS_NOT_AVAILABLE,
    FakeServer,
    Flavour,
    Outcome,
    ok,
)

NOT_AVAILABLE = httpx.Response(404, json=LOGS_NOT_AVAILABLE)
OVER = ok({"id": "ac_1", "agent_id": "a", "status": "completed"})
RUNNING = ok({"id": "ac_1", "agent_id": "a", "status": "started"})


def _logs(*lines: str, minute: int = 0) -> httpx.Response:
    updated_at = f"2026-03-01T10:{minute:02}:00Z"
    return ok({"call_id": "ac_1", "logs": list(lines), "updated_at": updated_at})


def _follow(server: FakeServer) -> list[str]:
    lines: list[str] = server.do(lambda client: client.calls.follow_logs("ac_1"))
    return lines


@FLAVOURS
def test_each_line_comes_once_and_in_order(flavour: Flavour) -> None:
    looks = [_logs("a"), _logs("a", "b", "c", minute=1), _logs("a", "b", "c", "d", minute=2)]
    server = FakeServer(looks, flavour, record=OVER)
    assert _follow(server) == ["a", "b", "c", "d"]


@FLAVOURS
def test_equal_lines_are_all_yielded(flavour: Flavour) -> None:
    looks = [_logs("tick", "tick"), _logs("tick", "tick", "tick", minute=1)]
    assert _follow(FakeServer(looks, flavour, record=OVER)) == ["tick"] * 3


@FLAVOURS
def test_it_waits_for_logs_that_are_not_available_yet(flavour: Flavour) -> None:
    server = FakeServer([NOT_AVAILABLE, NOT_AVAILABLE, _logs("a")], flavour, record=RUNNING)
    if flavour == "sync":
        lines = [next(server.client().calls.follow_logs("ac_1"))]
    else:

        async def first() -> str:
            return await anext(server.async_client().calls.follow_logs("ac_1"))

        lines = [asyncio.run(first())]
    assert lines == ["a"]
    assert len(server.requests) == 3


@FLAVOURS
def test_it_ends_some_quiet_polls_after_the_call_has_ended(flavour: Flavour) -> None:
    server = FakeServer([_logs("a")], flavour, record=OVER)
    assert _follow(server) == ["a"]
    assert len(server.record_requests) == 1
    assert (
        len(server.requests) == 1 + 1 + 3
    )  # the line; no new one, so the record; three more polls


@FLAVOURS
def test_a_new_time_without_a_new_line_is_no_change(flavour: Flavour) -> None:
    server = FakeServer([_logs("a", minute=minute) for minute in range(20)], flavour, record=OVER)
    assert _follow(server) == ["a"]
    assert len(server.requests) == 5


@FLAVOURS
def test_a_late_line_after_the_end_is_not_lost(flavour: Flavour) -> None:
    quiet = [_logs("a")] * 4
    server = FakeServer([*quiet, _logs("a", "late", minute=1)], flavour, record=OVER)
    assert _follow(server) == ["a", "late"]


def test_a_quiet_call_that_has_not_ended_is_still_followed() -> None:
    server = FakeServer([_logs("a")], record=RUNNING)
    following = server.client().calls.follow_logs("ac_1")
    assert next(following) == "a"
    server.clock.sleep = _stop_after(40, server)  # type: ignore[method-assign]  # a clock of the test
    with pytest.raises(_Stopped):
        next(following)
    pauses = server.clock.sleeps
    assert all(0.25 <= pause <= 5 for pause in pauses)
    assert pauses[-1] >= 2.5


class _Stopped(Exception):  # noqa: N818 - a signal of the test
    pass


def _stop_after(sleeps: int, server: FakeServer):  # type: ignore[no-untyped-def]  # noqa: ANN202
    def sleep(seconds: float) -> None:
        server.clock.sleeps.append(seconds)
        if len(server.clock.sleeps) == sleeps:
            raise _Stopped

    return sleep


@FLAVOURS
@pytest.mark.parametrize(
    "rewritten",
    [
        _logs("a", minute=1),
        _logs("a", minute=0),
        _logs("a", "B", "c", minute=1),
        _logs(minute=1),
        _logs("z", "a", "b", minute=1),
    ],
    ids=["shortened", "shortened, same time", "rewritten", "emptied", "shifted"],
)
def test_logs_that_shrink_or_change_are_reported_and_not_merged(
    flavour: Flavour, rewritten: httpx.Response
) -> None:
    server = FakeServer([_logs("a", "b"), rewritten], flavour, record=RUNNING)
    with pytest.raises(LogsRewrittenError, match="2 lines yielded so far") as caught:
        _follow(server)
    assert (caught.value.call_id, caught.value.lines_given) == ("ac_1", 2)


@FLAVOURS
def test_temporary_failures_are_survived(flavour: Flavour) -> None:
    down: list[Outcome] = [httpx.ConnectError("refused")] * 7
    server = FakeServer([_logs("a"), *down, _logs("a", "b", minute=1)], flavour, record=OVER)
    assert _follow(server) == ["a", "b"]


@FLAVOURS
def test_lasting_failures_end_it(flavour: Flavour) -> None:
    server = FakeServer([_logs("a"), httpx.Response(503)], flavour, record=OVER)
    with pytest.raises(InternalServerError):
        _follow(server)
    assert len(server.requests) == 1 + 5 * 3


@FLAVOURS
def test_a_long_retry_after_is_raised_and_not_slept(flavour: Flavour) -> None:
    busy = httpx.Response(429, headers={"retry-after": "3600"})
    server = FakeServer([_logs("a"), busy], flavour, record=OVER)
    with pytest.raises(RateLimitError):
        _follow(server)
    assert server.clock.elapsed < 10


@FLAVOURS
@pytest.mark.parametrize(
    ("response", "record", "error"),
    [
        (httpx.Response(404, json=CALL_NOT_FOUND), RUNNING, CallNotFoundError),
        (
            NOT_AVAILABLE,
            ok({"id": "a", "agent_id": "a", "status": "completed", "zdr_enabled": True}),
            CallLogsNotAvailableError,
        ),
    ],
)
def test_a_call_that_can_not_be_followed_is_reported_at_once(
    flavour: Flavour, response: httpx.Response, record: httpx.Response, error: type[Exception]
) -> None:
    server = FakeServer([response], flavour, record=record)
    with pytest.raises(error):
        _follow(server)
    assert len(server.requests) == 1


@FLAVOURS
def test_a_call_with_an_empty_record_is_not_followed_for_ever(flavour: Flavour) -> None:
    server = FakeServer([NOT_AVAILABLE], flavour, record=httpx.Response(500))
    with pytest.raises(CallLogsNotAvailableError):
        _follow(server)
    assert len(server.requests) == 5


def test_an_abandoned_follower_sends_nothing_and_the_client_stays_usable() -> None:
    server = FakeServer([_logs("a")], record=RUNNING)

    async def follow_and_stop() -> list[str]:
        async with server.async_client() as client:
            async for line in client.calls.follow_logs("ac_1"):
                assert line == "a"
                break
            return (await client.calls.logs("ac_1")).logs

    assert asyncio.run(follow_and_stop()) == ["a"]
    assert len(server.requests) == 2
