"""The state that a dlt source keeps between runs: little of it, and all of it correct."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cartesia_calls import AgentCall, ConfigurationError
from cartesia_calls.export._job import Job, Part, check_job
from cartesia_calls.export._manifest import Entry, Exported, Outcome, Skipped
from cartesia_calls.export.dlt import calls_source
from cartesia_calls.export.dlt._memory import BEGINNING, Memory, State, scope_of

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)
FINAL = Exported("", 1, 1, "digest", final=True)
JOB = check_job(
    agents="agent_1",
    since=None,
    until=None,
    status=None,
    include=["logs", "record"],
    format="parquet",
    shard=None,
    concurrency=8,
    rate=None,
    refresh=False,
    now=NOW,
)


def _call(call_id: str, start: datetime | None) -> AgentCall:
    record = {"id": call_id, "agent_id": "agent_1", "status": "completed"}
    return AgentCall.from_dict(record | {"start_time": start and start.isoformat()})


@contextmanager
def _memory(states: dict[Part, State], job: Job = JOB) -> Generator[Memory]:
    memory = Memory(job, states)
    yield memory
    memory.close()


def _run(
    states: dict[Part, State],
    calls: Sequence[tuple[AgentCall, Outcome]],
    job: Job = JOB,
    now: datetime = NOW,
) -> None:
    """Use the memory as a run does: list the calls, record incomplete ones, and keep the state."""
    with _memory(states, job) as memory:
        for call, outcome in calls:
            entry = memory.of(call)
            parts = {part: outcome for part in job.include if not entry or entry.lacks(part)}
            if parts:
                known = dict(entry.parts) if entry else {}
                memory.put([Entry(call.id, call.agent_id, "2", known | parts)])
        for part, agents in memory.kept(now).items():
            for agent_id, state in agents.items():
                states[part].setdefault(agent_id, {})[scope_of(job)] = state


def _known(states: dict[Part, State], *calls: AgentCall, job: Job = JOB) -> list[bool]:
    """Return whether each call is remembered as settled."""
    with _memory(states, job) as memory:
        entries = [memory.of(call) for call in calls]
        return [bool(entry and not entry.lacks("logs")) for entry in entries]


@pytest.fixture
def states() -> dict[Part, State]:
    return {"logs": {}, "record": {}}


def test_of_20_000_calls_only_recent_and_open_ones_are_remembered(
    states: dict[Part, State],
) -> None:
    calls = [
        (
            _call(f"ac_{n}", NOW - n * timedelta(minutes=10)),
            Skipped("unknown") if n == 5000 else FINAL,
        )
        for n in range(20_000)
    ]
    _run(states, calls)
    kept = states["logs"]["agent_1"][""]
    assert (
        len(kept["calls"]) == 24 * 6 + 3 + 1 + 1
    )  # a day, from the beginning of an hour, and the open call
    assert kept["calls"]["ac_5000"]["reason"] == "unknown"
    assert kept["spans"] == [[BEGINNING.isoformat(), "2026-03-09T12:00:00+00:00"]]
    assert len(json.dumps(states)) < 25_000
    assert _known(states, *(call for call, _ in calls)) == [n != 5000 for n in range(20_000)]


def test_a_span_does_not_cover_calls_outside_of_the_request(
    states: dict[Part, State],
) -> None:
    old, middle, new = (_call(f"ac_{n}", NOW - n * DAY) for n in (30, 20, 10))
    _run(states, [(middle, FINAL)], replace(JOB, since=NOW - 25 * DAY, until=NOW - 15 * DAY))
    assert _known(states, new, middle, old) == [False, True, False]
    _run(states, [(new, FINAL), (middle, FINAL)], replace(JOB, since=NOW - 15 * DAY))
    assert _known(states, new, middle, old) == [True, True, False]
    assert len(states["logs"]["agent_1"][""]["spans"]) == 1
    _run(states, [(old, FINAL)], replace(JOB, since=NOW - 40 * DAY, until=NOW - 29 * DAY))
    assert _known(states, new, middle, old) == [True, True, True]
    assert len(states["logs"]["agent_1"][""]["spans"]) == 2


def test_a_part_that_is_requested_later_is_unknown(states: dict[Part, State]) -> None:
    call = _call("ac_1", NOW - 10 * DAY)
    _run(states, [(call, FINAL)], replace(JOB, include=("logs",)))
    with _memory(states) as memory:
        entry = memory.of(call)
    assert entry
    assert [entry.lacks(part) for part in JOB.include] == [False, True]


def test_calls_with_one_status_do_not_affect_those_with_another(
    states: dict[Part, State],
) -> None:
    call = _call("ac_1", NOW - 10 * DAY)
    failed = replace(JOB, status=("failed",))
    _run(states, [(call, FINAL)], failed)
    assert _known(states, call, job=failed) == [True]
    assert _known(states, call) == [False]


def test_a_call_that_is_listed_late_is_not_settled(states: dict[Part, State]) -> None:
    _run(states, [(_call("ac_1", NOW - DAY / 2), FINAL)])
    assert _known(states, _call("late", NOW - DAY / 2), _call("ac_1", NOW - DAY / 2)) == [
        False,
        True,
    ]


def test_an_open_call_is_remembered_until_it_is_settled(states: dict[Part, State]) -> None:
    call = _call("ac_1", NOW - 5 * DAY)
    _run(states, [(call, replace(FINAL, final=False))])
    with _memory(states) as memory:
        entry = memory.of(call)
    assert entry
    outcome = entry.parts["logs"]
    assert isinstance(outcome, Exported)
    assert (outcome.sha256, outcome.final) == ("digest", False)
    _run(states, [], now=NOW + DAY)
    assert _known(states, call) == [False], "a run that did not list it keeps it"
    _run(states, [(call, FINAL)], now=NOW + DAY)
    assert states["logs"]["agent_1"][""]["calls"] == {}


def test_calls_that_never_started_count_by_their_place_in_the_list(
    states: dict[Part, State],
) -> None:
    calls: list[tuple[AgentCall, Outcome]] = [
        (_call("newest", None), FINAL),
        (_call("ac_2", NOW - 5 * DAY), FINAL),
        (_call("never", None), FINAL),
    ]
    _run(states, calls)
    assert set(states["logs"]["agent_1"][""]["calls"]) == {"newest"}
    assert _known(states, *(call for call, _ in calls)) == [True, True, True]
    failed = replace(JOB, status=("failed",))
    _run(states, calls, failed)
    assert set(states["logs"]["agent_1"]["failed"]["calls"]) == {"newest", "never"}


def test_a_call_of_an_agent_that_was_not_requested_is_not_remembered(
    states: dict[Part, State],
) -> None:
    stranger = AgentCall.from_dict({"id": "ac_1", "agent_id": "agent_2", "status": "completed"})
    _run(states, [(stranger, FINAL)])
    assert list(states["logs"]) == ["agent_1"]


def test_without_dlt_it_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlt", None)
    for name in [name for name in sys.modules if name.startswith("cartesia_calls.export.dlt._")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ConfigurationError, match="needs the package dlt") as refused:
        calls_source(agents="agent_1")
    assert refused.value.hint == "Install it with: pip install 'cartesia-calls[dlt]'"


def test_a_missing_module_of_our_own_is_not_reported_as_a_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "cartesia_calls.export.dlt._source", raising=False)
    monkeypatch.setitem(sys.modules, "cartesia_calls.export.dlt._memory", None)
    with pytest.raises(ModuleNotFoundError, match="cartesia_calls"):
        calls_source(agents="agent_1")


@pytest.mark.parametrize(
    "wrong", [{"include": "audio"}, {"include": "video"}, {"agents": []}, {"since": "soon"}]
)
def test_contradictory_arguments_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"audio|pass|write"):
        calls_source(**(dict[str, Any](agents="agent_1") | wrong))


def test_an_export_to_files_does_not_import_dlt() -> None:
    code = "import cartesia_calls.export, sys; assert 'dlt' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
