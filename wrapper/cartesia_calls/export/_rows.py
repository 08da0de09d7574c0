"""From what the API sent to rows of the export's tables.

A value that does not have its column's type is null there; the column `raw` has it as it came.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from itertools import pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from cartesia_calls import log_line

from ._schema import RECORD, TRANSCRIPT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cartesia_api.models import AgentCallLogs

    from ._schema import ColumnType, Row, Table

_AGENT = "assistant"
_CALLER = "user"
_RFC_3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
_INT64 = range(-(2**63), 2**63)


def log_rows(logs: AgentCallLogs, call_id: str, agent_id: str) -> list[Row]:
    """Return a row for each line."""
    updated_at = in_utc(logs.updated_at)
    rows: list[Row] = []
    for index, text in enumerate(logs.logs):
        facts = log_line(text)
        rows.append(
            {
                "call_id": call_id,
                "agent_id": agent_id,
                "index": index,
                "text": text,
                "level": facts.level,
                "time": in_utc(facts.time),
                "updated_at": updated_at,
            }
        )
    return rows


def record_rows(record: Mapping[str, object]) -> list[Row]:
    """Return the one row of a call's record.

    Args:
        record: As it came (`AgentCall.to_dict()`).
    """
    return [_row(RECORD, record, call_id=record["id"], raw=record)]


def transcript_rows(record: Mapping[str, object]) -> list[Row]:
    """Return a row for each turn; none where the call has no transcript.

    Args:
        record: As it came (`AgentCall.to_dict()`). What is no list of turns is taken for one turn, and
            what is no turn has a row whose `raw` is all there is.
    """
    found = record.get("transcript")
    turns = cast("list[object]", found) if isinstance(found, list) else [found]
    rows: list[Row] = []
    for index, turn in enumerate(turns if found is not None else ()):
        ours = {
            "call_id": record["id"],
            "agent_id": record["agent_id"],
            "index": index,
            "raw": turn,
        }
        fields = cast("dict[str, object]", turn) if isinstance(turn, dict) else {}
        rows.append(_row(TRANSCRIPT, fields, **ours, reply_gap=None))
    _measure_replies(rows)
    return rows


def _measure_replies(turns: list[Row]) -> None:
    """Set `reply_gap` of each agent's turn that comes next after one of the caller's."""
    spoken = [
        (place, turn) for turn in turns if _is_spoken(turn) and (place := _place(turn)) is not None
    ]
    spoken.sort(key=itemgetter(0))
    for (_, previous), (_, turn) in pairwise(spoken):
        end, start = previous["end_timestamp"], turn["start_timestamp"]
        is_reply = (previous["role"], turn["role"]) == (_CALLER, _AGENT)
        if is_reply and isinstance(start, float) and isinstance(end, float):
            turn["reply_gap"] = round(start - end, 6)


def _is_spoken(turn: Row) -> bool:
    """Tell whether somebody speaks in a turn, instead of only calling a tool or noting something."""
    notes = turn["tool_calls"] or turn["log_event"] or turn["log_metric"]
    return turn["role"] in {_AGENT, _CALLER} and bool(turn["text"] or not notes)


def _place(turn: Row) -> float | None:
    """Return the time by which a turn has its place among others."""
    start = turn["start_timestamp"]
    return cast("float | None", turn["end_timestamp"] if start is None else start)


def in_utc(moment: datetime | None) -> datetime | None:
    """Return a moment in UTC; None where its year in UTC is not one from 1 to 9999."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        return None


def _row(table: Table, fields: Mapping[str, object], **ours: object) -> Row:
    values = {**fields, **ours}
    return {column.name: _READ[column.type](values.get(column.name)) for column in table.columns}


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: object) -> int | None:
    return value if type(value) is int and value in _INT64 else None


def _number(value: object) -> float | None:
    if type(value) is not int and not isinstance(value, float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _boolean(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _time(value: object) -> datetime | None:
    if not isinstance(value, str) or not _RFC_3339.fullmatch(value):
        return None
    try:
        return in_utc(datetime.fromisoformat(value.upper()))
    except ValueError:  # such as 30 February
        return None


def _json(value: object) -> object:
    return value


_READ: Mapping[ColumnType, Callable[[object], object]] = {
    "string": _string,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "time": _time,
    "json": _json,
}
