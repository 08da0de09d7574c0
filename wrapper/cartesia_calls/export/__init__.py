"""Export all logs of an agent to a folder or to object storage, before retention removes them.

    from cartesia_calls.export import export

    result = export(agents="agent_1", to="logs", since="30d")
    print(result.exported, "calls,", result.rows, "lines")

Run it again, or in cron: it fetches only what is missing or may have changed. `docs/export.md` describes
the files of the target.
"""

from __future__ import annotations

import asyncio
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from cartesia_calls import AsyncClient, SystemClock

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
from ._job import DEFAULT_CONCURRENCY, FORMATS, MOST_AT_ONCE, PARTS, check_job, check_shard
from ._manifest import SkipReason
from ._session import run_job
from ._target import TargetBusyError, TargetError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Coroutine, Iterable
    from datetime import datetime

    from cartesia_calls import Clock

    from ._fetching import Workers

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

P = ParamSpec("P")


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
        include: The parts of each call: `logs`, `record`, `transcript`, `audio`; one or more.
        concurrency: How many requests are in flight at once, at most; fewer after a 429.
        rate: How many requests are sent per second, at most.
        shard: One part of the calls, such as `2/4`; all parts may be exported at the same time.
        refresh: Fetch everything again, including what is in the target already.
        connect: Makes the client; `AsyncClient` by default, with the settings of the environment.
        workers: Who fetches and writes: this process by default, or a cluster (`DaskWorkers` of
            `cartesia_calls.export.dask`).
        on_event: Called with each event; the last one is `ExportFinished`, even after an error.
        stop: Set it to end early, after writing what has been fetched.
        clock: Another clock, for tests.

    Returns:
        The result.

    Raises:
        ConfigurationError: There is no key, a package is missing, or the target holds another format.
        TargetBusyError: Another export is running on the target.
        TargetError: The target can't be read or written.
        CartesiaError: The server refused the key, or kept failing.
        TypeError: An argument has the wrong type.
        ValueError: An argument has an impossible value.
    """
    clock = clock or SystemClock()
    on_event = on_event or _ignore
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
        most_at_once=workers.most_at_once if workers else MOST_AT_ONCE,
    )
    result = ExportResult("")
    try:
        await run_job(
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
    return result


def _ignore(_event: object) -> None:
    pass


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
            return asyncio.run(function(*args, **kwargs))
        raise RuntimeError(
            "export can't run where an event loop is running, such as in a notebook; "
            "write `await export_async(...)` instead"
        )

    return export


export = _in_a_loop_of_its_own(export_async)
