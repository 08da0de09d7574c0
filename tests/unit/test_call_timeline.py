"""Timelines of calls: everything in a call, in order of time."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartesia_api.models import AgentCall, AgentCallLogs
from cartesia_calls import Client, NotFoundError, Timeline, log_records, reply_gaps, timeline
from cartesia_calls.sandbox import Sandbox

Turn = dict[str, Any]

START = datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)


def _record(*turns: object, **fields: object) -> dict[str, Any]:
    record = {"id": "ac_1", "agent_id": "agent_1", "status": "completed", **fields}
    return {"start_time": START.isoformat(), "transcript": list(turns), **record}


def _turn(start: object, end: object, role: str = "assistant", **fields: object) -> Turn:
    return {"role": role, "start_timestamp": start, "end_timestamp": end, **fields}


def _at(seconds: float) -> str:
    return f"{START + timedelta(seconds=seconds):%Y-%m-%d %H:%M:%S.%f}"


def _shown(found: Timeline) -> list[tuple[float | None, str, str]]:
    return [(entry.seconds, entry.kind, entry.text) for entry in found.entries]


def test_entries_are_in_order_of_time() -> None:
    tool: dict[str, Any] = {
        "id": "t",
        "name": "order",
        "arguments": {"item": "una"},
        "result": "ok",
    }
    call = AgentCall.from_dict(
        _record(
            _turn(1, 2, text="Hello", tts_ttfb=0.09),
            _turn(3, 4.5, "user", text="Una, please", stt_ttfb=0.2),
            _turn(5, 5.4, tool_calls=[tool]),
            _turn(6, 7, text="Done", end_reason="completed"),
            _turn(7, 7, "system", log_metric={"name": "eur", "value": 15.0, "timestamp": 6.5}),
            _turn(7, 7, "system", log_event={"event": "paid", "metadata": {}, "timestamp": 6.25}),
            end_time=(START + timedelta(seconds=9.5)).isoformat(),
            end_reason="client_hangup",
        )
    )
    lines = [
        "no time yet",
        f"{_at(-1)} | INFO     | app:run:1 - accepted",
        f"{_at(5.1)} | ERROR    | app:order:2 - slow",
        "Traceback (most recent call last):",
        "INFO:     uvicorn",
        f"{_at(10)} | INFO     | app:stop:3 - bye",
    ]
    found = timeline(call, AgentCallLogs("ac_1", lines, START))

    assert _shown(found) == [
        (-1, "log", "no time yet"),
        (-1, "log", "accepted"),
        (0, "start", ""),
        (1, "turn", "Hello"),
        (3, "turn", "Una, please"),
        (5, "tool", "order(item='una') → ok"),
        (5.1, "log", "slow"),
        (5.1, "log", "uvicorn"),
        (6, "turn", "Done"),
        (6.25, "event", "paid"),
        (6.5, "metric", "eur = 15"),
        (9.5, "end", "client_hangup"),
        (10, "log", "bye"),
    ]
    order, slow, uvicorn = found.entries[5:8]
    assert (order.name, order.value, order.result) == ("order", {"item": "una"}, "ok")
    assert (order.duration, order.role, order.index) == (0.4, "assistant", 2)
    assert order.time == START + timedelta(seconds=5)
    assert (slow.level, slow.name, slow.index, len(slow.lines)) == ("ERROR", "app:order:2", 2, 2)
    assert uvicorn.time is None
    assert {entry.source for entry in found.entries} == {"record", "transcript", "logs"}
    assert (found.call_id, found.start) == ("ac_1", START)
    assert found.suggested_log_offset is None


def test_the_silence_before_a_reply_and_the_tool_time_in_it() -> None:
    tools: list[Turn] = [{"name": "a", "arguments": {}}]
    call = _record(
        _turn(0, 1, text="Hello", tool_calls=tools),
        _turn(0, 0.5, tool_calls=tools),
        _turn(1, 2, "user", text="Order"),
        _turn(2.5, 3.5, tool_calls=tools),
        _turn(3, 4.25, tool_calls=tools),
        _turn(5, 6, text="Done", tts_ttfb=0.1),
        _turn(5.5, 7, "user", text="Wait"),
    )
    found = timeline(call)

    (reply,) = found.replies
    assert (reply.reply_gap, reply.tool_seconds, reply.tts_ttfb) == (3, 1.75, 0.1)
    assert [entry.text for entry in found.interruptions] == ["Wait"]
    assert reply_gaps(call["transcript"]) == [None, None, None, None, None, 3, None]


def test_a_reply_without_silence_has_a_gap_of_zero_in_json() -> None:
    call = _record(_turn(0, 1, "user", text="Hi"), _turn(1, 2, text="Hello"))
    reply = timeline(call).replies[0].as_dict()
    assert (reply["reply_gap"], reply["index"]) == (0, 1)
    assert "level" not in reply
    assert json.loads(json.dumps(reply)) == reply


def test_times_in_whole_seconds_stay_with_the_lines_of_that_second() -> None:
    lines = [f"{_at(2.5)} INFO one", "10:00:02 - LiteLLM:INFO: a.py:1 - two", "x"]
    assert _shown(timeline(_record(), lines))[1:] == [(2.5, "log", "one"), (2.5, "log", "two")]


@pytest.mark.parametrize(
    ("shift", "suggested"),
    [(0, None), (3600, -3600), (-7200, 7200), (19800, -19800), (1234567, -1234567)],
)
def test_a_log_outside_the_call_is_reported_with_the_offset_to_add(
    shift: int, suggested: float | None
) -> None:
    call = _record(end_time=(START + timedelta(seconds=60)).isoformat())
    lines = [f"{_at(shift)} INFO a", f"{_at(shift + 50)} INFO b"]
    found = timeline(call, lines)

    assert found.suggested_log_offset == suggested
    if suggested is not None:
        moved = timeline(call, lines, log_offset=suggested)
        assert moved.suggested_log_offset is None
        assert [entry.seconds for entry in moved.entries if entry.kind == "log"] == [0, 50]
        assert moved.log_offset == suggested


def test_a_log_that_began_before_the_call_is_not_outside_it() -> None:
    lines = [f"{_at(-500)} INFO a", f"{_at(1)} INFO b"]
    assert timeline(_record(), lines).suggested_log_offset is None


@pytest.mark.parametrize(("second", "suggested"), [(30, None), (90, None), (300, -300)])
def test_a_log_that_continues_after_the_call_is_not_outside_it(
    second: float, suggested: float | None
) -> None:
    lines = [f"{_at(second)} INFO a"]
    ended = _record(_turn(0, 1, text="Hi"), end_time=(START + timedelta(seconds=60)).isoformat())
    assert timeline(ended, lines).suggested_log_offset == suggested
    running = _record(_turn(0, 1, text="Hi"), status="started")
    assert timeline(running, lines).suggested_log_offset is None


@pytest.mark.parametrize("offset", [math.nan, math.inf])
def test_an_offset_that_is_no_number_is_refused(offset: float) -> None:
    with pytest.raises(ValueError, match="log_offset must be a finite number of seconds"):
        timeline(_record(), log_offset=offset)


def test_a_huge_offset_leaves_times_unknown() -> None:
    found = timeline(_record(), [f"{_at(1)} INFO a"], log_offset=1e300)
    assert [(entry.kind, entry.seconds) for entry in found.entries] == [("start", 0), ("log", None)]


@pytest.mark.parametrize(
    "call",
    [
        AgentCall("ac_1", "agent_1", "created"),
        AgentCall.from_dict({**_record(), "transcript": None, "redacted_at": START.isoformat()}),
        AgentCall.from_dict({**_record(), "status": "started"}),
    ],
    ids=["created", "deleted", "running"],
)
def test_a_call_without_transcript_end_or_logs_has_a_timeline(call: AgentCall) -> None:
    assert [entry.kind for entry in timeline(call).entries] == ["start"] * bool(call.start_time)
    (log,) = timeline(call, ["hello"]).entries[-1:]
    assert (log.kind, log.text, log.seconds) == ("log", "hello", None)


def test_a_start_before_the_first_year_in_utc_counts_as_missing() -> None:
    assert timeline(_record(start_time="0001-01-01T00:00:00+05:00")).start is None


def test_without_a_start_logs_come_last_with_their_times() -> None:
    record = {**_record(_turn(1, 2, text="Hello")), "start_time": None}
    found = timeline(record, [f"{_at(1)} INFO a"])
    assert _shown(found) == [(1, "turn", "Hello"), (None, "log", "a")]
    assert [entry.time for entry in found.entries] == [None, START + timedelta(seconds=1)]


def test_unexpected_turns_are_shown_as_far_as_they_can_be_read() -> None:
    found = timeline(
        _record(
            "no turn",
            _turn(None, 3, text="only an end"),
            _turn("4", "5", text="times are text"),
            _turn(6, 7, tool_calls=[{"name": "book", "arguments": [1]}, "stop"]),
            _turn(6, 7, tool_calls="stop", log_metric={"name": "guests", "value": "four"}),
            _turn(7, 8, "system", log_event={"event": "x", "timestamp": 1772359200.0}),
            _turn(8, 9, ["nobody"]),  # type: ignore[arg-type]
            start_time="2026-03-01T10:00:00",
            end_time=12,
        )
    )
    assert _shown(found) == [
        (0, "start", ""),
        (0, "turn", "no turn"),
        (3, "turn", "only an end"),
        (3, "turn", "times are text"),
        (6, "tool", "book([1])"),
        (6, "tool", "stop"),
        (6, "tool", "stop"),
        (6, "metric", "guests = four"),
        (7, "event", "x"),
        (8, "turn", ""),
    ]
    assert found.start == START


def test_impossible_numbers_and_dates_count_as_missing() -> None:
    call = _record(_turn(10**400, 2, text="a"), start_time="2026-02-30T10:00:00Z", end_time=["x"])
    assert _shown(timeline(call)) == [(2, "turn", "a")]


def test_a_transcript_that_is_no_list_is_one_turn() -> None:
    assert _shown(timeline({**_record(), "transcript": "hello"}))[1:] == [(0, "turn", "hello")]


def test_a_turn_at_an_impossible_time_comes_last() -> None:
    found = timeline(_record(_turn(1e300, 1e301, text="late"), _turn(1, 2, text="Hello")))
    assert _shown(found) == [(0, "start", ""), (1, "turn", "Hello"), (1e300, "turn", "late")]
    assert found.entries[-1].time is None


def test_records_picked_from_a_log_are_shown_alone() -> None:
    lines = [f"{_at(1)} ERROR a", f"{_at(2)} INFO b"]
    errors = (record for record in log_records(lines) if record.level == "ERROR")
    assert _shown(timeline(_record(), errors)) == [(0, "start", ""), (1, "log", "a")]


def test_a_value_nested_too_deep_to_write_is_shortened() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    call = _record(_turn(0, 1, tool_calls=[{"name": "x", "arguments": {"a": deep}}]))
    assert _shown(timeline(call))[-1] == (0, "tool", "x(a=…)")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
TURNS = st.fixed_dictionaries(
    {},
    optional={
        "role": st.sampled_from(["user", "assistant", "system"]) | JSON,
        "start_timestamp": st.floats(0, 100) | JSON,
        "end_timestamp": st.floats(0, 100) | JSON,
        "text": st.text(max_size=9) | JSON,
        "end_reason": JSON,
        "tool_calls": st.lists(st.fixed_dictionaries({"name": JSON, "arguments": JSON})) | JSON,
        "stt_ttfb": JSON,
        "tts_ttfb": JSON,
        "log_event": st.fixed_dictionaries({"event": JSON, "timestamp": JSON}) | JSON,
        "log_metric": st.fixed_dictionaries({"name": JSON, "value": JSON}) | JSON,
    },
)
TIMES = st.datetimes().map(datetime.isoformat) | JSON
RECORDS = st.fixed_dictionaries(
    {"id": st.just("ac_1")},
    optional={"start_time": TIMES, "end_time": TIMES, "end_reason": JSON},
)
LINES = st.lists(
    st.text()
    | st.floats(-100, 100).map(lambda seconds: f"{_at(seconds)} INFO x")
    | st.times().map(lambda clock: f"{clock:%H:%M:%S} - LiteLLM:INFO: x")
)


@settings(deadline=None)
@given(RECORDS, st.lists(TURNS | JSON), LINES, st.floats(allow_nan=False, allow_infinity=False))
def test_any_record_and_any_lines_make_a_timeline_in_order(
    record: dict[str, Any], turns: list[Any], lines: list[str], offset: float
) -> None:
    found = timeline({**record, "transcript": turns}, lines, log_offset=offset)

    known = [math.inf if entry.seconds is None else entry.seconds for entry in found.entries]
    assert known == sorted(known)
    shown = {entry.index for entry in found.entries if entry.source == "transcript"}
    assert shown == set(range(len(turns)))
    logged = sorted(
        (entry for entry in found.entries if entry.kind == "log"),
        key=lambda entry: entry.index or 0,
    )
    assert [line for entry in logged for line in entry.lines] == lines
    for entry in found.entries:
        json.dumps(entry.as_dict())


def test_a_client_fetches_everything_for_a_timeline(cartesia_sandbox: Sandbox) -> None:
    with Client(api_key=cartesia_sandbox.api_key, base_url=cartesia_sandbox.url) as client:
        found = client.calls.timeline("ac_finished", log_offset=2.0)
        call, logs = client.calls.get("ac_finished"), client.calls.logs("ac_finished")

    assert found == timeline(call, logs, log_offset=2.0)


@pytest.mark.parametrize("call_id", ["ac_expired", "ac_deleted", "ac_created"])
def test_a_call_without_logs_has_the_timeline_of_its_record(
    cartesia_sandbox: Sandbox, call_id: str
) -> None:
    with Client(api_key=cartesia_sandbox.api_key, base_url=cartesia_sandbox.url) as client:
        found = client.calls.timeline(call_id)

    assert found.call_id == call_id
    assert not [entry for entry in found.entries if entry.source == "logs"]


def test_a_call_that_does_not_exist_has_no_timeline(cartesia_sandbox: Sandbox) -> None:
    with Client(api_key=cartesia_sandbox.api_key, base_url=cartesia_sandbox.url) as client:
        with pytest.raises(NotFoundError):
            client.calls.timeline("ac_unknown")
        with pytest.raises(ValueError, match="log_offset"):
            client.calls.timeline("ac_finished", log_offset=math.nan)
