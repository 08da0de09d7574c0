"""Targets of an export: folders, fsspec URLs, and targets that fail."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import errno
import os
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # fsspec has no types

from cartesia_calls import AsyncClient, ConfigurationError
from cartesia_calls.export import (
    TargetError,
    export,
)
from exporting import data_files, export_from, file_system
from fake_server import KEY
from faulty_file_systems import StubbornFileSystem
from many_calls import AGENT, ManyCalls

pytestmark = pytest.mark.usefixtures("file_systems")


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS])
def test_a_target_that_fails_half_way_ends_the_run_and_the_next_one_resumes(
    server: ManyCalls, tmp_path: Path, error: int
) -> None:
    url = f"stubborn://{tmp_path}/out"
    export_from(server, tmp_path / "undisturbed")
    server.fetched.clear()
    StubbornFileSystem.writes_left, StubbornFileSystem.error = 30, error
    with pytest.raises(TargetError, match=os.strerror(error)) as failure:
        export_from(server, url)
    assert "It resumes where it stopped" in failure.value.hint
    StubbornFileSystem.writes_left = 1_000_000
    # A lock that could not be removed stays, and expires after 90 s.
    for lock in (tmp_path / "out").glob("_locks/*"):
        lock.unlink()
    assert export_from(server, url).is_complete
    out = {name: (tmp_path / "out" / name).read_bytes() for name in data_files(tmp_path / "out")}
    assert out == data_files(tmp_path / "undisturbed")


def test_an_object_store_gets_the_same_files_as_a_folder_and_is_resumed(
    server: ManyCalls, tmp_path: Path
) -> None:
    export_from(server, tmp_path / "folder")
    result = export_from(server, "memory://bucket/calls")
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
    again = export_from(server, "memory://bucket/calls")
    assert (result.exported, again.exported, again.present) == (server.count, 0, server.count)
    assert not server.fetched


def test_all_shards_make_a_complete_export(server: ManyCalls, tmp_path: Path) -> None:
    export_from(server, tmp_path / "whole")
    server.fetched.clear()
    found = [export_from(server, tmp_path / "parts", shard=f"{n}/3").found for n in (1, 2, 3)]
    assert sum(found) == server.count
    assert all(found)
    assert data_files(tmp_path / "parts") == data_files(tmp_path / "whole")
    assert export_from(server, tmp_path / "parts").present == server.count
    assert server.fetched.total() == server.count


def test_a_target_holds_one_format(server: ManyCalls, tmp_path: Path) -> None:
    export_from(server, tmp_path / "out")
    with pytest.raises(ConfigurationError, match="another kind"):
        export_from(server, tmp_path / "out", format="parquet")


@pytest.mark.parametrize("place", ["{}/out", "memory://bucket/out"])
def test_a_target_of_an_earlier_version_is_refused_with_a_hint(
    server: ManyCalls, place: str, tmp_path: Path
) -> None:
    to = place.format(tmp_path)
    files, root = file_system(to)
    files.makedirs(f"{root}/_manifest")
    files.pipe(f"{root}/_manifest/about.json", b'{"schema": 1, "format": "ndjson"}\n')
    with pytest.raises(ConfigurationError, match=r"version 1 .* writes version 2") as refused:
        export_from(server, to)
    assert "Export to another target" in refused.value.hint
    assert not server.fetched


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("", "is empty"),
        ("nosuch://bucket", "Protocol not known"),
        ("absent://key:secret@bucket/x", "absent://bucket/x can't be opened: Install it"),
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
def test_an_impossible_target_is_refused_with_a_hint(
    server: ManyCalls, target: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError, match=says) as refused:
        export_from(server, target)
    assert refused.value.hint
    assert "secret" not in str(refused.value)
    assert not list(tmp_path.iterdir())
    assert not server.requests


@pytest.mark.parametrize(
    "url", ["file://{}/a b", "file:{}/a b", "LOCAL://{}/a b", "file:///{}/a b"]
)
def test_a_file_url_is_a_folder(server: ManyCalls, tmp_path: Path, url: str) -> None:
    assert export_from(server, url.format(tmp_path)).target == str(tmp_path / "a b")
    assert len(data_files(tmp_path / "a b")) == server.count


@pytest.mark.parametrize("name", ["a:b", "a::b", "2026-03-01T12:00", "host:9000", "odd:", "C:\\x"])
def test_a_path_with_a_colon_is_no_url(
    server: ManyCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export_from(server, name).target == name
    assert len(data_files(tmp_path / name)) == server.count


def test_an_absolute_path_may_look_like_a_url(server: ManyCalls, tmp_path: Path) -> None:
    assert export_from(server, tmp_path / "s3:bucket").target == str(tmp_path / "s3:bucket")
    assert len(data_files(tmp_path / "s3:bucket")) == server.count


def test_a_chain_of_urls_is_passed_to_fsspec(
    server: ManyCalls, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    export_from(server, tmp_path / "folder")
    assert (
        export_from(server, "simplecache::memory://bucket/out").target
        == "simplecache::memory://bucket/out"
    )
    logs = [file.getvalue() for p, file in MemoryFileSystem.store.items() if "/logs/" in p]
    assert sorted(logs) == sorted(data_files(tmp_path / "folder").values())


def test_a_file_system_that_can_not_be_opened_is_reported(server: ManyCalls) -> None:
    with pytest.raises(TargetError, match="can't be opened: no credentials"):
        export_from(server, "broken://bucket/out")


def test_a_folder_that_can_not_be_created_is_reported(server: ManyCalls, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TargetError, match="can't be made: a file has its name"):
        export_from(server, tmp_path / "file")
    with pytest.raises(TargetError, match="can't be made: File name too long"):
        export_from(server, tmp_path / ("x" * 300))


@pytest.mark.parametrize(
    ("to", "options", "hidden"),
    [
        ("memory://bucket/out", {}, "fsspec.core"),
        ("out", {"format": "parquet"}, "pyarrow"),
    ],
)
def test_a_missing_package_is_named_with_how_to_install_it(
    to: str,
    options: dict[str, Any],
    hidden: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    # An import of None fails like that of a missing package.
    monkeypatch.setitem(sys.modules, hidden, None)
    package = hidden.partition(".")[0]
    with pytest.raises(ConfigurationError, match=f"needs the package {package}") as refused:
        export(agents=AGENT, to=to, connect=partial(AsyncClient, KEY), **options)
    assert "pip install 'cartesia-calls[export]'" in refused.value.hint


def test_a_manifest_with_an_incomplete_first_file_is_recovered(
    server: ManyCalls, tmp_path: Path
) -> None:
    export_from(server, tmp_path)
    about = tmp_path / "_manifest" / "about.json"
    whole = about.read_bytes()
    about.write_bytes(whole[:-5])
    assert export_from(server, tmp_path).present == server.count
    assert about.read_bytes() == whole
