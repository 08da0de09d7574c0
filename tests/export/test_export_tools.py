"""The part `tools`: a row for each tool call, from the transcripts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls.export import ExportResult
from exporting import export_from
from fake_clock import FakeClock
from few_calls import FewCall, FewCalls
from many_calls import AGENT, ManyCalls

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
START, END = NOON - timedelta(hours=1), NOON - timedelta(minutes=20)
FOUND = {"id": "call_1", "name": "find", "arguments": {"people": 4, "when": {"day": "fri"}}}
TURNS: list[object] = [
    {"role": "user", "start_timestamp": 1.0, "end_timestamp": 2.0, "text": "A table, please."},
    {
        "role": "assistant",
        "start_timestamp": 2.5,
        "end_timestamp": 4.0,
        "tool_calls": [FOUND | {"result": "20:00"}],
    },
    {
        "role": "assistant",
        "start_timestamp": 5.0,
        "end_timestamp": 6.0,
        "text": "I book it.",
        "tool_calls": [{"name": "book", "result": {"error": "full"}}, "odd", {"name": "tell"}],
    },
]


def _export(call: FewCall, to: Path, **options: Any) -> ExportResult:  # noqa: ANN401
    with ManyCalls(0, interfere=FewCalls({"ac_1": call})) as server:
        return export_from(server, to, clock=FakeClock(), **options)


def _rows(target: Path, part: str = "tools") -> list[dict[str, Any]]:
    (file,) = (target / part).rglob("ac_1.ndjson")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_each_tool_call_has_a_row(tmp_path: Path) -> None:
    result = _export(FewCall(START, END, facts={"transcript": TURNS}), tmp_path, include="tools")
    rows = _rows(tmp_path)
    assert result.rows == len(rows) == 4
    assert rows[0] == {
        "call_id": "ac_1",
        "agent_id": AGENT,
        "index": 0,
        "turn_index": 1,
        "time": "2026-03-01T11:00:02.500000+00:00",
        "start_timestamp": 2.5,
        "name": "find",
        "arguments": FOUND["arguments"],
        "result": "20:00",
        "failed": False,
        "seconds": 1.5,
    }
    names = ("index", "name", "arguments", "result", "failed", "seconds")
    assert [tuple(row[name] for name in names) for row in rows[1:]] == [
        (1, "book", None, '{"error":"full"}', True, None),
        (2, None, "odd", None, False, None),
        (3, "tell", None, None, False, None),
    ]


def test_parquet_has_the_same_rows_with_arguments_as_text(tmp_path: Path) -> None:
    call = FewCall(START, END, facts={"transcript": TURNS})
    _export(call, tmp_path / "text", include="tools")
    _export(call, tmp_path / "parquet", include="tools", format="parquet")
    parquet: Any = import_module("pyarrow.parquet")
    (file,) = (tmp_path / "parquet").rglob("ac_1.parquet")
    rows = parquet.ParquetFile(file).read().to_pylist()
    for row in rows:
        row["time"] = row["time"] and row["time"].isoformat()
        row["arguments"] = row["arguments"] and json.loads(row["arguments"])
    assert rows == _rows(tmp_path / "text")


@pytest.mark.parametrize("transcript", [None, [], "odd", [7]])
def test_a_call_without_tool_calls_has_a_file_without_rows(
    transcript: object, tmp_path: Path
) -> None:
    call = FewCall(START, END, facts={"transcript": transcript})
    assert _export(call, tmp_path, include="tools").exported == 1
    assert _rows(tmp_path) == []


def test_without_the_start_of_the_call_times_are_null(tmp_path: Path) -> None:
    _export(FewCall(None, END, facts={"transcript": TURNS}), tmp_path, include="tools")
    assert [row["time"] for row in _rows(tmp_path)] == [None] * 4
    assert [row["start_timestamp"] for row in _rows(tmp_path)] == [2.5, 5.0, 5.0, 5.0]


def test_an_export_of_an_earlier_release_gains_the_part_and_keeps_the_others(
    tmp_path: Path,
) -> None:
    call = FewCall(START, END, facts={"transcript": TURNS})
    before = _export(call, tmp_path, include=("record", "transcript"))
    about = (tmp_path / "_manifest/about.json").read_bytes()
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("ac_1.*")}
    assert before.exported == len(files) - 1 == 1

    result = _export(call, tmp_path, include=("record", "transcript", "tools"))
    assert result.exported == 1
    assert len(_rows(tmp_path)) == 4
    assert about == b'{"schema": 2, "format": "ndjson"}\n'
    assert about == (tmp_path / "_manifest/about.json").read_bytes()
    assert {path: path.stat().st_mtime_ns for path in files} == files
    (line,) = (tmp_path / "_manifest/1-of-1.ndjson").read_text().splitlines()
    outcome = json.loads(line)["parts"]["tools"]
    assert (outcome["outcome"], outcome["rows"], outcome["final"]) == ("exported", 4, True)
    assert _export(call, tmp_path, include=("record", "transcript", "tools")).present == 1


def test_the_tool_calls_of_a_deleted_call_are_skipped(tmp_path: Path) -> None:
    facts: dict[str, object] = {"redacted_at": END.isoformat()}
    result = _export(FewCall(START, END, facts=facts), tmp_path, include=("record", "tools"))
    assert result.skipped == {"deleted": 1}
    (line,) = (tmp_path / "_manifest/1-of-1.ndjson").read_text().splitlines()
    assert json.loads(line)["parts"]["tools"]["reason"] == "deleted"
