"""The files of a target: whole or absent, in folders and in object stores."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import errno
import os
import tempfile
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from itertools import repeat
from pathlib import Path

import pytest

from cartesia_calls.export import (
    TargetError,
)
from cartesia_calls.export._index import Index
from cartesia_calls.export._job import Shard
from cartesia_calls.export._manifest import Entry, Exported, Journal, load
from cartesia_calls.export._target import (
    MANIFEST,
    PARTIAL,
    data_path,
    open_target,
    safe_name,
)
from fake_clock import FakeClock
from many_calls import AGENT
from odd_file_systems import (
    StubbornFileSystem,
)

CALLS = 60

pytestmark = pytest.mark.usefixtures("file_systems")


PLACES = pytest.mark.parametrize(
    "place", ["{}/out", "memory://bucket/out", "stubborn://{}/out", "late://bucket/out"]
)


def test_a_store_that_can_not_make_a_file_reports_it(tmp_path: Path) -> None:
    StubbornFileSystem.writes_left, StubbornFileSystem.error = 0, errno.EROFS
    target = open_target(f"stubborn://{tmp_path}/out", "1-of-1")
    with pytest.raises(TargetError, match=os.strerror(errno.EROFS)):
        target.create("about.json", b"")
    target.close()


def test_what_a_store_says_is_reported_in_one_line_without_credentials() -> None:
    target = open_target("talkative://bucket/out", "1-of-1")
    with pytest.raises(TargetError) as failure:
        target.create("about.json", b"")
    assert failure.value.summary == (
        "The target talkative://bucket/out can't be written: "
        "No bucket 'acme': http://store.example/a said no."
    )
    assert failure.value.__cause__ is None
    target.close()


@PLACES
def test_what_a_killed_run_and_its_workers_left_goes_and_nothing_of_others(
    tmp_path: Path, place: str
) -> None:
    target = open_target(place.format(tmp_path), "1-of-2")
    target.clean()
    runs = ("1-of-2", "1-of-2.worker", "1-of-20", "2-of-2", "2-of-2.worker")
    for run in runs:
        target.write(f"_partial/{run}/left.part", b"half")
    target.clean()
    left = [run for run in runs if target.names(f"_partial/{run}")]
    assert left == ["1-of-20", "2-of-2", "2-of-2.worker"]
    target.close()


@pytest.mark.parametrize(
    ("call_id", "name"),
    [
        ("ac_123", "ac_123"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        ("_hidden", "%5Fhidden"),
        ("a b~é", "a%20b%7E%C3%A9"),
    ],
)
def test_any_id_makes_a_name_that_stays_in_its_folder_and_is_not_hidden(
    call_id: str, name: str
) -> None:
    assert safe_name(call_id) == name
    path = data_path("logs", call_id, "2026-03-01", call_id, "ndjson")
    assert path == f"logs/agent={name}/day=2026-03-01/{name}.ndjson"


def test_long_ids_make_short_names_that_differ() -> None:
    names = {safe_name("é" * 300 + end) for end in "ab"}
    assert len(names) == 2
    assert max(map(len, names)) <= 200


def test_a_temporary_folder_that_an_object_store_can_not_be_written_from_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    target = open_target("memory://bucket/out", "1-of-1")
    says = f"The temporary folder {tmp_path / 'gone'} can't be written: No such file or directory"
    with pytest.raises(TargetError, match=says):
        target.clean()
    with pytest.raises(TargetError, match=says) as failure:
        target.write_lines("a/b", [b"line"])
    assert "TMPDIR" in failure.value.hint
    target.close()


@PLACES
def test_what_is_not_there_is_nothing_and_no_error(tmp_path: Path, place: str) -> None:
    target = open_target(place.format(tmp_path), "1-of-1")
    assert target.read("no/such") is None
    with target.reader("no/such") as file:
        assert file.read() == b""
    assert target.names("no") == []
    target.remove("no/such")
    target.close()


@PLACES
def test_a_file_is_created_once(tmp_path: Path, place: str) -> None:
    target = open_target(place.format(tmp_path), "1-of-1")
    assert target.create("a/b", b"mine")
    assert not target.create("a/b", b"yours")
    assert target.read("a/b") == b"mine"
    target.close()


@PLACES
def test_a_file_whose_lines_end_in_an_error_is_as_it_was(tmp_path: Path, place: str) -> None:
    def lines() -> Iterator[bytes]:
        yield b"new"
        raise ZeroDivisionError

    target = open_target(place.format(tmp_path), "1-of-1")
    target.clean()
    target.write("a/b", b"old")
    with pytest.raises(ZeroDivisionError):
        target.write_lines("a/b", lines())
    assert target.read("a/b") == b"old"
    target.close()
    assert target.names(f"{PARTIAL}/1-of-1") == []


def test_a_file_that_can_not_be_moved_is_reported_and_leaves_no_part(
    tmp_path: Path,
) -> None:
    target = open_target(tmp_path, "1-of-1")
    target.clean()
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(TargetError, match="can't be written: Is a directory"):
        target.write("a/b", b"new")
    assert target.names(f"{PARTIAL}/1-of-1") == []
    target.close()


@PLACES
def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path: Path, place: str) -> None:
    left = f"{PARTIAL}/1-of-1/left.part"
    killed = open_target(place.format(tmp_path), "1-of-1")
    killed.clean()
    killed.write(left, b"")
    target = open_target(place.format(tmp_path), "1-of-1")
    target.clean()
    assert target.read(left) is None
    killed.close()
    target.close()


@PLACES
def test_what_was_not_adopted_goes_with_the_run(tmp_path: Path, place: str) -> None:
    target = open_target(place.format(tmp_path), "1-of-1")
    target.clean()
    (target.scratch / "recording.wav").write_bytes(b"RIFF")
    target.close()
    assert not target.scratch.exists()


@PLACES
def test_a_recording_is_compared_in_memory_that_does_not_grow_with_it(
    tmp_path: Path, place: str
) -> None:
    size = 40 << 20
    digest = sha256()
    for _ in range(40):
        digest.update(bytes(1 << 20))
    path = "audio/ac_1.wav"
    there = Exported(path, None, size, digest.hexdigest(), final=True)
    target = open_target(place.format(tmp_path), "1-of-1")
    target.clean()
    target.write_lines(path, repeat(bytes(1 << 20), 40))
    entries = [
        Entry("ac_1", AGENT, "2026-03-01", {"audio": there}),
        Entry("ac_2", AGENT, "2026-03-01", {"audio": replace(there, size=size + 1)}),
    ]
    target.write(f"{MANIFEST}/1-of-1.journal.ndjson", b"".join(entry.line for entry in entries))
    index = Index()
    tracemalloc.start()
    load(target, Shard(), index)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert index.get("ac_1") == entries[0]
    assert index.get("ac_2") is None
    assert most < 8 << 20
    index.close()
    target.close()


def test_an_object_store_has_outcomes_after_a_second_or_a_hundred_of_them() -> None:
    clock = FakeClock()
    target = open_target("memory://bucket/out", "1-of-1")
    journal = Journal(target, Shard(), clock)
    entries = [Entry(f"ac_{n}", AGENT, "2026-03-01", {}) for n in range(100)]

    def recorded() -> int:
        names = target.names(MANIFEST)
        return sum((target.read(f"{MANIFEST}/{name}") or b"").count(b"\n") for name in names)

    journal.add(entries[:99])
    assert recorded() == 0
    journal.add(entries[99:])
    assert recorded() == 100
    clock.elapsed += 0.9
    journal.add(entries[:1])
    assert recorded() == 100
    clock.elapsed += 0.1
    journal.add(entries[1:2])
    assert recorded() == 102
    target.close()


@PLACES
def test_an_error_while_a_file_is_read_stays_what_it_is(tmp_path: Path, place: str) -> None:
    target = open_target(place.format(tmp_path), "1-of-1")
    with (
        pytest.raises(TargetError, match=r"^The temporary folder is full\.$"),
        target.reader("no/such"),
    ):
        raise TargetError("The temporary folder is full.")
    target.close()
