"""Agents' calls as a dlt source, to load them into a warehouse (extra `dlt`).

    import dlt
    from cartesia_calls.export.dlt import calls_source

    pipeline = dlt.pipeline("cartesia_calls", destination="duckdb", dataset_name="calls")
    print(pipeline.run(calls_source(agents="agent_1", since="30d")))

Run it again, or in cron: it loads only what is missing or may have changed. `docs/guide/exports.md` describes
the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartesia_calls import ConfigurationError, SystemClock
from cartesia_calls.export._job import DEFAULT_CONCURRENCY, check_job

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from dlt.sources import DltSource

    from cartesia_calls import AsyncClient, Clock
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
    redact: bool = False,
    redact_patterns: Iterable[str | re.Pattern[str]] = (),
    connect: Callable[[], AsyncClient] | None = None,
    on_event: OnEvent | None = None,
    clock: Clock | None = None,
) -> DltSource:
    """Return the source of agents' calls, to be run by a dlt pipeline.

    It has a resource for each part: `logs`, `record`, `transcript` or `tools`. The resource `skipped` says of
    each missing part why it is missing. The source sends the same requests as `export`, at the same
    pace, and remembers in the state of the pipeline what earlier runs have loaded. A failure reaches
    the caller of the pipeline as the cause of its `PipelineStepFailed`.

    The arguments are those of `export`. `include` takes no `audio`, and `on_event` is called in another
    thread.

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
        concurrency=concurrency,
        rate=rate,
        refresh=refresh,
        redact=redact,
        redact_patterns=redact_patterns,
        now=clock.now(),
    )
    if "audio" in job.include:
        raise ValueError("include has audio, which is no table; export recordings with `export`")
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
