"""What surrounds a run: the client, the target with its lock, and the manifest."""

from __future__ import annotations

from contextlib import AsyncExitStack, ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from cartesia_calls._exceptions import ConfigurationError

from ._errors import TargetError
from ._index import Index
from ._lock import acquire
from ._manifest import check_about, fold, load, open_journal
from ._run import Run
from ._target import open_target
from ._waiting import in_thread
from ._workers import Site
from ._writing import Encoder, Store

if TYPE_CHECKING:
    import asyncio
    import os
    from collections.abc import Callable

    from cartesia_calls import AsyncClient
    from cartesia_calls._clock import Clock

    from ._events import ExportResult, OnEvent
    from ._job import Format, Job
    from ._lock import Lock
    from ._target import Target
    from ._workers import Workers

# Object stores take their time for each file; a folder is written to by one thread.
_WRITES_AT_ONCE = 16


async def run_job(
    job: Job,
    to: str | os.PathLike[str],
    *,
    connect: Callable[[], AsyncClient],
    workers: Workers,
    on_event: OnEvent,
    stop: asyncio.Event,
    clock: Clock,
    result: ExportResult,
) -> ExportResult:
    """Run a job, and keep its result up to date; see `export_async`."""
    encoder = encoder_of(job.format)
    began = clock.monotonic()
    async with connect() as client, AsyncExitStack() as stack:
        held = ExitStack()
        stack.push_async_callback(in_thread, held.close)
        target = await in_thread(open_target, to, job.shard.name)
        result.target = target.name
        place = await in_thread(_take, target, job, encoder, clock, held)
        asking = client.with_options(max_retries=0)
        site = Site(job, to, target, place.index, asking, connect)
        run = Run(
            job=job,
            client=asking,
            attempt=await stack.enter_async_context(workers.at(site)),
            index=place.index,
            store=place.store,
            lock=place.lock,
            clock=clock,
            on_event=on_event,
            grace=grace_of(client),
            result=result,
        )
        try:
            await run.run(stop)
        finally:
            result.seconds = clock.monotonic() - began
        if not result.interrupted:
            await in_thread(fold, target, job.shard, place.index)
    return result


@dataclass(frozen=True, slots=True)
class _Place:
    """What a run has at a target that is its own."""

    lock: Lock
    index: Index
    store: Store


def _take(target: Target, job: Job, encoder: Encoder, clock: Clock, held: ExitStack) -> _Place:
    """Make the target this run's own; what is to be given up again is put on `held`."""
    lock = acquire(target, job.shard, clock)
    held.callback(quietly, lock.release)
    # Before the lock is given up: what this removes is its holder's.
    held.callback(target.close)
    target.clean()
    check_about(target, job)
    index = Index()
    held.callback(index.close)
    load(target, job.shard, index)
    at_once = 1 if target.folder is not None else _WRITES_AT_ONCE
    journal = open_journal(target, job.shard, clock)
    store = Store(target, encoder, journal, at_once=at_once, verify=job.refresh)
    held.callback(store.close)
    return _Place(lock, index, store)


def encoder_of(name: Format) -> Encoder:
    """Return what encodes tables in a format.

    Raises:
        ConfigurationError: What it needs is not installed.
    """
    if name == "parquet" and find_spec("pyarrow") is None:
        raise ConfigurationError(
            "The format parquet needs the package pyarrow, which is not installed.",
            hint="Install it with: pip install 'cartesia-calls[export]'",
        )
    return cast("Encoder", import_module(f"{__package__}._{name}"))


def grace_of(client: AsyncClient) -> float:
    """Return how long after its end a call's data may still change, in seconds."""
    return client._settings.logs_grace_period  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - our own


def quietly(tidy: Callable[[], None]) -> None:
    """Tidy a target up; one that fails has been told of already."""
    with suppress(TargetError):
        tidy()


def ignore(_event: object) -> None:
    """Do nothing with what is told."""
