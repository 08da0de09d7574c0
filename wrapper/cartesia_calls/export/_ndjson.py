"""Rows as NDJSON: one JSON object a line, UTF-8."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._schema import Row, Table

SUFFIX = "ndjson"


def _default(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for a {type(value).__name__}")


_AS_IT_IS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_default).encode
_ESCAPED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_default).encode


def encode(_table: Table, rows: Iterable[Row]) -> bytes:
    """Return the rows as the bytes of a file, the same for the same rows."""
    text = "".join([_AS_IT_IS(row) + "\n" for row in rows])
    try:
        return text.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair: JSON can say it, UTF-8 can't.
        return "".join([_ESCAPED(row) + "\n" for row in rows]).encode()
