"""What happened in a call, in one order of time."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Literal

from cartesia_calls import AgentCallLogs

from ._log_lines import LEVELS
from ._log_records import log_records
from ._turns import (
    exchanges,
    fields_of,
    items_of,
    moment,
    number,
    pairs,
    place_of,
    record_of,
    shown,
    span_of,
    string,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cartesia_calls import AgentCall

    from ._log_records import LogRecord

EntryKind = Literal["start", "turn", "tool", "event", "metric", "log", "end"]
EntrySource = Literal["record", "transcript", "logs"]

# The kinds of note: the fields with its name and its value, and how they are shown.
_NOTES: tuple[tuple[EntryKind, str, str, str], ...] = (
    ("event", "event", "metadata", "{} {}"),
    ("metric", "name", "value", "{} = {}"),
)
# Zones differ by whole quarters of an hour.
_QUARTER = 900.0
# How far a log may reach out of its call: its program starts before and ends after it.
_SLACK = 60.0
# What an entry takes beside the text of its lines, in characters.
_ENTRY_SIZE = 200


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of a timeline. What an entry of its kind does not have is None or empty.

    Attributes:
        kind: `start`, `turn`, `tool`, `event`, `metric`, `log` or `end`.
        source: Where it comes from: the call's `record`, its `transcript` or its `logs`.
        seconds: Where it stands, in seconds from the start of the call; negative before it. What has
            no time of its own stands with the entry of its source before it. None if unknown.
        time: When it happened, an aware datetime, if that is known for this entry itself.
        duration: How long it took, in seconds.
        text: What to show: what was said, `name(arguments) → result` of a tool, a log's message.
        index: The place of the turn in the transcript, or of a record's first line in the log, from 0.
        role: Whose turn it was, such as `user` or `assistant`; also of the entries that a turn holds.
        name: The name of the tool, event or metric; the logger or place of a log record.
        value: A tool's arguments, an event's metadata, or a metric's value, as they came.
        result: What the tool returned, as it came.
        level: The level of a log record, in capitals.
        lines: All lines of a log record, unchanged.
        end_reason: Why the turn ended; why the call ended is the text of its end.
        stt_ttfb: Seconds until speech recognition gave its first result.
        tts_ttfb: Seconds until speech synthesis gave its first audio.
        reply_gap: Seconds of silence before a reply; see `reply_gaps`.
        tool_seconds: The seconds of that silence in which tools ran, as far as turns that only hold
            tool calls show it.
        interrupts: Whether the turn began before the turn of the other side had ended.
    """

    kind: EntryKind
    source: EntrySource
    seconds: float | None = None
    time: datetime | None = None
    duration: float | None = None
    text: str = ""
    index: int | None = None
    role: str | None = None
    name: str | None = None
    value: object = None
    result: object = None
    level: str | None = None
    lines: tuple[str, ...] = ()
    end_reason: str | None = None
    stt_ttfb: float | None = None
    tts_ttfb: float | None = None
    reply_gap: float | None = None
    tool_seconds: float | None = None
    interrupts: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as JSON; `seconds` and `time` are always in it, other fields if set."""
        found: dict[str, Any] = {part.name: getattr(self, part.name) for part in fields(self)}
        found["time"] = self.time.isoformat() if self.time else None
        found["lines"] = list(self.lines) or None
        found["interrupts"] = self.interrupts or None
        always = {"kind", "source", "seconds", "time", "text"}
        return {name: value for name, value in found.items() if name in always or value is not None}


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened in a call.

    Attributes:
        call_id: The call.
        start: When it started; None if it never did, or the record does not say.
        end: When it ended; None while it runs, or if the record does not say.
        entries: What happened, in order of time.
        log_offset: The seconds that were added to the times of the log.
        suggested_log_offset: If all times of the log lie more than a minute outside the call: the
            seconds that would move them into it, to pass as `log_offset`. Else None.
        log_lines: How many lines the log has.
        left_out: How many of them have no entry, since `log_limit` was reached.
    """

    call_id: str
    start: datetime | None
    end: datetime | None
    entries: tuple[TimelineEntry, ...] = field(repr=False)
    log_offset: float = 0.0
    suggested_log_offset: float | None = None
    log_lines: int = 0
    left_out: int = 0

    @property
    def replies(self) -> list[TimelineEntry]:
        """The replies of the agent whose preceding silence is known, in order of time."""
        return [entry for entry in self.entries if entry.reply_gap is not None]

    @property
    def interruptions(self) -> list[TimelineEntry]:
        """The turns that began before the other side had ended, in order of time."""
        return [entry for entry in self.entries if entry.interrupts]


def timeline(
    call: AgentCall | Mapping[str, object],
    logs: AgentCallLogs | Iterable[str | LogRecord] | None = None,
    *,
    log_offset: float = 0.0,
    log_limit: int | None = None,
) -> Timeline:
    """Return what happened in a call, in one order of time.

    It takes a call in any state, with or without a transcript and logs. What a record holds against
    the spec is shown as far as it can be read.

    Args:
        call: The call with its transcript, or its record as JSON (`AgentCall.to_dict()`).
        logs: Its logs, their lines, or the records among them to show.
        log_offset: Seconds to add to the times of the log, if its clock or zone differs.
        log_limit: How many characters of log records to keep, so that memory does not grow with the
            log: the most severe records, and of those the latest. A record of more than a quarter of
            that is cut. None keeps all.

    Raises:
        ValueError: `log_offset` is not finite.
    """
    if not math.isfinite(log_offset):
        raise ValueError(f"log_offset must be a finite number of seconds, not {log_offset}")
    record = record_of(call)
    start, end = moment(record.get("start_time")), moment(record.get("end_time"))
    length = _since(start, end)
    lines = logs.logs if isinstance(logs, AgentCallLogs) else logs or ()
    log = _Log(start, log_offset, log_limit)
    for one in log_records(lines, near=_later(start, -log_offset)):
        log.add(one)
    # The order of entries at the same moment.
    entries = [TimelineEntry("start", "record", 0.0, start)] if start else []
    entries += _transcript_entries(items_of(record.get("transcript")), start, length)
    entries += log.entries()
    if end:
        reason = string(record.get("end_reason")) or ""
        entries.append(TimelineEntry("end", "record", length, end, text=reason))
    entries.sort(key=lambda entry: math.inf if entry.seconds is None else entry.seconds)
    needed = _needed_offset(log.first, log.last, length)
    suggested = None if needed is None else round(log_offset + needed, 6)
    call_id, ordered = str(record.get("id")), tuple(entries)
    return Timeline(call_id, start, end, ordered, log_offset, suggested, log.lines, log.left_out)


def _transcript_entries(
    turns: Sequence[object], start: datetime | None, length: float | None
) -> list[TimelineEntry]:
    fields = [fields_of(turn) for turn in turns]
    spans = [_span(turn) for turn in fields]
    tools = sorted(
        span for span, turn in zip(spans, fields, strict=True) if span and _only_calls_tools(turn)
    )
    length = max([length or 0.0, *(last for _, last in filter(None, spans))])
    entries: list[TimelineEntry] = []
    seconds = 0.0
    read = zip(fields, spans, exchanges(turns), strict=True)
    for index, (turn, span, (gap, interrupts)) in enumerate(read):
        own = place_of(turn)
        seconds = seconds if own is None else own
        entry = TimelineEntry(
            "turn",
            "transcript",
            seconds,
            _later(start, own),
            number(round(span[1] - span[0], 6)) if span else None,
            string(turn.get("text")) or "",
            index,
            string(turn.get("role")),
        )
        noted = [*_tool_entries(turn, entry), *_note_entries(turn, entry, start, length)]
        entries += noted
        if not turn:
            entries.append(replace(entry, text=shown(turns[index])))
        elif not noted or entry.text:
            covered = None if gap is None or own is None else _covered(tools, own - gap, own)
            spoken = replace(
                entry,
                end_reason=string(turn.get("end_reason")),
                stt_ttfb=number(turn.get("stt_ttfb")),
                tts_ttfb=number(turn.get("tts_ttfb")),
                reply_gap=gap,
                tool_seconds=covered or None,
                interrupts=interrupts,
            )
            entries.append(spoken)
    return entries


def _tool_entries(turn: Mapping[str, object], entry: TimelineEntry) -> Iterator[TimelineEntry]:
    duration = entry.duration if _only_calls_tools(turn) else None
    for call in items_of(turn.get("tool_calls") or None):
        fields = fields_of(call)
        name, result = string(fields.get("name")), fields.get("result")
        value = fields.get("arguments") if fields else call
        text = f"{name}({pairs(value)})" if name else shown(call)
        if name and result not in (None, ""):
            text = f"{text} → {shown(result)}"
        yield replace(
            entry, kind="tool", duration=duration, text=text, name=name, value=value, result=result
        )


def _note_entries(
    turn: Mapping[str, object], entry: TimelineEntry, start: datetime | None, length: float
) -> Iterator[TimelineEntry]:
    """Yield the event and the metric of a turn; one whose time is outside the call stands with the turn."""
    for kind, name_key, value_key, form in _NOTES:
        if not (found := turn.get(f"log_{kind}")):
            continue
        fields = fields_of(found)
        at = number(fields.get("timestamp"))
        name, value = string(fields.get(name_key)), fields.get(value_key)
        text = form.format(name, pairs(value)).rstrip() if name else shown(found)
        entry = replace(entry, kind=kind, duration=None, text=text, name=name, value=value)
        if at is not None and 0 <= at <= length:
            yield replace(entry, seconds=at, time=_later(start, at))
        else:
            yield entry


class _Log:
    """The entries of a log, added in its order, of which only so many are kept."""

    def __init__(self, start: datetime | None, offset: float, limit: int | None) -> None:
        self._start, self._offset = start, offset
        self._room = sys.maxsize if limit is None else limit
        self._largest = self._room // 4
        self._kept: list[tuple[int, int, int, TimelineEntry]] = []
        self._seconds: float | None = None
        self._opening: float | None = None
        self.first, self.last = math.inf, -math.inf
        self._records = self.lines = self.left_out = 0

    def add(self, record: LogRecord) -> None:
        """Add a record, and forget the least severe ones for which there is no room."""
        time = _later(record.time, self._offset)
        seconds = _since(self._start, time)
        if seconds is not None and time:
            self.first, self.last = min(self.first, seconds), max(self.last, seconds)
            last = self._seconds
            # A time of whole seconds, such as LiteLLM's, may be of any moment in its second.
            is_coarse = last is not None and not time.microsecond and seconds <= last < seconds + 1
            self._seconds = last if is_coarse else seconds
            self._opening = seconds if self._opening is None else self._opening
        lines = _beginning(record.lines, self._largest)
        entry = TimelineEntry(
            "log",
            "logs",
            self._seconds,
            time,
            text=record.message[: self._largest],
            index=record.index,
            name=record.place,
            level=record.level,
            lines=lines,
        )
        severity = LEVELS.get(entry.level or "", LEVELS["INFO"])
        size = sum(map(len, lines)) + _ENTRY_SIZE
        heappush(self._kept, (severity, self._records, size, entry))
        self._records += 1
        self.lines += len(record.lines)
        self.left_out += len(record.lines) - len(lines)
        self._room -= size
        while self._room < 0:
            *_, size, forgotten = heappop(self._kept)
            self.left_out += len(forgotten.lines)
            self._room += size

    def entries(self) -> Iterator[TimelineEntry]:
        """Yield the entries in the order of the log."""
        for *_, entry in sorted(self._kept, key=lambda kept: kept[1]):
            # What comes before the first time stands with it.
            yield replace(entry, seconds=self._opening) if entry.seconds is None else entry


def _beginning(lines: Sequence[str], room: int) -> tuple[str, ...]:
    """Return the lines that fit into so many characters; the last of them may be cut."""
    kept: list[str] = []
    for line in lines:
        if room <= 0:
            break
        kept.append(line[:room])
        room -= len(line)
    return tuple(kept)


def _needed_offset(first: float, last: float, length: float | None) -> float | None:
    """Return the seconds that would move a log into its call, if all of it lies outside."""
    if first > last:
        return None
    end = math.inf if length is None else length + _SLACK
    if last >= -_SLACK and first <= end:
        return None
    # The nearest difference of zones, if that leaves the log within the call; else to its start.
    zone = -round(first / _QUARTER) * _QUARTER
    return zone if zone and first + zone >= -_SLACK and last + zone <= end else -first


def _only_calls_tools(turn: Mapping[str, object]) -> bool:
    return bool(turn.get("tool_calls")) and not turn.get("text")


def _span(turn: Mapping[str, object]) -> tuple[float, float] | None:
    first, last = span_of(turn)
    return None if first is None or last is None else (first, last)


def _covered(spans: Sequence[tuple[float, float]], begin: float, end: float) -> float:
    """Return how many of the seconds from `begin` to `end` lie in sorted spans."""
    seconds = 0.0
    for span in spans:
        first, last = max(span[0], begin), min(span[1], end)
        if last > first:
            seconds, begin = seconds + last - first, last
    return round(seconds, 6)


def _since(start: datetime | None, time: datetime | None) -> float | None:
    return (time - start).total_seconds() if start and time else None


def _later(time: datetime | None, seconds: float | None) -> datetime | None:
    try:
        return time + timedelta(seconds=seconds) if time and seconds is not None else None
    except (OverflowError, ValueError):
        return None
