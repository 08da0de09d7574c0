"""Rows as NDJSON: one JSON object a line, UTF-8."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ._schema import Row, Table

SUFFIX = "ndjson"
_AS_IT_IS = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ESCAPED = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
# orjson writes these as Python does; not so floating-point numbers, which `json` may hold too.
_WRITTEN_ALIKE = frozenset({"string", "integer", "boolean", "time"})


def _find_orjson() -> Callable[[Row], bytes] | None:
    try:
        import orjson  # noqa: PLC0415 - it may not be installed
    except ImportError:
        return None
    return partial(orjson.dumps, option=orjson.OPT_APPEND_NEWLINE)


_write_fast = _find_orjson()


def encode(table: Table, rows: Sequence[Row]) -> bytes:
    """Return the rows as the bytes of a file, the same for the same rows, whatever is installed."""
    if _write_fast and _WRITTEN_ALIKE.issuperset(column.type for column in table.columns):
        try:
            return b"".join(map(_write_fast, rows))
        except TypeError:
            pass  # half a surrogate pair: see below
    times = [column.name for column in table.columns if column.type == "time"]
    ready = [row | {name: _text(row[name]) for name in times} for row in rows]
    try:
        return "".join([_AS_IT_IS(row) + "\n" for row in ready]).encode()
    except UnicodeEncodeError:
        # Half a surrogate pair: JSON can say it, UTF-8 can't.
        return "".join([_ESCAPED(row) + "\n" for row in ready]).encode()


def _text(moment: object) -> str | None:
    return moment.isoformat() if isinstance(moment, datetime) else None
