"""What `cartesia-calls show` tells of a call, in order of time."""

from __future__ import annotations

from typing import Any

from cartesia_api.models import AgentCall
from cartesia_calls.cli._timeline import Moment, timeline


def _call(*turns: dict[str, Any], **fields: object) -> AgentCall:
    record = {"id": "ac_1", "agent_id": "agent_1", "status": "completed", **fields}
    return AgentCall.from_dict({**record, "transcript": list(turns)})


def _turn(start: float, end: float, **fields: object) -> dict[str, Any]:
    return {"role": "assistant", "start_timestamp": start, "end_timestamp": end, **fields}


def test_a_call_without_anything_has_an_empty_timeline() -> None:
    assert timeline(AgentCall(id="ac_1", agent_id="agent_1", status="created")) == []


def test_turns_stand_between_start_and_end() -> None:
    call = _call(
        _turn(1, 2, text="Hello", tts_ttfb=0.0871),
        _turn(3, 4, role="user", text="Hi", stt_ttfb=0.2, end_reason="interrupted"),
        start_time="2026-03-01T10:00:00Z",
        end_time="2026-03-01T10:00:09.5Z",
        end_reason="client_hangup",
    )
    assert timeline(call) == [
        Moment(0, "start", ""),
        Moment(1, "assistant", "Hello", "spoke in 87 ms"),
        Moment(3, "user", "Hi", "heard in 200 ms, interrupted"),
        Moment(9.5, "end", "client_hangup"),
    ]


def test_events_and_metrics_stand_at_their_own_time() -> None:
    call = _call(
        _turn(
            1,
            8,
            text="A long turn",
            log_event={"event": "booked", "metadata": {"people": "4"}, "timestamp": 5.5},
        ),
        _turn(2, 3, role="user", text="Yes"),
        _turn(8, 8, role="system", log_metric={"name": "eur", "value": 15.0, "timestamp": 6.5}),
    )
    assert [(moment.seconds, moment.what, moment.text) for moment in timeline(call)] == [
        (1, "assistant", "A long turn"),
        (2, "user", "Yes"),
        (5.5, "event", "booked people='4'"),
        (6.5, "metric", "eur = 15"),
    ]


def test_an_event_whose_time_is_not_of_the_call_stands_at_its_turn() -> None:
    event: dict[str, Any] = {"event": "booked", "metadata": {}, "timestamp": 1772359200.0}
    (moment,) = timeline(_call(_turn(1, 8, role="system", log_event=event)))
    assert moment == Moment(1, "event", "booked")


def test_a_tool_call_stands_before_what_was_said_after_it() -> None:
    tool_call: dict[str, Any] = {
        "id": "t",
        "name": "order",
        "arguments": {"item": "pizza"},
        "result": "ok",
    }
    silent: dict[str, Any] = {"id": "t", "name": "stop", "arguments": {}}
    call = _call(_turn(1, 2, text="Done", tool_calls=[tool_call, silent]))
    assert [(moment.what, moment.text) for moment in timeline(call)] == [
        ("tool", "order(item='pizza') → ok"),
        ("tool", "stop()"),
        ("assistant", "Done"),
    ]


def test_a_call_that_never_began_has_its_turns_and_no_ends() -> None:
    assert timeline(_call(_turn(0, 1, text="Hello"))) == [Moment(0, "assistant", "Hello")]


def test_a_running_call_has_no_end() -> None:
    call = _call(_turn(0, 1, text="Hello"), start_time="2026-03-01T10:00:00Z")
    assert [moment.what for moment in timeline(call)] == ["start", "assistant"]
