"""Locks let one export at a time write to a target, or to one shard of it."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # fsspec has no types

from cartesia_calls.export import (
    CallExported,
    ExportEvent,
    ExportResult,
    TargetBusyError,
    TargetError,
)
from exporting import PLACES, export_from, file_system
from fake_clock import FakeClock
from faulty_file_systems import ContestedFileSystem
from many_calls import ManyCalls

pytestmark = pytest.mark.usefixtures("file_systems")


def _in_parallel(begin: Callable[[], object], found: list[object], event: ExportEvent) -> None:
    """When the first call is written, run a function in a thread and keep its result or error."""
    if isinstance(event, CallExported) and not found:
        with ThreadPoolExecutor(1) as pool:
            begun = pool.submit(begin)
            found.append(begun.exception() or begun.result())


@pytest.mark.parametrize("place", ["{}/out", "memory://bucket/out"])
@pytest.mark.parametrize("shard", ["1/2", None, "1/3"])
def test_the_second_of_two_exports_reports_the_first_and_stops(
    server: ManyCalls, tmp_path: Path, place: str, shard: str | None
) -> None:
    to = place.format(tmp_path)
    found: list[object] = []
    begin = partial(export_from, server, to, shard=shard)
    export_from(server, to, shard="1/2", on_event=partial(_in_parallel, begin, found))
    (refused,) = found
    assert isinstance(refused, TargetBusyError)
    assert f"process {os.getpid()}" in refused.summary
    assert export_from(server, to).is_complete, "the lock is free again"


@pytest.mark.parametrize("place", ["{}/out", "memory://bucket/out"])
def test_shards_of_one_split_may_run_in_parallel(
    server: ManyCalls, tmp_path: Path, place: str
) -> None:
    to = place.format(tmp_path)
    found: list[object] = []
    begin = partial(export_from, server, to, shard="2/2")
    first = export_from(server, to, shard="1/2", on_event=partial(_in_parallel, begin, found))
    (second,) = found
    assert isinstance(second, ExportResult)
    assert first.exported + second.exported == server.count


@pytest.mark.parametrize("name", ["guard.lock", "1-of-1.lock", "1-of-2.lock"])
def test_a_lock_that_can_not_be_taken_is_reported(
    server: ManyCalls, tmp_path: Path, name: str
) -> None:
    lock = tmp_path / "_locks" / name
    lock.mkdir(parents=True)
    with pytest.raises(TargetError) as failure:
        export_from(server, tmp_path)
    assert failure.value.summary == (
        f"The target {tmp_path} can't be locked: Is a directory ({lock})."
    )
    assert failure.value.hint


@PLACES
def test_a_second_export_does_not_disturb_the_first(
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
                refusals.append(pool.submit(export_from, server, place).exception())
            assert list(temporary.iterdir()) == kept

    result = export_from(server, place, on_event=begin_a_second)
    assert [type(refused) for refused in refusals] == [TargetBusyError]
    assert (result.exported, result.is_complete) == (server.count, True)
    assert not list(temporary.iterdir())


def test_an_export_survives_a_store_that_loses_its_own_responses(server: ManyCalls) -> None:
    to = "forgetful://bucket/out"
    found: list[object] = []
    begin = partial(export_from, server, to)
    first = export_from(server, to, on_event=partial(_in_parallel, begin, found))
    again = export_from(server, to)
    assert [type(refused) for refused in found] == [TargetBusyError]
    assert (first.exported, again.present) == (server.count, server.count)


def _locked(content: bytes, to: str = "memory://bucket/out") -> None:
    files, root = file_system(to)
    files.pipe_file(f"{root}/_locks/1-of-1.json", content)


def test_a_lock_of_an_export_that_died_is_taken_over_after_a_minute_and_a_half(
    server: ManyCalls,
) -> None:
    clock = FakeClock()
    alive_at = (clock.now() - timedelta(seconds=80)).isoformat()
    _locked(json.dumps({"pid": 7, "run": "theirs", "alive_at": alive_at}).encode())
    with pytest.raises(TargetBusyError, match="process 7"):
        export_from(server, "memory://bucket/out", clock=clock)
    clock.elapsed += 11
    assert export_from(server, "memory://bucket/out", clock=clock).is_complete
    assert not [path for path in MemoryFileSystem.store if "/_locks/" in path]


@pytest.mark.parametrize("content", [b"", b'{"pid": 7', b"[]", b'{"alive_at": "soon"}'])
def test_a_lock_without_a_time_has_expired(server: ManyCalls, content: bytes) -> None:
    _locked(content)
    assert export_from(server, "memory://bucket/out").is_complete
    assert not [path for path in MemoryFileSystem.store if "/_locks/" in path]


def test_of_two_exports_that_take_over_a_lock_one_gets_it(server: ManyCalls) -> None:
    _locked(b"", "contested://bucket/out")
    with pytest.raises(TargetBusyError, match="process 7"):
        export_from(server, "contested://bucket/out")
    (lock,) = [file for path, file in MemoryFileSystem.store.items() if "/_locks/" in path]
    assert lock.getvalue() == ContestedFileSystem.theirs
