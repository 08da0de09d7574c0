"""Files appear whole or not at all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cartesia_calls._part_file import check_target, whole_file


def test_a_write_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "call.log"
    target.write_text("before")
    # A limit on the size of files is what a full disk looks like to a program.
    code = (
        "import pathlib, resource, signal, sys\n"
        "from cartesia_calls._part_file import whole_file\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "with whole_file(pathlib.Path(sys.argv[1])) as file: file.write(bytes(2000))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=False
    )
    assert "OSError" in done.stderr
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_permissions_are_kept_and_new_files_have_the_usual_ones(tmp_path: Path) -> None:
    plain, new, private = tmp_path / "plain", tmp_path / "new", tmp_path / "private"
    plain.write_bytes(b"")
    private.write_bytes(b"")
    private.chmod(0o600)
    for target in (new, private):
        with whole_file(target) as file:
            file.write(b"x")
    assert new.stat().st_mode == plain.stat().st_mode
    assert private.stat().st_mode & 0o777 == 0o600
    assert private.read_bytes() == b"x"


def test_a_target_is_checked(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_bytes(b"")
    check_target(tmp_path / "call.log", overwrite=False)
    check_target(there, overwrite=True)
    with pytest.raises(FileExistsError, match="is there already"):
        check_target(there, overwrite=False)
    with pytest.raises(IsADirectoryError, match="is a folder"):
        check_target(tmp_path, overwrite=True)
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "no" / "call.log")
    with pytest.raises(FileNotFoundError, match=r"no folder .*/no; make it first"):
        check_target(link, overwrite=True)
