"""The queries of docs/guide/exports.md, run unchanged on an export of the sandbox."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import AsyncClient, call_stats
from cartesia_calls.export import ExportResult, export
from cartesia_calls.sandbox import Sandbox
from exporting import DOCUMENT, documented_columns

_IN_PARQUET = {
    "string": "string",
    "json": "string",
    "integer": "int64",
    "number": "double",
    "boolean": "bool",
    "time": "timestamp[us, tz=UTC]",
}
NEEDS = "install it with the dependency group `export`, or run nox -s export-queries"


def _query(name: str) -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    (found,) = re.findall(rf"<!-- query: {name} -->\n```\w+\n(.*?)```", text, re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ExportResult]:
    folder = tmp_path_factory.mktemp("queries")
    with Sandbox() as sandbox:
        result = export(
            agents=[sandbox.agents.quiet, sandbox.agents.odd],
            to=folder / "calls",
            format="parquet",
            include=("logs", "record", "transcript", "tools"),
            connect=partial(AsyncClient, sandbox.api_key, base_url=sandbox.url),
        )
    return folder, result


@pytest.fixture(autouse=True)
def in_its_folder(exported: tuple[Path, ExportResult], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exported[0])


def _count(duckdb: Any, files: str) -> int:  # noqa: ANN401 - it has no types that stay
    ((count,),) = duckdb.read_parquet(files).aggregate("count(*)").fetchall()
    return int(count)


def test_duckdb_counts_each_line_once(exported: tuple[Path, ExportResult]) -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    rows = duckdb.sql(_query("duckdb")).fetchall()
    lines = _count(duckdb, "calls/logs/**/*.parquet")
    assert sum(count for _day, _level, count in rows) == lines
    others = [
        _count(duckdb, f"calls/{part}/**/*.parquet") for part in ("record", "transcript", "tools")
    ]
    assert exported[1].rows == lines + sum(others)
    assert {level for _day, level, _lines in rows} >= {"INFO", "DEBUG"}


def test_polars_finds_the_calls_with_errors() -> None:
    polars: Any = pytest.importorskip("polars", reason=NEEDS)
    scope: dict[str, Any] = {}
    exec(_query("polars"), scope)  # noqa: S102 - our own document
    frame = polars.read_parquet("calls/logs/**/*.parquet", hive_partitioning=True)
    expected = frame.filter(polars.col("level") == "ERROR")["call_id"].n_unique()
    assert scope["errors"].height == expected > 0


def test_spark_sees_each_call_once(exported: tuple[Path, ExportResult]) -> None:
    sql: Any = pytest.importorskip("pyspark.sql", reason="it is large: nox -s export-spark")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    with builder.getOrCreate() as spark:
        spark.read.parquet("calls/record").createOrReplaceTempView("record")
        rows = spark.sql(_query("spark")).collect()
    assert sum(row["calls"] for row in rows) == exported[1].found
    assert any(row["longest"] is None for row in rows), "of those that never started"


def test_duckdb_runs_the_query_for_spark_with_calls_that_never_started(
    exported: tuple[Path, ExportResult],
) -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    duckdb.sql(
        "CREATE OR REPLACE TEMP VIEW record AS "
        "SELECT * FROM read_parquet('calls/record/**/*.parquet', hive_partitioning = true)"
    )
    rows = duckdb.sql(_query("spark")).fetchall()
    assert sum(calls for _day, _reason, calls, _longest in rows) == exported[1].found
    assert any(longest is None for *_, longest in rows), "of those that never started"


def _stats(duckdb: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    records = (
        duckdb.read_parquet("calls/transcript/**/*.parquet").project("call_id, raw").fetchall()
    )
    turns: dict[str, list[Any]] = {}
    for call_id, raw in records:
        turns.setdefault(call_id, []).append(json.loads(raw))
    calls = [({"id": call_id, "transcript": found}, None) for call_id, found in turns.items()]
    return call_stats(calls).as_dict()


def test_duckdb_finds_the_same_slowest_turns_as_call_stats() -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    rows = duckdb.sql(_query("slowest")).fetchall()
    expected = [turn["reply_gap"] for turn in _stats(duckdb)["slowest_turns"]]
    assert [gap for _call, _index, gap, _seconds, _text in rows] == expected[:10]
    assert len(rows) == 10


def test_duckdb_counts_the_same_tool_calls_and_failures_as_call_stats() -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    calls: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    for week, name, count, failed in duckdb.sql(_query("tools")).fetchall():
        assert week.isoweekday() == 1
        calls[name] += count
        failures[name] += failed
    tools = _stats(duckdb)["tools"]
    assert calls == {tool["name"]: tool["calls"] for tool in tools}
    assert failures == {tool["name"]: tool["failures"] for tool in tools}
    assert failures.total()


def test_duckdb_reads_a_field_without_a_column_from_raw() -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    rows = duckdb.sql(_query("raw")).fetchall()
    assert sum(calls for _direction, calls in rows) == _count(duckdb, "calls/record/**/*.parquet")
    assert any(direction for direction, _calls in rows)


def test_pandas_reads_a_folder() -> None:
    pytest.importorskip("pandas", reason=NEEDS)
    scope: dict[str, Any] = {}
    exec(_query("pandas"), scope)  # noqa: S102 - our own document
    assert scope["by_status"].sum() == len(scope["records"]) > 0


def test_an_export_can_be_merged_into_few_large_files() -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    duckdb.sql(_query("compact"))
    duckdb.sql(_query("compact"))
    assert _count(duckdb, "all-logs.parquet") == _count(duckdb, "calls/logs/**/*.parquet") > 0


def test_pyarrow_reads_the_partitions_and_the_documented_schema(
    exported: tuple[Path, ExportResult],
) -> None:
    dataset: Any = pytest.importorskip("pyarrow.dataset")
    about = json.loads((exported[0] / "calls" / "_manifest" / "about.json").read_bytes())
    folders = {path.name for path in (exported[0] / "calls").iterdir()}
    tables = documented_columns()
    assert tables.keys() == {name for name in folders if not name.startswith("_")}
    for table, columns in tables.items():
        found = dataset.dataset(f"calls/{table}", format="parquet", partitioning="hive")
        assert found.schema.names == [*(name for name, _, _ in columns), "agent", "day"]
        assert [str(type_) for type_ in found.schema.types[:-2]] == [
            _IN_PARQUET[type_] for _, type_, _ in columns
        ]
        rows = found.to_table().to_pylist()
        nested = [row[name] for name, type_, _ in columns if type_ == "json" for row in rows]
        for text in filter(None, nested):
            json.loads(text)
        (path, *_) = found.files
        metadata = dataset.dataset(path, format="parquet").schema.metadata
        assert metadata[b"cartesia_calls.schema"] == str(about["schema"]).encode()


def test_the_document_has_every_folder(cartesia_sandbox: Sandbox, tmp_path: Path) -> None:
    names: set[str] = set()
    export(
        agents=cartesia_sandbox.agents.busy,
        to=tmp_path,
        include=("logs", "record", "transcript", "tools", "audio"),
        connect=partial(AsyncClient, cartesia_sandbox.api_key, base_url=cartesia_sandbox.url),
        on_event=lambda _: names.update(path.name for path in tmp_path.iterdir()),
    )
    text = DOCUMENT.read_text(encoding="utf-8")
    (layout,) = re.findall(r"## Files\n\n```\n(.*?)```", text, re.DOTALL)
    assert {line.partition("/")[0] for line in layout.splitlines()} == names
