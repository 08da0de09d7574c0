"""Calls and logs as flat rows, for libraries that work with tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypedDict, cast, overload

from cartesia_calls import UNSET, AgentCall, AgentCallLogs, json_text

from ._log_lines import log_line

if TYPE_CHECKING:
    from collections.abc import Iterable


class CallRow(TypedDict):
    """A call as a row. Times are in UTC; objects are JSON text; what is not set is None."""

    call_id: str
    agent_id: str
    agent_name: str | None
    status: str
    start_time: datetime | None
    end_time: datetime | None
    end_reason: str | None
    error_message: str | None
    summary: str | None
    redacted_at: datetime | None
    zdr_enabled: bool | None
    deployment_id: str | None
    deployment_version_id: str | None
    deployment_region: str | None
    telephony_account_type: str | None
    telephony_params: str | None
    dynamic_variables: str | None
    metadata: str | None


class LogRow(TypedDict):
    """A log line as a row.

    `index` is its place in the log. `level` and `time` are in the line, else None. Times are in UTC.
    """

    call_id: str
    index: int
    text: str
    level: str | None
    time: datetime | None
    updated_at: datetime | None


@overload
def rows(items: Iterable[AgentCall]) -> list[CallRow]: ...


@overload
def rows(items: AgentCallLogs | Iterable[AgentCallLogs]) -> list[LogRow]: ...


def rows(
    items: AgentCallLogs | Iterable[AgentCall] | Iterable[AgentCallLogs],
) -> list[CallRow] | list[LogRow]:
    """Return calls or logs as flat dicts, for pandas, Polars, pyarrow and DuckDB.

    The columns are those of an export's tables `record` and `logs`.

    Args:
        items: Calls, with a row for each; or logs of one or more calls, with a row for each line.

    Raises:
        TypeError: The items are neither.
    """
    found: list[Any] = []
    for item in [items] if isinstance(items, AgentCallLogs) else items:
        if isinstance(item, AgentCallLogs):
            found += _log_rows(item)
        elif isinstance(item, AgentCall):  # pyright: ignore[reportUnnecessaryIsInstance]
            found.append(_call_row(item))
        else:
            raise TypeError(
                f"rows() got a {type(item).__name__}. Pass calls (AgentCall) or logs (AgentCallLogs)."
            )
    return found


def _call_row(call: AgentCall) -> CallRow:
    values = {name: _value(getattr(call, name, None)) for name in CallRow.__annotations__}
    return cast("CallRow", {**values, "call_id": call.id})


def _log_rows(logs: AgentCallLogs) -> list[LogRow]:
    updated_at = _in_utc(logs.updated_at)
    found: list[LogRow] = []
    for index, text in enumerate(logs.logs):
        level, time = log_line(text)
        found.append(
            {
                "call_id": logs.call_id,
                "index": index,
                "text": text,
                "level": level,
                "time": _in_utc(time),
                "updated_at": updated_at,
            }
        )
    return found


def _value(value: Any) -> object:  # noqa: ANN401 - of any field of a call
    if value is UNSET:
        return None
    if isinstance(value, datetime):
        return _in_utc(value)
    if hasattr(value, "to_dict"):
        return json_text(value.to_dict())
    return value


def _in_utc(moment: datetime | None) -> datetime | None:
    """Return a time in UTC; None if its year in UTC is not one from 1 to 9999."""
    try:
        return moment.astimezone(UTC) if moment else None
    except OverflowError:
        return None
