"""Several calls in one command, and several agents in one list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartesia_calls import Client
from cartesia_calls.sandbox import Sandbox
from terminal import piped


def test_all_calls_are_shown_and_the_first_failure_sets_the_exit_code(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    finished, unknown, deleted = (
        sandbox.calls.finished,
        sandbox.calls.unknown,
        sandbox.calls.deleted,
    )
    done = piped("show", unknown, finished, "--json", deleted, env=env)
    assert done.code == 4
    assert [json.loads(row)["id"] for row in done.out.splitlines()] == [finished, deleted]
    assert done.err.startswith("Error: Not Found: There is no call")
    sandbox.fail_next(status=500, times=3, headers={"Retry-After": "0"})
    assert piped("show", finished, unknown, env=env).code == 8


def test_all_recordings_are_written(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    calls = (sandbox.calls.created, sandbox.calls.finished)
    assert piped("audio", *calls, env=env).code == 4
    assert [path.name for path in tmp_path.iterdir()] == ["ac_finished.wav"]
    again = piped("audio", *calls, env=env)
    assert "overwrite it with --force" in again.err
    to_stdout = piped("audio", sandbox.calls.created, "-o", "-", env=env)
    assert (to_stdout.code, to_stdout.out) == (4, "")


def test_calls_are_cancelled_and_deleted_together(sandbox: Sandbox, env: dict[str, str]) -> None:
    calls = (sandbox.calls.running, sandbox.calls.created)
    assert piped("cancel", *calls, env=env).code == 9
    done = piped("delete", sandbox.calls.finished, sandbox.calls.expired, "--yes", env=env)
    assert (done.code, done.err.count("are deleted")) == (0, 2)
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        assert client.calls.get(sandbox.calls.expired).redacted_at


def test_the_calls_of_several_agents_are_one_list_newest_first(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    agents = (sandbox.agents.busy, sandbox.agents.quiet)
    words = ("list", "--agent", agents[0], "--agent", agents[1], "--json")
    done = piped(*words, env=env)
    rows = [json.loads(row) for row in done.out.splitlines()]
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        each = [[call.id for call in client.calls.list(agent_id=agent)] for agent in agents]
    for agent, ids in zip(agents, each, strict=True):
        assert [row["id"] for row in rows if row["agent_id"] == agent] == ids
    times = [row["start_time"] for row in rows if row.get("start_time")]
    assert times == sorted(times, reverse=True)
    first = piped(*words, "-n", "7", env=env).out.splitlines()
    assert [json.loads(row)["id"] for row in first] == [row["id"] for row in rows[:7]]


def test_an_agent_that_does_not_exist_is_named(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("list", "--agent", "agent_buzy", env=env)
    assert (done.code, done.out) == (4, "")
    assert "There is no agent 'agent_buzy'" in done.err
    assert "did you mean agent_busy?" in done.err
    both = piped("list", "--agent", "agent_nope", "--agent", sandbox.agents.quiet, env=env)
    assert both.code == 4
    assert sandbox.agents.quiet in both.out
    none_fits = ("list", "--agent", sandbox.agents.busy, "--status", "queued")
    assert piped(*none_fits, env=env).code == 0


@pytest.mark.parametrize("command", ["show", "audio", "cancel", "delete"])
def test_a_repeated_call_counts_once(
    sandbox: Sandbox,
    env: dict[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    one = sandbox.calls.running if command == "cancel" else sandbox.calls.finished
    same = f"https://play.cartesia.ai/agents/agent_1/calls/{one}"
    options = {"show": ("--json",), "delete": ("--yes",)}.get(command, ())
    done = piped(command, one, *options, one, same, env=env)
    assert done.code == 0, done.err
    assert len((done.out + done.err).splitlines()) == 1


@pytest.mark.parametrize("command", ["list", "stats"])
def test_a_repeated_agent_counts_once(sandbox: Sandbox, env: dict[str, str], command: str) -> None:
    agent = ("--agent", sandbox.agents.quiet)
    once, twice = (piped(command, *words, env=env).out for words in (agent, (*agent, *agent)))
    assert once.splitlines()[1:] == twice.splitlines()[1:]
