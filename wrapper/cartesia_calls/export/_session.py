"""A run with its surroundings: the client, the locked target, and the manifest."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack, suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from cartesia_calls import ConfigurationError

from ._fetching import Attempts, Site
from ._index import Index
from ._lock import acquire
from ._manifest import check_about, fold, load, open_journal
from ._run import Run, to_its_end
from ._target import TargetError, open_target
from ._writing import PartWriter, Store

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from cartesia_calls import AsyncClient, Clock

    from ._events import ExportResult, OnEvent
    from ._fetching import Attempt, Workers
    from ._job import Format, Job
    from ._lock import Lock
    from ._target import Target
    from ._writing import Encode

P = ParamSpec("P")
T = TypeVar("T")
# Object stores take their time for each file; one thread is best for a folder.
_WRITES_AT_ONCE = 16


async def run_job(
    job: Job,
    to: str | os.PathLike[str],
    *,
    connect: Callable[[], AsyncClient],
    workers: Workers | None,
    on_event: OnEvent,
    stop: asyncio.Event,
    clock: Clock,
    result: ExportResult,
) -> None:
    """Run a job, and keep its result up to date; see `export_async`."""
    encode = encoder_of(job.format)
    start = clock.monotonic()
    async with connect() as client, AsyncExitStack() as stack:
        held = ExitStack()
        stack.push_async_callback(in_thread, held.close)
        target = await in_thread(open_target, to, job.shard.name)
        result.target = target.name
        lock, index, store = await in_thread(_take, target, job, encode, clock, held)
        asking = client.with_options(max_retries=0)
        attempt: Attempt = Attempts(asking, target.scratch).attempt
        if workers is not None:
            site = Site(job, to, target, index, connect)
            attempt = await stack.enter_async_context(workers.at(site))
        run = Run(
            job=job,
            client=asking,
            attempt=attempt,
            index=index,
            store=store,
            renew=lock.renew,
            clock=clock,
            on_event=on_event,
            grace=client.logs_grace_period,
            result=result,
        )
        try:
            await run.run(stop)
        finally:
            result.seconds = clock.monotonic() - start
        if not result.interrupted:
            await in_thread(fold, target, job.shard, index)


def _take(
    target: Target, job: Job, encode: Encode, clock: Clock, held: ExitStack
) -> tuple[Lock, Index, Store]:
    """Lock the target and read its manifest; `held` undoes it."""
    lock = acquire(target, job.shard, clock)
    held.callback(quietly, lock.release)
    # Before the lock is released: only its holder may remove partial files.
    held.callback(target.close)
    target.clean()
    check_about(target, job)
    index = Index()
    held.callback(index.close)
    load(target, job.shard, index)
    at_once = 1 if target.folder is not None else _WRITES_AT_ONCE
    journal = open_journal(target, job.shard, clock)
    writer = PartWriter(target, job.format, encode)
    store = Store(writer, journal, at_once=at_once, verify=job.refresh)
    held.callback(store.close)
    return lock, index, store


def encoder_of(name: Format) -> Encode:
    """Return the function that encodes tables in a format."""
    if name == "parquet" and find_spec("pyarrow") is None:
        raise ConfigurationError(
            "The format parquet needs the package pyarrow, which is not installed.",
            hint="Install it with: pip install 'cartesia-calls[export]'",
        )
    encode: Encode = import_module(f"{__package__}._{name}").encode
    return encode


def quietly(tidy: Callable[[], None]) -> None:
    """Tidy up a target; its failure was raised already."""
    with suppress(TargetError):
        tidy()


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a function that may block in a thread, and wait for its end even when cancelled.

    What it works with must not be closed before.
    """
    # A future and no task, since an event loop that ends cancels all tasks.
    working = asyncio.get_running_loop().run_in_executor(None, partial(function, *args, **kwargs))
    return await to_its_end(working)
