"""Log lines as text: for people, for machines, and as they came."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cartesia_calls._printable import printable

if TYPE_CHECKING:
    from datetime import datetime

    from ._line_filter import Line


def for_people(line: Line) -> str:
    """Return the line with everything that a terminal would obey shown as an escape."""
    return f"{printable(line.text)}\n"


def as_is(line: Line) -> str:
    """Return the line unchanged, ended by a line feed."""
    return f"{line.text}\n"


def ndjson(
    line: Line, call_id: str, *, updated_at: datetime | None = None, ascii_only: bool = False
) -> str:
    """Return the line as a JSON object on one line.

    `call_id`; `index`, from 0; `text`, the line unchanged; `level` and `time` (RFC 3339) where they
    can be told, else null; `updated_at` (RFC 3339), when the logs last changed, null while they are
    followed.

    Args:
        line: What to write.
        call_id: The call whose line it is.
        updated_at: When the call's logs last changed.
        ascii_only: Escape all other characters, as a terminal may obey some that JSON allows.
    """
    row = {
        "call_id": call_id,
        "index": line.index,
        "text": line.text,
        "level": line.facts.level,
        "time": line.facts.time and line.facts.time.isoformat(),
        "updated_at": updated_at and updated_at.isoformat(),
    }
    return json.dumps(row, ensure_ascii=ascii_only) + "\n"
