"""`cartesia-calls export`: the logs of agents' calls, into files or object storage."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from cartesia_calls import AsyncClient
from cartesia_calls.export import ExportFinished, export_async

from ._exit_codes import ExitCode
from ._export_views import say, show_events, show_summary
from ._signals import signals_end

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cartesia_calls.export import ExportEvent, ExportResult


def run(arguments: argparse.Namespace) -> int:
    """Export, and tell how far it is, what was skipped, and what came of it."""
    if arguments.verbose:
        logging.basicConfig(format="%(message)s")
        logging.getLogger("cartesia_calls").setLevel(logging.INFO)
    stop = asyncio.Event()
    ended: list[ExportResult] = []

    def end_well() -> None:
        stop.set()
        say("Stopping: what was fetched is being written… Once more ends it at once.")

    try:
        with signals_end(end_well):
            result = asyncio.run(_export(arguments, stop, ended.append))
    finally:
        # Where an error ended it as well, which `main` tells of.
        for one in ended:
            show_summary(one)
    if result.interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.DONE if result.is_complete else ExitCode.LOGS_NOT_AVAILABLE


async def _export(
    arguments: argparse.Namespace, stop: asyncio.Event, on_end: Callable[[ExportResult], object]
) -> ExportResult:
    with show_events(json=arguments.json) as show:

        def on_event(event: ExportEvent) -> None:
            if isinstance(event, ExportFinished):
                on_end(event.result)
            show(event)

        return await export_async(
            agents=arguments.agent,
            to=arguments.to,
            since=arguments.since,
            until=arguments.until,
            status=arguments.status,
            format=arguments.format,
            include=arguments.include,
            concurrency=arguments.concurrency,
            rate=arguments.rate,
            shard=arguments.shard,
            refresh=arguments.refresh,
            connect=partial(
                AsyncClient, base_url=arguments.base_url, api_version=arguments.api_version
            ),
            on_event=on_event,
            stop=stop,
        )
