"""The tables of an export, defined once for NDJSON, Parquet, dlt and the documentation; and their rows.

Raise `SCHEMA_VERSION` with each change that a reader would notice; a new table is none. A value that does
not fit the type of its column is null there; the column `raw` has it as it came.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from cartesia_calls import parse_rfc3339, reply_gaps, rows, timeline, tool_failed

from ._ndjson import json_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cartesia_calls import AgentCallLogs

SCHEMA_VERSION = 2

ColumnType = Literal["string", "integer", "number", "boolean", "time", "json"]
Row = dict[str, object]
"""A value for each column of a table, in their order; times are aware and in UTC."""


class Column(NamedTuple):
    """A column; `time` is in UTC, `json` is any value, as text in Parquet."""

    name: str
    type: ColumnType
    meaning: str


class Table(NamedTuple):
    """A table: the name of its folder, and its columns in order."""

    name: str
    columns: tuple[Column, ...]


_CALL_ID = Column("call_id", "string", "the call")
_AGENT_ID = Column("agent_id", "string", "the agent that took or made it")

LOGS = Table(
    "logs",
    (
        _CALL_ID,
        _AGENT_ID,
        Column("index", "integer", "the line's place in the call's log, from 0"),
        Column("text", "string", "the line, unchanged"),
        Column("level", "string", "the level that the line names, in capitals; else null"),
        Column("time", "time", "the time in the line; else null"),
        Column("updated_at", "time", "when the call's logs had last changed"),
    ),
)
RECORD = Table(
    "record",
    (
        _CALL_ID,
        _AGENT_ID,
        Column("agent_name", "string", "the agent's name"),
        Column("status", "string", "where the call stood"),
        Column("start_time", "time", "when it started; null if it never did"),
        Column("end_time", "time", "when it ended"),
        Column("end_reason", "string", "why it ended"),
        Column("error_message", "string", "why it failed"),
        Column("summary", "string", "what it was about"),
        Column("redacted_at", "time", "when its data were deleted"),
        Column("zdr_enabled", "boolean", "whether zero data retention was on"),
        Column("deployment_id", "string", "the deployment of the agent that ran"),
        Column("deployment_version_id", "string", "that deployment's version"),
        Column("deployment_region", "string", "where it ran"),
        Column("telephony_account_type", "string", "the kind of telephony account that carried it"),
        Column("telephony_params", "json", "the phone side of the call"),
        Column("dynamic_variables", "json", "the variables that the agent was given for it"),
        Column("metadata", "json", "what was attached to the call"),
        Column("raw", "json", "the whole record as it came"),
    ),
)
TRANSCRIPT = Table(
    "transcript",
    (
        _CALL_ID,
        _AGENT_ID,
        Column("index", "integer", "the turn's place in the call, from 0"),
        Column("role", "string", "whose turn it was"),
        Column("start_timestamp", "number", "when it began, in seconds from the start of the call"),
        Column("end_timestamp", "number", "when it ended, likewise"),
        Column("text", "string", "what was said"),
        Column("end_reason", "string", "why the turn ended"),
        Column("tool_calls", "json", "the tools that were called"),
        Column("stt_ttfb", "number", "seconds until speech recognition gave its first result"),
        Column("tts_ttfb", "number", "seconds until speech synthesis gave its first audio"),
        Column("reply_gap", "number", "seconds of silence before a reply; else null"),
        Column("vad_buffer_ms", "integer", "milliseconds that voice activity detection held back"),
        Column("log_event", "json", "an event that the agent's code noted"),
        Column("log_metric", "json", "a measurement that the agent's code noted"),
        Column("raw", "json", "the whole turn as it came"),
    ),
)
TOOLS = Table(
    "tools",
    (
        _CALL_ID,
        _AGENT_ID,
        Column("index", "integer", "the tool call's place among those of the call, from 0"),
        Column("turn_index", "integer", "the turn that holds it: `index` in `transcript`"),
        Column("time", "time", "when the tool was called; null if the call's start is unknown"),
        Column("start_timestamp", "number", "when it was called, in seconds from the call's start"),
        Column("name", "string", "the name of the tool"),
        Column("arguments", "json", "what it was called with"),
        Column("result", "string", "what it returned: text as it is, other values as JSON"),
        Column("failed", "boolean", "whether the result says that it failed (`tool_failed`)"),
        Column("seconds", "number", "how long it took, if the transcript shows it; else null"),
    ),
)
TABLES = {table.name: table for table in (LOGS, RECORD, TRANSCRIPT, TOOLS)}

_INT64 = range(-(2**63), 2**63)


def log_rows(logs: AgentCallLogs, call_id: str, agent_id: str) -> list[Row]:
    ours = {"call_id": call_id, "agent_id": agent_id}
    return [{**ours, **row, **ours} for row in rows(logs)]


def record_rows(record: Mapping[str, object]) -> list[Row]:
    """Return the one row of a call's record, which is as it came (`AgentCall.to_dict()`)."""
    return [_row(RECORD, record, call_id=record["id"], raw=record)]


def transcript_rows(record: Mapping[str, object]) -> list[Row]:
    """Return a row for each turn of a call's record; none if it has no transcript.

    A transcript that is no list becomes one turn. A turn that is no object has a row with only `raw`.
    """
    found = record.get("transcript")
    turns = cast("list[object]", found) if isinstance(found, list) else [found]
    turns = turns if found is not None else []
    found_rows: list[Row] = []
    for index, (turn, gap) in enumerate(zip(turns, reply_gaps(turns), strict=True)):
        ours = {
            "call_id": record["id"],
            "agent_id": record["agent_id"],
            "index": index,
            "raw": turn,
        }
        fields = cast("dict[str, object]", turn) if isinstance(turn, dict) else {}
        found_rows.append(_row(TRANSCRIPT, fields, **ours, reply_gap=gap))
    return found_rows


def tool_rows(record: Mapping[str, object]) -> list[Row]:
    """Return a row for each tool call in the transcript of a call's record, in order of time."""
    entries = [entry for entry in timeline(record).entries if entry.kind == "tool"]
    return [
        {
            "call_id": record["id"],
            "agent_id": record["agent_id"],
            "index": index,
            "turn_index": entry.index,
            "time": entry.time,
            "start_timestamp": entry.seconds,
            "name": entry.name,
            "arguments": entry.value,
            "result": _as_text(entry.result),
            "failed": tool_failed(entry.result),
            "seconds": entry.duration,
        }
        for index, entry in enumerate(entries)
    ]


def in_utc(moment: datetime | None) -> datetime | None:
    """Return a time in UTC; None if its year in UTC is not one from 1 to 9999."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        return None


def _row(table: Table, fields: Mapping[str, object], **ours: object) -> Row:
    values = {**fields, **ours}
    return {column.name: _READ[column.type](values.get(column.name)) for column in table.columns}


def _as_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json_bytes(value).decode()


def _number(value: object) -> float | None:
    if type(value) is not int and not isinstance(value, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


_READ: Mapping[ColumnType, Callable[[object], object]] = {
    "string": lambda value: value if isinstance(value, str) else None,
    "integer": lambda value: value if type(value) is int and value in _INT64 else None,
    "number": _number,
    "boolean": lambda value: value if isinstance(value, bool) else None,
    "time": lambda value: in_utc(parse_rfc3339(value)),
    "json": lambda value: value,
}
