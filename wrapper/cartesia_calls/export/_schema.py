"""The tables that an export writes: one definition for NDJSON, Parquet and their documentation.

Raise `SCHEMA_VERSION` with each change that a reader would notice; a further table is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SCHEMA_VERSION = 2

ColumnType = Literal["string", "integer", "number", "boolean", "time", "json"]
Row = dict[str, object]
"""A value for each column of a table, in their order; times are aware and in UTC."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        name: Its name.
        type: What it holds. `time` is a moment in UTC; `json` is a nested value, as text in Parquet.
        meaning: What it says, for the documentation.
    """

    name: str
    type: ColumnType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
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
        Column("level", "string", "the level that the line tells, in capitals; else null"),
        Column("time", "time", "the time that the line tells; else null"),
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
        Column("telephony_params", "json", "the phone side of the call"),
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
TABLES = {table.name: table for table in (LOGS, RECORD, TRANSCRIPT)}
