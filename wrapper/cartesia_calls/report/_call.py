"""The page about one call."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import timeline, tool_failed

from ._pages import render, severity, span, ticks

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable
    from datetime import tzinfo

    from cartesia_calls import AgentCall, AgentCallLogs, LogRecord, Timeline, TimelineEntry

_LARGEST_PAGE = 850_000
_ENTRY_SIZE = 300
_SMALLEST_LOG = 100_000
# A silence is marked from one on, and counts as a problem from the other on; in seconds.
_MARKED_GAP = 1.0
_LONG_GAP = 3.0
_ERROR = 40
_Problem = tuple[object, "int | None"]
_BAD_ENDS = {"error", "inactivity", "max_duration", "client_disconnected"}


def call_page(
    call: AgentCall | Mapping[str, object],
    logs: AgentCallLogs | Iterable[str | LogRecord] | None = None,
    *,
    log_offset: float = 0.0,
    audio: str | os.PathLike[str] | None = None,
    zone: tzinfo | None = None,
    notes: Iterable[str] = (),
) -> str:
    """Return a page of HTML about a call: what went wrong, a picture, and what happened in order of time.

    The page is one file, requests nothing, and shows all text of the call as text. It is smaller than
    1 MB for a transcript of up to about 600,000 characters, without audio: of a long log it holds the
    most severe records, and says how many lines it leaves out. Memory does not grow with these.

    Args:
        call: The call with its transcript, or its record as JSON, such as `Redactor.redact` returns.
        logs: Its logs, or their lines, which may come one by one.
        log_offset: Seconds to add to the times of the log, if its clock or zone differs.
        audio: A WAV file with its recording, to embed.
        zone: The zone that times are shown in; the local one by default.
        notes: Sentences to show at the top, such as why there are no logs.

    Raises:
        ValueError: `log_offset` is not finite.
        OSError: The recording can't be read.
    """
    record = call if isinstance(call, Mapping) else call.to_dict()
    said = sum(len(entry.text) + _ENTRY_SIZE for entry in timeline(record).entries)
    room = max(_SMALLEST_LOG, _LARGEST_PAGE - said)
    found = timeline(record, logs, log_offset=log_offset, log_limit=room)
    end = max((_end_of(entry) for entry in found.entries if entry.source != "logs"), default=0.0)
    few = ticks(end, 7)
    return render(
        "call.html",
        record=record,
        timeline=found,
        problems=_problems(record, found),
        end=end,
        ticks=[(at, at in few) for at in ticks(end, 140)],
        marked_gap=_MARKED_GAP,
        audio=None if audio is None else base64.b64encode(Path(audio).read_bytes()).decode(),
        zone=zone,
        notes=[*notes],
    )


def _end_of(entry: TimelineEntry) -> float:
    return (entry.seconds or 0.0) + (entry.duration or 0.0)


def _problems(record: Mapping[str, object], found: Timeline) -> Mapping[str, list[_Problem]]:
    """Return what went wrong by its kind, the worst first: a text, and the number of its entry."""
    reason, error = record.get("end_reason"), record.get("error_message")
    failed: list[_Problem] = []
    early: list[_Problem] = []
    if record.get("status") == "failed" or error:
        failed.append((error or reason or "", None))
    elif isinstance(reason, str) and (reason in _BAD_ENDS or reason.startswith("dial_")):
        early.append((reason, None))
    entries = [*enumerate(found.entries)]
    slow = [(number, entry) for number, entry in entries if (entry.reply_gap or 0) >= _LONG_GAP]
    slow.sort(key=lambda pair: -(pair[1].reply_gap or 0))
    return {
        "The call failed": failed,
        "The call ended early": early,
        "Error in the log": [
            (entry.text or entry.lines[-1], number)
            for number, entry in entries
            if entry.kind == "log" and severity(entry.level) >= _ERROR
        ],
        "Failed tool call": [
            (entry.text, number)
            for number, entry in entries
            if entry.kind == "tool" and tool_failed(entry.result)
        ],
        "Long silence before a reply": [
            (f"{span(entry.reply_gap or 0)}{_in_tools(entry)}", number) for number, entry in slow
        ],
        "Interruption": [
            (f"{entry.role}: {entry.text}", number) for number, entry in entries if entry.interrupts
        ],
    }


def _in_tools(entry: TimelineEntry) -> str:
    return f", {span(entry.tool_seconds)} of it in tools" if entry.tool_seconds else ""
