"""The files of a target are whole or absent, in folders and in object stores."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

import pytest

from cartesia_calls.export import (
    CallExported,
    ExportEvent,
    TargetError,
)
from exporting import PLACES, data_files, export_from, file_system
from fake_clock import FakeClock
from faulty_file_systems import StubbornFileSystem
from many_calls import AGENT, ManyCalls, http

pytestmark = pytest.mark.usefixtures("file_systems")


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(3) as server:
        yield server


def test_a_store_that_can_not_create_a_file_is_reported(server: ManyCalls, tmp_path: Path) -> None:
    StubbornFileSystem.writes_left, StubbornFileSystem.error = 0, errno.EROFS
    with pytest.raises(TargetError, match=os.strerror(errno.EROFS)):
        export_from(server, f"stubborn://{tmp_path}/out")
    assert not server.requests


def test_an_error_of_a_store_is_reported_in_one_line_without_credentials(server: ManyCalls) -> None:
    with pytest.raises(TargetError) as failure:
        export_from(server, "talkative://bucket/out")
    assert failure.value.summary == (
        "The target talkative://bucket/out can't be written: "
        "No bucket 'acme': http://store.example/a said no."
    )
    assert failure.value.__cause__ is None


@PLACES
def test_leftovers_of_a_killed_run_are_removed_and_nothing_else(
    server: ManyCalls, tmp_path: Path, place: str
) -> None:
    to = place.format(tmp_path)
    files, root = file_system(to)
    runs = ("1-of-2", "1-of-2.worker", "1-of-20", "2-of-2", "2-of-2.worker")
    for run in runs:
        files.makedirs(f"{root}/_partial/{run}", exist_ok=True)
        files.pipe_file(f"{root}/_partial/{run}/left.part", b"half")
    assert export_from(server, to, shard="1/2").is_complete
    left = {path.split("/")[-2] for path in files.find(f"{root}/_partial")}
    assert left == {"1-of-20", "2-of-2", "2-of-2.worker"}


def _calls_named(*ids: str) -> ManyCalls:
    """Return a server whose calls have these ids."""
    facts = {"agent_id": AGENT, "status": "completed", "start_time": "2026-03-01T12:00:00Z"}
    page = {"data": [{"id": one} | facts for one in ids], "has_more": False}

    def respond(_number: int, path: str) -> bytes:
        if path.startswith("/agents/calls?"):
            return http("200 OK", json.dumps(page).encode())
        found = unquote(path.split("/")[-2])
        logs = {"call_id": found, "logs": [found], "updated_at": "2026-03-01T12:00:00Z"}
        return http("200 OK", json.dumps(logs).encode())

    return ManyCalls(0, interfere=respond)


def test_any_id_becomes_a_visible_file_name_in_its_folder(tmp_path: Path) -> None:
    names = {
        "ac_123": "ac_123",
        "../../etc/passwd": "%2E.%2F..%2Fetc%2Fpasswd",
        "_hidden": "%5Fhidden",
        "a b~é": "a%20b%7E%C3%A9",
    }
    with _calls_named(*names) as server:
        assert export_from(server, tmp_path / "out").exported == len(names)
    folder = f"logs/agent={AGENT}/day=2026-03-01"
    found = {path: json.loads(data)["text"] for path, data in data_files(tmp_path / "out").items()}
    assert found == {f"{folder}/{name}.ndjson": one for one, name in names.items()}


def test_long_ids_become_short_distinct_names(tmp_path: Path) -> None:
    with _calls_named(*("é" * 300 + end for end in "ab")) as server:
        assert export_from(server, tmp_path).exported == 2
    names = [path.rpartition("/")[2] for path in data_files(tmp_path)]
    assert len(names) == 2
    assert max(map(len, names)) <= 200


def test_a_temporary_folder_that_an_object_store_can_not_be_written_from_is_reported(
    server: ManyCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    says = f"The temporary folder {temporary} can't be written: No such file or directory"
    with pytest.raises(TargetError, match=says):
        export_from(server, "memory://bucket/out")
    temporary.mkdir()

    def lose(_event: ExportEvent) -> None:
        shutil.rmtree(temporary, ignore_errors=True)

    with pytest.raises(TargetError, match=says) as failure:
        export_from(server, "memory://bucket/out", on_event=lose)
    assert "TMPDIR" in failure.value.hint


def test_a_file_that_can_not_be_moved_is_reported_and_leaves_no_part(
    server: ManyCalls, tmp_path: Path
) -> None:
    export_from(server, tmp_path / "whole")
    path = next(iter(data_files(tmp_path / "whole")))
    (tmp_path / "out" / path).mkdir(parents=True)
    with pytest.raises(TargetError, match="can't be written: Is a directory"):
        export_from(server, tmp_path / "out")
    assert not (tmp_path / "out" / "_partial").exists()


@PLACES
def test_a_recording_is_compared_in_memory_that_does_not_grow_with_it(
    server: ManyCalls, tmp_path: Path, place: str
) -> None:
    to = place.format(tmp_path)
    wav = http("200 OK", b"RIFF").replace(b"application/json", b"audio/wav")
    server.interfere = lambda _number, path: wav if path.endswith("/audio") else None
    assert export_from(server, to, include="audio").exported == 3
    files, root = file_system(to)
    manifest = f"{root}/_manifest/1-of-1.ndjson"
    entries = [json.loads(line) for line in files.cat_file(manifest).splitlines()]
    block, blocks = bytes(1 << 20), 40
    digest = sha256(block * blocks).hexdigest()
    for entry in entries[:2]:
        entry["parts"]["audio"] |= {"size": len(block) * blocks, "sha256": digest, "final": True}
        files.pipe_file(f"{root}/{entry['parts']['audio']['path']}", block * blocks)
    entries[1]["parts"]["audio"]["size"] += 1
    entries[2]["parts"]["audio"]["final"] = True
    # A killed run leaves a journal, whose files the next run compares.
    lines = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
    files.pipe_file(f"{root}/_manifest/1-of-1.journal.ndjson", lines)
    files.rm_file(manifest)
    tracemalloc.start()
    result = export_from(server, to, include="audio")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (result.exported, result.present) == (1, 2)
    assert most < 16 << 20


@pytest.mark.parametrize("seconds", [0, 1])
def test_an_object_store_has_outcomes_after_a_second_or_a_hundred_of_them(seconds: int) -> None:
    clock = FakeClock()
    files, root = file_system("memory://bucket/out")
    exported: Counter[str] = Counter()
    waiting: list[int] = []

    def look(event: ExportEvent) -> None:
        clock.elapsed += seconds
        if isinstance(event, CallExported):
            exported[event.call_id] += 1
            segments = files.glob(f"{root}/_manifest/*.segment.*")
            recorded = sum(files.cat_file(path).count(b"\n") for path in segments)
            waiting.append(exported.total() - recorded)

    with ManyCalls(350) as server:
        export_from(server, "memory://bucket/out", clock=clock, on_event=look)
    assert exported.total() == 350
    assert max(waiting) < 100
    if seconds:
        assert max(waiting) <= 0
    else:
        assert max(waiting) > 1
