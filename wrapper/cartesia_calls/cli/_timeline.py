"""What happened during a call, in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cartesia_calls import AgentCall, AgentToolCall, AgentTranscript

# Above it, not all whole numbers are floats.
_LARGEST_WHOLE = 2.0**53


class Moment(NamedTuple):
    """One entry of a timeline.

    Attributes:
        seconds: When, from the start of the call.
        what: A role such as `user`, or `tool`, `event`, `metric`, `start`, `end`.
        text: What was said or done.
        note: How it went: what speech took to begin, why a turn ended.
    """

    seconds: float
    what: str
    text: str
    note: str = ""


def timeline(call: AgentCall) -> list[Moment]:
    """Return what a call's record and its transcript say, earliest first.

    An event or a metric has its own time. Where that lies outside the call, the time of its turn is
    taken.
    """
    turns = call.transcript or []
    length = max((turn.end_timestamp or turn.start_timestamp for turn in turns), default=0.0)
    moments = [moment for turn in turns for moment in _of_turn(turn, length)]
    if call.start_time:
        moments.insert(0, Moment(0.0, "start", ""))
        if call.end_time:
            seconds = (call.end_time - call.start_time).total_seconds()
            moments.append(Moment(max(seconds, length), "end", call.end_reason or ""))
    return sorted(moments, key=lambda moment: moment.seconds)


def _of_turn(turn: AgentTranscript, length: float) -> Iterator[Moment]:
    for tool_call in turn.tool_calls or []:
        yield Moment(turn.start_timestamp, "tool", _tool_call(tool_call))
    if event := turn.log_event:
        text = " ".join([event.event, *_pairs(event.metadata.additional_properties)])
        yield Moment(_within(event.timestamp, turn, length), "event", text)
    if metric := turn.log_metric:
        text = f"{metric.name} = {_number(metric.value)}"
        yield Moment(_within(metric.timestamp, turn, length), "metric", text)
    note = _note(turn)
    if turn.text or note:
        yield Moment(turn.start_timestamp, turn.role, turn.text or "", note)


def _number(value: object) -> str:
    """Return a number with all its digits, a whole one without a fraction."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return str(int(value))
    return str(value)


def _within(timestamp: float, turn: AgentTranscript, length: float) -> float:
    return timestamp if 0 <= timestamp <= length else turn.start_timestamp


def _tool_call(tool_call: AgentToolCall) -> str:
    arguments = ", ".join(_pairs(tool_call.arguments.additional_properties))
    result = f" → {tool_call.result}" if tool_call.result else ""
    return f"{tool_call.name}({arguments}){result}"


def _pairs(values: Mapping[str, object]) -> list[str]:
    return [f"{name}={value!r}" for name, value in values.items()]


def _note(turn: AgentTranscript) -> str:
    notes = [
        f"{name} {seconds * 1000:.0f} ms"
        for name, seconds in (("heard in", turn.stt_ttfb), ("spoke in", turn.tts_ttfb))
        if seconds
    ]
    if turn.end_reason:
        notes.append(turn.end_reason)
    return ", ".join(notes)
