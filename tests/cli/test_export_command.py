"""`cartesia-calls export` as people and machines meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartesia_calls._clock import SystemClock
from cartesia_calls.cli._parser import build_parser
from cartesia_calls.export import FORMATS, PARTS
from cartesia_calls.export._job import Shard
from cartesia_calls.export._lock import acquire
from cartesia_calls.export._target import open_target
from cartesia_calls.sandbox import Sandbox
from terminal import on_terminal, piped


def test_it_says_what_came_of_it_and_5_where_calls_are_missing(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    words = ("export", "--agent", sandbox.agents.busy, "--since", "2d", "--to", str(tmp_path / "x"))
    done = piped(*words, env=env)
    assert done.code == 5
    assert done.out == ""
    assert f"to {tmp_path / 'x'}: " in done.err
    assert "1 under zero data retention" in done.err
    assert "2 in progress" in done.err
    assert "run the same command again later" in done.err


def test_0_where_all_is_there_and_events_for_machines(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    words = ("export", "--agent", sandbox.agents.idle, sandbox.agents.quiet, "--since", "20d")
    done = piped(*words, "--status", "completed", "--to", str(tmp_path), "--json", env=env)
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert {event["event"] for event in events} == {"listed", "exported", "finished"}
    last = events[-1]
    assert last["event"] == "finished"
    assert last["found"] == last["exported"] == len(list(tmp_path.rglob("ac_*")))
    assert last["skipped"] == {}


def test_on_a_terminal_a_bar_shows_how_far_it_is(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    done = on_terminal("export", "--agent", sandbox.agents.quiet, "--to", str(tmp_path), env=env)
    assert "Exporting" in done.out
    assert "skipped" in done.out
    assert "Exported" in done.out.splitlines()[-3] + done.out.splitlines()[-2]


def test_a_second_export_to_the_same_target_is_refused(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    held = acquire(open_target(tmp_path, "1-of-1"), Shard(), SystemClock())
    done = piped("export", "--agent", sandbox.agents.quiet, "--to", str(tmp_path), env=env)
    held.release()
    assert done.code == 1
    assert "Another export is at work" in done.err


def test_a_refused_key_is_3(sandbox: Sandbox, env: dict[str, str], tmp_path: Path) -> None:
    env = {**env, "CARTESIA_API_KEY": sandbox.refused_api_key}
    done = piped("export", "--agent", sandbox.agents.quiet, "--to", str(tmp_path), env=env)
    assert done.code == 3


def test_the_choices_are_those_of_the_library() -> None:
    parse = build_parser().parse_args
    words = ["export", "--agent", "agent_1", "--to", "x"]
    for name in FORMATS:
        assert parse([*words, "--format", name]).format == name
    assert parse([*words, "--include", ",".join(PARTS)]).include == PARTS


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--shard", "5/4", "is no shard"),
        ("--rate", "0", "requests a second"),
        ("--concurrency", "1001", "from 1 to 1000"),
        ("--include", "video", "is not one or more of"),
    ],
)
def test_wrong_options_are_refused_with_what_to_type(
    option: str, value: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        build_parser().parse_args(["export", "--agent", "a", "--to", "x", option, value])
    assert says in capsys.readouterr().err
