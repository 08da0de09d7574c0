"""Files appear whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cartesia_calls.cli._files import check_target, write_whole


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "call.log"
    target.write_text("before")
    # A limit on the size of files is what a full disk looks like to a program.
    code = (
        "import resource, signal, sys; from cartesia_calls.cli._files import write_whole\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_whole(sys.argv[1], bytes(2000))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=False
    )
    assert "OSError" in done.stderr
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_new_file_has_the_permissions_that_new_files_have(tmp_path: Path) -> None:
    plain, ours = tmp_path / "plain", tmp_path / "ours"
    plain.write_bytes(b"")
    write_whole(str(ours), b"x")
    assert ours.stat().st_mode == plain.stat().st_mode


def test_a_target_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert check_target("call.log") is None
    assert check_target(str(tmp_path)) == f"{tmp_path} is a folder; name a file in it."
    assert check_target("no/call.log") == "there is no folder no; make it first."
