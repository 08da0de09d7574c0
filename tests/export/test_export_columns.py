"""The columns of records and turns, for any response of the server."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import AsyncClient
from cartesia_calls.export import export_async
from fake_clock import FakeClock
from fake_server import KEY
from few_calls import FewCall, FewCalls
from many_calls import AGENT, ManyCalls

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARTS = ("record", "transcript")
FORMATS = pytest.mark.parametrize("format_", ["ndjson", "parquet"])

Turn = dict[str, object]


def _exported(to: Path, format_: str, **facts: object) -> dict[str, list[dict[str, Any]]]:
    """Export a call with these fields; return the rows of its record and of its transcript."""
    few = FewCalls({"ac_1": FewCall(NOON - timedelta(hours=1), NOON, facts=facts)})
    with ManyCalls(0, interfere=few) as server:
        connect = partial(AsyncClient, KEY, base_url=server.url)
        run = export_async(
            agents=AGENT, to=to, format=format_, include=PARTS, connect=connect, clock=FakeClock()
        )
        assert asyncio.run(run).exported == 1
    return {part: _read(to / part, format_) for part in PARTS}


def _read(folder: Path, format_: str) -> list[dict[str, Any]]:
    (file,) = folder.rglob("ac_1.*")
    if format_ == "ndjson":
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    parquet: Any = import_module("pyarrow.parquet")
    rows: list[dict[str, Any]] = parquet.ParquetFile(file).read().to_pylist()
    return [row | {"raw": json.loads(row["raw"])} for row in rows]


def _turn(role: str, start: object, end: object, **facts: object) -> Turn:
    return {"role": role, "start_timestamp": start, "end_timestamp": end, "text": "Hm.", **facts}


@FORMATS
def test_raw_has_undescribed_fields(format_: str, tmp_path: Path) -> None:
    turn = _turn("user", 0.5, 1.25, mood={"calm": 0.75})
    facts: dict[str, object] = {
        "dynamic_variables": {"name": "Ada", "tries": [1, None]},
        "transcript": [turn],
        "mood": {"calm": [0.5]},
    }
    found = _exported(tmp_path, format_, **facts)
    (record,) = found["record"]
    assert record["raw"] == FewCall(NOON - timedelta(hours=1), NOON, facts=facts).record("ac_1")
    assert [row["raw"] for row in found["transcript"]] == [turn]


@FORMATS
def test_a_number_that_its_column_can_not_hold_is_null_there(format_: str, tmp_path: Path) -> None:
    turns = [_turn("user", 0, 10**400, vad_buffer_ms=2**70), _turn("user", 2.0, 3.0)]
    first, second = _exported(tmp_path, format_, transcript=turns)["transcript"]
    assert (first["start_timestamp"], first["end_timestamp"]) == (0.0, None)
    assert first["vad_buffer_ms"] is None
    assert first["raw"] == turns[0]
    assert second["end_timestamp"] == 3.0


@FORMATS
def test_a_record_full_of_unexpected_values_is_written_in_full(
    format_: str, tmp_path: Path
) -> None:
    turns = [
        _turn("user", "soon", 1.0, tool_calls="none", log_metric={"value": "four"}),
        7,
        _turn("assistant", 2.5, 4.0, tool_calls=[{"id": None, "arguments": {"people": 4}}]),
    ]
    facts = {"summary": 7, "redacted_at": "2026-03-01", "metadata": [1], "zdr_enabled": "no"}
    found = _exported(tmp_path, format_, transcript=turns, **facts)
    (record,) = found["record"]
    assert {name: record["raw"][name] for name in facts} == facts
    assert (record["summary"], record["redacted_at"], record["zdr_enabled"]) == (None, None, None)
    assert [row["raw"] for row in found["transcript"]] == turns
    assert [row["start_timestamp"] for row in found["transcript"]] == [None, None, 2.5]


@FORMATS
def test_the_account_and_the_variables_of_a_call_have_columns(format_: str, tmp_path: Path) -> None:
    variables = {"name": "Ada", "tries": [1, None]}
    facts = {"telephony_account_type": "sip_trunk", "dynamic_variables": variables}
    (record,) = _exported(tmp_path, format_, **facts)["record"]
    found = record["dynamic_variables"]
    assert record["telephony_account_type"] == "sip_trunk"
    assert (json.loads(found) if format_ == "parquet" else found) == variables


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("telephony_account_type", ["sip_trunk"], None),
        ("dynamic_variables", "Ada", "Ada"),
        ("summary", 7, None),
        ("summary", {"en": "About a pizza."}, None),
        ("zdr_enabled", "yes", None),
        ("zdr_enabled", 1, None),
        ("zdr_enabled", False, False),
        ("metadata", "pizza", "pizza"),
        ("telephony_params", [1, {"to": 2}], [1, {"to": 2}]),
        ("start_time", "2026-03-01T12:00:00", None),
        ("start_time", "2026-03-01", None),
        ("start_time", "2026-02-30T12:00:00Z", None),
        ("start_time", "0001-01-01T00:00:00+05:00", None),
        ("start_time", "yesterday", None),
        ("start_time", 1772366400, None),
    ],
)
def test_a_value_of_a_wrong_type_is_null_in_its_column_and_stays_in_raw(
    column: str, value: object, expected: object, tmp_path: Path
) -> None:
    (row,) = _exported(tmp_path, "ndjson", **{column: value})["record"]
    assert row[column] == expected
    assert row["raw"][column] == value


@pytest.mark.parametrize("time", ["2026-03-01T12:00:00Z", "2026-03-01t14:00:00.000+02:00"])
def test_a_time_is_in_utc(time: str, tmp_path: Path) -> None:
    (row,) = _exported(tmp_path, "ndjson", start_time=time)["record"]
    assert row["start_time"] == NOON.isoformat()


@pytest.mark.parametrize(
    ("value", "turns"),
    [
        ("hello", ["hello"]),
        (7, [7]),
        ({"role": "user"}, [{"role": "user"}]),
        (["hello", None, [7]], ["hello", None, [7]]),
    ],
)
def test_a_transcript_that_is_no_list_of_turns_stays_in_raw(
    value: object, turns: list[object], tmp_path: Path
) -> None:
    rows = _exported(tmp_path, "ndjson", transcript=value)["transcript"]
    assert [row["raw"] for row in rows] == turns
    assert [row["index"] for row in rows] == list(range(len(turns)))


@pytest.mark.parametrize("facts", [{}, {"transcript": None}, {"transcript": []}])
def test_without_a_transcript_there_are_no_turns(facts: dict[str, object], tmp_path: Path) -> None:
    assert _exported(tmp_path, "ndjson", **facts)["transcript"] == []


CALLER = _turn("user", 1.0, 4.0)
TOOL = _turn("assistant", 4.5, 4.5, text=None, tool_calls=[{"name": "find"}])


@pytest.mark.parametrize(
    ("turns", "gaps"),
    [
        pytest.param([CALLER, _turn("assistant", 4.7, 6)], [None, 0.7], id="a reply"),
        pytest.param([_turn("assistant", 0.3, 2.0), CALLER], [None, None], id="a greeting"),
        pytest.param(
            [CALLER, _turn("assistant", 5, 6), _turn("assistant", 7, 8)],
            [None, 1.0, None],
            id="the agent continues",
        ),
        pytest.param(
            [CALLER, _turn("user", 4.5, 5), _turn("assistant", 6, 7)],
            [None, None, 1.0],
            id="the caller continues",
        ),
        pytest.param([CALLER, _turn("assistant", 3.5, 6)], [None, -0.5], id="an interruption"),
        pytest.param(
            [CALLER, _turn("system", 4.1, 4.1), TOOL, _turn("assistant", 6, 7)],
            [None, None, None, 2.0],
            id="an event and a tool call between",
        ),
        pytest.param(
            [_turn("assistant", 6, 7), CALLER], [2.0, None], id="in another order than in time"
        ),
        pytest.param(
            [CALLER, _turn("assistant", 5, 6, text=None)], [None, 1.0], id="a reply without a text"
        ),
        pytest.param(
            [_turn("user", None, 4.0), _turn("assistant", 5, 6)], [None, 1.0], id="no start"
        ),
        pytest.param([_turn("user", 1, "4"), _turn("assistant", 5, 6)], [None, None], id="no end"),
        pytest.param(
            [CALLER, _turn("user", None, None), _turn("assistant", "5", 6)],
            [None, None, None],
            id="no times",
        ),
        pytest.param([CALLER, 7, _turn("assistant", 5, 6)], [None, None, 1.0], id="no turn"),
    ],
)
def test_reply_gap_is_the_silence_between_the_caller_and_the_agent(
    turns: list[object], gaps: list[float | None], tmp_path: Path
) -> None:
    rows = _exported(tmp_path, "ndjson", transcript=turns)["transcript"]
    assert [row["reply_gap"] for row in rows] == gaps


def test_strict_readers_accept_half_a_surrogate_pair_in_both_formats(
    tmp_path: Path,
) -> None:
    half, written = "half \ud83d", "half \\ud83d"
    turn = _turn("user", 0.5, 1.0) | {"text": half}
    facts = {"summary": half, "metadata": {half: half}, "transcript": [turn]}
    for format_ in ("ndjson", "parquet"):
        found = _exported(tmp_path / format_, format_, **facts)
        (record,), (spoken,) = found["record"], found["transcript"]
        assert (record["summary"], spoken["text"]) == (written, written)
        assert record["raw"]["metadata"] == {written: written}
        assert spoken["raw"]["text"] == written
    (line,) = (tmp_path / "ndjson" / "record").rglob("ac_1.ndjson")
    orjson: Any = pytest.importorskip("orjson")
    assert orjson.loads(line.read_bytes())["summary"] == written
    arrow: Any = pytest.importorskip("pyarrow.json")
    assert arrow.read_json(line)["summary"].to_pylist() == [written]
    duckdb: Any = pytest.importorskip("duckdb")
    assert duckdb.read_json(str(line)).project("summary").fetchall() == [(written,)]
    (file,) = (tmp_path / "parquet" / "record").rglob("ac_1.parquet")
    raw = duckdb.read_parquet(str(file)).project("raw::JSON ->> '$.summary'")
    assert raw.fetchall() == [(written,)]
