"""Rows as Parquet, made by pyarrow (extra `export`)."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._json_line import json_bytes
from ._schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ._schema import Row, Table

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
    """Return the rows as the bytes of a file, the same for the same rows and version of pyarrow."""
    return _as_file(arrow_table(table, rows), table.name)


def arrow_table(table: Table, rows: Sequence[Row]) -> Any:  # noqa: ANN401 - as above
    """Return the rows as a `pyarrow.Table`."""
    nested = [column.name for column in table.columns if column.type == "json"]
    if nested:
        rows = [row | {name: _text(row[name]) for name in nested} for row in rows]
    try:
        columns = _columns(table.name, rows)
    except UnicodeEncodeError:
        columns = _columns(table.name, [_without_half_pairs(row) for row in rows])
    return pa.Table.from_arrays(columns, schema=schema(table.name))


def _as_file(data: Any, table: str) -> bytes:  # noqa: ANN401 - as above
    buffer = pa.BufferOutputStream()
    # What pays off in large files, dictionaries and zstd's memory for each column, is most of the
    # work here and makes small ones no smaller; nor is a second schema, Arrow's own, of use.
    with parquet.ParquetWriter(
        buffer, data.schema, compression="snappy", use_dictionary=False, store_schema=False
    ) as writer:
        writer.write_table(data)
        writer.add_key_value_metadata(
            {"cartesia_calls.table": table, "cartesia_calls.schema": str(SCHEMA_VERSION)}
        )
    return bytes(buffer.getvalue())


@cache
def schema(table: str) -> Any:  # noqa: ANN401 - as above
    """Return a table's Parquet schema."""
    return pa.schema([(column.name, _TYPES[column.type]) for column in TABLES[table].columns])


@cache
def _row_type(table: str) -> Any:  # noqa: ANN401 - as above
    return pa.struct(list(schema(table)))


def _columns(table: str, rows: Sequence[Row]) -> list[Any]:
    columns: list[Any] = pa.array(rows, type=_row_type(table)).flatten()
    return columns


def _text(value: object) -> bytes | None:
    return None if value is None else json_bytes(value)


def _without_half_pairs(row: Row) -> Row:
    """Return a row with each half of a surrogate pair as its escape, as `json_bytes` writes it."""
    return {
        name: value.encode(errors="backslashreplace") if isinstance(value, str) else value
        for name, value in row.items()
    }
