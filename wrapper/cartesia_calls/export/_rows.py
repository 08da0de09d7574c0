"""From the API's models to rows of the export's tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from cartesia_calls._log_lines import read_line

from ._schema import RECORD, TRANSCRIPT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cartesia_api.models import AgentCall, AgentCallLogs

    from ._schema import Row, Table


def log_rows(logs: AgentCallLogs, call_id: str, agent_id: str) -> list[Row]:
    """Return one row a line."""
    updated_at = in_utc(logs.updated_at)
    rows: list[Row] = []
    for index, text in enumerate(logs.logs):
        facts = read_line(text)
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


def record_rows(record: dict[str, object]) -> list[Row]:
    """Return the one row of a call's record.

    Args:
        record: As the API has it (`AgentCall.to_dict()`).
    """
    return [_row(RECORD, record | {"call_id": record["id"]})]


def transcript_rows(call: AgentCall) -> list[Row]:
    """Return one row a turn; none where the call has no transcript."""
    return [
        _row(
            TRANSCRIPT, turn.to_dict() | {"call_id": call.id, "agent_id": call.agent_id, "index": n}
        )
        for n, turn in enumerate(call.transcript or [])
    ]


def in_utc(moment: datetime | None) -> datetime | None:
    """Return a moment in UTC; None for one at the edge of what can be told, where UTC has no name."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        return None


def _row(table: Table, values: Mapping[str, object]) -> Row:
    return {
        column.name: _time(values.get(column.name))
        if column.type == "time"
        else values.get(column.name)
        for column in table.columns
    }


def _time(value: object) -> datetime | None:
    return in_utc(datetime.fromisoformat(cast("str", value))) if value else None
