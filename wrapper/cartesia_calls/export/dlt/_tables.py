"""The tables that are loaded, as dlt and pyarrow know them: those of `_schema.py`, and `skipped`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cartesia_calls.export._parquet import arrow_table
from cartesia_calls.export._schema import TABLES, Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cartesia_calls.export._schema import Row

# pyarrow has no types.
pa: Any = import_module("pyarrow")

SKIPPED = Table(
    "skipped",
    (
        Column("call_id", "string", "the call"),
        Column("agent_id", "string", "the agent that took or made it"),
        Column("part", "string", "what of it can't be had: logs, record or transcript"),
        Column("reason", "string", "why"),
        Column("detail", "string", "the same in words, where there is more to say"),
    ),
)
LOADED = {**TABLES, SKIPPED.name: SKIPPED}
REMOVED = "removed"
"""The column by which dlt is told to remove a call's rows where none take their place."""
_TYPES = {
    "string": "text",
    "json": "text",
    "integer": "bigint",
    "number": "double",
    "boolean": "bool",
    "time": "timestamp",
}


def hints(table: Table) -> list[dict[str, object]]:
    """Return a table's columns as dlt is told of them.

    The merge key is what rows have in common that new ones take the place of.
    """
    key = {"call_id", "part"} if table is SKIPPED else {"call_id"}
    removed: dict[str, object] = {
        "name": REMOVED,
        "data_type": "bool",
        "hard_delete": True,
        "description": "empty: dlt's mark of rows that it is to remove",
    }
    columns: list[dict[str, object]] = [
        {
            "name": column.name,
            "data_type": _TYPES[column.type],
            "description": column.meaning,
            "merge_key": column.name in key,
        }
        for column in table.columns
    ]
    return [*columns, removed]


def to_load(table: Table, rows: Sequence[Row]) -> Any:  # noqa: ANN401 - as above
    """Return rows as a `pyarrow.Table`."""
    return _marked(_arrow(table, rows), None)


def to_remove(table: Table, **key: str) -> Any:  # noqa: ANN401 - as above
    """Return the row that makes dlt remove those with this key."""
    row: Row = {column.name: key.get(column.name) for column in table.columns}
    return _marked(_arrow(table, [row]), mark=True)


def _arrow(table: Table, rows: Sequence[Row]) -> Any:  # noqa: ANN401 - as above
    if table is SKIPPED:
        schema = pa.schema([(column.name, pa.string()) for column in SKIPPED.columns])
        return pa.Table.from_pylist(rows, schema=schema)
    return arrow_table(table, rows)


def _marked(rows: Any, mark: bool | None) -> Any:  # noqa: ANN401, FBT001 - as above; private
    return rows.append_column(REMOVED, pa.array([mark] * len(rows), type=pa.bool_()))
