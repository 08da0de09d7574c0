"""`cartesia-calls export`: the logs of agents' calls, into files or object storage."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from cartesia_calls.export import ExportFinished, export_async

from ._api import open_async_client
from ._errors import fail
from ._exit_codes import ExitCode
from ._export_views import show_events, show_summary
from ._list import reversed_window
from ._signals import signals_end, wake_for_signals
from ._terminal import say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cartesia_calls.export import ExportEvent, ExportResult


def run(arguments: argparse.Namespace) -> int:
    """Export, and report how far it is, what was skipped, and the result."""
    if problem := reversed_window(arguments):
        return fail(*problem)
    if "audio" in arguments.include and (arguments.redact or arguments.redact_pattern):
        return fail(
            "--include has audio, which can't be redacted.",
            "Export recordings without --redact, to another target.",
        )
    stop = asyncio.Event()
    ended: list[ExportResult] = []

    def end_well() -> None:
        stop.set()
        say("Stopping: what was fetched is being written… Press Ctrl-C again to end at once.")

    try:
        with signals_end(end_well):
            result = asyncio.run(_export(arguments, stop, ended.append))
    finally:
        # An error that ended it is reported by `main`.
        for one in ended:
            show_summary(one)
    if result.interrupted:
        return ExitCode.INTERRUPTED
    return _exit_code(result, strict=arguments.strict)


def _exit_code(result: ExportResult, *, strict: bool) -> ExitCode:
    """Return 0 where everything that can be kept is kept; if `strict`, where nothing is missing.

    A call that failed could be kept, and perhaps those of an agent that is misspelt; what is running,
    deleted or expired has nothing to keep, or not yet.
    """
    could_be_kept = result.skipped["failed"] or result.unknown_agents
    is_missing = could_be_kept or (strict and not result.is_complete)
    return ExitCode.LOGS_NOT_AVAILABLE if is_missing else ExitCode.DONE


async def _export(
    arguments: argparse.Namespace, stop: asyncio.Event, on_end: Callable[[ExportResult], object]
) -> ExportResult:
    waking = asyncio.create_task(wake_for_signals())
    with show_events(json=arguments.json) as show:

        def on_event(event: ExportEvent) -> None:
            if isinstance(event, ExportFinished):
                on_end(event.result)
            show(event)

        result = await export_async(
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
            redact=arguments.redact,
            redact_patterns=arguments.redact_pattern or (),
            connect=partial(open_async_client, arguments),
            on_event=on_event,
            stop=stop,
        )
    waking.cancel()
    return result
