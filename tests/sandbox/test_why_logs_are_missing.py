"""Every situation in which a call has no logs, and its record in each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cartesia_calls.sandbox import ExampleCalls

CALLS = ExampleCalls()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = 24 * 3600


def record(api: httpx.Client, call_id: str) -> dict[str, Any]:
    response = api.get(f"/agents/calls/{call_id}")
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    return body


def log(api: httpx.Client, call_id: str) -> list[str] | None:
    """Return the lines; `None` if there are no logs."""
    response = api.get(f"/agents/calls/{call_id}/logs")
    if response.status_code == 404:
        assert response.json()["message"] == "Call logs not available"
        return None
    lines: list[str] = response.json()["logs"]
    return lines


def test_an_unknown_call_has_no_logs(api: httpx.Client) -> None:
    assert api.get(f"/agents/calls/{CALLS.unknown}/logs").json()["message"] == "Call not found"
    for method, path in [("GET", ""), ("GET", "/audio"), ("POST", "/cancel"), ("DELETE", "")]:
        response = api.request(method, f"/agents/calls/{CALLS.unknown}{path}")
        assert response.status_code == 404
        assert response.json()["message"] == "There is no call with this ID."


def test_a_call_that_rings_for_ever(api: httpx.Client, advance: Callable[[float], None]) -> None:
    for _ in range(2):
        call = record(api, CALLS.created)
        assert call["status"] == "created"
        assert (call["start_time"], call["end_time"], call["transcript"]) == (None, None, None)
        assert log(api, CALLS.created) is None
        advance(DAY)


def test_a_call_that_runs_until_its_log_stops_growing(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    advance(3600)
    assert log(api, CALLS.running) is None
    assert record(api, CALLS.running)["status"] == "started"
    advance(4.999)
    growing = log(api, CALLS.running)
    running = record(api, CALLS.running)
    advance(0.001)
    complete = log(api, CALLS.running)
    over = record(api, CALLS.running)
    advance(60)

    assert growing is not None
    assert complete is not None
    assert complete[:-1] == growing
    assert (running["status"], running["end_time"], running["end_reason"]) == (
        "started",
        None,
        None,
    )
    assert running["transcript"] is None
    assert (over["status"], over["end_reason"]) == ("completed", "client_hangup")
    assert over["end_time"] == "2026-03-02T10:00:05+00:00"
    assert [turn["role"] for turn in over["transcript"]] == [
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert log(api, CALLS.running) == complete


@pytest.mark.parametrize("first_seen_in", ["", f"/{CALLS.just_ended}", "?agent_id=agent_busy"])
def test_a_call_that_has_just_ended(
    api: httpx.Client, advance: Callable[[float], None], first_seen_in: str
) -> None:
    advance(3600)
    api.get(f"/agents/calls{first_seen_in}")
    call = record(api, CALLS.just_ended)

    assert call["status"] == "completed"
    assert call["end_time"] == (NOW + timedelta(hours=1)).isoformat()
    assert call["transcript"]
    advance(60)
    assert log(api, CALLS.just_ended) is None
    advance(4.999)
    assert log(api, CALLS.just_ended) is None
    advance(0.001)
    written = log(api, CALLS.just_ended)
    assert written is not None
    assert "Call ended: agent_hangup" in written[-1]
    assert record(api, CALLS.just_ended) == call


def test_a_call_whose_data_were_deleted(api: httpx.Client) -> None:
    call = record(api, CALLS.deleted)

    assert call["redacted_at"] == (NOW - timedelta(days=1)).isoformat()
    assert call["status"] == "completed"
    assert log(api, CALLS.deleted) is None


def test_a_call_whose_data_are_never_kept(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    for _ in range(2):
        call = record(api, CALLS.zero_retention)
        assert (call["zdr_enabled"], call["redacted_at"]) == (True, None)
        assert call["transcript"] is None
        assert log(api, CALLS.zero_retention) is None
        advance(60)


def test_a_call_past_retention(api: httpx.Client) -> None:
    call = record(api, CALLS.expired)

    assert datetime.fromisoformat(call["end_time"]) < NOW - timedelta(days=39)
    assert (call["zdr_enabled"], call["redacted_at"]) == (False, None)
    assert call["transcript"]
    assert log(api, CALLS.expired) is None


def test_retention_removes_the_logs_of_every_call_after_thirty_days(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    assert log(api, CALLS.finished) is not None
    assert log(api, "ac_busy_240") is not None
    assert log(api, "ac_busy_001") is None
    ended = datetime.fromisoformat(record(api, CALLS.finished)["end_time"])
    advance((ended - NOW).total_seconds() + 30 * DAY - 0.001)
    assert log(api, CALLS.finished) is not None
    advance(0.001)
    assert log(api, CALLS.finished) is None
    assert api.get(f"/agents/calls/{CALLS.finished}/audio").status_code == 404


def test_an_unanswered_call_never_has_logs(api: httpx.Client) -> None:
    query = {"agent_id": "agent_quiet", "limit": "100", "expand": "transcript"}
    calls = api.get("/agents/calls", params=query).json()["data"]
    unanswered = [call for call in calls if (call["end_reason"] or "").startswith("dial_")]

    assert unanswered
    for call in unanswered:
        assert (call["status"], call["start_time"]) == ("failed", None)
        assert call["end_time"]
        assert call["error_message"]
        assert call["transcript"] is None
        assert log(api, call["id"]) is None
        assert api.get(f"/agents/calls/{call['id']}/audio").status_code == 404


def test_an_ordinary_calls_log_and_transcript_agree(api: httpx.Client) -> None:
    query = {"agent_id": "agent_busy", "limit": "100", "expand": "transcript"}
    calls = api.get("/agents/calls", params=query).json()["data"]
    turns = [turn for call in calls for turn in call["transcript"] or ()]

    assert any(turn["tool_calls"] for turn in turns)
    assert any(turn["log_event"] for turn in turns)
    assert any(turn["log_metric"] for turn in turns)
    for call in [call for call in calls if call["id"].startswith("ac_busy_")][:30]:
        text = "\n".join(log(api, call["id"]) or ())
        assert all(turn["text"] in text for turn in call["transcript"] if turn["text"])
        started, ended = (datetime.fromisoformat(call[f"{edge}_time"]) for edge in ("start", "end"))
        seconds = (ended - started).total_seconds()
        assert all(
            0 <= turn["start_timestamp"] <= turn["end_timestamp"] <= seconds
            for turn in call["transcript"]
        )
