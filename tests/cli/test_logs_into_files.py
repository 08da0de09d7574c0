"""`cartesia-calls logs -o` writes all lines into a file, or no file at all."""

from __future__ import annotations

import json
import socket
import stat
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cartesia_calls import Client
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from scripted_server import ScriptedServer, http_response
from terminal import environment, in_a_process, piped

HOSTILE = "\x1b[31mPAPER LOW\x1b[0m 12 %\rpaper ok 100 %"


def _lines(sandbox: Sandbox) -> list[str]:
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        return client.calls.logs(sandbox.calls.finished).logs


def test_a_file_gets_the_picked_lines(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "call.log"
    done = piped("logs", sandbox.calls.finished, "--tail", "1", "-o", str(target), env=env)
    assert done.err == f"Wrote 1 line to {target}.\n"
    assert target.read_text() == f"{_lines(sandbox)[-1]}\n"


def test_an_empty_file_is_written_if_no_line_matches(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "call.log"
    words = ("logs", sandbox.calls.finished, "--grep", "no such text", "-o", str(target))
    assert piped(*words, env=env).err == f"Wrote 0 lines to {target}.\n"
    assert target.read_bytes() == b""


def test_a_folder_that_can_not_be_written_to_is_a_local_error(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    # /proc accepts no new file, even from root.
    done = piped("logs", sandbox.calls.finished, "-o", "/proc/call.log", env=env)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: /proc/call.log was not written: ")


def test_a_file_gets_the_bytes_unchanged(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "call.log"
    done = piped("logs", sandbox.calls.finished, "-o", str(target), env=env)
    assert (done.code, done.out) == (0, "")
    assert done.err == f"Wrote 22 lines to {target}.\n"
    assert target.read_bytes().decode() == "".join(f"{line}\n" for line in _lines(sandbox))
    assert list(tmp_path.iterdir()) == [target]

    words = ("logs", sandbox.calls.finished, "--json", "-o", str(target))
    refused = piped(*words, env=env)
    assert (refused.code, "--force" in refused.err) == (2, True)
    assert target.read_bytes().decode() == "".join(f"{line}\n" for line in _lines(sandbox))
    assert piped(*words, "--force", env=env).code == 0
    assert json.loads(target.read_bytes().splitlines()[0])["index"] == 0


def test_the_file_named_dash_is_stdout(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = piped("logs", sandbox.calls.finished, "-o", "-", env=env)
    assert done.out == "".join(f"{line}\n" for line in _lines(sandbox))
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_file_as_it_was(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    target = tmp_path / "call.log"
    target.write_text("what was there before")
    words = ("logs", sandbox.calls.expired, "-o", str(target), "--force")
    assert piped(*words, env=env).code == 5
    assert target.read_text() == "what was there before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_link_is_followed_and_a_device_stays_a_device(
    sandbox: Sandbox, env: dict[str, str], tmp_path: Path
) -> None:
    target, link = tmp_path / "call.log", tmp_path / "link"
    target.write_text("")
    link.symlink_to(target)
    words = ("logs", sandbox.calls.finished, "-o", str(link), "--force")
    assert piped(*words, env=env).code == 0
    assert link.is_symlink()
    assert target.read_text()

    assert piped("logs", sandbox.calls.finished, "-o", "/dev/null", env=env).code == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    to_stdout = piped(
        "logs", sandbox.calls.finished, "-o", "/dev/stdout", env=env, run=in_a_process
    )
    assert HOSTILE in to_stdout.out


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no/such/folder/x", "There is no folder"),
        ("new/", "is a folder"),
        ("x" * 300, "too long"),
        (".", "is a folder"),
    ],
)
def test_an_impossible_file_is_refused_before_anything_is_sent(
    tmp_path: Path, name: str, says: str
) -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped("logs", "ac_1", "-o", f"{tmp_path}/{name}", env=nowhere)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


BROKEN_LINES = ["INFO one", "ERROR two", "INFO three"]


BROKEN_BODY = json.dumps(
    {"call_id": "ac_1", "logs": BROKEN_LINES, "updated_at": "2026-03-01T10:00:00Z"}
).encode()


@contextmanager
def _breaking_off(times: int) -> Generator[tuple[ScriptedServer, dict[str, str]]]:
    """Serve a log whose first `times` responses are cut off; return an environment that points to it."""

    def serve(connection: socket.socket, _head: bytes) -> bool:
        whole = http_response(BROKEN_BODY)
        connection.sendall(whole[:-5] if len(server.heads) <= times else whole)
        return False

    with ScriptedServer(serve) as server:
        url = server.url.removesuffix("/x")
        yield server, environment(CARTESIA_BASE_URL=url, CARTESIA_API_KEY=KEY)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), BROKEN_LINES),
        (("--tail", "2"), BROKEN_LINES[1:]),
        (("--grep", "ERROR"), BROKEN_LINES[1:2]),
        (("--grep", "nothing"), []),
    ],
)
def test_a_file_is_started_again_when_the_log_breaks_off(
    tmp_path: Path, options: tuple[str, ...], expected: list[str]
) -> None:
    target = tmp_path / "call.log"
    with _breaking_off(1) as (server, env):
        done = piped("logs", "ac_1", "-o", str(target), *options, env=env)
    count = f"{len(expected)} line" + "s" * (len(expected) != 1)
    assert (done.code, done.err) == (0, f"Wrote {count} to {target}.\n")
    assert target.read_text().splitlines() == expected
    assert len(server.heads) == 2


def test_a_file_is_unchanged_if_the_log_always_breaks_off(tmp_path: Path) -> None:
    target = tmp_path / "call.log"
    target.write_text("what was there before")
    with _breaking_off(99) as (server, env):
        done = piped("logs", "ac_1", "-o", str(target), "--force", "-v", env=env)
    assert done.code == 7
    assert done.err.count("Reading it again in") == 2
    assert target.read_text() == "what was there before"
    assert list(tmp_path.iterdir()) == [target]
    assert len(server.heads) == 3


def test_no_file_is_created_if_the_server_is_unreachable(tmp_path: Path) -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped("logs", "ac_1", "-o", str(tmp_path / "call.log"), env=nowhere)
    assert (done.code, list(tmp_path.iterdir())) == (7, [])


def test_a_pipe_is_not_written_to_twice() -> None:
    with _breaking_off(1) as (server, env):
        done = piped("logs", "ac_1", "-o", "/dev/stdout", env=env, run=in_a_process)
    assert done.code == 7
    assert done.out.splitlines() == BROKEN_LINES
    assert len(server.heads) == 1
