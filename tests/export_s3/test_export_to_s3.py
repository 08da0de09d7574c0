"""Exports to a third-party S3 server on loopback: `nox -s export-s3` runs this."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import exporting
from cartesia_calls import AsyncClient, SystemClock
from cartesia_calls.export import export, export_async
from cartesia_calls.sandbox import Sandbox
from exporting import IN_HAND, command, data_files, kill_at_request
from fake_server import KEY
from many_calls import AGENT, ManyCalls
from s3_server import KEY_ID, SECRET, S3Server
from terminal import Done, environment, in_a_process, piped

# s3fs keeps its connections, and the settings that they were made with, as long as its process.
run_export = partial(exporting.run_export, run=in_a_process)

CALLS = 300
WAITING = 99
"""The number of outcomes that may be missing in an object store, besides those in flight."""
BUCKET = "s3://acme-calls"


class LaterClock(SystemClock):
    """A clock that shows a time at which a killed export's lock has expired."""

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=91)


def _file_system(s3: S3Server) -> Any:  # noqa: ANN401 - fsspec has no types
    fsspec = import_module("fsspec")
    options = {"key": KEY_ID, "secret": SECRET, "endpoint_url": s3.url}
    return fsspec.filesystem("s3", **options, skip_instance_cache=True, use_listings_cache=False)


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with S3Server() as server:
        _file_system(server).mkdir(BUCKET)
        yield server


@pytest.fixture
def target(s3: S3Server) -> Iterator[str]:
    url = f"{BUCKET}/prod/calls"
    yield url
    _file_system(s3).rm(url, recursive=True)


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(CALLS) as server:
        yield server


@pytest.fixture
def folder(server: ManyCalls, tmp_path: Path) -> Path:
    """Return a folder with an undisturbed export."""
    assert run_export(server, tmp_path / "folder").code == 0
    server.fetched.clear()
    return tmp_path / "folder"


def _objects(s3: S3Server, url: str) -> dict[str, bytes]:
    there = _file_system(s3)
    found: dict[str, bytes] = there.cat(there.find(url))
    root = url.removeprefix("s3://") + "/"
    return {path.removeprefix(root): data for path, data in found.items()}


def _data(objects: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the exported objects; fail if temporary objects of a run are left."""
    assert {path for path in objects if path[0] == "_"} == {
        "_manifest/1-of-1.ndjson",
        "_manifest/about.json",
    }
    return {path: data for path, data in objects.items() if path[0] != "_"}


def _outcomes(manifest: bytes) -> list[dict[str, Any]]:
    entries = [json.loads(line) for line in manifest.splitlines()]
    return [entry | {"recorded_at": None} for entry in entries]


def _check_no_secret(done: Done) -> None:
    # No assert: its explanation would show the text.
    if SECRET in done.out + done.err:
        pytest.fail("the secret key was printed", pytrace=False)


@pytest.mark.parametrize("format_name", ["ndjson", "parquet"])
def test_a_bucket_gets_the_same_files_as_a_folder_and_the_next_run_fetches_nothing(
    s3: S3Server, target: str, server: ManyCalls, tmp_path: Path, format_name: str
) -> None:
    options = ("--format", format_name)
    assert run_export(server, tmp_path / "folder", *options).code == 0
    done = run_export(server, target, *options, env=s3.settings)
    assert done.code == 0, done.err
    objects = _objects(s3, target)
    assert _data(objects) == data_files(tmp_path / "folder")
    manifest = (tmp_path / "folder/_manifest/1-of-1.ndjson").read_bytes()
    assert _outcomes(objects["_manifest/1-of-1.ndjson"]) == _outcomes(manifest)
    server.fetched.clear()
    done = run_export(server, target, *options, env=s3.settings)
    assert done.code == 0, done.err
    assert f"{CALLS} were there already" in done.err
    assert not server.fetched
    assert _objects(s3, target) == objects


def test_every_part_is_exported_even_recordings(
    s3: S3Server,
    target: str,
    cartesia_sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in s3.settings.items():
        monkeypatch.setenv(name, value)
    write = partial(
        export,
        agents=cartesia_sandbox.agents.busy,
        until="1d",
        include=("logs", "record", "transcript", "tools", "audio"),
        connect=partial(AsyncClient, KEY, base_url=cartesia_sandbox.url),
    )
    there, here = write(to=target), write(to=tmp_path)
    data = _data(_objects(s3, target))
    assert data == {
        str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("ac_*")
    }
    assert [path for path in data if path.endswith(".wav")]
    assert (there.exported, there.rows, there.size) == (here.exported, here.rows, here.size)


def test_a_redacted_export_is_written_and_never_mixed_with_another(
    s3: S3Server, target: str, cartesia_sandbox: Sandbox, tmp_path: Path
) -> None:
    def write(to: Path | str, *options: str) -> Done:
        words = ["--agent", cartesia_sandbox.agents.odd, "--base-url", cartesia_sandbox.url]
        some = ["--include", "logs,record,transcript,tools", *options]
        return piped(
            "export", "--to", str(to), *words, *some, env=environment(**keys), run=in_a_process
        )

    keys = {"CARTESIA_API_KEY": KEY, **s3.settings}
    for to in (target, tmp_path):
        assert write(to, "--redact").code == 0
    objects = _objects(s3, target)
    files = {str(file.relative_to(tmp_path)): file.read_bytes() for file in tmp_path.rglob("ac_*")}
    assert _data(objects) == files
    assert not [path for path, data in objects.items() if b"390555550211" in data]
    for options in ((), ("--redact-pattern", "x")):
        done = write(target, *options)
        assert done.code == 3
        assert "redacted" in done.err
    assert _objects(s3, target) == objects


def test_an_export_stopped_with_ctrl_c_is_resumed(
    s3: S3Server, target: str, server: ManyCalls, folder: Path
) -> None:
    with subprocess.Popen(
        command(server, target),
        env=environment(CARTESIA_API_KEY=KEY, **s3.settings),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        last = server.requests + 100
        server.interfere = lambda heard, _: (
            process.send_signal(signal.SIGINT) if heard == last else None
        )
        _, err = process.communicate(timeout=600)
    assert process.returncode == 130
    assert "Run the same command again to resume." in err
    fetched = server.fetched.total()
    written = sum(path.startswith("logs/") for path in _objects(s3, target))
    assert 0 < written < CALLS
    done = run_export(server, target, env=s3.settings)
    assert done.code == 0, done.err
    assert _data(_objects(s3, target)) == data_files(folder)
    assert server.fetched.total() <= CALLS + fetched - written


def test_a_killed_export_is_resumed_after_its_lock_has_expired(
    s3: S3Server, target: str, server: ManyCalls, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kill_at_request(server, 200, target, env=s3.settings) == -signal.SIGKILL
    at_once = run_export(server, target, env=s3.settings)
    assert at_once.code == 1
    assert "Another export is running" in at_once.err
    assert "after 90 s in an object store" in at_once.err
    for name, value in s3.settings.items():
        monkeypatch.setenv(name, value)
    connect = partial(AsyncClient, KEY, base_url=server.url)
    result = asyncio.run(export_async(agents=AGENT, to=target, connect=connect, clock=LaterClock()))
    assert result.is_complete
    assert _data(_objects(s3, target)) == data_files(folder)
    assert len(server.fetched) == CALLS
    assert server.fetched.total() <= CALLS + IN_HAND + WAITING


def test_the_second_of_two_exports_reports_the_first_and_stops(
    s3: S3Server, target: str, server: ManyCalls, folder: Path
) -> None:
    second: list[Done] = []
    last = server.requests + 100

    def start_another(heard: int, _path: str) -> None:
        if heard == last:
            second.append(run_export(server, target, env=s3.settings))

    server.interfere = start_another
    first = run_export(server, target, env=s3.settings)
    assert (first.code, second[0].code) == (0, 1)
    assert f"Another export is running on {target} (1-of-1)" in second[0].err
    assert _data(_objects(s3, target)) == data_files(folder)
    assert server.fetched.total() == CALLS


def test_parallel_shards_make_a_complete_export(
    s3: S3Server, target: str, server: ManyCalls, folder: Path
) -> None:
    with ExitStack() as stack:
        shards = [
            stack.enter_context(
                subprocess.Popen(
                    command(server, target, "--shard", f"{number}/3"),
                    env=environment(CARTESIA_API_KEY=KEY, **s3.settings),
                    stderr=subprocess.PIPE,
                )
            )
            for number in (1, 2, 3)
        ]
        output = [shard.communicate(timeout=600)[1] for shard in shards]
    assert [shard.returncode for shard in shards] == [0, 0, 0], output
    objects = _objects(s3, target)
    assert {p: d for p, d in objects.items() if p.startswith("logs/")} == data_files(folder)
    assert server.fetched.total() == CALLS
    whole = run_export(server, target, env=s3.settings)
    assert f"{CALLS} were there already" in whole.err


def test_with_one_of_its_requests_in_ten_failing_the_result_is_the_same(
    server: ManyCalls, folder: Path
) -> None:
    with S3Server(one_in=10) as s3:
        _file_system(s3).mkdir(BUCKET)
        done = run_export(server, f"{BUCKET}/calls", env=s3.settings)
        assert done.code == 0, done.err
        assert _data(_objects(s3, f"{BUCKET}/calls")) == data_files(folder)


def test_a_lost_server_ends_the_export_with_a_hint(server: ManyCalls) -> None:
    with S3Server() as s3:
        _file_system(s3).mkdir(BUCKET)
        server.interfere = lambda heard, _: s3.process.kill() if heard == 50 else None
        done = run_export(server, BUCKET, env={**s3.settings, "AWS_MAX_ATTEMPTS": "1"})
    assert done.code == 1
    assert f"The target {BUCKET} can't be" in done.err
    assert "It resumes where it stopped" in done.err
    assert server.requests < CALLS
    _check_no_secret(done)


@pytest.mark.parametrize(
    ("url", "settings", "says"),
    [
        ("s3://no-such-bucket/calls", {}, "bucket does not exist"),
        (BUCKET, {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "Could not connect"),
        (f"s3://{KEY_ID}:{SECRET.replace('/', '')}@acme-calls", {}, "Invalid bucket name"),
    ],
)
def test_an_unreachable_target_ends_the_export_before_anything_is_fetched(
    s3: S3Server, server: ManyCalls, url: str, settings: dict[str, str], says: str
) -> None:
    env = {**s3.settings, "AWS_MAX_ATTEMPTS": "1", **settings}
    done = run_export(server, url, "--verbose", env=env)
    assert done.code == 1
    assert says in done.err
    assert not server.requests
    _check_no_secret(done)


def test_wrong_or_missing_credentials_end_the_export_before_anything_is_fetched(
    server: ManyCalls,
) -> None:
    # Making the bucket takes three requests; the server checks credentials after that.
    with S3Server(INITIAL_NO_AUTH_ACTION_COUNT="3") as s3:
        _file_system(s3).mkdir(BUCKET)
        refused = run_export(server, BUCKET, "--verbose", env=s3.settings)
        missing = run_export(server, BUCKET, "--verbose", env={"AWS_ENDPOINT_URL": s3.url})
    assert (refused.code, missing.code) == (1, 1)
    assert "Access Key Id you provided does not exist" in refused.err
    assert "Unable to locate credentials" in missing.err
    assert not server.requests
    _check_no_secret(refused)
