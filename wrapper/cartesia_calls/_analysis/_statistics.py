"""Numbers about many calls, in memory that hardly grows with them."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from datetime import UTC, datetime, tzinfo
from heapq import nlargest
from typing import TYPE_CHECKING, Any

from cartesia_calls import AgentCallLogs

from ._log_lines import LEVELS
from ._log_records import log_records
from ._timeline import timeline
from ._turns import record_of, string, tool_failed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cartesia_calls import AgentCall

    from ._timeline import TimelineEntry

    Call = AgentCall | Mapping[str, object]
    Logs = AgentCallLogs | Iterable[str]

_COUNTED = ("by_day", "by_status", "by_end_reason", "by_region", "failed_by_day")
_PERCENTS = (50, 90, 95, 99)
_MOST_LISTED = 50
_MOST_SLOW = 20
_MOST_LINKS = 5
_MOST_GROUPS = 10_000
_LONGEST_TEXT = 200
_VARIABLE = re.compile(
    r"\b0x[0-9a-f]+\b"
    r"|\b[a-z]{1,12}_(?=\w*\d)\w+"  # an id with a prefix, such as ac_123
    r"|\b(?=[a-z-]*\d)[a-z\d](?:[a-z\d]|-(?=[a-z\d])){7,}\b"  # a UUID, a hash
    r"|(?<![a-z])\d+(?:[.,:]\d+)*",
    re.IGNORECASE,
)


class CallStats:
    """Numbers about many calls; `add` takes them one by one, `as_dict` returns the numbers.

    Memory is 16 bytes for each reply and its `tts_ttfb`, and otherwise bounded: the rarest of more than
    10,000 different log errors or tools are forgotten.

    Args:
        zone: The zone that days are counted in; None is the local one.
    """

    def __init__(self, *, zone: tzinfo | None = UTC) -> None:
        self._zone = zone
        self._calls = 0
        self._counts: dict[str, Counter[str]] = {name: Counter() for name in _COUNTED}
        self._gaps, self._ttfbs = array("d"), array("d")
        self._tools: dict[str, dict[str, Any]] = {}
        self._errors: dict[str, dict[str, Any]] = {}
        self._failures: list[dict[str, Any]] = []
        self._slowest: list[dict[str, Any]] = []

    def add(self, call: Call, logs: Logs | None = None) -> None:
        """Count a call: its record, its transcript if it has one, and its logs if they are given."""
        record = record_of(call)
        shown = timeline(record)
        self._calls += 1
        moment = shown.start or shown.end
        day = _day(moment, self._zone)
        for name, value in (
            ("by_day", day),
            ("by_status", record.get("status")),
            ("by_end_reason", record.get("end_reason")),
            ("by_region", record.get("deployment_region")),
        ):
            self._counts[name][string(value) or "none"] += 1
        for entry in shown.entries:
            self._add_entry(shown.call_id, entry)
        first_error = self._add_logs(shown.call_id, logs)
        error = string(record.get("error_message"))
        if record.get("status") == "failed" or error:
            self._counts["failed_by_day"][day] += 1
            failure = {
                "call_id": shown.call_id,
                "time": moment and moment.isoformat(),
                "end_reason": string(record.get("end_reason")),
                "error": error,
                "log_error": first_error,
            }
            self._failures = _largest(_MOST_LISTED, [*self._failures, failure], "time")

    def as_dict(self) -> dict[str, Any]:
        """Return the numbers as JSON; durations are in seconds.

        `calls` and `failed_calls` count; a call failed if its status is `failed` or it has an error
        message. `by_day`, `by_status`, `by_end_reason` and `by_region` map a value, or `none`, to the
        number of its calls, `failed_by_day` to that of failed ones. `reply_gap_seconds` and `tts_ttfb_seconds` are nearest-rank percentiles,
        each null without values. `slowest_turns` are the 20 longest silences before a reply. `tools`
        and `errors` come most frequent first; `failures` are the 50 latest. `call_ids` are examples, of
        tools those of failures.
        """
        return {
            "calls": self._calls,
            "failed_calls": self._counts["failed_by_day"].total(),
            **{name: dict(sorted(found.items())) for name, found in self._counts.items()},
            "reply_gap_seconds": _percentiles(self._gaps),
            "tts_ttfb_seconds": _percentiles(self._ttfbs),
            "tools": _most_frequent(self._tools, "calls"),
            "errors": _most_frequent(self._errors, "count")[:_MOST_LISTED],
            "failures": self._failures,
            "slowest_turns": self._slowest,
        }

    def _add_entry(self, call_id: str, entry: TimelineEntry) -> None:
        if entry.tts_ttfb is not None:
            self._ttfbs.append(entry.tts_ttfb)
        if entry.reply_gap is not None:
            self._gaps.append(entry.reply_gap)
            turn = {
                "call_id": call_id,
                "index": entry.index,
                "reply_gap": entry.reply_gap,
                "tool_seconds": entry.tool_seconds,
                "tts_ttfb": entry.tts_ttfb,
                "text": entry.text[:_LONGEST_TEXT],
            }
            self._slowest = _largest(_MOST_SLOW, [*self._slowest, turn], "reply_gap")
        if entry.kind == "tool":
            name = entry.name or "none"
            new = {"name": name, "calls": 0, "failures": 0, "seconds": None}
            row = _row(self._tools, name, "calls", new)
            row["calls"] += 1
            if tool_failed(entry.result):
                row["failures"] += 1
                _link(row, call_id)
            if entry.duration is not None:
                row["seconds"] = round((row["seconds"] or 0.0) + entry.duration, 6)

    def _add_logs(self, call_id: str, logs: Logs | None) -> dict[str, Any] | None:
        first: dict[str, Any] | None = None
        counts: Counter[str] = Counter()
        for record in log_records(logs.logs if isinstance(logs, AgentCallLogs) else logs or ()):
            if LEVELS.get(record.level or "", 0) < LEVELS["ERROR"]:
                continue
            message = record.message.strip() or record.lines[-1].strip()
            first = first or {"message": message[:_LONGEST_TEXT], "index": record.index}
            counts[_VARIABLE.sub("…", message)[:_LONGEST_TEXT]] += 1
        for message, count in counts.items():
            row = _row(self._errors, message, "count", {"message": message, "count": 0, "calls": 0})
            row["count"] += count
            row["calls"] += 1
            _link(row, call_id)
        return first


def call_stats(
    calls: Iterable[tuple[Call, Logs | None]], *, zone: tzinfo | None = UTC
) -> CallStats:
    """Return numbers about many calls; `CallStats.as_dict` describes them.

    Args:
        calls: Pairs of a call with its transcript, or its record as JSON, and its logs or None. They
            are read one by one.
        zone: The zone that days are counted in; None is the local one.
    """
    stats = CallStats(zone=zone)
    for call, logs in calls:
        stats.add(call, logs)
    return stats


def _row(
    rows: dict[str, dict[str, Any]], name: str, count: str, new: dict[str, Any]
) -> dict[str, Any]:
    """Return what is counted under a name; if there are too many, the rarest ones are forgotten."""
    if name not in rows and len(rows) >= _MOST_GROUPS:
        rarest = sorted(rows, key=lambda one: rows[one][count])
        for one in rarest[: _MOST_GROUPS // 2]:
            del rows[one]
    return rows.setdefault(name, {**new, "call_ids": []})


def _link(row: dict[str, Any], call_id: str) -> None:
    if call_id not in row["call_ids"] and len(row["call_ids"]) < _MOST_LINKS:
        row["call_ids"].append(call_id)


def _day(moment: datetime | None, zone: tzinfo | None) -> str:
    try:
        return moment.astimezone(zone).date().isoformat() if moment else "none"
    except OverflowError:
        return "none"


def _most_frequent(rows: dict[str, dict[str, Any]], count: str) -> list[dict[str, Any]]:
    ordered = sorted(rows.items(), key=lambda pair: (-pair[1][count], pair[0]))
    return [{**row, "call_ids": [*row["call_ids"]]} for _, row in ordered]


def _largest(count: int, rows: Sequence[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return nlargest(count, rows, key=lambda row: (row[name] is not None, row[name] or 0))


def _percentiles(values: array[float]) -> dict[str, float | None]:
    """Return nearest-rank percentiles: the value at the rank that is the percentage, rounded up."""
    ordered = sorted(values)
    return {
        f"p{percent}": ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None
        for percent in _PERCENTS
    }
