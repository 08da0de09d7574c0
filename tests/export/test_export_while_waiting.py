"""What an export to an object store does while nothing comes: it records, and holds its lock."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import fsspec  # type: ignore[import-untyped]  # fsspec has no types
import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # fsspec has no types

from cartesia_calls import AsyncClient
from cartesia_calls.export import ExportResult, TargetBusyError, _run, export, export_async
from cartesia_calls.export._target import open_target
from fake_server import KEY
from many_calls import AGENT, ManyCalls

TARGET = "watched://bucket/out"
_FOR_EVER = 3600.0
_LONGEST_TEST = 60


class WatchedFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Tells of each file that is written, and before one is removed."""

    protocol = ("watched", "memory")
    on_write: ClassVar[Callable[[str], object]] = print
    on_remove: ClassVar[Callable[[str], object]] = print

    def rm_file(self, path: str) -> None:
        type(self).on_remove(path)
        super().rm_file(path)

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:  # noqa: ANN401 - theirs
        super().pipe_file(path, value, mode=mode, **kwargs)
        type(self).on_write(path)


@pytest.fixture(autouse=True)
def store() -> Iterator[None]:
    fsspec.register_implementation("watched", WatchedFileSystem, clobber=True)
    WatchedFileSystem.on_write = WatchedFileSystem.on_remove = print
    yield
    WatchedFileSystem.store.clear()
    WatchedFileSystem.pseudo_dirs[:] = [""]


def _export(server: ManyCalls, on_write: Callable[[str, asyncio.Event], object]) -> ExportResult:
    async def run() -> ExportResult:
        stop, loop = asyncio.Event(), asyncio.get_running_loop()

        def tell(path: str) -> None:
            loop.call_soon_threadsafe(on_write, path, stop)

        WatchedFileSystem.on_write = tell
        connect = partial(AsyncClient, KEY, base_url=server.url)
        async with asyncio.timeout(_LONGEST_TEST):
            return await export_async(agents=AGENT, to=TARGET, connect=connect, stop=stop)

    return asyncio.run(run())


def _silent_from(server: ManyCalls, number: int) -> Callable[[int, str], None]:
    def interfere(heard: int, _path: str) -> None:
        if heard >= number:
            server.delay = _FOR_EVER

    return interfere


def test_what_has_come_is_recorded_though_nothing_more_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_run, "FLUSH_EVERY", 0.01)
    written: list[str] = []

    def stop_when_recorded(path: str, stop: asyncio.Event) -> None:
        written.append(path)
        if ".segment." in path:
            stop.set()

    with ManyCalls(40) as server:
        server.interfere = _silent_from(server, 20)
        result = _export(server, stop_when_recorded)
        assert result.interrupted
        server.interfere, server.delay = (lambda _number, _path: None), 0.0
        WatchedFileSystem.on_write = written.append
        connect = partial(AsyncClient, KEY, base_url=server.url)
        again = export(agents=AGENT, to=TARGET, connect=connect)
    assert (again.present, again.exported) == (result.exported, 40 - result.exported)
    assert result.exported > 0


def test_an_export_whose_lock_was_taken_over_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run, "HEARTBEAT", 0.01)
    renewals: list[str] = []

    def take_over(path: str, _stop: asyncio.Event) -> None:
        if path.endswith("/_locks/1-of-1.json"):
            renewals.append(path)
            if len(renewals) == 3:
                other = open_target(TARGET, "other")
                other.write("_locks/1-of-1.json", b'{"pid": 7, "host": "elsewhere"}')
                other.close()

    with ManyCalls(40) as server:
        server.interfere = _silent_from(server, 20)
        with pytest.raises(TargetBusyError, match="process 7 on elsewhere"):
            _export(server, take_over)


def test_what_a_run_leaves_is_gone_when_it_gives_up_its_lock(
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
