"""Rows as NDJSON: one JSON object a line, UTF-8."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._schema import Row, Table

SUFFIX = "ndjson"


_AS_IT_IS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ESCAPED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def encode(table: Table, rows: Iterable[Row]) -> bytes:
    """Return the rows as the bytes of a file, the same for the same rows."""
    times = [column.name for column in table.columns if column.type == "time"]
    ready = [row | {name: _text(row[name]) for name in times} for row in rows]
    try:
        return "".join([_AS_IT_IS(row) + "\n" for row in ready]).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair: JSON can say it, UTF-8 can't.
        return "".join([_ESCAPED(row) + "\n" for row in ready]).encode()


def _text(moment: object) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else None
