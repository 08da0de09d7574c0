"""`cartesia-calls logs`, against the sandbox."""

from __future__ import annotations

import json
import signal
import subprocess
from datetime import datetime

import pytest

from cartesia_calls import Client
from cartesia_calls.sandbox import Sandbox
from terminal import COMMAND, environment, on_terminal, piped

HOSTILE = "\x1b[31mPAPER LOW\x1b[0m 12 %\rpaper ok 100 %"


def _lines(sandbox: Sandbox) -> list[str]:
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        return client.calls.logs(sandbox.calls.finished).logs


def test_a_pipe_gets_the_lines_unchanged(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("logs", sandbox.calls.finished, env=env)
    assert (done.code, done.err) == (0, "")
    assert done.out == "".join(f"{line}\n" for line in _lines(sandbox))
    assert HOSTILE in done.out


def test_json_is_one_object_per_line(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("logs", sandbox.calls.finished, "--json", env=env)
    rows = [json.loads(row) for row in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [row["text"] for row in rows] == _lines(sandbox)
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert {row["call_id"] for row in rows} == {"ac_finished"}
    (updated_at,) = {row["updated_at"] for row in rows}
    assert datetime.fromisoformat(updated_at).tzinfo is not None
    assert "🍕" in done.out


def test_a_row_has_the_parts_of_its_line(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("logs", sandbox.calls.finished, "--json", env=env)
    rows = [json.loads(row) for row in done.out.splitlines()]
    assert [*rows[0]] == ["call_id", "index", "text", "level", "time", "updated_at"]
    assert rows[0]["level"] == "INFO"
    moment = datetime.fromisoformat(rows[0]["time"])
    assert f"{moment:%Y-%m-%d %H:%M:%S}" in rows[0]["text"]
    (traceback,) = [row for row in rows if row["text"].startswith("Traceback")]
    assert (traceback["level"], traceback["time"]) == (None, None)


def test_lines_are_filtered_and_keep_their_index(sandbox: Sandbox, env: dict[str, str]) -> None:
    def picked(*options: str) -> list[int]:
        done = piped("logs", sandbox.calls.finished, "--json", *options, env=env)
        assert (done.code, done.err) == (0, "")
        return [json.loads(row)["index"] for row in done.out.splitlines()]

    lines = _lines(sandbox)
    traceback = list(range(11, 17))
    assert lines[11].startswith("Traceback")
    assert picked("--level", "warning") == [8, 10, *traceback]
    assert picked("--level", "ERROR", "--grep", r"\bkitchen\b", "--tail", "3") == [10, 13, 14]
    assert picked("--grep", "Saying|Heard", "--invert", "--tail", "1") == [21]
    after_the_error = lines[17][:23].replace(" ", "T") + "Z"
    assert picked("--since", after_the_error) == [17, 18, 19, 20, 21]
    assert picked("--until", after_the_error) == list(range(17))
    assert picked("-n", "0") == []
    assert picked("--grep", "TRACEBACK") == []
    assert picked("--grep", "TRACEBACK", "-i") == [11]


def test_a_terminal_shows_that_no_line_matches(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = on_terminal("logs", sandbox.calls.finished, "--grep", "no such text", env=env)
    assert (done.code, done.out) == (0, "None of the call's 22 lines matches.\n")
    empty = b'{"call_id": "ac_finished", "logs": [], "updated_at": "2026-03-01T10:00:00Z"}'
    sandbox.fail_next(status=200, body=empty, headers={"Content-Type": "application/json"})
    done = on_terminal("logs", sandbox.calls.finished, env=env)
    assert (done.code, done.out) == (0, "The call has logs, but not a line in them.\n")


def test_following_shows_each_line_once_as_it_appears(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    command = [*COMMAND, "logs", sandbox.calls.running, "--follow", "--json"]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        # The first line arrives while the call is in progress.
        with Client(sandbox.api_key, base_url=sandbox.url) as client:
            assert client.calls.get(sandbox.calls.running).status == "started"
        rows = [first, *(json.loads(row) for row in process.stdout)]
        assert process.wait(timeout=600) == 0
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        assert [row["text"] for row in rows] == client.calls.logs(sandbox.calls.running).logs
    assert [row["index"] for row in rows] == list(range(len(rows)))
    assert [*first] == ["call_id", "index", "text", "level", "time", "updated_at"]
    assert first["updated_at"] is None


@pytest.mark.usefixtures("quick_pauses")
def test_following_may_begin_with_the_last_lines_and_filter(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    call = sandbox.calls.finished
    done = piped("logs", call, "-f", "--tail", "2", "--level", "ERROR", env=env)
    assert done.code == 0
    assert done.out.splitlines() == _lines(sandbox)[15:17]


@pytest.mark.usefixtures("quick_pauses")
def test_following_a_call_without_logs_waits_for_them(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    none_yet = b'{"message": "Call logs not available", "description": "Not now."}'
    sandbox.fail_next(
        status=404,
        body=none_yet,
        headers={"Content-Type": "application/json"},
        operation="agents_get-call-logs",
    )
    done = piped("logs", sandbox.calls.finished, "-f", "--tail", "1", env=env)
    assert (done.code, done.out) == (0, "".join(f"{line}\n" for line in _lines(sandbox)))


def test_following_ends_at_ctrl_c(sandbox: Sandbox, env: dict[str, str]) -> None:
    command = [*COMMAND, "logs", sandbox.calls.finished, "--follow"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=600)
        assert (process.returncode, err) == (130, "Interrupted.\n")


@pytest.mark.usefixtures("quick_pauses")
def test_following_may_match_no_line(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("logs", sandbox.calls.finished, "-f", "--grep", "no such text", env=env)
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.usefixtures("quick_pauses")
def test_following_a_call_that_never_gets_logs_ends_at_once(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    assert piped("logs", sandbox.calls.expired, "-f", env=env).code == 5
    assert piped("logs", sandbox.calls.unknown, "-f", "--tail", "3", env=env).code == 4


@pytest.mark.usefixtures("quick_pauses")
def test_logs_that_shrink_while_they_are_followed_are_reported(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    def logs(*lines: str, second: int) -> bytes:
        updated_at = f"2026-03-01T10:00:{second:02d}Z"
        return json.dumps({"call_id": "x", "logs": lines, "updated_at": updated_at}).encode()

    as_json = {"Content-Type": "application/json"}
    for body in (logs("one", "two", second=1), logs("one", second=2)):
        sandbox.fail_next(status=200, body=body, headers=as_json, operation="agents_get-call-logs")
    done = piped("logs", sandbox.calls.finished, "-f", env=env)
    assert (done.code, done.out) == (8, "one\ntwo\n")
    assert "were rewritten" in done.err
    assert len(done.err.splitlines()) == 2


def test_a_terminal_gets_the_lines_with_control_characters_escaped(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    done = on_terminal("logs", sandbox.calls.finished, env={**env, "NO_COLOR": "1"})
    assert done.code == 0
    assert len(done.out.splitlines()) == len(_lines(sandbox))
    assert r"\x1b[31mPAPER LOW\x1b[0m 12 %\rpaper ok 100 %" in done.out
    assert "\x1b" not in done.out
    assert "🍕" in done.out


def test_json_on_a_terminal_is_ascii(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = on_terminal("logs", sandbox.calls.finished, "--json", env=env)
    assert done.out.isascii()
    assert "\x1b" not in done.out
    assert [json.loads(row)["text"] for row in done.out.splitlines()] == _lines(sandbox)


def test_a_pipe_gets_the_lines_as_they_were_sent(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("logs", sandbox.calls.finished, env=env)
    assert done.out == "".join(f"{line}\n" for line in _lines(sandbox))
    assert HOSTILE in done.out


@pytest.mark.usefixtures("quick_pauses")
def test_wait_shows_logs_that_become_available_later(sandbox: Sandbox, env: dict[str, str]) -> None:
    at_once = piped("logs", sandbox.calls.running, env=env)
    assert at_once.code == 5
    later = piped("logs", sandbox.calls.running, "--wait", "--timeout", "30", env=env)
    assert later.code == 0
    assert "Call ac_running accepted" in later.out


def test_a_wait_without_logs_ends_in_time(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("logs", sandbox.calls.created, "--wait", "--timeout", "0", env=env)
    assert (done.code, done.out) == (5, "")
    assert "did not appear within 0 s" in done.err


@pytest.mark.parametrize(
    ("call", "code", "says"),
    [
        ("expired", 5, "Call 'ac_expired' has no logs"),
        ("unknown", 4, "Call not found"),
    ],
)
def test_a_failure_is_two_lines_on_stderr_and_an_exit_code(
    sandbox: Sandbox, env: dict[str, str], call: str, code: int, says: str
) -> None:
    done = piped("logs", str(getattr(sandbox.calls, call)), env=env)
    assert (done.code, done.out) == (code, "")
    what, to_do = done.err.splitlines()
    assert what.startswith(f"Error: {says}")
    assert to_do


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 9), (401, 3), (403, 3), (409, 9), (418, 9), (422, 9), (429, 6), (500, 8), (520, 8)],
)
def test_each_kind_of_failure_has_its_exit_code(
    sandbox: Sandbox, env: dict[str, str], status: int, code: int
) -> None:
    sandbox.fail_next(status=status, times=3, headers={"Retry-After": "0"})
    assert piped("logs", sandbox.calls.finished, env=env).code == code


def test_an_invalid_response_has_its_exit_code(sandbox: Sandbox, env: dict[str, str]) -> None:
    sandbox.fail_next(status=200, body=b'{"call_id": "x"}')
    done = piped("logs", sandbox.calls.finished, "--verbose", env=env)
    assert done.code == 8
    assert "/logs is required and missing" in done.err
    assert 'body: {"call_id": "x"}' in done.err


def test_an_unreachable_server_has_its_exit_code() -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped("logs", "ac_1", env=nowhere)
    assert done.code == 7
    what, to_do = done.err.splitlines()
    assert "Could not connect to http://127.0.0.1:9: connection refused." in what
    assert "--base-url" in to_do


def test_verbose_reports_retries_and_never_the_key(sandbox: Sandbox) -> None:
    key = "sk_car_this_must_not_be_seen_anywhere"
    env = environment(CARTESIA_BASE_URL=sandbox.url, CARTESIA_API_KEY=key)
    sandbox.fail_next(status=503, times=3, headers={"Retry-After": "0"})
    done = piped("logs", sandbox.calls.finished, "-v", env=env)
    assert done.code == 8
    assert "(retry 1)" in done.err
    assert "(retry 2)" in done.err
    assert "attempts: 3" in done.err
    assert "request id: " in done.err
    assert "must_not_be_seen" not in done.out + done.err


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("logs",),
        ("logs", ""),
        ("logs", ".."),
        ("logs", "ac_1", "--timeout", "5"),
        ("logs", "ac_1", "--wait", "--timeout", "-1"),
        ("logs", "ac_1", "--wait", "--timeout", "inf"),
        ("logs", "ac_1", "--wait", "--timeout", "soon"),
        ("logs", "ac_1", "--wait", "--follow"),
        ("logs", "ac_1", "--follow", "-o", "x"),
        ("logs", "ac_1", "--invert"),
        ("logs", "ac_1", "--grep", "("),
        ("logs", "ac_1", "--level", "LOUD"),
        ("logs", "ac_1", "--tail", "-1"),
        ("logs", "ac_1", "--since", "gibberish"),
        ("sandbox", "--port", "70000"),
        ("show", "ac_1", "--log-offset", "1"),
        ("show", "ac_1", "--logs", "--log-offset", "nan"),
        ("list", "--agent", "a", "--columns", "id", "--json"),
    ],
)
def test_wrong_usage_is_reported_before_anything_is_sent(words: tuple[str, ...]) -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped(*words, env=nowhere)
    assert (done.code, done.out) == (2, "")
    assert "rror: " in done.err


def test_no_key_is_a_configuration_error() -> None:
    done = piped("logs", "ac_1", env=environment())
    assert (done.code, done.out) == (3, "")
    assert "CARTESIA_API_KEY" in done.err


def test_a_reader_that_closes_the_pipe_is_no_error(sandbox: Sandbox, env: dict[str, str]) -> None:
    command = [*COMMAND, "logs", sandbox.calls.finished]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=600) == 0


def test_ctrl_c_ends_a_wait(sandbox: Sandbox, env: dict[str, str]) -> None:
    command = [*COMMAND, "logs", sandbox.calls.created, "--wait", "-v"]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        assert "Polling again in" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=600)
        assert process.returncode == 130
        assert err.endswith("Interrupted.\n")
