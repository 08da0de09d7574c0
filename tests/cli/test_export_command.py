"""`cartesia-calls export` for people and for programs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from cartesia_calls import SystemClock
from cartesia_calls.cli import main
from cartesia_calls.export import FORMATS, PARTS
from cartesia_calls.export._job import Shard
from cartesia_calls.export._lock import acquire
from cartesia_calls.export._target import open_target
from cartesia_calls.sandbox import Sandbox
from exporting import command, data_files, run_export
from fake_server import KEY
from many_calls import Interfere, ManyCalls, http
from terminal import COMMAND, environment, on_terminal, piped


def test_it_exits_with_0_if_only_unavailable_calls_are_missing_and_reports_them(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    words = ("export", "--agent", sandbox.agents.busy, "--since", "2d", "--to", str(tmp_path / "x"))
    done = piped(*words, env=env)
    assert (done.code, done.out) == (0, "")
    assert f"to {tmp_path / 'x'}: " in done.err
    lines = done.err.splitlines()
    assert "  1 under zero data retention: nothing is kept of them" in lines
    assert "  2 in progress: run the same command again later" in lines
    assert piped(*words, "--strict", env=env).code == 5


def test_a_call_that_failed_is_5(tmp_path: Path) -> None:
    refusal = http("400 Bad Request", b"{}")
    with ManyCalls(5, lambda _, path: refusal if "ac_000002/logs" in path else None) as server:
        done = run_export(server, tmp_path)
    assert done.code == 5
    assert "  1 failed: run the same command again; the manifest says why" in done.err.splitlines()


def test_an_unknown_agent_is_named_and_5(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    words = ("export", "--agent", "agent_nope", sandbox.agents.quiet, "--since", "20d")
    done = piped(*words, "--to", str(tmp_path), "--json", env=env)
    assert done.code == 5
    assert "The account has no agent 'agent_nope'. `cartesia-calls agents` shows" in done.err
    assert json.loads(done.out.splitlines()[-1])["unknown_agents"] == ["agent_nope"]
    assert list(tmp_path.rglob("ac_*")), "the other agent's calls are exported"


def test_a_complete_export_exits_with_0_and_prints_events_as_json(
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
    assert (last["skipped"], last["error"]) == ({}, None)


def test_redact_keeps_secrets_out_of_the_files(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    words = ("export", "--agent", sandbox.agents.odd, "--include", "logs,record,tools")
    target = str(tmp_path / "calls")
    done = piped(*words, "--redact-pattern", "Moretti", "--to", target, env=env)
    assert done.code == 0, done.err
    data = b"".join(file.read_bytes() for file in tmp_path.rglob("*.ndjson"))
    assert b"390555550211" not in data
    assert b"Moretti" not in data
    assert "‹phone 1›".encode() in data
    done = piped(*words, "--to", target, env=env)
    assert (done.code, done.out) == (3, "")
    assert f"The target {target} holds redacted data" in done.err


def test_recordings_can_not_be_redacted(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    words = ("export", "--agent", sandbox.agents.busy, "--to", str(tmp_path / "calls"))
    done = piped(*words, "--include", "logs,audio", "--redact", env=env)
    assert (done.code, done.out) == (2, "")
    assert "--include has audio, which can't be redacted" in done.err
    assert list(tmp_path.iterdir()) == []


def test_progress_is_shown_on_a_terminal(tmp_path: Path) -> None:
    with ManyCalls(200, delay=0.05) as server:
        words = command(server, tmp_path)[len(COMMAND) :]
        done = on_terminal(*words, env=environment(CARTESIA_API_KEY=KEY))
    assert "Exporting" in done.drawn
    assert "skipped" in done.drawn
    assert "Exported" in done.out


def test_each_failure_is_shown_on_a_terminal_with_control_characters_escaped(
    tmp_path: Path,
) -> None:
    body = json.dumps({"title": "no \x1b[31m[red]:smile:"}).encode()
    refusal = http("400 Bad Request", body)
    with ManyCalls(5, lambda _, path: refusal if "/logs" in path else None) as server:
        words = command(server, tmp_path)[len(COMMAND) :]
        done = on_terminal(*words, env=environment(CARTESIA_API_KEY=KEY))
    assert done.code == 5
    assert "\x1b[31m[red]" not in done.out
    shown = re.sub(r"\x1b\[\??[\d;]*[A-Za-z]", "", done.out).replace("\r", "\n")
    lines = [line.strip() for line in shown.splitlines()]
    assert len([line for line in lines if re.search(r"Call \S+ failed: ", line)]) == 5
    assert "no \\x1b[31m[red]:smile:" in shown


def test_a_second_export_to_the_same_target_is_refused(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    held = acquire(open_target(tmp_path, "1-of-1"), Shard(), SystemClock())
    done = piped("export", "--agent", sandbox.agents.quiet, "--to", str(tmp_path), env=env)
    held.release()
    assert done.code == 1
    assert "Another export is running" in done.err


def test_a_refused_key_is_3_and_the_last_event_has_the_error(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    env = {**env, "CARTESIA_API_KEY": sandbox.refused_api_key}
    words = ("export", "--agent", sandbox.agents.quiet, "--to", str(tmp_path), "--json")
    done = piped(*words, env=env)
    assert done.code == 3
    (last,) = [json.loads(line) for line in done.out.splitlines()]
    assert (last["event"], last["target"], last["exported"]) == ("finished", str(tmp_path), 0)
    assert last["error"]["type"] == "AuthenticationError"
    assert f"Error: {last['error']['summary']}\n" in done.err


def test_an_error_before_the_start_is_the_last_event(env: dict[str, str], tmp_path: Path) -> None:
    env = {**env, "CARTESIA_API_KEY": ""}
    done = piped("export", "--agent", "agent_1", "--to", str(tmp_path), "--json", env=env)
    assert done.code == 3
    (last,) = [json.loads(line) for line in done.out.splitlines()]
    assert (last["found"], last["error"]["type"]) == (0, "ConfigurationError")
    assert "Exported" not in done.err


def test_an_error_is_followed_by_a_summary_of_the_exported_calls(tmp_path: Path) -> None:
    with ManyCalls(20, interfere=_refused_from(10)) as server:
        done = run_export(server, tmp_path, "--concurrency", "1")
        assert done.code == 3
        counts, error, hint = done.err.splitlines()
        assert counts.startswith(f"Exported 8 calls to {tmp_path}: 52 rows, ")
        assert error.startswith("Error: Unauthorized (401 ")
        assert hint


def test_one_call_and_one_row_are_in_the_singular(tmp_path: Path) -> None:
    with ManyCalls(1) as server:
        first, again = (run_export(server, tmp_path, "--include", "record") for _ in range(2))
    assert first.err.startswith(f"Exported 1 call to {tmp_path}: 1 row, ")
    assert first.err.endswith("; 0 were there already.\n")
    assert again.err.endswith("; 1 was there already.\n")


def test_it_finishes_even_if_the_reader_of_its_events_exits(tmp_path: Path) -> None:
    with ManyCalls(20, delay=0.01) as server, _started(server, tmp_path, "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith('{"event": "listed"')
        process.stdout.close()
        assert process.stderr.read().startswith("Exported 20 calls")
        assert process.wait() == 0
    assert len(data_files(tmp_path)) == 20


@pytest.mark.parametrize(("refused_from", "code"), [(100, 0), (10, 3)])
def test_unread_output_does_not_change_the_exit_code(
    tmp_path: Path, refused_from: int, code: int
) -> None:
    with (
        ManyCalls(20, _refused_from(refused_from)) as server,
        _started(server, tmp_path) as process,
    ):
        assert process.stderr is not None
        process.stderr.close()
        assert process.wait(timeout=600) == code


def _refused_from(number: int) -> Interfere:
    refusal = http("401 Unauthorized", b"{}")
    return lambda heard, _path: refusal if heard >= number else None


def _started(server: ManyCalls, target: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(server, target, *options),
        env=environment(CARTESIA_API_KEY=KEY),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_retry_is_reported_with_verbose(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    words = ("export", "--agent", sandbox.agents.quiet, "--since", "20d", "--status", "completed")
    reported = {}
    for option in ("--json", "--verbose"):
        sandbox.fail_next(status=503, headers={"Retry-After": "0"})
        done = piped(*words, "--to", str(tmp_path / option), option, env=env)
        assert done.code == 0, done.err
        reported[option] = "Retrying in 0.00 s (retry 1)." in done.err
    assert reported == {"--json": False, "--verbose": True}


def test_a_pause_is_reported_on_a_terminal(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    sandbox.fail_next(status=429, headers={"Retry-After": "0"})
    done = on_terminal("export", "--agent", sandbox.agents.quiet, "--to", str(tmp_path), env=env)
    shown = re.sub(r"\x1b\[[\d;]*m", "", done.out)  # without colours
    assert "The server responded with 429; pausing 0.0 s." in shown


@pytest.mark.parametrize(
    "words",
    [
        ("--shard", "2/4"),
        ("--rate", "2.5"),
        ("--concurrency", "64"),
        ("--include", ",".join(PARTS)),
        *(("--format", name) for name in FORMATS),
    ],
)
def test_valid_options_are_accepted(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        # Help is shown unless a word in front of it is wrong.
        main(["export", "--agent", "a", "--to", "x", *words, "--help"])
    assert ended.value.code == 0


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--shard", "5/4", "is no shard"),
        ("--rate", "0", "requests a second"),
        ("--rate", "fast", "requests a second"),
        ("--concurrency", "101", "from 1 to 100"),
        ("--include", "video", "is not one of"),
    ],
)
def test_wrong_options_are_refused_with_a_correction(
    option: str, value: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["export", "--agent", "a", "--to", "x", option, value])
    assert says in capsys.readouterr().err
