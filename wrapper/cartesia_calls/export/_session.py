"""What surrounds a run: the client, the target with its lock, and the manifest."""

from __future__ import annotations

from contextlib import AsyncExitStack, suppress
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

from cartesia_calls._exceptions import ConfigurationError

from ._errors import TargetError
from ._events import ExportResult
from ._index import Index
from ._lock import acquire
from ._manifest import check_about, fold, load, open_journal
from ._run import Run
from ._target import open_target
from ._workers import Site
from ._writing import Encoder, Store

if TYPE_CHECKING:
    import asyncio
    import os
    from collections.abc import Callable

    from cartesia_calls import AsyncClient
    from cartesia_calls._clock import Clock

    from ._events import OnEvent
    from ._job import Format, Job
    from ._workers import Workers

# Object stores take their time for each file; a folder is written to by one thread.
_WRITES_AT_ONCE = 16


async def run_job(
    job: Job,
    to: str | os.PathLike[str],
    *,
    connect: Callable[[], AsyncClient],
    workers: Workers,
    on_event: OnEvent | None,
    stop: asyncio.Event,
    clock: Clock,
) -> ExportResult:
    """Run a job; see `export_async`."""
    encoder = encoder_of(job.format)
    began = clock.monotonic()
    async with connect() as client, AsyncExitStack() as stack:
        target = open_target(to, job.shard.name)
        result = ExportResult(target.name)
        lock = acquire(target, job.shard, clock)
        stack.callback(quietly, lock.release)
        # Before the lock is given up: what this removes is its holder's.
        stack.callback(target.close)
        target.clean()
        check_about(target, job)
        index = Index()
        stack.callback(index.close)
        load(target, job.shard, index)
        at_once = 1 if target.folder is not None else _WRITES_AT_ONCE
        journal = open_journal(target, job.shard, clock)
        store = Store(target, encoder, journal, at_once=at_once, verify=job.refresh)
        stack.callback(store.close)
        site = Site(job, to, target, index, client.with_options(max_retries=0), connect)
        run = Run(
            job=job,
            client=site.client,
            attempt=await stack.enter_async_context(workers.at(site)),
            index=index,
            store=store,
            lock=lock,
            clock=clock,
            on_event=on_event or ignore,
            grace=grace_of(client),
            result=result,
        )
        try:
            await run.run(stop)
        finally:
            result.seconds = clock.monotonic() - began
        if not result.interrupted:
            fold(target, job.shard, index)
    return result


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
