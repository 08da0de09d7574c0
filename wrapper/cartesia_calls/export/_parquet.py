"""Encodes rows as Parquet with pyarrow (extra `export`)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._ndjson import json_bytes
from ._tables import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._tables import Row, Table

# pyarrow has no types.
pa: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

_TYPES = {
    "string": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "time": pa.timestamp("us", tz="UTC"),
}


def encode(table: Table, rows: Sequence[Row]) -> bytes:
    """Return the rows as the bytes of a file, the same for the same rows and version of pyarrow."""
    data = arrow_table(table, rows)
    buffer = pa.BufferOutputStream()
    # Dictionaries and zstd pay off in large files. In small ones they cost most of the time and save
    # nothing; nor is Arrow's own copy of the schema of use.
    with parquet.ParquetWriter(
        buffer, data.schema, compression="snappy", use_dictionary=False, store_schema=False
    ) as writer:
        writer.write_table(data)
        writer.add_key_value_metadata(
            {"cartesia_calls.table": table.name, "cartesia_calls.schema": str(SCHEMA_VERSION)}
        )
    return bytes(buffer.getvalue())


def arrow_table(table: Table, rows: Sequence[Row]) -> Any:  # noqa: ANN401 - as above
    nested = [column.name for column in table.columns if column.type == "json"]
    if nested:
        rows = [row | {name: _text(row[name]) for name in nested} for row in rows]
    schema, row_type = _schema(table)
    try:
        columns = pa.array(rows, type=row_type).flatten()
    except UnicodeEncodeError:
        whole = [_without_half_pairs(row) for row in rows]
        columns = pa.array(whole, type=row_type).flatten()
    return pa.Table.from_arrays(columns, schema=schema)


@cache
def _schema(table: Table) -> tuple[Any, Any]:
    schema = pa.schema([(column.name, _TYPES[column.type]) for column in table.columns])
    return schema, pa.struct(list(schema))


def _text(value: object) -> bytes | None:
    return None if value is None else json_bytes(value)


def _without_half_pairs(row: Row) -> Row:
    """Return a row with the escape of each half of a surrogate pair, as `json_bytes` writes it."""
    return {
        name: value.encode(errors="backslashreplace") if isinstance(value, str) else value
        for name, value in row.items()
    }
