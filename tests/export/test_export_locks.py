"""Locks: one export at a time writes to a target, or to one shard of it."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import AsyncClient, SystemClock
from cartesia_calls.export import (
    CallExported,
    ExportEvent,
    ExportResult,
    TargetBusyError,
    TargetError,
    export,
)
from cartesia_calls.export._job import Shard
from cartesia_calls.export._lock import acquire
from cartesia_calls.export._target import (
    LOCKS,
    open_target,
)
from fake_clock import FakeClock
from fake_server import KEY
from many_calls import AGENT, ManyCalls
from odd_file_systems import (
    ContestedFileSystem,
)

CALLS = 60

pytestmark = pytest.mark.usefixtures("file_systems")


PLACES = pytest.mark.parametrize(
    "place", ["{}/out", "memory://bucket/out", "stubborn://{}/out", "late://bucket/out"]
)


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(CALLS) as server:
        yield server


def _export(server: ManyCalls, to: str | Path, **options: Any) -> ExportResult:  # noqa: ANN401
    connect = partial(AsyncClient, KEY, base_url=server.url)
    return export(agents=AGENT, to=to, connect=connect, **options)


@pytest.mark.parametrize("place", ["{}/out", "memory://bucket/out"])
def test_the_second_of_two_exports_reports_it_and_stops(tmp_path: Path, place: str) -> None:
    clock = SystemClock()
    place = place.format(tmp_path)
    first, second = (open_target(place, name) for name in ("1-of-2", "2-of-2"))
    held = acquire(first, Shard(1, 2), clock)
    with pytest.raises(TargetBusyError, match=f"process {os.getpid()}"):
        acquire(second, Shard(1, 2), clock)
    with pytest.raises(TargetBusyError):
        acquire(second, Shard(), clock)
    beside = acquire(second, Shard(2, 2), clock)
    beside.release()
    held.release()
    acquire(second, Shard(), clock).release()
    first.close()
    second.close()


@pytest.mark.parametrize("name", ["guard.lock", "1-of-1.lock", "1-of-2.lock"])
def test_a_lock_that_can_not_be_taken_is_reported(tmp_path: Path, name: str) -> None:
    lock = tmp_path / LOCKS / name
    lock.mkdir(parents=True)
    target = open_target(tmp_path, "1-of-1")
    with pytest.raises(TargetError) as failure:
        acquire(target, Shard(), SystemClock())
    assert failure.value.summary == (
        f"The target {tmp_path} can't be locked: Is a directory ({lock})."
    )
    assert failure.value.hint
    target.close()


@PLACES
def test_a_second_export_leaves_the_first_at_its_work(
    server: ManyCalls, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    place = place.format(tmp_path)
    refusals: list[BaseException | None] = []
    kept: list[Path] = []

    def begin_a_second(event: ExportEvent) -> None:
        if isinstance(event, CallExported) and not refusals:
            kept.extend(temporary.iterdir())
            with ThreadPoolExecutor(1) as pool:
                refusals.append(pool.submit(_export, server, place).exception())
            assert list(temporary.iterdir()) == kept

    result = _export(server, place, on_event=begin_a_second)
    assert [type(refused) for refused in refusals] == [TargetBusyError]
    assert (result.exported, result.is_complete) == (CALLS, True)
    assert not list(temporary.iterdir())


def test_a_store_that_loses_its_own_responses_lets_the_export_continue(server: ManyCalls) -> None:
    first = _export(server, "forgetful://bucket/out")
    again = _export(server, "forgetful://bucket/out")
    assert (first.exported, again.present) == (CALLS, CALLS)
    clock = SystemClock()
    target = open_target("forgetful://bucket/out", "1-of-1")
    held = acquire(target, Shard(), clock)
    with pytest.raises(TargetBusyError):
        acquire(target, Shard(), clock)
    held.release()
    target.close()


def test_a_dead_export_s_lock_is_taken_over_and_it_notices_if_it_was_not_dead() -> None:
    clock = FakeClock()
    target = open_target("memory://bucket/out", "1-of-1")
    held = acquire(target, Shard(), clock)
    clock.elapsed += 80
    with pytest.raises(TargetBusyError):
        acquire(target, Shard(), clock)
    held.renew()
    clock.elapsed += 91
    taken_over = acquire(target, Shard(), clock)
    with pytest.raises(TargetBusyError):
        held.renew()
    held.release()
    taken_over.renew()
    target.close()


@pytest.mark.parametrize("content", [b"", b'{"pid": 7', b"[]", b'{"alive_at": "soon"}'])
def test_a_lock_that_tells_no_time_is_a_dead_one_s(content: bytes) -> None:
    target = open_target("memory://bucket/out", "1-of-1")
    target.create(f"{LOCKS}/1-of-1.json", content)
    acquire(target, Shard(), FakeClock()).release()
    assert target.names(LOCKS) == []
    target.close()


def test_of_two_that_take_over_a_dead_lock_one_has_it() -> None:
    target = open_target("contested://bucket/out", "1-of-1")
    target.create(f"{LOCKS}/1-of-1.json", b"")
    with pytest.raises(TargetBusyError, match="process 7"):
        acquire(target, Shard(), FakeClock())
    assert target.read(f"{LOCKS}/1-of-1.json") == ContestedFileSystem.theirs
    target.close()
