"""Rows as Parquet, made by pyarrow (extra `export`)."""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._schema import Column, Row, Table

# pyarrow has no types.
pa: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

SUFFIX = "parquet"
_TYPES = {
    "string": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
}


def encode(table: Table, rows: Sequence[Row]) -> bytes:
    """Return the rows as the bytes of a file, the same for the same rows and version of pyarrow.

    Raises:
        ValueError: A value does not fit its column.
    """
    try:
        columns = [
            pa.array([_value(column, row) for row in rows], type=_TYPES[column.type])
            for column in table.columns
        ]
    except (pa.ArrowException, OverflowError, TypeError) as error:
        raise ValueError(f"a value does not fit its column: {error}") from error
    buffer = pa.BufferOutputStream()
    parquet.write_table(
        pa.Table.from_arrays(columns, schema=schema(table.name)), buffer, compression="zstd"
    )
    return bytes(buffer.getvalue())


@cache
def schema(table: str) -> Any:  # noqa: ANN401 - as above
    """Return a table's Parquet schema; its metadata has the export's schema version."""
    metadata = {"cartesia_calls.table": table, "cartesia_calls.schema": str(SCHEMA_VERSION)}
    fields = [pa.field(column.name, _TYPES[column.type]) for column in TABLES[table].columns]
    return pa.schema(fields, metadata=metadata)


def _value(column: Column, row: Row) -> object:
    value = row[column.name]
    if column.type == "json":
        return None if value is None else json.dumps(value, ensure_ascii=True, sort_keys=True)
    if isinstance(value, str) and not value.isascii():
        # Parquet's text is UTF-8, which can't say half a surrogate pair.
        return value.encode(errors="backslashreplace")
    return value
