"""Show calls' records and what happened during the calls, in order of time.

Turns, tool calls, events and metrics are shown, with --logs also the runtime logs. Silences of more
than a second are marked. Each time is given from the start of the call, and in local time.

CALL_ID... [options]

show ac_123
show ac_123 --logs
show ac_123 --logs --redact > call.txt   # to share it
show ac_123 ac_456 --json
"""

from __future__ import annotations

import json
import sys
from math import inf
from typing import TYPE_CHECKING, cast

from cartesia_calls import (
    CallLogsNotAvailableError,
    TimelineEntry,
    clock_text,
    parse_rfc3339,
    printable,
    timeline,
    tool_failed,
)

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import Failure, for_each
from ._list import STYLES
from ._logs import style_of
from ._terminal import Screen, cells, local_time, moment_text, progress, say, write_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from cartesia_calls import Timeline

_KINDS = {
    "assistant": "cyan",
    "user": "green",
    "tool": "magenta",
    "event": "yellow",
    "metric": "yellow",
    "silence": "yellow",
    "start": "dim",
    "end": "dim",
}
_LONG_SILENCE = 1.0
# In characters.
_LOG_LIMIT = 2_000_000


def add_options(parser: options.CommandParser) -> None:
    options.add_call_ids(parser)
    parser.section("logs")
    parser.flag("--logs", does="show the runtime logs too, each record at its time")
    shift = "with --logs: add so much to the log's times, if its clock or zone differs"
    parser.value("--log-offset", "SECONDS", options.log_offset, shift)
    parser.section("output")
    parser.flag("--json", does="JSON: a call's record, with --logs an entry a line")
    options.add_redaction(parser)


def run(arguments: options.Arguments) -> int:
    """Fetch each record with its transcript, and its logs with --logs, and show it."""
    if arguments.log_offset is not None and not arguments.logs:
        raise Failure("--log-offset moves the times of --logs.", "Give both.")
    screen = Screen.of(sys.stdout)
    shown = 0
    with options.open_client(arguments) as client:

        def show(call_id: str) -> None:
            nonlocal shown
            notes: list[str] = []
            with progress(f"Reading call {call_id}…"):
                call = client.calls.get(call_id)
                try:
                    logs = client.calls.stream_logs(call_id) if arguments.logs else ()
                    offset = arguments.log_offset or 0.0
                    happened = timeline(call, logs, log_offset=offset, log_limit=_LOG_LIMIT)
                except CallLogsNotAvailableError as error:
                    happened = timeline(call)
                    notes.append(error.summary)
            notes += _notes(happened)
            redactor = options.redactor_of(arguments, call)
            record = redactor.redact(call) if redactor else call.to_dict()
            happened = redactor.redact(happened) if redactor else happened
            if arguments.json and arguments.logs:
                for entry in happened.entries:
                    write_object({"call_id": call_id, **entry.as_dict()})
            elif arguments.json:
                write_object(record)
            else:
                lines = _sheet(record, happened, notes, screen)
                print("\n" * bool(shown) + "\n".join(lines), flush=True)
            for note in notes if arguments.json else ():
                say(note)
            shown += 1

        return for_each(arguments.call_ids, show)


def _notes(happened: Timeline) -> Iterator[str]:
    if happened.left_out:
        are = "is" if happened.left_out == 1 else "are"
        yield (
            f"{happened.left_out} of the log's {happened.log_lines} lines {are} left out, the least "
            f"severe and earliest ones: `cartesia-calls logs {happened.call_id}` shows all."
        )
    if happened.suggested_log_offset is not None:
        yield (
            "All times of the log lie outside the call. If its clock or zone differs, add "
            f"--log-offset {happened.suggested_log_offset:.12g}."
        )


def _sheet(
    record: Mapping[str, object], happened: Timeline, notes: Iterable[str], screen: Screen
) -> Iterator[str]:
    """Yield the lines of a call's record, and below it what happened, in order of time."""
    status = printable(_text(record.get("status")))
    call_id = screen.paint(printable(_text(record.get("id"))), "bold")
    yield f"Call {call_id}  {screen.paint(status, STYLES.get(status, ''))}"
    facts = {name: text for name, text in _facts(record, happened).items() if text}
    widest = max(map(len, facts))
    for name, text in facts.items():
        style = "red" if name == "Error" else "dim"
        yield from screen.hang(f"{name:<{widest}} ", text, style=style)
    yield ""
    yield from _entries(happened, screen)
    if not record.get("transcript"):
        yield screen.paint("No transcript.", "dim")
    for note in notes:
        yield from screen.hang("", note)


def _facts(record: Mapping[str, object], happened: Timeline) -> Mapping[str, str]:
    get = {name: _text(one) for name, one in record.items()}.get
    start, end = happened.start, happened.end
    data = "zero retention: none are kept" if record.get("zdr_enabled") is True else ""
    if deleted := get("redacted_at"):
        data = f"deleted {moment_text(parse_rfc3339(deleted)) or deleted}"
    length = (end - start).total_seconds() if start and end else None
    phone = _object(record.get("telephony_params"))
    parts = ("deployment_id", "deployment_version_id", "deployment_region")
    metadata = _object(record.get("metadata"))
    return {
        "Agent": ", ".join(filter(None, map(get, ("agent_name", "agent_id")))),
        "Started": moment_text(start) if start else get("start_time", ""),
        "Length": clock_text(length, fraction=False),
        "Ended by": get("end_reason", ""),
        "Error": get("error_message", ""),
        "Phone": " → ".join(filter(None, (_text(phone.get(one)) for one in ("from", "to")))),
        "Summary": get("summary", ""),
        "Metadata": ", ".join(f"{key}={_text(one)}" for key, one in metadata.items()),
        "Deployment": ", ".join(filter(None, map(get, parts))),
        "Data": data,
    }


def _object(found: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def _text(found: object) -> str:
    if found is None:
        return ""
    return found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)


def _entries(happened: Timeline, screen: Screen) -> Iterator[str]:
    """Yield the lines of a timeline: when, who or what, and what was said or done."""
    entries = _with_silences(happened)
    within = [clock_text(one.seconds) for one in entries]
    around = [_time_of_day(one, happened.start) for one in entries]
    names = [printable(_name(one)) for one in entries]
    widths = [max(map(cells, column), default=0) for column in (within, around, names)]
    times = [happened.start, *(one.time for one in entries)]
    zone = next((f"{local_time(time):%Z}" for time in times if time), None)
    if zone:
        yield from screen.hang("", f"Time within the call, local time ({zone}), and what happened:")
    for entry, seconds, time, name in zip(entries, within, around, names, strict=True):
        padded = name + " " * (widths[2] - cells(name))
        parts = (f"{seconds:>{widths[0]}}", f"{time:<{widths[1]}}", padded)
        label = "  ".join(filter(None, parts))
        text = entry.text + _remark(entry)
        yield from screen.hang(f"{label} ", text, style=_style(entry))
        for line in entry.lines[1:]:
            for part in screen.hang("   ", line):
                yield screen.paint(part, _style(entry))


def _with_silences(happened: Timeline) -> list[TimelineEntry]:
    """Return the entries, with a turn of the role `silence` for each long silence between turns."""
    found: list[TimelineEntry] = []
    turns = [one for one in happened.entries if one.kind == "turn" and one.seconds is not None]
    end = None
    for turn in turns:
        start = turn.seconds or 0.0
        if end is not None and start - end > _LONG_SILENCE:
            tools = f", tools ran for {turn.tool_seconds:.1f} s of it" if turn.tool_seconds else ""
            text = f"{start - end:.1f} s{tools}"
            found.append(TimelineEntry("turn", "transcript", end, text=text, role="silence"))
        end = max(end or start, start + (turn.duration or 0.0))
    return sorted(
        [*happened.entries, *found], key=lambda one: inf if one.seconds is None else one.seconds
    )


def _time_of_day(entry: TimelineEntry, start: datetime | None) -> str:
    """Return the local time of an entry, with its day if that is not the day of the start."""
    if entry.time is None:
        return ""
    time = local_time(entry.time).replace(tzinfo=None)
    text = time.isoformat(" ", "milliseconds")[:-2]
    is_same_day = start is not None and time.date() == local_time(start).date()
    return text[11:] if is_same_day else text


def _name(entry: TimelineEntry) -> str:
    if entry.kind == "log":
        return entry.level or "log"
    return entry.role or "turn" if entry.kind == "turn" else entry.kind


def _style(entry: TimelineEntry) -> str:
    if entry.kind == "log":
        return style_of(entry.level)
    if entry.kind == "tool" and tool_failed(entry.result):
        return "red"
    return _KINDS.get(_name(entry), "")


def _remark(entry: TimelineEntry) -> str:
    """Return what follows the text of an entry: how a turn went, where a record was logged."""
    remarks = ["interrupts"] if entry.interrupts else []
    if entry.reply_gap is not None:
        remarks.append(f"reply after {entry.reply_gap:.2f} s")
    for name, seconds in (("STT", entry.stt_ttfb), ("TTS", entry.tts_ttfb)):
        if seconds is not None:
            remarks.append(f"{name} {seconds * 1000:.0f} ms")
    remarks += filter(None, [entry.end_reason, entry.name if entry.kind == "log" else None])
    return f"  ({', '.join(remarks)})" if remarks else ""
