"""The reason for missing logs, from the call's record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cartesia_calls import AgentCall, CallLogsNotAvailableError, LogsWaitTimeoutError, is_over
from fake_server import CALL_NOT_FOUND, FLAVOURS, LOGS_NOT_AVAILABLE, FakeServer, Flavour, ok

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)  # the fake clock's time
NOT_AVAILABLE = httpx.Response(404, json=LOGS_NOT_AVAILABLE)


def _ago(seconds: float) -> str:
    return (NOW - timedelta(seconds=seconds)).isoformat()


def _record(**fields: object) -> httpx.Response:
    return ok({"id": "ac_1", "agent_id": "agent_1", "status": "completed", **fields})


def _error(server: FakeServer, **settings: object) -> CallLogsNotAvailableError:
    with pytest.raises(CallLogsNotAvailableError) as caught:
        server.logs("ac_1", **settings)
    return caught.value


@FLAVOURS
@pytest.mark.parametrize(
    ("record", "reason", "may", "says"),
    [
        (_record(status="created"), "in_progress", True, "not over (created)"),
        (_record(status="started", end_time=None), "in_progress", True, "not over (started)"),
        (_record(status="active"), "in_progress", True, "not over"),
        (_record(end_time=_ago(0)), "not_written_yet", True, "a short while ago"),
        (_record(end_time=_ago(600)), "not_written_yet", True, "a short while ago"),
        (_record(status="started", end_time=_ago(5)), "not_written_yet", True, "a short while"),
        (_record(end_time=_ago(601)), "expired_or_never_written", False, "does not show which"),
        (_record(status="failed", start_time=_ago(9999)), "expired_or_never_written", False, ""),
        (_record(redacted_at=_ago(5), end_time=_ago(9)), "deleted", False, "were deleted on"),
        (_record(redacted_at=_ago(5), zdr_enabled=True), "deleted", False, "were deleted on"),
        (_record(zdr_enabled=True, end_time=_ago(9)), "zero_retention", False, "zero data"),
        (_record(zdr_enabled=True, status="started"), "zero_retention", False, "zero data"),
        (_record(status="failed"), "unknown", None, "does not say when it ended"),
        (_record(status="levitating"), "unknown", None, "'levitating' is not known here"),
        (_record(status="levitating", end_time=_ago(9)), "not_written_yet", True, ""),
        # Even if the rest of the record is unexpected.
        (ok({"id": None}), "unknown", None, "its record has no status"),
        (ok({"status": "started", "agent_id": []}), "in_progress", True, "not over (started)"),
        (ok({"end_time": _ago(9), "transcript": "x"}), "not_written_yet", True, ""),
        (ok({"status": 7, "zdr_enabled": True}), "zero_retention", False, "zero data"),
        (ok({"redacted_at": "2026-03-01T10:00:00"}), "deleted", False, "were deleted."),
        (
            _record(start_time="soon", end_time="2026-03-01T10:00:00"),
            "unknown",
            None,
            "when it ended",
        ),
    ],
)
def test_each_row_of_the_table(
    flavour: Flavour,
    record: httpx.Response,
    reason: str,
    may: bool | None,  # noqa: FBT001 - a column of the table
    says: str,
) -> None:
    server = FakeServer([NOT_AVAILABLE], flavour, record=record)
    error = _error(server)
    assert (error.reason, error.may_become_available) == (reason, may)
    assert says in error.summary
    assert error.hint
    assert str(error) == f"{error.summary} {error.hint}"
    assert error.status_code == 404
    assert len(server.record_requests) == 1


@FLAVOURS
def test_the_grace_period_is_a_setting(flavour: Flavour) -> None:
    server = FakeServer([NOT_AVAILABLE], flavour, record=_record(end_time=_ago(100)))
    assert _error(server, logs_grace_period=99).reason == "expired_or_never_written"
    assert _error(server, logs_grace_period=100).reason == "not_written_yet"
    client = server.client().with_options(logs_grace_period=99)
    with pytest.raises(CallLogsNotAvailableError) as caught:
        client.calls.logs("ac_1")
    assert caught.value.reason == "expired_or_never_written"


@FLAVOURS
@pytest.mark.parametrize(
    "record",
    [
        httpx.Response(404, json=CALL_NOT_FOUND),
        httpx.Response(500),
        httpx.Response(429, headers={"retry-after": "1"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=["a list"]),
    ],
)
def test_a_record_that_can_not_be_read_leaves_the_original_error(
    flavour: Flavour, record: httpx.Response
) -> None:
    server = FakeServer([NOT_AVAILABLE], flavour, record=record)
    error = _error(server)
    assert (error.reason, error.may_become_available) == ("unknown", None)
    assert error.title == "Call logs not available"
    assert error.summary.startswith("Call logs not available")
    assert len(server.record_requests) == 1
    assert server.clock.sleeps == []


@FLAVOURS
def test_a_wait_ends_at_once_when_logs_can_never_come(flavour: Flavour) -> None:
    server = FakeServer([NOT_AVAILABLE], flavour, record=_record(end_time=_ago(86400)))
    with pytest.raises(CallLogsNotAvailableError) as caught:
        server.wait_for_logs(600)
    assert caught.value.may_become_available is False
    assert len(server.requests) == 1


@FLAVOURS
def test_a_wait_that_ends_without_logs_carries_the_last_reason(flavour: Flavour) -> None:
    server = FakeServer([NOT_AVAILABLE], flavour, record=_record(status="started"))
    with pytest.raises(LogsWaitTimeoutError) as caught:
        server.wait_for_logs(30)
    assert caught.value.reason == "in_progress"


def test_a_wait_abandoned_for_a_long_pause_reports_no_waiting() -> None:
    responses = [NOT_AVAILABLE, httpx.Response(429, headers={"retry-after": "300"})]
    server = FakeServer(responses, record=_record(status="started"))
    with pytest.raises(LogsWaitTimeoutError, match="requests a pause of 300 s") as caught:
        server.wait_for_logs(120)
    assert "did not appear" not in caught.value.summary
    assert caught.value.reason == "in_progress"


@pytest.mark.parametrize(
    ("fields", "over"),
    [
        ({"status": "started"}, False),
        ({"status": "completed"}, True),
        ({"status": "failed"}, True),
        ({"status": "levitating"}, False),
        ({"status": "levitating", "end_time": "2026-03-01T12:00:00Z"}, True),
    ],
)
def test_the_check_for_an_ended_call_is_public(fields: dict[str, str], *, over: bool) -> None:
    call = AgentCall.from_dict({"id": "ac_1", "agent_id": "agent_1", **fields})
    assert is_over(call) is over
