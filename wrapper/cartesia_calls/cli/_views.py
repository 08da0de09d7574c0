"""Calls and agents as people read them: lists, and a call's record with what happened during it."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import TYPE_CHECKING, cast

from cartesia_calls import printable

from ._tables import Column
from ._terminal import wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cartesia_calls import AgentCall, AgentSummary, Timeline, TimelineEntry

    from ._terminal import Screen

_STYLES = {
    "assistant": "cyan",
    "user": "green",
    "tool": "magenta",
    "event": "yellow",
    "metric": "yellow",
    "start": "dim",
    "end": "dim",
    "completed": "green",
    "failed": "red",
    "started": "cyan",
    "created": "cyan",
}
# Narrower than this, what was said stands below who said it.
_WIDE = 60
# From this on, about 30 years, a time within a call is no clock but a number.
_NO_CLOCK = 1e9


def call_columns(screen: Screen, *, agents: int) -> list[Column[AgentCall]]:
    """Return the columns of a list of calls.

    Args:
        screen: Where they are shown: a terminal names the zone of a time, a pipe gets ISO 8601.
        agents: Of how many agents the calls are.
    """
    when = _moment if screen.is_terminal else _iso
    return [
        Column("ID", lambda call: call.id, 0),
        Column("STARTED", lambda call: when(call.start_time) if call.start_time else "", 2),
        Column("LENGTH", _length, 4, right=True),
        Column("STATUS", lambda call: call.status, 1, style=_style),
        Column("ENDED BY", lambda call: call.end_reason or "", 5, least=9),
        Column("ERROR", lambda call: call.error_message or "", 6, least=20),
        Column("FROM", lambda call: _phone(call)[0], 7),
        Column("TO", lambda call: _phone(call)[1], 8),
        Column("SUMMARY", lambda call: call.summary or "", 9, least=20),
        Column("AGENT", lambda call: call.agent_id, 3 if agents > 1 else None),
    ]


def agent_columns(screen: Screen) -> list[Column[AgentSummary]]:
    """Return the columns of a list of agents."""
    when = _day if screen.is_terminal else _iso
    return [
        Column("ID", lambda agent: agent.id, 0),
        Column("NAME", _name, 1, least=20),
        Column("LANGUAGE", lambda agent: agent.tts_language or "", 4),
        Column("PHONE", _numbers, 2, least=14),
        Column("DEPLOYMENTS", _deployments, 5, right=True),
        Column("UPDATED", lambda agent: when(agent.updated_at) if agent.updated_at else "", 3),
        Column("DESCRIPTION", lambda agent: agent.description or "", 6, least=20),
    ]


def call_sheet(record: Mapping[str, object], happened: Timeline, screen: Screen) -> Iterator[str]:
    """Yield the lines of a call's record, and below it what happened, in order of time.

    Args:
        record: The call as JSON.
        happened: Its timeline.
        screen: Where they are shown.
    """
    status = printable(_text(record.get("status")))
    call_id = screen.paint(printable(_text(record.get("id"))), "bold")
    yield f"Call {call_id}  {screen.paint(status, _style(status))}"
    facts = {name: value for name, value in _record(record, happened).items() if value}
    indent = max(map(len, facts))
    for name, value in facts.items():
        yield from _beside(f"{name:<{indent}}", "dim", printable(value), screen)
    yield ""
    entries = happened.entries
    times = ["" if entry.seconds is None else clock(entry.seconds) for entry in entries]
    names = [printable(_name_of(entry)) for entry in entries]
    longest = max(map(len, times), default=0)
    widest = max(map(len, names), default=0)
    for time, name, entry in zip(times, names, entries, strict=True):
        text = printable(entry.text + _note(entry))
        beginning = f"{screen.paint(f'{time:>{longest}}', 'dim')}  "
        beginning += screen.paint(name, _style(name))
        if screen.columns and screen.columns < _WIDE:
            yield beginning
            yield from (f"  {line}" for line in wrap(text, screen.columns - 2) if text)
            continue
        width = longest + 2 + widest
        beginning += " " * (widest - len(name))
        yield from _beside(beginning, "", text, screen, width=width)
    if not record.get("transcript"):
        yield screen.paint("No transcript.", "dim")


def _name_of(entry: TimelineEntry) -> str:
    return entry.role or entry.kind if entry.kind == "turn" else entry.kind


def _note(entry: TimelineEntry) -> str:
    notes = [
        f"{name} {seconds * 1000:.0f} ms"
        for name, seconds in (("heard in", entry.stt_ttfb), ("spoke in", entry.tts_ttfb))
        if seconds
    ]
    if entry.end_reason:
        notes.append(entry.end_reason)
    return f"  ({', '.join(notes)})" if notes else ""


def _beside(
    label: str, style: str, text: str, screen: Screen, *, width: int | None = None
) -> Iterator[str]:
    """Yield the lines of a text beside a label, of this width where it has colours already."""
    indent = (len(label) if width is None else width) + 2
    lines = [text] if screen.columns is None else wrap(text, max(8, screen.columns - indent))
    yield f"{screen.paint(label, style)}  {lines[0]}".rstrip()
    yield from (" " * indent + line for line in lines[1:])


def _record(record: Mapping[str, object], happened: Timeline) -> Mapping[str, str]:
    get = {name: _text(value) for name, value in record.items()}.get
    start, end = happened.start, happened.end
    data = "zero retention: none are kept" if record.get("zdr_enabled") is True else ""
    if deleted := get("redacted_at"):
        data = f"deleted {_read(deleted)}"
    parts = ("deployment_id", "deployment_version_id", "deployment_region")
    phone = _object(record.get("telephony_params"))
    ends = (_text(phone.get("from")), _text(phone.get("to")))
    metadata = _object(record.get("metadata"))
    return {
        "Agent": ", ".join(filter(None, (get("agent_name"), get("agent_id")))),
        "Started": _moment(start) if start else get("start_time", ""),
        "Length": clock((end - start).total_seconds(), fraction=False) if start and end else "",
        "Ended by": get("end_reason", ""),
        "Error": get("error_message", ""),
        "Phone": " → ".join(filter(None, ends)),
        "Summary": get("summary", ""),
        "Metadata": ", ".join(f"{key}={_text(value)}" for key, value in metadata.items()),
        "Deployment": ", ".join(filter(None, map(get, parts))),
        "Data": data,
    }


def _object(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _read(text: str) -> str:
    """Return a time of a record as people read it, and what is no time as it is."""
    try:
        return _moment(datetime.fromisoformat(text))
    except ValueError:
        return text


def _phone(call: AgentCall) -> tuple[str, str]:
    phone = call.telephony_params
    return (phone.from_ or "", phone.to or "") if phone else ("", "")


def _name(agent: AgentSummary) -> str:
    return agent.name + (" (deleted)" if agent.deleted_at else "")


def _numbers(agent: AgentSummary) -> str:
    return ", ".join(number.number for number in agent.phone_numbers or [])


def _deployments(agent: AgentSummary) -> str:
    return str(agent.deployment_count) if isinstance(agent.deployment_count, int) else ""


def _style(word: str) -> str:
    return _STYLES.get(word, "")


def _local(moment: datetime) -> datetime:
    """Return the moment in local time, unchanged where the calendar has no such time.

    A server's zero time, `0001-01-01T00:00:00Z`, is none west of Greenwich.
    """
    try:
        return moment.astimezone()
    except OverflowError:
        return moment


def _moment(moment: datetime) -> str:
    local = _local(moment)
    return f"{local.replace(tzinfo=None).isoformat(' ', 'seconds')} {local:%Z}"


def _iso(moment: datetime) -> str:
    return _local(moment).isoformat(timespec="seconds")


def _day(moment: datetime) -> str:
    return _local(moment).date().isoformat()


def _length(call: AgentCall) -> str:
    if not call.start_time or not call.end_time:
        return ""
    return clock((call.end_time - call.start_time).total_seconds(), fraction=False)


def clock(seconds: float, *, fraction: bool = True) -> str:
    """Return a time within a call: `1:09.5`, from an hour on `1:00:09.5`.

    Args:
        seconds: The time; any float.
        fraction: Whether to show tenths of a second.
    """
    if not math.isfinite(seconds) or abs(seconds) >= _NO_CLOCK:
        return f"{seconds!r} s"
    parts = 10 if fraction else 1
    count = round(abs(seconds) * parts)
    whole, tenths = divmod(count, parts)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and count else ""
    shown = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{sign}{shown}:{rest:02d}" + (f".{tenths}" if fraction else "")
