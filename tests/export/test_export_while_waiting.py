"""An export while the server, or the object store, does not respond."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import fsspec  # type: ignore[import-untyped]  # fsspec has no types
import pytest

from cartesia_calls import AsyncClient
from cartesia_calls.export import (
    ExportResult,
    TargetBusyError,
    TargetError,
    _run,
    export,
    export_async,
)
from fake_server import KEY
from faulty_file_systems import WatchedFileSystem
from many_calls import AGENT, ManyCalls

TARGET = "watched://bucket/out"
_FOR_EVER = 3600.0
_LONGEST_TEST = 600
_LONGEST_RESPONSE = 600


@pytest.fixture(autouse=True)
def store() -> Iterator[None]:
    fsspec.register_implementation("watched", WatchedFileSystem, clobber=True)
    for event in ("on_read", "on_write", "on_remove"):
        setattr(WatchedFileSystem, event, print)
    yield
    WatchedFileSystem.store.clear()
    WatchedFileSystem.pseudo_dirs[:] = [""]


def _export(server: ManyCalls, on_write: Callable[[str, asyncio.Event], object]) -> ExportResult:
    async def run() -> ExportResult:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def notify(path: str) -> None:
            loop.call_soon_threadsafe(on_write, path, stop)

        WatchedFileSystem.on_write = notify
        connect = partial(AsyncClient, KEY, base_url=server.url)
        async with asyncio.timeout(_LONGEST_TEST):
            return await export_async(agents=AGENT, to=TARGET, connect=connect, stop=stop)

    return asyncio.run(run())


def _silent_from(server: ManyCalls, number: int) -> Callable[[int, str], None]:
    def interfere(heard: int, _path: str) -> None:
        if heard >= number:
            server.delay = _FOR_EVER

    return interfere


@pytest.mark.parametrize(
    ("theirs", "who"),
    [
        (b'{"pid": 7, "host": "elsewhere"}', r"process 7 on elsewhere"),
        (None, r"process \? on \?"),
    ],
    ids=["taken over", "removed"],
)
def test_an_export_that_loses_its_lock_ends(
    theirs: bytes | None, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_run, "HEARTBEAT", 0.01)
    renewals: list[str] = []

    def take(path: str, _stop: asyncio.Event) -> None:
        if path.endswith("/_locks/1-of-1.json"):
            renewals.append(path)
            if len(renewals) == 3 and theirs:
                fsspec.filesystem("watched").pipe_file(path, theirs)
            elif len(renewals) == 3:
                del WatchedFileSystem.store[path]

    with ManyCalls(40) as server:
        server.interfere = _silent_from(server, 20)
        with pytest.raises(TargetBusyError, match=who):
            _export(server, take)


def test_a_lock_that_is_being_renewed_at_the_end_is_still_released(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_run, "HEARTBEAT", 0.01)
    renewals: list[str] = []

    def stop_in_the_second_renewal(path: str, stop: asyncio.Event) -> None:
        if path.endswith("/_locks/1-of-1.json"):
            renewals.append(path)
            if len(renewals) == 3:
                stop.set()
                released.wait(0.2)

    released = threading.Event()
    WatchedFileSystem.on_remove = lambda path: released.set() if "/_locks/" in path else None
    with ManyCalls(40) as server:
        server.interfere = _silent_from(server, 20)
        assert _export(server, stop_in_the_second_renewal).interrupted
    assert released.is_set()
    assert [path for path in WatchedFileSystem.store if "/_locks/" in path] == []


def test_temporary_files_are_gone_before_the_lock_is_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left: list[list[Path]] = []

    def look(path: str) -> None:
        if path.endswith("/_locks/1-of-1.json"):
            left.append(list(tmp_path.iterdir()))

    WatchedFileSystem.on_remove = look
    with ManyCalls(3) as server:
        connect = partial(AsyncClient, KEY, base_url=server.url)
        assert export(agents=AGENT, to=TARGET, connect=connect).is_complete
    assert left == [[]]


def _round_trip(loop: asyncio.AbstractEventLoop, then: Callable[[], object]) -> bool:
    """Run a function in the event loop from a thread; return whether it ran."""
    done = threading.Event()

    def do() -> None:
        then()
        done.set()

    loop.call_soon_threadsafe(do)
    return done.wait(_LONGEST_RESPONSE)


def test_the_event_loop_continues_while_a_store_does_not_respond() -> None:
    waited_for: dict[str, bool] = {}

    async def run(server: ManyCalls) -> ExportResult:
        loop = asyncio.get_running_loop()

        def wait_for_loop(path: str) -> None:
            waited_for[path] = _round_trip(loop, lambda: None)

        WatchedFileSystem.on_write = WatchedFileSystem.on_remove = wait_for_loop
        connect = partial(AsyncClient, KEY, base_url=server.url)
        return await export_async(agents=AGENT, to=TARGET, connect=connect)

    with ManyCalls(3) as server:
        assert asyncio.run(run(server)).is_complete
    folders = {path.split("/")[-2] for path in waited_for}
    assert folders >= {"_locks", "_manifest", "day=2026-03-01"}
    assert [path for path, ran in waited_for.items() if not ran] == []


def test_a_cancelled_run_ends_before_the_lock_is_released() -> None:
    given_up = threading.Event()
    too_early: list[bool] = []

    async def run(server: ManyCalls) -> None:
        loop = asyncio.get_running_loop()

        def cancel_twice(path: str) -> None:
            if path.endswith("/ac_000000.ndjson"):
                for _ in range(2):
                    assert _round_trip(loop, task.cancel)
                too_early.append(given_up.wait(0.2))

        WatchedFileSystem.on_write = cancel_twice
        WatchedFileSystem.on_remove = lambda _path: given_up.set()
        connect = partial(AsyncClient, KEY, base_url=server.url)
        task = asyncio.create_task(export_async(agents=AGENT, to=TARGET, connect=connect))
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    with ManyCalls(3) as server:
        asyncio.run(run(server))
    assert too_early == [False]
    assert given_up.is_set()


@pytest.mark.parametrize("fails", [False, True])
def test_a_cancelled_start_ends_before_the_lock_is_released(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, fails: bool
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    given_up = threading.Event()
    too_early: list[bool] = []

    async def run() -> None:
        loop = asyncio.get_running_loop()

        def cancel_twice(path: str) -> None:
            if path.endswith("/about.json"):
                for _ in range(2):
                    assert _round_trip(loop, task.cancel)
                too_early.append(given_up.wait(0.2))
                if fails:
                    WatchedFileSystem.store.popitem()  # otherwise it would count as written
                    raise OSError(errno.EIO, os.strerror(errno.EIO))

        WatchedFileSystem.on_write = cancel_twice
        connect = partial(AsyncClient, KEY, base_url="http://127.0.0.1:9")
        task = asyncio.create_task(export_async(agents=AGENT, to=TARGET, connect=connect))
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await task
        assert isinstance(cancelled.value.__cause__, TargetError) is fails

    WatchedFileSystem.on_remove = lambda _path: given_up.set()
    asyncio.run(run())
    assert too_early == [False]
    assert given_up.is_set()
    assert not list(tmp_path.iterdir())
