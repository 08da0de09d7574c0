"""Log lines as text: for people, for machines, and as they came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cartesia_calls._printable import printable

if TYPE_CHECKING:
    from cartesia_api.models import AgentCallLogs


def printable_lines(logs: AgentCallLogs) -> str:
    """Return the lines with everything that a terminal would obey shown as an escape."""
    return "".join(f"{printable(line)}\n" for line in logs.logs)


def ndjson(logs: AgentCallLogs, *, ascii_only: bool = False) -> str:
    """Return one JSON object a line: `call_id`, `index` (from 0), `text`, `updated_at` (RFC 3339).

    Args:
        logs: What to write.
        ascii_only: Escape all other characters, as a terminal may obey some that JSON allows.
    """
    updated_at = logs.updated_at.isoformat()
    return "".join(
        json.dumps(
            {"call_id": logs.call_id, "index": index, "text": line, "updated_at": updated_at},
            ensure_ascii=ascii_only,
        )
        + "\n"
        for index, line in enumerate(logs.logs)
    )


def as_is(logs: AgentCallLogs) -> str:
    """Return the lines unchanged, each ended by a line feed."""
    return "".join(f"{line}\n" for line in logs.logs)
