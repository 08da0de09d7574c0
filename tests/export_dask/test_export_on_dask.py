"""Exports over a Dask cluster of two worker processes: `nox -s export-dask` runs this."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import json
import logging
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

import fsspec  # type: ignore[import-untyped]  # fsspec has no types
import httpx
import pytest

from cartesia_calls import AsyncClient, AuthenticationError, ConfigurationError
from cartesia_calls.export import (
    CallExported,
    ExportEvent,
    ExportResult,
    Paused,
    TargetError,
    export_async,
)
from cartesia_calls.export.dask import ClusterError, DaskWorkers
from cartesia_calls.sandbox import Sandbox
from exporting import data_files, one_in_ten_fails
from fake_server import KEY
from faulty_file_systems import WatchedFileSystem
from many_calls import AGENT, ManyCalls, http
from skipping_clock import SkippingClock
from terminal import environment

CALLS = 300
CONCURRENCY = 6

# Most of its types are unknown.
distributed: Any = import_module("distributed")
Cluster: TypeAlias = Any


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Return a client of a scheduler with two worker processes, of four threads each."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=4, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(CALLS) as server:
        yield server


def _export(server: ManyCalls, to: Path | str, **options: Any) -> ExportResult:  # noqa: ANN401
    connect = partial(AsyncClient, KEY, base_url=server.url)
    wanted: dict[str, Any] = {
        "agents": AGENT,
        "connect": connect,
        "concurrency": CONCURRENCY,
        **options,
    }
    return asyncio.run(export_async(to=to, **wanted))


def _manifest(target: Path) -> list[dict[str, Any]]:
    lines = (target / "_manifest/1-of-1.ndjson").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) | {"recorded_at": None} for line in lines]


@pytest.mark.parametrize("format_name", ["ndjson", "parquet"])
def test_with_a_worker_killed_midway_the_result_is_that_of_one_machine(
    cluster: Cluster,
    server: ManyCalls,
    tmp_path: Path,
    format_name: str,
) -> None:
    alone = _export(server, tmp_path / "alone", format=format_name)
    first, last = server.requests, server.requests + 100
    process: int = min(cluster.run(os.getpid).values())
    server.interfere = lambda heard, _: os.kill(process, signal.SIGKILL) if heard == last else None
    together = _export(
        server, tmp_path / "together", format=format_name, workers=DaskWorkers(cluster)
    )
    assert data_files(tmp_path / "together") == data_files(tmp_path / "alone")
    assert _manifest(tmp_path / "together") == _manifest(tmp_path / "alone")
    assert (together.exported, together.rows) == (alone.exported, alone.rows) == (CALLS, 1942)
    # At most the killed worker's unfinished calls were requested again.
    assert server.requests - first <= together.requests + CONCURRENCY
    server.fetched.clear()
    again = _export(server, tmp_path / "together", format=format_name, workers=DaskWorkers(cluster))
    assert (again.present, server.fetched.total()) == (CALLS, 0)


def test_every_part_is_the_same_as_on_one_machine(
    cluster: Cluster,
    cartesia_sandbox: Sandbox,
    tmp_path: Path,
) -> None:
    options: dict[str, Any] = {
        "agents": cartesia_sandbox.agents.busy,
        "until": "1d",
        "include": ("logs", "record", "transcript", "tools", "audio"),
        "connect": partial(AsyncClient, KEY, base_url=cartesia_sandbox.url),
    }
    alone = asyncio.run(export_async(to=tmp_path / "alone", **options))
    together = asyncio.run(
        export_async(to=tmp_path / "together", workers=DaskWorkers(cluster), **options)
    )
    files = [
        {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("ac_*")}
        for root in (tmp_path / "alone", tmp_path / "together")
    ]
    assert files[0] == files[1]
    assert _manifest(tmp_path / "together") == _manifest(tmp_path / "alone")
    assert together.skipped == alone.skipped
    assert together.requests == alone.requests


def test_redacted_files_are_the_same_as_on_one_machine(
    cluster: Cluster, cartesia_sandbox: Sandbox, tmp_path: Path
) -> None:
    options: dict[str, Any] = {
        "agents": cartesia_sandbox.agents.odd,
        "include": ("logs", "record", "transcript", "tools"),
        "redact": True,
        "redact_patterns": [r"hours"],
        "connect": partial(AsyncClient, KEY, base_url=cartesia_sandbox.url),
    }
    asyncio.run(export_async(to=tmp_path / "alone", **options))
    asyncio.run(export_async(to=tmp_path / "together", workers=DaskWorkers(cluster), **options))
    files = [
        {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*.ndjson")}
        for root in (tmp_path / "alone", tmp_path / "together")
    ]
    data = [{path: found[path] for path in found if path[0] != "_"} for found in files]
    assert data[0] == data[1]
    assert _manifest(tmp_path / "together") == _manifest(tmp_path / "alone")
    assert "‹phone 1›" in str({path: one.decode() for path, one in data[1].items()})
    assert not [path for path, one in files[1].items() if b"390555550211" in one]


def test_with_one_request_in_ten_failing_the_result_is_that_of_one_machine(
    cluster: Cluster,
    server: ManyCalls,
    tmp_path: Path,
) -> None:
    _export(server, tmp_path / "alone")
    server.interfere = one_in_ten_fails(seed=3)
    together = _export(
        server, tmp_path / "together", workers=DaskWorkers(cluster), clock=SkippingClock()
    )
    assert together.is_complete
    assert together.retries > 0
    assert data_files(tmp_path / "together") == data_files(tmp_path / "alone")


def test_refresh_restores_missing_files(
    cluster: Cluster, server: ManyCalls, tmp_path: Path
) -> None:
    _export(server, tmp_path, workers=DaskWorkers(cluster))
    whole = data_files(tmp_path)
    (tmp_path / min(whole)).unlink()
    (tmp_path / max(whole)).write_bytes(b"damaged")
    refreshed = _export(server, tmp_path, workers=DaskWorkers(cluster), refresh=True)
    assert refreshed.is_complete
    assert data_files(tmp_path) == whole


def test_concurrency_and_rate_bound_all_workers_together(
    cluster: Cluster,
    server: ManyCalls,
    tmp_path: Path,
) -> None:
    clock = SkippingClock()
    server.delay = 0.02
    began = clock.monotonic()
    result = _export(
        server, tmp_path, workers=DaskWorkers(cluster), clock=clock, concurrency=3, rate=5.0
    )
    assert result.is_complete
    assert server.most_at_once <= 3
    assert server.requests == result.requests
    assert clock.monotonic() - began >= (server.requests - 1) / 5.0


def test_a_429_pauses_all_workers(
    cluster: Cluster,
    server: ManyCalls,
    tmp_path: Path,
) -> None:
    clock = SkippingClock()
    pauses: list[float] = []
    arrivals: list[float] = []

    def refuse_the_hundredth(heard: int, _path: str) -> bytes | None:
        if pauses:
            arrivals.append(sum(clock.sleeps))
        return http("429 Too Many Requests", b"", "Retry-After: 60") if heard == 100 else None

    def on_event(event: ExportEvent) -> None:
        if isinstance(event, Paused):
            pauses.append(event.seconds)

    server.interfere = refuse_the_hundredth
    result = _export(server, tmp_path, workers=DaskWorkers(cluster), clock=clock, on_event=on_event)
    assert result.is_complete
    assert pauses == [60.0]
    # Only requests that were in flight when the refusal was received.
    assert len([slept for slept in arrivals if slept < 59]) < CONCURRENCY
    assert len(arrivals) > CALLS / 2


def test_a_refused_key_ends_the_export_once(
    cluster: Cluster,
    server: ManyCalls,
    tmp_path: Path,
) -> None:
    server.interfere = lambda heard, _: (
        http("401 Unauthorized", b'{"title": "No", "message": "Who?"}') if heard > 50 else None
    )
    with pytest.raises(AuthenticationError) as refused:
        _export(server, tmp_path, workers=DaskWorkers(cluster))
    assert server.requests <= 50 + CONCURRENCY + 1
    assert (refused.value.status_code, refused.value.message) == (401, "Who?")
    # It came from a worker, whose request held the key.
    assert KEY.encode() not in pickle.dumps(refused.value)


def test_a_stopped_export_is_resumed(
    cluster: Cluster,
    server: ManyCalls,
    tmp_path: Path,
) -> None:
    _export(server, tmp_path / "alone")

    async def stopped() -> ExportResult:
        stop = asyncio.Event()

        def on_event(event: ExportEvent) -> None:
            if isinstance(event, CallExported):
                stop.set()

        return await export_async(
            agents=AGENT,
            to=tmp_path / "together",
            connect=partial(AsyncClient, KEY, base_url=server.url),
            workers=DaskWorkers(cluster),
            on_event=on_event,
            stop=stop,
        )

    first = asyncio.run(stopped())
    assert first.interrupted
    assert 0 < first.exported < CALLS
    rest = _export(server, tmp_path / "together", workers=DaskWorkers(cluster))
    assert (rest.present, rest.exported) == (first.exported, CALLS - first.exported)
    assert data_files(tmp_path / "together") == data_files(tmp_path / "alone")


def test_a_worker_without_a_key_is_named(
    cluster: Cluster,
    server: ManyCalls,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    monkeypatch.setenv("CARTESIA_BASE_URL", server.url)
    with pytest.raises(ConfigurationError, match="On the worker tcp://127") as missing:
        _export(server, tmp_path, workers=DaskWorkers(cluster), connect=None)
    assert "CARTESIA_API_KEY" in str(missing.value)
    assert not server.fetched


def test_a_failed_transfer_to_the_workers_is_logged_without_secrets(
    cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    log = logging.getLogger("distributed.protocol.pickle")
    log.addHandler(caplog.handler)  # Dask's logs do not propagate
    connect = partial(AsyncClient, KEY, http_client=httpx.AsyncClient())
    arguments: dict[str, Any] = {"agents": AGENT, "to": "memory://me:opensesame@bucket/out"}
    try:
        with pytest.raises(ClusterError) as failed:
            asyncio.run(export_async(workers=DaskWorkers(cluster), connect=connect, **arguments))
    finally:
        log.removeHandler(caplog.handler)
    assert "Failed to serialize" in caplog.text
    shown = caplog.text + repr(failed.value.__cause__) + str(failed.value)
    assert KEY not in shown
    assert "opensesame" not in shown


def test_the_event_loop_continues_while_the_target_is_written_to(cluster: Cluster) -> None:
    fsspec.register_implementation("watched", WatchedFileSystem, clobber=True)
    waited_for: dict[str, bool] = {}

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def wait_for_loop(path: str) -> None:
            ran = threading.Event()
            loop.call_soon_threadsafe(ran.set)
            waited_for[path] = ran.wait(10)

        WatchedFileSystem.on_write = WatchedFileSystem.on_remove = wait_for_loop
        connect = partial(AsyncClient, KEY, http_client=httpx.AsyncClient())
        arguments: dict[str, Any] = {"agents": AGENT, "to": "watched://bucket/out"}
        with pytest.raises(ClusterError):
            await export_async(workers=DaskWorkers(cluster), connect=connect, **arguments)

    asyncio.run(run())
    assert [path for path in waited_for if "_partial" in path]
    assert all(waited_for.values())


def test_a_target_that_the_workers_do_not_share_is_refused(
    cluster: Cluster,
    server: ManyCalls,
) -> None:
    with pytest.raises(TargetError, match="is not the one of this export") as refused:
        _export(server, "memory://bucket/out", workers=DaskWorkers(cluster))
    assert "that all machines share" in refused.value.hint
    assert not server.fetched


@contextmanager
def _program(name: str, *words: str) -> Generator[subprocess.Popen[str]]:
    """Run one of Dask's programs."""
    with subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.{name}", *words, "--no-dashboard"],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
            process.communicate()


def test_a_lost_cluster_ends_the_export_and_the_next_run_resumes(
    server: ManyCalls, tmp_path: Path
) -> None:
    with (
        import_module("dask").config.set({"distributed.comm.timeouts.connect": "1s"}),
        _program("dask_scheduler", "--host", "127.0.0.1", "--port", "0") as scheduler,
    ):
        assert scheduler.stderr is not None
        addresses = (re.search(r"Scheduler at: *(tcp://\S+)", line) for line in scheduler.stderr)
        address = next(found[1] for found in addresses if found)
        server.interfere = lambda heard, _: scheduler.kill() if heard == 50 else None
        with (
            _program("dask_worker", address, "--nthreads", "4", "--no-nanny"),
            distributed.Client(address) as client,
        ):
            workers = DaskWorkers(client)
            with pytest.raises(ClusterError, match="The Dask cluster can't do the work") as gone:
                _export(server, tmp_path, workers=workers)
            fetched = server.fetched.copy()
            with pytest.raises(ClusterError, match="The Dask cluster can't do the work"):
                _export(server, tmp_path, workers=workers)
    assert server.fetched == fetched
    assert "It resumes where it stopped" in gone.value.hint
    assert _export(server, tmp_path).is_complete
    assert len(data_files(tmp_path)) == CALLS


def test_a_client_that_is_closed_is_refused(cluster: Cluster) -> None:
    client = distributed.Client(cluster.scheduler.address, set_as_default=False)
    client.close()
    with pytest.raises(ValueError, match="is not connected"):
        DaskWorkers(client)
