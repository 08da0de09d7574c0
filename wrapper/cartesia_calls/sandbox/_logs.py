"""The logs of a call as they stand at a given moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ._call import Call
from ._story import LogEntry


@dataclass(frozen=True, kw_only=True)
class CallLogs:
    """The logs of a call at one moment; `updated_at` is aware, in UTC."""

    call_id: str
    lines: Sequence[str]
    updated_at: datetime


def logs_of(call: Call, now: datetime) -> CallLogs | None:
    """Return the call's logs as they stand; `None` where there are none to give."""
    if not call.has_logs(now) or call.starts_at is None or call.logs_appear_at is None:
        return None
    until = min(now, call.ends_at or now) - call.starts_at
    written = [entry for entry in call.tell().log if entry.after <= until]
    if call.is_over(now):
        written += _last_entries(call, until)
    last = written[-1].after if written else timedelta()
    return CallLogs(
        call_id=call.call_id,
        lines=[entry.written_at(call.starts_at + entry.after) for entry in written],
        updated_at=max(call.logs_appear_at, call.starts_at + last),
    )


def _last_entries(call: Call, after: timedelta) -> list[LogEntry]:
    ended = f"Call ended: {call.end_reason} after {after.total_seconds():.1f} s"
    entries = [LogEntry(after, "INFO", "agent.main:stop:139", ended)]
    if call.error_message is not None:
        entries.insert(0, LogEntry(after, "ERROR", "agent.main:run:88", call.error_message))
    return entries
