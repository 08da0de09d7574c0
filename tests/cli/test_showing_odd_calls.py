"""The command on calls whose records break the spec."""

from __future__ import annotations

import json
import re
from datetime import datetime
from math import inf
from typing import Any

import httpx
import pytest

from cartesia_calls.sandbox import Sandbox
from terminal import on_terminal, piped

IDS = ["ac_odd_tools", "ac_odd_metric", "ac_odd_ending", "ac_odd_times", "ac_odd_metadata"]

Record = dict[str, Any]


@pytest.fixture
def sent(sandbox: Sandbox) -> list[Record]:
    """The records with their transcripts, as the sandbox sends them."""
    headers = {
        "Authorization": f"Bearer {sandbox.api_key}",
        "Cartesia-Version": sandbox.api_version,
    }
    query = {"agent_id": sandbox.agents.odd, "expand": "transcript"}
    response = httpx.get(
        f"{sandbox.url}/agents/calls", params=query, headers=headers, trust_env=False
    )
    return [_with_times(call) for call in response.json()["data"]]


def _with_times(call: Record) -> Record:
    """Return the record with its times read, since their spelling may differ."""
    times = {name: call[name] for name in ("start_time", "end_time") if call[name]}
    return {**call, **{name: datetime.fromisoformat(text) for name, text in times.items()}}


def _rows(out: str) -> list[Record]:
    return [_with_times(json.loads(row)) for row in out.splitlines()]


def _shown(call_id: str, env: dict[str, str]) -> str:
    done = on_terminal("show", call_id, env={**env, "COLUMNS": "160"})
    assert done.code == 0
    return re.sub(r"\x1b\[[\d;]*m", "", done.out)


def test_list_writes_each_record_as_it_was_sent(
    sandbox: Sandbox, env: dict[str, str], sent: list[Record]
) -> None:
    done = piped("list", "--agent", sandbox.agents.odd, "--expand", "--json", env=env)

    assert done.code == 0
    assert [call["id"] for call in sent] == IDS
    assert _rows(done.out) == sent


def test_show_writes_each_record_as_it_was_sent(env: dict[str, str], sent: list[Record]) -> None:
    shown = [piped("show", call_id, "--json", env=env) for call_id in IDS]

    assert [done.code for done in shown] == [0] * len(IDS)
    assert [row for done in shown for row in _rows(done.out)] == sent


def test_every_tool_call_is_shown_even_a_failed_one(env: dict[str, str]) -> None:
    shown = _shown("ac_odd_tools", env)

    for name in ("find_table", "book_table", "send_message"):
        assert f"{name}(" in shown
    assert "error: no response within 5 s" in shown


@pytest.mark.parametrize(
    ("call_id", "texts"),
    [
        ("ac_odd_metric", ["guests_waiting", "four", "minutes_to_wait", "25"]),
        ("ac_odd_ending", ["voicemail_detected"]),
        ("ac_odd_times", ["Sorry, wrong number."]),
        ("ac_odd_metadata", ["4127", "regular", "order_placed", "margherita"]),
    ],
)
def test_unexpected_values_are_shown(env: dict[str, str], call_id: str, texts: list[str]) -> None:
    shown = _shown(call_id, env)

    assert [text for text in texts if text not in shown] == []


def test_a_malformed_time_of_deletion_is_shown_as_it_is(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    call = {"id": "ac_1", "agent_id": "a", "status": "completed", "redacted_at": "last week"}
    headers = {"Content-Type": "application/json"}
    sandbox.fail_next(status=200, body=json.dumps(call).encode(), headers=headers)
    done = piped("show", "ac_1", env=env)
    assert "Data   deleted last week" in done.out.splitlines()
    assert done.err.startswith("Warning: ")


def test_a_call_without_a_usable_time_is_in_no_window_and_is_counted(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    words = ("list", "--agent", sandbox.agents.odd, "--since", "3d", "--json")
    done = piped(*words, env=env)

    assert [row["id"] for row in _rows(done.out)] == [one for one in IDS if one != "ac_odd_times"]
    assert "left out: 1." in done.err


@pytest.mark.parametrize("call_id", IDS)
def test_the_reason_for_missing_logs_is_found(env: dict[str, str], call_id: str) -> None:
    assert piped("logs", call_id, env=env).code == 0
    assert piped("delete", call_id, "--yes", env=env).code == 0
    done = piped("logs", call_id, env=env)

    assert done.code == 5
    assert "deleted" in done.err


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


@pytest.mark.parametrize(
    "words",
    [
        ("show", "ac_finished"),
        ("show", "ac_finished", "--logs"),
        ("list", "--agent", "a"),
        ("stats", "--agent", "a"),
    ],
)
def test_numbers_that_no_float_can_hold_are_valid_json(
    sandbox: Sandbox, env: dict[str, str], words: tuple[str, ...]
) -> None:
    metric = {"name": "x", "value": "-HUGE", "timestamp": "HUGE"}
    times = {"start_timestamp": "HUGE", "end_timestamp": "-HUGE", "log_metric": metric}
    text = 'Infinity "-Infinity"'
    turns = [{"role": role, "text": text, **times} for role in ("user", "assistant")]
    call: Record = {
        "id": "ac_finished",
        "agent_id": "a",
        "status": "completed",
        "transcript": turns,
    }
    call |= {"start_time": "2026-03-01T10:00:00Z", "metadata": {"a": "HUGE", "b": "-HUGE"}}
    body = json.dumps(call if words[0] == "show" else {"data": [call]})
    sandbox.fail_next(
        status=200,
        body=body.replace('"HUGE"', "1e999").replace('"-HUGE"', "-2e400").encode(),
        headers={"Content-Type": "application/json"},
    )
    done = piped(*words, "--json", env=env)

    rows = [json.loads(row, parse_constant=_refuse_constant) for row in done.out.splitlines()]
    assert rows, done.err
    if words[0] != "stats":
        assert "1e999" in done.out
        assert json.dumps(text) in done.out
    if "metadata" in rows[0]:
        assert rows[0]["metadata"] == {"a": inf, "b": -inf}
