"""Calls and logs as flat rows, for libraries that work with tables."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import UNSET, AgentCall, AgentCallLogs, AsyncClient, CallRow, LogRow, rows
from cartesia_calls.export import export
from cartesia_calls.sandbox import Sandbox

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
LINES = ["2026-03-01 10:00:00.409 | INFO     | agent:greet:41 - Hello", "a line of print()"]


def a_call(**fields: object) -> AgentCall:
    return AgentCall.from_dict({"id": "ac_1", "agent_id": "agent_1", "status": "failed", **fields})


def some_logs(*lines: str, call_id: str = "ac_1", updated_at: datetime = NOON) -> AgentCallLogs:
    return AgentCallLogs(call_id, list(lines), updated_at)


def is_flat(row: CallRow | LogRow) -> bool:
    return all(isinstance(value, (str, int, datetime, type(None))) for value in row.values())


def test_a_call_is_a_row() -> None:
    in_rome = NOON.astimezone(timezone(timedelta(hours=2)))
    call = a_call(
        start_time=in_rome.isoformat(),
        summary="Two pizzas",
        zdr_enabled=False,
        metadata={"order": {"number": 4711}},
        telephony_params={"to": "+15555550100"},
        transcript=[],
    )
    (row,) = rows([call])
    assert (row["call_id"], row["summary"], row["zdr_enabled"]) == ("ac_1", "Two pizzas", False)
    assert row["start_time"] == NOON
    assert row["start_time"] is not None
    assert row["start_time"].tzinfo is UTC
    assert json.loads(row["metadata"] or "") == {"order": {"number": 4711}}
    assert json.loads(row["telephony_params"] or "") == {"to": "+15555550100"}
    assert is_flat(row)


def test_a_number_that_no_float_can_hold_is_valid_json() -> None:
    (row,) = rows([a_call(metadata={"a": math.inf, "b": [-math.inf, "Infinity"]})])
    assert row["metadata"] == '{"a": 1e999, "b": [-1e999, "Infinity"]}'


def test_unset_fields_are_none_in_every_row() -> None:
    bare, null = rows([a_call(), a_call(summary=None, end_time=None, metadata=None)])
    assert bare == null
    assert {name for name, value in bare.items() if value is not None} == {
        "call_id",
        "agent_id",
        "status",
    }
    assert UNSET not in bare.values()


def test_a_time_out_of_range_in_utc_is_none() -> None:
    first = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))
    call = a_call()
    call.start_time = first
    assert rows([call])[0]["start_time"] is None
    assert rows(some_logs("x", updated_at=first))[0]["updated_at"] is None


def test_a_line_is_a_row() -> None:
    first, second = rows(some_logs(*LINES))
    assert first == {
        "call_id": "ac_1",
        "index": 0,
        "text": LINES[0],
        "level": "INFO",
        "time": datetime(2026, 3, 1, 10, 0, 0, 409000, tzinfo=UTC),
        "updated_at": NOON,
    }
    assert (second["index"], second["level"], second["time"]) == (1, None, None)
    assert is_flat(first)


def test_logs_of_several_calls_follow_each_other() -> None:
    found = rows(some_logs(*LINES, call_id=call_id) for call_id in ("ac_1", "ac_2"))
    assert [(row["call_id"], row["index"]) for row in found] == [
        ("ac_1", 0),
        ("ac_1", 1),
        ("ac_2", 0),
        ("ac_2", 1),
    ]


def test_an_empty_input_has_no_rows() -> None:
    nothing: list[AgentCall] = []
    assert rows(nothing) == []
    assert rows(some_logs()) == []


def test_the_columns_are_those_of_an_export(tmp_path: Path) -> None:
    with Sandbox() as sandbox:

        def connect() -> AsyncClient:
            return AsyncClient(sandbox.api_key, base_url=sandbox.url)

        agent, parts = sandbox.agents.busy, ("logs", "record")
        export(agents=agent, to=tmp_path, include=parts, connect=connect)

    def columns(part: str) -> list[str]:
        file = next((tmp_path / part).rglob("*.ndjson"))
        return list(json.loads(file.read_bytes().splitlines()[0]))

    assert [*rows([a_call()])[0], "raw"] == columns("record")
    assert set(rows(some_logs("x"))[0]) | {"agent_id"} == set(columns("logs"))
    assert list(CallRow.__annotations__) == list(rows([a_call()])[0])
    assert list(LogRow.__annotations__) == list(rows(some_logs("x"))[0])


@pytest.mark.parametrize("wrong", [["a line"], [{"id": "ac_1"}], [None]])
def test_other_types_are_refused(wrong: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(TypeError, match="Pass calls"):
        rows(wrong)
