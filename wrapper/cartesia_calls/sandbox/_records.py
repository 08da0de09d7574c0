"""A call's record, logs and recording, as they stand at a given moment."""

import io
import math
import wave
from collections.abc import Mapping
from datetime import datetime, timedelta

from ._call import Call, Phone
from ._story import LogEntry, Turn, log_entry

Record = dict[str, object]

_HERTZ = 8000
_TONE_HERTZ = 440
_MIDDLE = 128
_LOUDNESS = 40
_OPTIONAL_OF_TURN = (
    "text",
    "tool_calls",
    "stt_ttfb",
    "tts_ttfb",
    "vad_buffer_ms",
    "log_event",
    "log_metric",
)


def call_record(call: Call, now: datetime, *, with_transcript: bool) -> Record:
    """Return the call as the spec's `AgentCall`; with its transcript if requested."""
    over = call.is_over(now)
    record: Record = {
        "id": call.call_id,
        "agent_id": call.agent_id,
        "status": call.status(now),
        "start_time": _time(call.start_time(now), offset=not call.without_offset),
        "end_time": _time(call.ends_at if over else None, offset=not call.without_offset),
        "redacted_at": _time(call.redacted_at),
        "zdr_enabled": call.zero_retention,
        "telephony_params": _telephony(call.phone) if call.phone else None,
        "telephony_account_type": "cartesia" if call.phone else None,
        "summary": call.summary if over else None,
        "error_message": call.error_message if over else None,
        "end_reason": call.end_reason if over else None,
        "metadata": call.metadata,
        "dynamic_variables": call.dynamic_variables,
        **call.deployment,
    }
    if with_transcript:
        record["transcript"] = _transcript(call, now)
    return record


def call_logs(call: Call, now: datetime) -> Record | None:
    """Return the call's logs as the spec's `AgentCallLogs`; `None` where there are none."""
    if not call.has_logs(now) or call.starts_at is None or call.logs_appear_at is None:
        return None
    until = min(now, call.ends_at or now) - call.starts_at
    written = [entry for entry in call.make_story().log if entry.after <= until]
    if call.is_over(now):
        written += _last_entries(call, until.total_seconds())
    last = written[-1].after if written else timedelta()
    return {
        "call_id": call.call_id,
        "logs": [entry.written_at(call.starts_at + entry.after) for entry in written],
        "updated_at": max(call.logs_appear_at, call.starts_at + last).isoformat(),
    }


def call_recording(call: Call, now: datetime) -> bytes | None:
    """Return the call's recording, a WAV file; `None` where there is none."""
    if not call.has_recording(now) or call.starts_at is None or call.ends_at is None:
        return None
    return _tone((call.ends_at - call.starts_at).total_seconds())


def _time(moment: datetime | None, *, offset: bool = True) -> str | None:
    if moment is None:
        return None
    return (moment if offset else moment.replace(tzinfo=None)).isoformat()


def _telephony(phone: Phone) -> Mapping[str, str]:
    numbers = {"to": phone.called, "from": phone.caller}
    return {
        # The spec does not allow null here, so what is erased is left out.
        **{name: number for name, number in numbers.items() if number is not None},
        "call_sid": phone.call_sid,
        "direction": phone.direction,
        "connection_type": "sip",
    }


def _transcript(call: Call, now: datetime) -> list[Turn] | None:
    if not call.has_transcript(now) or call.starts_at is None or call.ends_at is None:
        return None
    seconds = (call.ends_at - call.starts_at).total_seconds()
    return [
        {
            **dict.fromkeys(_OPTIONAL_OF_TURN),
            **turn,
            "end_timestamp": min(turn["end_timestamp"], seconds),
        }
        for turn in call.make_story().turns
        if turn["start_timestamp"] <= seconds
    ]


def _last_entries(call: Call, seconds: float) -> list[LogEntry]:
    ended = f"Call ended: {call.end_reason} after {seconds:.1f} s"
    entries = [log_entry(seconds, "INFO", "agent.main:stop:139", ended)]
    if call.error_message is not None:
        entries.insert(0, log_entry(seconds, "ERROR", "agent.main:run:88", call.error_message))
    return entries


def _tone(seconds: float) -> bytes:
    """Return a WAV file of a tone in place of voices: mono, 8 kHz, 8 bits."""
    # A whole number of waves fits into a second, so that seconds join without a click.
    wave_step = 2 * math.pi * _TONE_HERTZ / _HERTZ
    second = bytes(
        _MIDDLE + round(_LOUDNESS * math.sin(wave_step * index)) for index in range(_HERTZ)
    )
    samples = round(seconds * _HERTZ)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(1)
        writer.setframerate(_HERTZ)
        writer.writeframes((second * (samples // _HERTZ + 1))[:samples])
    return file.getvalue()
