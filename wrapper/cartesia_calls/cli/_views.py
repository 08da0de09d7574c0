"""Calls and agents as people read them: tables and timelines for a terminal.

Made of rich's parts, so this needs the extra `cli`.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cartesia_api.types import Unset
from cartesia_calls._printable import printable

from ._timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.console import RenderableType

    from cartesia_api.models import AgentCall, AgentSummary

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


def calls_table(calls: Iterable[AgentCall], *, header: bool = True) -> RenderableType:
    """Return calls as a table, one a row; times are local, and the head says in which zone.

    Args:
        calls: What to show.
        header: Whether to head the columns, which a table's first part does for all.
    """
    table = _table(header=header)
    table.add_column("ID", no_wrap=True, min_width=14)
    table.add_column(f"STARTED ({datetime.now().astimezone():%Z})", no_wrap=True, min_width=19)
    table.add_column("LENGTH", no_wrap=True, min_width=6, justify="right")
    table.add_column("STATUS", no_wrap=True, min_width=9)
    table.add_column("ENDED BY")
    for call in calls:
        table.add_row(
            Text(printable(call.id)),
            f"{_local(call.start_time):%Y-%m-%d %H:%M:%S}" if call.start_time else "",
            _length(call),
            _styled(call.status),
            Text(printable(call.end_reason or "")),
        )
    return table


def agents_table(agents: Iterable[AgentSummary]) -> RenderableType:
    """Return agents as a table, one a row; days are local."""
    table = _table(header=True)
    for name in ("ID", "NAME", "LANGUAGE", "PHONE", "DEPLOYMENTS", "UPDATED"):
        table.add_column(name, justify="right" if name == "DEPLOYMENTS" else "left")
    table.columns[0].no_wrap = True
    for agent in agents:
        numbers = ", ".join(number.number for number in agent.phone_numbers or [])
        table.add_row(
            Text(printable(agent.id)),
            Text(printable(agent.name) + (" (deleted)" if agent.deleted_at else "")),
            Text(printable(agent.tts_language or "")),
            Text(printable(numbers)),
            "" if isinstance(agent.deployment_count, Unset) else str(agent.deployment_count),
            f"{_local(agent.updated_at):%Y-%m-%d}" if agent.updated_at else "",
        )
    return table


def call_sheet(call: AgentCall) -> RenderableType:
    """Return a call's record, and below it what happened, in order of time."""
    record = _table(header=False)
    record.add_column(style="dim", no_wrap=True)
    record.add_column(overflow="fold")
    for name, value in _record(call).items():
        if value:
            record.add_row(name, Text(printable(value)))
    happened = _table(header=False)
    happened.add_column(style="dim", justify="right", no_wrap=True)
    happened.add_column(no_wrap=True)
    happened.add_column(overflow="fold")
    for moment in timeline(call):
        text = Text(printable(moment.text))
        if moment.note:
            text.append(f"  ({printable(moment.note)})", style="dim")
        happened.add_row(_clock(moment.seconds), _styled(moment.what), text)
    heading = Text("Call ").append(printable(call.id), style="bold")
    heading.append("  ").append_text(_styled(call.status))
    parts: list[RenderableType] = [heading, record, "", happened]
    if not call.transcript:
        parts.append(Text("No transcript.", style="dim"))
    return Group(*parts)


def _record(call: AgentCall) -> Mapping[str, str]:
    phone = call.telephony_params or None
    ends = (phone.from_, phone.to) if phone else ()
    data = "zero retention: none are kept" if call.zdr_enabled else ""
    if call.redacted_at:
        data = f"deleted {_local(call.redacted_at):%Y-%m-%d %H:%M:%S %Z}"
    name = f"{call.agent_name}, " if call.agent_name else ""
    return {
        "Agent": f"{name}{call.agent_id}",
        "Started": f"{_local(call.start_time):%Y-%m-%d %H:%M:%S %Z}" if call.start_time else "",
        "Length": _length(call),
        "Ended by": call.end_reason or "",
        "Error": call.error_message or "",
        "Phone": " → ".join(end for end in ends if end),
        "Summary": call.summary or "",
        "Metadata": ", ".join(
            f"{key}={value}"
            for key, value in (call.metadata.additional_properties if call.metadata else {}).items()
        ),
        "Deployment": ", ".join(
            part
            for part in (call.deployment_id, call.deployment_version_id, call.deployment_region)
            if part
        ),
        "Data": data,
    }


def _table(*, header: bool) -> Table:
    return Table(box=None, show_header=header, pad_edge=False, padding=(0, 2, 0, 0))


def _styled(word: str) -> Text:
    return Text(printable(word), style=_STYLES.get(word, ""))


def _local(moment: datetime) -> datetime:
    """Return the moment in local time, or unchanged where local time would be outside the calendar.

    A server's zero time, `0001-01-01T00:00:00Z`, is, anywhere west of Greenwich.
    """
    try:
        return moment.astimezone()
    except OverflowError:
        return moment


def _length(call: AgentCall) -> str:
    if not call.start_time or not call.end_time:
        return ""
    return _clock(round((call.end_time - call.start_time).total_seconds()))


def _clock(seconds: float) -> str:
    """Return a time within a call: `1:09`, or where it has a fraction `1:09.5`."""
    whole = f"{seconds % 60:02d}" if isinstance(seconds, int) else f"{seconds % 60:04.1f}"
    return f"{int(seconds // 60)}:{whole}"
