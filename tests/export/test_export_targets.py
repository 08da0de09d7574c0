"""Where an export goes: folders, fsspec URLs, ids of all kinds, and targets that fail."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import errno
import os
import sys
import tempfile
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]  # fsspec has no types
import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # fsspec has no types

from cartesia_calls import AsyncClient, ConfigurationError, SystemClock
from cartesia_calls.export import (
    CallExported,
    ExportEvent,
    ExportResult,
    TargetBusyError,
    TargetError,
    export,
)
from cartesia_calls.export._index import Index
from cartesia_calls.export._job import Shard
from cartesia_calls.export._lock import acquire
from cartesia_calls.export._manifest import Entry, Exported, Journal, load
from cartesia_calls.export._target import (
    LOCKS,
    MANIFEST,
    PARTIAL,
    data_path,
    open_target,
    safe_name,
)
from exporting import data_files
from fake_clock import FakeClock
from fake_server import KEY
from many_calls import AGENT, ManyCalls
from odd_file_systems import (
    BrokenFileSystem,
    ContestedFileSystem,
    ForgetfulFileSystem,
    LateFileSystem,
    StubbornFileSystem,
    TalkativeFileSystem,
)

CALLS = 60


PLACES = pytest.mark.parametrize(
    "place", ["{}/out", "memory://bucket/out", "stubborn://{}/out", "late://bucket/out"]
)


@pytest.fixture(autouse=True)
def file_systems() -> Iterator[None]:
    for cls in (
        StubbornFileSystem,
        ContestedFileSystem,
        LateFileSystem,
        BrokenFileSystem,
        ForgetfulFileSystem,
        TalkativeFileSystem,
    ):
        fsspec.register_implementation(cls.protocol, cls, clobber=True)
    fsspec.register_implementation(
        "absent", "no_such_package.FileSystem", clobber=True, errtxt="Install it"
    )
    yield
    StubbornFileSystem.writes_left = 1_000_000
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(CALLS) as server:
        yield server


def _export(server: ManyCalls, to: str | Path, **options: Any) -> ExportResult:  # noqa: ANN401
    connect = partial(AsyncClient, KEY, base_url=server.url)
    return export(agents=AGENT, to=to, connect=connect, **options)


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS])
def test_a_target_that_fails_half_way_ends_it_and_the_next_run_continues(
    server: ManyCalls, tmp_path: Path, error: int
) -> None:
    url = f"stubborn://{tmp_path}/out"
    _export(server, tmp_path / "undisturbed")
    server.fetched.clear()
    StubbornFileSystem.writes_left, StubbornFileSystem.error = 30, error
    with pytest.raises(TargetError, match=os.strerror(error)) as failure:
        _export(server, url)
    assert "It resumes where it stopped" in failure.value.hint
    StubbornFileSystem.writes_left = 1_000_000
    # Its lock is still there where it could not be removed: after 90 s it counts as dead.
    for lock in (tmp_path / "out").glob("_locks/*"):
        lock.unlink()
    assert _export(server, url).is_complete
    out = {name: (tmp_path / "out" / name).read_bytes() for name in data_files(tmp_path / "out")}
    assert out == data_files(tmp_path / "undisturbed")


def test_an_object_store_gets_what_a_folder_gets_and_is_resumed(
    server: ManyCalls, tmp_path: Path
) -> None:
    _export(server, tmp_path / "folder")
    result = _export(server, "memory://bucket/calls")
    files = {
        path.removeprefix("/bucket/calls/"): file.getvalue()
        for path, file in MemoryFileSystem.store.items()
    }
    assert {p: d for p, d in files.items() if p.startswith("logs/")} == data_files(
        tmp_path / "folder"
    )
    assert sorted(p for p in files if not p.startswith("logs/")) == [
        "_manifest/1-of-1.ndjson",
        "_manifest/about.json",
    ]
    server.fetched.clear()
    again = _export(server, "memory://bucket/calls")
    assert (result.exported, again.exported, again.present) == (CALLS, 0, CALLS)
    assert not server.fetched


def test_shards_together_are_the_whole(server: ManyCalls, tmp_path: Path) -> None:
    _export(server, tmp_path / "whole")
    server.fetched.clear()
    found = [_export(server, tmp_path / "parts", shard=f"{n}/3").found for n in (1, 2, 3)]
    assert sum(found) == CALLS
    assert all(found)
    assert data_files(tmp_path / "parts") == data_files(tmp_path / "whole")
    assert _export(server, tmp_path / "parts").present == CALLS
    assert server.fetched.total() == CALLS


def test_a_target_holds_one_format(server: ManyCalls, tmp_path: Path) -> None:
    _export(server, tmp_path / "out")
    with pytest.raises(ConfigurationError, match="another kind"):
        _export(server, tmp_path / "out", format="parquet")


@pytest.mark.parametrize("place", ["{}/out", "memory://bucket/out"])
def test_a_target_of_an_earlier_version_is_refused_with_what_to_do(
    server: ManyCalls, place: str, tmp_path: Path
) -> None:
    to = place.format(tmp_path)
    target = open_target(to, "1-of-1")
    target.clean()
    target.write("_manifest/about.json", b'{"schema": 1, "format": "ndjson"}\n')
    target.close()
    with pytest.raises(ConfigurationError, match=r"version 1 .* writes version 2") as refused:
        _export(server, to)
    assert "Export to another target" in refused.value.hint
    assert not server.fetched


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


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("", "is empty"),
        ("nosuch://bucket", "Protocol not known"),
        ("absent://key:secret@bucket/x", "needs a package that is not installed: Install it"),
        ("file://localhost/tmp/x", "file://localhost/tmp/x is no folder of this machine"),
        ("file://me:secret@host/x", "file://host/x is no folder of this machine"),
        ("local:x", "is no folder of this machine"),
        ("file::memory:///x", "is no folder of this machine"),
        ("s3:bucket", "s3:bucket is no URL, since two slashes are missing"),
        ("S3:/bucket", "two slashes are missing"),
        ("s3:key:secret@bucket", "two slashes are missing"),
        ("simplecache::nosuch://x", "Protocol not known"),
    ],
)
def test_what_can_be_no_target_is_refused_with_what_to_do(
    target: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=says) as refused:
        open_target(target, "1-of-1")
    assert refused.value.hint
    assert "secret" not in str(refused.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "url", ["file://{}/a b", "file:{}/a b", "LOCAL://{}/a b", "file:///{}/a b"]
)
def test_a_file_url_is_the_folder_that_it_names(tmp_path: Path, url: str) -> None:
    target = open_target(url.format(tmp_path), "1-of-1")
    assert target.folder == tmp_path / "a b"
    assert target.name == str(tmp_path / "a b")


@pytest.mark.parametrize("name", ["a:b", "a::b", "2026-03-01T12:00", "host:9000", "odd:", "C:\\x"])
def test_a_colon_makes_no_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    assert open_target(name, "1-of-1").folder == Path(name)
    assert (tmp_path / name).is_dir()
    # By its whole path even what looks like a URL.
    assert open_target(tmp_path / "s3:bucket", "1-of-1").folder == tmp_path / "s3:bucket"


def test_a_chain_of_urls_is_fsspec_s(
    server: ManyCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _export(server, tmp_path / "folder")
    assert (
        _export(server, "simplecache::memory://bucket/out").target
        == "simplecache::memory://bucket/out"
    )
    logs = [file.getvalue() for p, file in MemoryFileSystem.store.items() if "/logs/" in p]
    assert sorted(logs) == sorted(data_files(tmp_path / "folder").values())


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


def test_a_file_system_that_can_not_be_opened_is_reported() -> None:
    with pytest.raises(TargetError, match="can't be opened: no credentials"):
        open_target("broken://bucket/out", "1-of-1")


def test_a_folder_that_can_not_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TargetError, match="can't be made: File exists"):
        open_target(tmp_path / "file", "1-of-1")


@pytest.mark.parametrize(
    ("to", "options", "hidden"),
    [
        ("memory://bucket/out", {}, "fsspec.core"),
        ("out", {"format": "parquet"}, "pyarrow"),
    ],
)
def test_a_package_that_is_missing_is_named_with_what_to_install(
    to: str,
    options: dict[str, Any],
    hidden: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    # A module of that name which can't be found is what a missing package looks like.
    monkeypatch.setitem(sys.modules, hidden, None)
    package = hidden.partition(".")[0]
    with pytest.raises(ConfigurationError, match=f"needs the package {package}") as refused:
        export(agents=AGENT, to=to, connect=partial(AsyncClient, KEY), **options)
    assert "pip install 'cartesia-calls[export]'" in refused.value.hint


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


def test_a_manifest_whose_first_file_was_not_written_whole_is_taken_up(
    server: ManyCalls, tmp_path: Path
) -> None:
    _export(server, tmp_path)
    about = tmp_path / "_manifest" / "about.json"
    whole = about.read_bytes()
    about.write_bytes(whole[:-5])
    assert _export(server, tmp_path).present == CALLS
    assert about.read_bytes() == whole


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


def test_an_object_store_has_outcomes_after_a_second_or_a_hundred_of_them() -> None:
    clock = FakeClock()
    target = open_target("memory://bucket/out", "1-of-1")
    journal = Journal(target, Shard(), clock)
    entries = [Entry(f"ac_{n}", AGENT, "2026-03-01", {}) for n in range(100)]

    def recorded() -> int:
        names = target.names(MANIFEST)
        return sum((target.read(f"{MANIFEST}/{name}") or b"").count(b"\n") for name in names)

    journal.add(entries[:99])
    assert (recorded(), journal.is_waiting) == (0, True)
    journal.add(entries[99:])
    assert (recorded(), journal.is_waiting) == (100, False)
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
