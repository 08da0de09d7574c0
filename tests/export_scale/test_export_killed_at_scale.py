"""10,000 calls, 20 kills, one request in ten failing: `nox -s export-kill` runs this."""

from __future__ import annotations

import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporting import IN_HAND, data_files, kill_at_request, one_in_ten_fails, run_export
from many_calls import ManyCalls

CALLS = 10_000
KILLS = 20


@pytest.fixture(scope="module")
def server() -> Iterator[ManyCalls]:
    with ManyCalls(CALLS) as server:
        yield server


@pytest.fixture(scope="module")
def undisturbed(server: ManyCalls, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("undisturbed")
    done = run_export(server, target)
    assert done.code == 0, done.err
    return target


def test_an_export_killed_twenty_times_ends_as_an_undisturbed_one(
    server: ManyCalls, undisturbed: Path, tmp_path: Path
) -> None:
    draw = random.Random(20)  # noqa: S311 - no secret
    server.fetched.clear()
    for _ in range(KILLS):
        code = kill_at_request(server, draw.randint(1, CALLS // (KILLS + 1)), tmp_path / "killed")
        assert code == -signal.SIGKILL
    done = run_export(server, tmp_path / "killed")
    assert done.code == 0, done.err
    assert data_files(tmp_path / "killed") == data_files(undisturbed)
    assert len(server.fetched) == CALLS
    assert server.fetched.total() <= CALLS + KILLS * IN_HAND


def test_with_one_request_in_ten_failing_it_ends_as_an_undisturbed_one(
    server: ManyCalls, undisturbed: Path, tmp_path: Path
) -> None:
    server.interfere = one_in_ten_fails(seed=10)
    try:
        # A call that fails five times in a row is skipped, and exported by the next run.
        codes = [run_export(server, tmp_path / "disturbed").code]
        while codes[-1] != 0 and len(codes) < 3:
            codes.append(run_export(server, tmp_path / "disturbed").code)
    finally:
        server.interfere = lambda _number, _path: None
    assert codes[-1] == 0
    assert set(codes) <= {0, 5}
    assert data_files(tmp_path / "disturbed") == data_files(undisturbed)
