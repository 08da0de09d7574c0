"""Rows as NDJSON: one JSON object a line, UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._json_line import json_bytes, json_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._schema import Row, Table

SUFFIX = "ndjson"
# Columns that may hold fractions.
_WITH_FRACTIONS = frozenset({"number", "json"})


def encode(table: Table, rows: Iterable[Row]) -> bytes:
    """Return the rows as the bytes of a file, the same for the same rows, whatever is installed."""
    if _WITH_FRACTIONS.isdisjoint(column.type for column in table.columns):
        return b"".join(map(json_line, rows))
    return b"".join(json_bytes(row) + b"\n" for row in rows)
