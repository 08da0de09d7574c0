"""`export` and `export_async`: the client, the locked target and its manifest, and one run."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, ExitStack
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from cartesia_calls import AsyncClient, SystemClock

from ._events import ExportFinished, ExportResult
from ._fetching import Attempts
from ._index import Index
from ._job import DEFAULT_CONCURRENCY, MOST_AT_ONCE, check_job
from ._lock import acquire
from ._manifest import Journal, check_about, fold, load
from ._run import Run, in_thread
from ._target import open_target
from ._writing import PartWriter, Store, encode_of

if TYPE_CHECKING:
    import os
    import re
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import datetime

    from cartesia_calls import Clock

    from ._events import OnEvent
    from ._fetching import Attempt
    from ._job import Job
    from ._lock import Lock
    from ._target import Target
    from ._writing import Encode
    from .dask import DaskWorkers

P = ParamSpec("P")
# Object stores are slow for each file; one thread is best for a folder.
_WRITES_AT_ONCE = 16


async def export_async(
    *,
    agents: str | Iterable[str],
    to: str | os.PathLike[str],
    since: datetime | str | None = None,
    until: datetime | str | None = None,
    status: str | Iterable[str] | None = None,
    format: str = "ndjson",  # noqa: A002 - named as the command's option
    include: str | Iterable[str] = "logs",
    concurrency: int = DEFAULT_CONCURRENCY,
    rate: float | None = None,
    shard: str | None = None,
    refresh: bool = False,
    redact: bool = False,
    redact_patterns: Iterable[str | re.Pattern[str]] = (),
    connect: Callable[[], AsyncClient] | None = None,
    workers: DaskWorkers | None = None,
    on_event: OnEvent | None = None,
    stop: asyncio.Event | None = None,
    clock: Clock | None = None,
) -> ExportResult:
    """Write the logs of agents' calls to a target, or resume an earlier export.

    It lists calls (operation `agents_list-calls`). For each, it fetches the logs
    (`agents_get-call-logs`), the record (`agents_get-call`) and the recording
    (`agents_download-call-audio`) as requested. If the task is cancelled, it first writes what has been
    fetched.

    Args:
        agents: The id of an agent, or of several.
        to: A folder, or any fsspec URL such as `s3://bucket/calls` (extra `export`).
        since: Only calls that started at this time or later, as in `calls.list`.
        until: Only calls that started before this time.
        status: Only calls with this status, or with one of these.
        format: `ndjson`, or `parquet` (extra `export`); a target holds one of the two.
        include: The parts of each call: `logs`, `record`, `transcript`, `tools`, `audio`; one or
            more.
        concurrency: How many requests are in flight at once, at most; fewer after a 429.
        rate: How many requests are sent per second, at most.
        shard: One part of the calls, such as `2/4`; all parts may be exported at the same time.
        refresh: Fetch everything again, including what is in the target already.
        redact: Replace secrets and personal data with placeholders, see `Redactor`. Takes no `audio`. A
            target holds either redacted data or others.
        redact_patterns: Further regular expressions; what one matches is redacted too.
        connect: Makes the client; `AsyncClient` by default, with the settings of the environment.
        workers: Who fetches and writes: this process by default, or a cluster (`DaskWorkers` of
            `cartesia_calls.export.dask`).
        on_event: Called with each event; the last one is `ExportFinished`, even after an error.
        stop: Set it to end early, after writing what has been fetched.
        clock: Another clock, for tests.

    Returns:
        The result.

    Raises:
        ConfigurationError: There is no key, a package is missing, or the target holds another format or
            another redaction.
        TargetBusyError: Another export is running on the target.
        TargetError: The target can't be read or written.
        CartesiaError: The server refused the key, or kept failing.
        TypeError: An argument has the wrong type.
        ValueError: An argument has an impossible value.
    """
    clock = clock or SystemClock()
    on_event = on_event or (lambda _: None)
    job = check_job(
        agents=agents,
        since=since,
        until=until,
        status=status,
        include=include,
        format=format,
        shard=shard,
        concurrency=concurrency,
        rate=rate,
        refresh=refresh,
        redact=redact,
        redact_patterns=redact_patterns,
        now=clock.now(),
        most_at_once=workers.most_at_once if workers else MOST_AT_ONCE,
    )
    start = clock.monotonic()
    result = ExportResult("")
    try:
        encode = encode_of(job.format)
        async with (connect or AsyncClient)() as client, AsyncExitStack() as stack:
            held = ExitStack()
            stack.push_async_callback(in_thread, held.close)
            target = await in_thread(open_target, to, job.shard.name)
            result.target = target.name
            lock, index, store = await in_thread(_take, target, job, encode, clock, held)
            asking = client.with_options(max_retries=0)
            attempt: Attempt = Attempts(asking, target.scratch, job.redact).attempt
            if workers is not None:
                at = workers.at(job, to, target, connect or AsyncClient)
                attempt = await stack.enter_async_context(at)
            run = Run(
                job=job,
                client=asking,
                attempt=attempt,
                index=index,
                store=store,
                renew=lock.renew,
                clock=clock,
                on_event=on_event,
                result=result,
            )
            try:
                await run.run(stop or asyncio.Event())
            finally:
                result.seconds = clock.monotonic() - start
            if not result.interrupted:
                await in_thread(fold, target, job.shard, index)
    except Exception as error:
        result.error = error
        raise
    except BaseException:
        result.interrupted = True
        raise
    finally:
        on_event(ExportFinished(result))
    return result


def _take(
    target: Target, job: Job, encode: Encode, clock: Clock, held: ExitStack
) -> tuple[Lock, Index, Store]:
    """Lock the target and read its manifest; close `held` to undo this."""
    lock = acquire(target, job.shard, clock)
    held.callback(lock.release)
    # Before the lock is released: only its holder may remove partial files.
    held.callback(target.close)
    target.clean()
    check_about(target, job)
    index = Index()
    held.callback(index.close)
    load(target, job.shard, index)
    at_once = 1 if target.folder is not None else _WRITES_AT_ONCE
    journal = Journal(target, job.shard, clock)
    writer = PartWriter(target, job.format, encode)
    store = Store(writer, journal, at_once=at_once, verify=job.refresh)
    held.callback(store.close)
    return lock, index, store


def _in_a_loop_of_its_own(
    function: Callable[P, Coroutine[Any, Any, ExportResult]],
) -> Callable[P, ExportResult]:
    @wraps(function, assigned=("__module__",))
    def export(*args: P.args, **kwargs: P.kwargs) -> ExportResult:
        """Do the same as `export_async`, with the same arguments, in code that is not asynchronous.

        Ctrl-C ends it with a `KeyboardInterrupt`, after writing what has been fetched. In a notebook,
        where an event loop is running, await `export_async` instead.

        Raises:
            RuntimeError: An event loop is running.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            pass  # as it should be
        else:
            raise RuntimeError(
                "export can't run where an event loop is running, such as in a notebook; "
                "write `await export_async(...)` instead"
            )
        return asyncio.run(function(*args, **kwargs))

    return export


export = _in_a_loop_of_its_own(export_async)
