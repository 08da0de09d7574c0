"""Real disks that fill up, or become read-only, during an export."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporting import command, data_files, run_export
from fake_server import KEY
from many_calls import ManyCalls
from terminal import environment

CALLS = 300


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(CALLS) as server:
        yield server


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)  # noqa: S607 - the system's
    if done.returncode:
        pytest.skip(f"a disk can't be made here: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small disk, which only root may do."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    _mount("-t", "tmpfs", "-o", "size=64k", "none", str(place))
    yield place
    subprocess.run(["umount", str(place)], check=True)  # noqa: S607 - the system's


# From too small for the first file to too small for the manifest at the end.
@pytest.mark.parametrize(
    ("format_name", "pages"),
    [("ndjson", 1), ("ndjson", 6), ("ndjson", 100), ("ndjson", 350), ("parquet", 340)],
)
def test_a_full_disk_ends_the_run_and_the_next_one_resumes(
    server: ManyCalls, disk: Path, tmp_path: Path, format_name: str, pages: int
) -> None:
    options = ("--format", format_name)
    assert run_export(server, tmp_path / "undisturbed", *options).code == 0
    server.fetched.clear()
    _mount("-o", f"remount,size={pages * 4}k", str(disk))
    stopped = run_export(server, disk / "out", *options)
    assert stopped.code == 1, stopped.err
    assert "No space left on device" in stopped.err
    assert "Traceback" not in stopped.err
    for path, data in data_files(disk / "out").items() if (disk / "out").exists() else ():
        assert data == (tmp_path / "undisturbed" / path).read_bytes()
    _mount("-o", "remount,size=16m", str(disk))
    assert run_export(server, disk / "out", *options).code == 0
    assert data_files(disk / "out") == data_files(tmp_path / "undisturbed")
    assert not list((disk / "out").rglob("*.part"))


def test_a_read_only_disk_is_reported_and_the_next_run_resumes(
    server: ManyCalls, disk: Path, tmp_path: Path
) -> None:
    assert run_export(server, tmp_path / "undisturbed").code == 0
    _mount("-o", "remount,size=16m", str(disk))
    server.count = CALLS // 2
    assert run_export(server, disk / "out").code == 0
    server.count = CALLS
    _mount("-o", "remount,ro", str(disk))
    stopped = run_export(server, disk / "out")
    assert stopped.code == 1
    assert "Read-only file system" in stopped.err
    assert "Traceback" not in stopped.err
    _mount("-o", "remount,rw", str(disk))
    assert run_export(server, disk / "out").code == 0
    assert data_files(disk / "out") == data_files(tmp_path / "undisturbed")


def _bound_by_rights() -> list[str]:
    """Return a prefix for a command that makes permissions apply even to root."""
    if os.geteuid() != 0:
        return []
    if not (setpriv := shutil.which("setpriv")):
        pytest.skip("rights do not bind root, and there is no setpriv to take that from it")
    return [setpriv, "--bounding-set", "-dac_override,-dac_read_search"]


def test_a_folder_that_loses_its_permissions_ends_the_run_and_the_next_one_resumes(
    server: ManyCalls, tmp_path: Path
) -> None:
    target = tmp_path / "out"
    assert run_export(server, tmp_path / "undisturbed").code == 0
    last = server.requests + CALLS // 2

    def take_rights(heard: int, _path: str) -> None:
        if heard == last:
            _allow(target, 0o555)

    server.interfere = take_rights
    stopped = _run_bound_by_rights(server, target)
    server.interfere = lambda _number, _path: None
    _allow(target, 0o755)
    assert stopped.returncode == 1
    assert "Permission denied" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert 0 < len(list(target.rglob("ac_*"))) < CALLS
    assert run_export(server, target).code == 0
    assert data_files(target) == data_files(tmp_path / "undisturbed")


def _run_bound_by_rights(server: ManyCalls, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_bound_by_rights(), *command(server, target)],
        env=environment(CARTESIA_API_KEY=KEY),
        capture_output=True,
        text=True,
        check=False,
    )


def _allow(target: Path, mode: int) -> None:
    for folder in [folder for folder in target.rglob("*") if folder.is_dir()]:
        folder.chmod(mode)


def test_a_lock_of_another_user_is_reported_by_its_name(server: ManyCalls, tmp_path: Path) -> None:
    target = tmp_path / "out"
    assert run_export(server, target).code == 0
    lock = target / "_locks" / "1-of-1.lock"
    lock.chmod(0o444)
    refused = _run_bound_by_rights(server, target)
    assert refused.returncode == 1
    message = f"Error: The target {target} can't be locked: Permission denied ({lock})."
    assert message in refused.stderr
