"""Calls as the spec's `AgentCall` has them."""

from collections.abc import Sequence
from datetime import datetime

from ._call import Call, Phone
from ._example_agents import agent_of_call
from ._story import ToolCall, Turn

Record = dict[str, object]


def call_record(call: Call, now: datetime, *, with_transcript: bool) -> Record:
    """Return the call's record as it stands; the transcript is left out unless asked for."""
    over = call.is_over(now)
    record: Record = {
        "id": call.call_id,
        "agent_id": call.agent_id,
        "status": call.status(now),
        "start_time": _time(call.start_time(now)),
        "end_time": _time(call.ends_at if over else None),
        "redacted_at": _time(call.redacted_at),
        "zdr_enabled": call.zero_retention,
        "telephony_params": _telephony(call.phone) if call.phone else None,
        "summary": call.summary if over else None,
        "error_message": call.error_message if over else None,
        "end_reason": call.end_reason if over else None,
        "metadata": dict(call.metadata) if call.metadata is not None else None,
        **agent_of_call(call.agent_id),
    }
    if with_transcript:
        record["transcript"] = _transcript(call, now)
    return record


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _telephony(phone: Phone) -> Record:
    numbers = {"to": phone.called, "from": phone.caller}
    return {
        # The spec does not allow null here: what is erased is left out.
        **{name: number for name, number in numbers.items() if number is not None},
        "call_sid": phone.call_sid,
        "direction": phone.direction,
        "connection_type": "sip",
    }


def _transcript(call: Call, now: datetime) -> list[Record] | None:
    if not call.has_transcript(now) or call.starts_at is None or call.ends_at is None:
        return None
    seconds = (call.ends_at - call.starts_at).total_seconds()
    return [_turn(turn, seconds) for turn in call.tell().turns if turn.start <= seconds]


def _turn(turn: Turn, call_seconds: float) -> Record:
    event, metric = turn.event, turn.metric
    return {
        "role": turn.role,
        "start_timestamp": turn.start,
        "end_timestamp": min(turn.end, call_seconds),
        "text": turn.text,
        "tool_calls": _tool_calls(turn.tool_calls),
        "stt_ttfb": turn.stt_ttfb,
        "tts_ttfb": turn.tts_ttfb,
        "vad_buffer_ms": turn.vad_buffer_ms,
        "log_event": event
        and {
            "event": event.name,
            "metadata": dict(event.metadata),
            "timestamp": turn.start,
        },
        "log_metric": metric
        and {"name": metric.name, "value": metric.value, "timestamp": turn.start},
    }


def _tool_calls(calls: Sequence[ToolCall]) -> list[Record] | None:
    return [
        {
            "id": call.tool_id,
            "name": call.name,
            "arguments": dict(call.arguments),
            "result": call.result,
        }
        for call in calls
    ] or None
