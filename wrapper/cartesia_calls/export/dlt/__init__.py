"""Agents' calls as a source for dlt, for those who load into a warehouse (extra `dlt`).

    import dlt
    from cartesia_calls.export.dlt import calls_source

    pipeline = dlt.pipeline("cartesia_calls", destination="duckdb", dataset_name="calls")
    print(pipeline.run(calls_source(agents="agent_1", since="30d")))

Run it again, or in cron: it loads only what is missing or may have changed. `docs/export.md` tells what
is in the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartesia_calls._clock import SystemClock
from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls.export import DEFAULT_CONCURRENCY
from cartesia_calls.export._job import check_job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from dlt.sources import DltSource

    from cartesia_calls import AsyncClient
    from cartesia_calls._clock import Clock
    from cartesia_calls.export import OnEvent

__all__ = ["calls_source"]


def calls_source(
    *,
    agents: str | Iterable[str],
    since: datetime | str | None = None,
    until: datetime | str | None = None,
    status: str | Iterable[str] | None = None,
    include: str | Iterable[str] = "logs",
    concurrency: int = DEFAULT_CONCURRENCY,
    rate: float | None = None,
    refresh: bool = False,
    connect: Callable[[], AsyncClient] | None = None,
    on_event: OnEvent | None = None,
    clock: Clock | None = None,
) -> DltSource:
    """Return the source of agents' calls, to be run by a dlt pipeline.

    It has a resource for each part that is included, `logs`, `record` or `transcript`, and one named
    `skipped`, which tells of each part that can't be had why. They ask for the same as `export` does,
    by the same rules and at the same pace; what earlier runs have settled is kept in the pipeline's
    state. A pipeline gives what fails on to its caller as the cause of its `PipelineStepFailed`.

    Args:
        agents: The id of an agent, or of several.
        since: Only calls that started at this time or later, as `calls.list` reads it.
        until: Only calls that started before this time.
        status: Only calls with this status, or with one of these.
        include: What of each call: `logs`, `record`, `transcript`; one or more.
        concurrency: How many requests at once, at the most; fewer after a 429.
        rate: How many requests a second, at the most.
        refresh: Load again what is there already.
        connect: Makes the client; `AsyncClient` by default, with the environment's settings.
        on_event: Is told of what happens, from a thread of its own.
        clock: Another clock to wait by, for tests.

    Raises:
        ConfigurationError: A package is missing.
        TypeError: An argument has the wrong type.
        ValueError: An argument has an impossible value.
    """
    clock = clock or SystemClock()
    job = check_job(
        agents=agents,
        since=since,
        until=until,
        status=status,
        include=include,
        format="parquet",
        shard=None,
        concurrency=concurrency,
        rate=rate,
        refresh=refresh,
        now=clock.now(),
    )
    if "audio" in job.include:
        raise ValueError("include has audio, which is no table; keep recordings with `export`")
    try:
        from ._source import source_of  # noqa: PLC0415 - needs what may not be installed
    except ModuleNotFoundError as error:
        if error.name not in {"dlt", "pyarrow"}:
            raise
        raise ConfigurationError(
            f"Loading with dlt needs the package {error.name}, which is not installed.",
            hint="Install it with: pip install 'cartesia-calls[dlt]'",
        ) from None
    return source_of(job, connect=connect, on_event=on_event, clock=clock)
