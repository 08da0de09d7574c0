"""An export that is killed, stopped or refused resumes, and ends like an undisturbed one."""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
from pathlib import Path

import pytest

from exporting import (
    IN_HAND,
    command,
    data_files,
    kill_at_request,
    one_in_ten_fails,
    run_export,
)
from fake_server import KEY
from many_calls import AGENT, ManyCalls, call_id
from terminal import environment

CALLS = 300
KILLS = 5


@pytest.mark.parametrize("format_name", ["ndjson", "parquet"])
def test_killed_repeatedly_it_ends_as_an_undisturbed_one(tmp_path: Path, format_name: str) -> None:
    draw = random.Random(7)  # noqa: S311 - no secret
    options = ("--format", format_name)
    with ManyCalls(CALLS) as server:
        assert run_export(server, tmp_path / "undisturbed", *options).code == 0
        server.fetched.clear()
        for _ in range(KILLS):
            code = kill_at_request(
                server, draw.randint(1, CALLS // (KILLS + 1)), tmp_path / "killed", *options
            )
            assert code == -signal.SIGKILL
        done = run_export(server, tmp_path / "killed", *options)
        assert done.code == 0, done.err
    assert data_files(tmp_path / "killed") == data_files(tmp_path / "undisturbed")
    assert len(server.fetched) == CALLS
    assert server.fetched.total() <= CALLS + KILLS * IN_HAND


def test_with_one_request_in_ten_failing_it_ends_as_an_undisturbed_one(tmp_path: Path) -> None:
    with ManyCalls(CALLS) as server:
        run_export(server, tmp_path / "undisturbed")
        server.interfere = one_in_ten_fails(seed=3)
        done = run_export(server, tmp_path / "disturbed")
    assert done.code == 0, done.err
    assert data_files(tmp_path / "disturbed") == data_files(tmp_path / "undisturbed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_writes_fetched_calls_and_shows_how_to_resume(
    tmp_path: Path, number: signal.Signals
) -> None:
    with ManyCalls(CALLS, delay=0.01) as server:
        with subprocess.Popen(
            command(server, tmp_path / "out"),
            env=environment(CARTESIA_API_KEY=KEY),
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            server.interfere = lambda heard, _: process.send_signal(number) if heard == 50 else None
            _, err = process.communicate(timeout=600)
        server.interfere = lambda _number, _path: None
        assert process.returncode == 128 + number
        assert "Run the same command again" in err
        written = len(data_files(tmp_path / "out"))
        assert 0 < written < CALLS
        fetched = server.fetched.copy()
        assert run_export(server, tmp_path / "out").code == 0
    again = [found for found, times in server.fetched.items() if times > 1]
    assert len(again) <= fetched.total() - written
    assert len(data_files(tmp_path / "out")) == CALLS


def test_a_manifest_that_can_not_grow_ends_the_run_and_the_next_one_resumes(
    tmp_path: Path,
) -> None:
    with ManyCalls(CALLS) as server:
        assert run_export(server, tmp_path / "undisturbed").code == 0
        server.fetched.clear()
        stopped = run_export(server, tmp_path / "full", largest_file=20_000)
        assert stopped.code == 1
        assert "can't be written: File too large" in stopped.err
        assert "It resumes where it stopped" in stopped.err
        assert run_export(server, tmp_path / "full").code == 0
    assert data_files(tmp_path / "full") == data_files(tmp_path / "undisturbed")
    assert server.fetched.total() <= CALLS + IN_HAND


def test_a_full_temporary_folder_is_named_and_the_next_run_resumes(
    tmp_path: Path,
) -> None:
    temporary = {"SQLITE_TMPDIR": str(tmp_path)}
    # The index of that many calls outgrows SQLite's memory long before the journal does this.
    with ManyCalls(20_000) as server:
        stopped = run_export(server, tmp_path / "out", largest_file=1_500_000, env=temporary)
        assert stopped.code == 1
        # Either of two threads may fail first.
        why = r"(disk I/O error|database disk image is malformed)\."
        message = rf"The temporary folder {re.escape(str(tmp_path))} can't be written: {why}"
        assert re.search(message, stopped.err)
        assert "set SQLITE_TMPDIR or TMPDIR to another folder" in stopped.err
        assert "Traceback" not in stopped.err
        written = len(data_files(tmp_path / "out"))
        server.count = CALLS
        assert run_export(server, tmp_path / "out", env=temporary).code == 0
        assert run_export(server, tmp_path / "undisturbed").code == 0
    undisturbed = data_files(tmp_path / "undisturbed").items()
    assert written > 0
    assert undisturbed <= data_files(tmp_path / "out").items()


def test_a_temporary_folder_that_can_not_hold_the_manifest_is_named(tmp_path: Path) -> None:
    skipped = {"outcome": "skipped", "reason": "deleted", "detail": "." * 300}
    entry = {"agent_id": AGENT, "recorded_at": "2026-03-01", "parts": {"logs": skipped}}
    lines = [json.dumps({"call_id": call_id(n)} | entry) + "\n" for n in range(20_000)]
    manifest = tmp_path / "out" / "_manifest" / "1-of-1.ndjson"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("".join(lines))
    with ManyCalls(CALLS) as server:
        temporary = {"SQLITE_TMPDIR": str(tmp_path)}
        stopped = run_export(server, tmp_path / "out", largest_file=1_500_000, env=temporary)
    assert stopped.code == 1
    assert f"Error: The temporary folder {tmp_path} can't be written: " in stopped.err
    assert not server.requests
    assert manifest.read_text() == "".join(lines)


def test_a_refused_key_ends_the_run_at_once(tmp_path: Path) -> None:
    with ManyCalls(CALLS) as server:
        server.interfere = lambda heard, _: (
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n" if heard > 20 else None
        )
        done = run_export(server, tmp_path / "out")
    assert done.code == 3
    assert server.requests <= 20 + 8 + 1
    assert set(data_files(tmp_path / "out")) <= {
        path for path in data_files(tmp_path / "out") if call_id(0)[:3] in path
    }


def test_a_refusal_ends_all_workers(tmp_path: Path) -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
    with ManyCalls(CALLS, delay=0.02) as server:
        server.interfere = lambda heard, _: refusal if heard == 20 else None
        done = run_export(server, tmp_path / "out")
    assert done.code == 3
    assert "Traceback" not in done.err


def test_an_unreachable_server_ends_the_run_instead_of_failing_each_call(tmp_path: Path) -> None:
    with ManyCalls(CALLS) as server:
        server.interfere = lambda heard, _: b"" if heard > 20 else None
        done = run_export(server, tmp_path / "out")
    assert done.code == 7
    assert "The server keeps failing" in done.err
    assert server.requests < 150
