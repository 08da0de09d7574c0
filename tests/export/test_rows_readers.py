"""`rows` in pandas, Polars, pyarrow and DuckDB, as documented in the README."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from cartesia_calls import AgentCall, AgentCallLogs, rows

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATE_TEXT = 200  # after more rows than Polars looks at by default


def many_calls() -> list[AgentCall]:
    fields = {"agent_id": "agent_1", "status": "failed", "start_time": START.isoformat()}
    calls = [AgentCall.from_dict({"id": f"ac_{n}", **fields}) for n in range(LATE_TEXT)]
    calls[-1].error_message = "late"
    return calls


def test_pandas() -> None:
    pandas: Any = pytest.importorskip("pandas")
    frame = pandas.DataFrame(rows(many_calls()))
    assert len(frame) == LATE_TEXT
    assert str(frame.start_time.dtype).startswith("datetime64[")
    assert frame.start_time.dt.tz is not None
    assert list(frame.error_message.dropna()) == ["late"]


def test_polars() -> None:
    polars: Any = pytest.importorskip("polars")
    frame = polars.DataFrame(rows(many_calls()), infer_schema_length=None)
    assert frame.schema["start_time"] == polars.Datetime("us", "UTC")
    assert frame["error_message"].drop_nulls().to_list() == ["late"]


def test_duckdb_over_pyarrow() -> None:
    duckdb: Any = pytest.importorskip("duckdb")
    pyarrow: Any = pytest.importorskip("pyarrow")
    logs = AgentCallLogs("ac_1", ["INFO: a", "ERROR: b", "c"], START)
    lines = pyarrow.Table.from_pylist(rows(logs))
    with duckdb.connect() as connection:
        connection.register("lines", lines)
        found = connection.sql("SELECT text FROM lines WHERE level = 'ERROR'").fetchall()
    assert found == [("ERROR: b",)]
