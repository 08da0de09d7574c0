"""All logs of an agent, safely on disk or in object storage, before retention removes them.

    from cartesia_calls.export import export

    result = export(agents="agent_1", to="logs", since="30d")
    print(result.exported, "calls,", result.rows, "lines")

Run it again, or in cron: it fetches only what is missing or may have changed. `docs/export.md` tells
what is in the target.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cartesia_calls import AsyncClient
from cartesia_calls._clock import SystemClock

from ._entry import SkipReason
from ._errors import TargetBusyError, TargetError
from ._events import (
    CallExported,
    CallSkipped,
    CallsListed,
    ExportEvent,
    ExportFinished,
    ExportResult,
    OnEvent,
    Paused,
    as_dict,
)
from ._job import FORMATS, PARTS, check_job, check_shard
from ._session import ignore, run_job
from ._workers import ThisProcess

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from cartesia_calls._clock import Clock

    from ._workers import Workers

__all__ = [
    "FORMATS",
    "PARTS",
    "CallExported",
    "CallSkipped",
    "CallsListed",
    "ExportEvent",
    "ExportFinished",
    "ExportResult",
    "OnEvent",
    "Paused",
    "SkipReason",
    "TargetBusyError",
    "TargetError",
    "as_dict",
    "check_shard",
    "export",
    "export_async",
]

DEFAULT_CONCURRENCY = 8
"""How many requests are under way at once, at the most."""


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
    connect: Callable[[], AsyncClient] | None = None,
    workers: Workers | None = None,
    on_event: OnEvent | None = None,
    stop: asyncio.Event | None = None,
    clock: Clock | None = None,
) -> ExportResult:
    """Write the logs of agents' calls to a target, and go on where an earlier run ended.

    It lists calls (operation `agents_list-calls`), and for each reads its logs
    (`agents_get-call-logs`), its record (`agents_get-call`) and its recording
    (`agents_download-call-audio`) as asked for. When the task is cancelled, what has been fetched is
    written first.

    Args:
        agents: The id of an agent, or of several.
        to: A folder, or any fsspec URL such as `s3://bucket/calls` (extra `export`).
        since: Only calls that started at this time or later, as `calls.list` reads it.
        until: Only calls that started before this time.
        status: Only calls with this status, or with one of these.
        format: `ndjson`, or `parquet` (extra `export`); a target holds one of the two.
        include: What of each call: `logs`, `record`, `transcript`, `audio`; one or more.
        concurrency: How many requests at once, at the most; fewer after a 429.
        rate: How many requests a second, at the most.
        shard: One part of the calls, such as `2/4`; all parts may be exported at the same time.
        refresh: Fetch again what is in the target already.
        connect: Makes the client; `AsyncClient` by default, with the environment's settings.
        workers: Who fetches and writes: this process by default, or a cluster (`DaskWorkers` of
            `cartesia_calls.export.dask`).
        on_event: Is told of what happens; of the end, `ExportFinished`, also where an error is raised.
        stop: Set it to end early, with what has been fetched written.
        clock: Another clock to wait by, for tests.

    Returns:
        What came of it.

    Raises:
        ConfigurationError: There is no key, a package is missing, or the target holds another format.
        TargetBusyError: Another export is at work there.
        TargetError: The target can't be read or written.
        CartesiaError: The server refused the key, or kept failing.
        TypeError: An argument has the wrong type.
        ValueError: An argument has an impossible value.
    """
    clock = clock or SystemClock()
    workers = workers or ThisProcess()
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
        now=clock.now(),
        most_at_once=workers.most_at_once,
    )
    on_event = on_event or ignore
    result = ExportResult("")
    try:
        return await run_job(
            job,
            to,
            connect=connect or AsyncClient,
            workers=workers,
            on_event=on_event,
            stop=stop or asyncio.Event(),
            clock=clock,
            result=result,
        )
    except Exception as error:
        result.error = error
        raise
    except BaseException:
        result.interrupted = True
        raise
    finally:
        on_event(ExportFinished(result))


def export(
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
    connect: Callable[[], AsyncClient] | None = None,
    workers: Workers | None = None,
    on_event: OnEvent | None = None,
) -> ExportResult:
    """Do what `export_async` does, from code that is not asynchronous.

    Ctrl-C ends it with a `KeyboardInterrupt` once what has been fetched is written. Where an event
    loop runs already, such as in a notebook, await `export_async`.

    Raises:
        RuntimeError: An event loop runs already.
    """
    _check_no_loop()
    return asyncio.run(
        export_async(
            agents=agents,
            to=to,
            since=since,
            until=until,
            status=status,
            format=format,
            include=include,
            concurrency=concurrency,
            rate=rate,
            shard=shard,
            refresh=refresh,
            connect=connect,
            workers=workers,
            on_event=on_event,
        )
    )


def _check_no_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(
        "export can't run where an event loop runs already, such as in a notebook; "
        "write `await export_async(...)` instead"
    )
