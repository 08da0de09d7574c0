"""Numbers about many calls."""

from __future__ import annotations

import math
from datetime import timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartesia_api.models import AgentCall
from cartesia_calls import CallStats, call_stats, tool_failed

Record = dict[str, Any]

LOG = [
    "2026-03-01 10:00:00.000 | INFO     | a:b:1 - Call ac_1 accepted",
    "2026-03-01 10:00:01.000 | ERROR    | a:b:2 - No response to ac_1f within 5.25 s",
    "Traceback (most recent call last):",
    "2026-03-01 10:00:02.000 | CRITICAL | a:b:2 - No response to ac_2f within 30 s",
    "ERROR:root:7c9e6679-7425-40de-944b-e07fc1f90ae7 at 0x7f00 of utf8 is gone",
]


def _call(number: int, *gaps: float, **fields: object) -> Record:
    turns: list[Record] = []
    for gap in gaps:
        turns += [
            {"role": "user", "start_timestamp": 0.0, "end_timestamp": 1.0, "text": "Hi"},
            {"role": "assistant", "start_timestamp": 1.0 + gap, "text": f"{gap}", "tts_ttfb": gap},
        ]
    record = {"id": f"ac_{number}", "agent_id": "agent_1", "status": "completed"}
    return {**record, "start_time": "2026-03-01T23:30:00Z", "transcript": turns[:2], **fields}


def test_no_calls_at_all_have_numbers() -> None:
    nothing = {"p50": None, "p90": None, "p95": None, "p99": None}
    assert call_stats([]).as_dict() == {
        "calls": 0,
        "failed_calls": 0,
        "by_day": {},
        "by_status": {},
        "by_end_reason": {},
        "by_region": {},
        "failed_by_day": {},
        "reply_gap_seconds": nothing,
        "tts_ttfb_seconds": nothing,
        "tools": [],
        "errors": [],
        "failures": [],
        "slowest_turns": [],
    }


def test_calls_are_counted_by_day_status_end_reason_and_region() -> None:
    calls: list[Record] = [
        _call(1, end_reason="client_hangup", deployment_region="EU"),
        _call(2, end_reason="client_hangup", start_time="2026-03-02T00:30:00Z"),
        _call(3, status="started", start_time=None, end_reason=7),
        {
            "id": "ac_4",
            "agent_id": "agent_1",
            "status": "completed",
            "end_time": "2026-03-01T01:00:00Z",
        },
    ]
    pairs: list[tuple[Record, None]] = [(call, None) for call in calls]
    found = call_stats(pairs).as_dict()

    assert found["calls"] == 4
    assert found["by_day"] == {"2026-03-01": 2, "2026-03-02": 1, "none": 1}
    assert found["by_status"] == {"completed": 3, "started": 1}
    assert found["by_end_reason"] == {"client_hangup": 2, "none": 2}
    assert found["by_region"] == {"EU": 1, "none": 3}
    elsewhere = call_stats(pairs, zone=timezone(timedelta(hours=1))).as_dict()
    assert elsewhere["by_day"] == {"2026-03-01": 1, "2026-03-02": 2, "none": 1}
    first_year: Record = _call(1, start_time="0001-01-01T00:00:00Z")
    earlier = call_stats([(first_year, None)], zone=timezone(timedelta(hours=-1))).as_dict()
    assert earlier["by_day"] == {"none": 1}


def test_percentiles_are_of_the_nearest_rank_and_slowest_turns_come_first() -> None:
    found = call_stats((_call(n, n / 10), None) for n in range(1, 101)).as_dict()

    assert found["reply_gap_seconds"] == {"p50": 5.0, "p90": 9.0, "p95": 9.5, "p99": 9.9}
    assert found["tts_ttfb_seconds"] == found["reply_gap_seconds"]
    assert [turn["reply_gap"] for turn in found["slowest_turns"]] == [
        n / 10 for n in range(100, 80, -1)
    ]
    assert found["slowest_turns"][0] == {
        "call_id": "ac_100",
        "index": 1,
        "reply_gap": 10.0,
        "tool_seconds": None,
        "tts_ttfb": 10.0,
        "text": "10.0",
    }


@given(st.lists(st.floats(-10, 1000).map(lambda value: round(value, 6)), min_size=1))
def test_percentiles_match_their_definition(values: list[float]) -> None:
    found = call_stats((_call(1, value), None) for value in values).as_dict()["tts_ttfb_seconds"]
    for name, value in found.items():
        share = int(name[1:]) / 100
        assert value in values
        assert sum(one <= value for one in values) >= math.floor(share * len(values))
        assert sum(one < value for one in values) < share * len(values)


def test_failures_have_their_error_and_the_first_error_of_their_log() -> None:
    failed = _call(1, status="failed", error_message="No model", end_reason="error")
    silent = _call(2, status="failed", start_time="2026-03-02T00:00:00Z")
    found = call_stats(
        [(AgentCall.from_dict(failed), LOG), (silent, None), (_call(3), LOG)]
    ).as_dict()

    assert found["failed_calls"] == 2
    assert found["failed_by_day"] == {"2026-03-01": 1, "2026-03-02": 1}
    assert found["failures"] == [
        {
            "call_id": "ac_2",
            "time": "2026-03-02T00:00:00+00:00",
            "end_reason": None,
            "error": None,
            "log_error": None,
        },
        {
            "call_id": "ac_1",
            "time": "2026-03-01T23:30:00+00:00",
            "end_reason": "error",
            "error": "No model",
            "log_error": {"message": "No response to ac_1f within 5.25 s", "index": 1},
        },
    ]


def test_log_errors_are_grouped_without_numbers_and_ids() -> None:
    found = call_stats((_call(n), LOG) for n in range(7)).as_dict()
    assert found["errors"] == [
        {
            "message": "No response to … within … s",
            "count": 14,
            "calls": 7,
            "call_ids": ["ac_0", "ac_1", "ac_2", "ac_3", "ac_4"],
        },
        {
            "message": "… at … of utf8 is gone",
            "count": 7,
            "calls": 7,
            "call_ids": ["ac_0", "ac_1", "ac_2", "ac_3", "ac_4"],
        },
    ]


def test_tools_are_counted_with_failures_and_known_time() -> None:
    def call(number: int, result: str | None) -> Record:
        tools: list[Any] = [{"name": "book", "arguments": {}, "result": result}, "odd"]
        turn: Record = {
            "role": "assistant",
            "start_timestamp": 1,
            "end_timestamp": 2.5,
            "tool_calls": tools,
        }
        return _call(number, transcript=[turn])

    spoken: Record = {"role": "assistant", "text": "Done", "tool_calls": [{"name": "rest"}]}
    calls = [call(1, "ok"), call(2, "error: no response"), call(3, None)]
    calls.append(_call(4, transcript=[spoken]))
    found = call_stats((one, None) for one in calls).as_dict()["tools"]
    assert [(tool["name"], tool["seconds"]) for tool in found[1:]] == [
        ("none", 4.5),
        ("rest", None),
    ]
    assert found[0] == {
        "name": "book",
        "calls": 3,
        "failures": 1,
        "seconds": 4.5,
        "call_ids": ["ac_2"],
    }


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        (None, False),
        ("", False),
        ("booked", False),
        ("no errors", False),
        ("terror alert", False),
        ('{"error": null, "ok": true}', False),
        ('{"error"', False),
        ("{" * 5, False),
        ({"status": "done"}, False),
        ([1], False),
        ("error: no response within 5 s", True),
        ("Failed to book", True),
        ("'Error' in tool", True),
        ("TimeoutError: 5 s", True),
        ("httpx.ReadTimeout", False),
        ("Traceback (most recent call last):", True),
        ('{"error": "x"}', True),
        ({"success": False}, True),
        ({"is_error": True}, True),
        ({"status": "failed"}, True),
    ],
)
def test_failed_tool_calls_are_recognized(result: object, failed: bool) -> None:  # noqa: FBT001
    assert tool_failed(result) == failed


def test_the_rarest_of_very_many_errors_are_forgotten() -> None:
    stats = CallStats()
    stats.add(_call(0), ["ERROR: often"] * 3)
    word = [chr(97 + n) for n in range(26)]
    names = (f"{a}{b}{c}" for a in word for b in word for c in word)
    stats.add(_call(1), (f"ERROR: {name}" for name in names))
    found = stats.as_dict()["errors"]
    assert found[0] == {"message": "often", "count": 3, "calls": 1, "call_ids": ["ac_0"]}
    assert len(found) == 50
