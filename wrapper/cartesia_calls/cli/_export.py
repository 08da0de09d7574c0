"""`cartesia-calls export`: the logs of agents' calls, into files or object storage."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from argparse import ArgumentTypeError
from contextlib import suppress
from functools import partial
from select import select
from typing import TYPE_CHECKING

from cartesia_calls.export import FORMATS, PARTS, ExportFinished, check_shard, export_async

from . import _options as options
from ._api import open_async_client
from ._errors import ExitCode, Failure
from ._export_views import show_events, show_summary
from ._terminal import say

if TYPE_CHECKING:
    import argparse

    from cartesia_calls.export import ExportEvent, ExportResult

    from ._arguments import CommandParser

USAGE = "--agent ID... --to TARGET [options]"
ABOUT = (
    "Write the logs of agents' calls to a folder or an fsspec URL, before retention removes them. "
    "Run it again, by hand or by cron: it fetches only what is missing or may have changed. It exits "
    "with 0 when everything that can be kept is kept, and with 5 when a call failed or an agent is "
    "unknown; with --strict also when a call is running, deleted or expired."
)
EXAMPLES = (
    "export --agent agent_123 --to calls",
    "export --agent agent_123 --since 3d --to s3://acme --strict",
    "export --agent agent_123 --to shared --redact",
)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_LAST_WORDS = b"Interrupted.\n"
_SHOW_CURSOR = b"\x1b[?25h"


def add_options(parser: CommandParser) -> None:
    """Add what can be typed."""
    parser.section("which calls", options.TIMES)
    these, several = "the calls of these agents; needed", {"nargs": "+", "action": "extend"}
    parser.value("--agent", "ID", options.agent_id, these, required=True, **several)
    options.add_times(parser, "calls that started")
    options.add_status(parser)
    parser.value("--shard", "I/N", _shard, "one part of N, such as 1/4")
    parser.section("what and where")
    target = "a folder, or a URL such as s3://bucket/calls; needed"
    parser.value("--to", "TARGET", options.path, target, required=True)
    one = "ndjson (the default) or parquet"
    parser.value("--format", "F", options.one_of(*FORMATS), one, choices=FORMATS, default="ndjson")
    some = f"one or more of {','.join(PARTS)}; logs by default"
    parser.value("--include", "PARTS", options.words(*PARTS), some, default=("logs",))
    parser.flag("--refresh", does="fetch again what is in the target already")
    options.add_redaction(parser)
    parser.section("pace", "A 429 halves what is in flight, and pauses all requests.")
    at_once = "at most N requests at once (8); up to 100"
    parser.value("--concurrency", "N", options.count(1, 100), at_once, default=8)
    rate = options.number(0.001, 1e6, "requests a second")
    parser.value("--rate", "R", rate, "at most R requests a second; unbounded by default")
    parser.section("output")
    parser.flag("--json", does="write each event as a line of JSON")
    parser.flag("--strict", does="exit with 5 if any call is not in the target")


def _shard(text: str) -> str:
    try:
        return check_shard(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def run(arguments: argparse.Namespace) -> int:
    """Export, and report how far it is, what was skipped, and the result."""
    if "audio" in arguments.include and (arguments.redact or arguments.redact_pattern):
        raise Failure(
            "--include has audio, which can't be redacted.",
            "Export recordings without --redact, to another target.",
        )
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        result = asyncio.run(_export(arguments))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if result.interrupted:
        return ExitCode.INTERRUPTED
    # A call that failed could be kept, and perhaps those of an agent that is misspelt; what is
    # running, deleted or expired has nothing to keep, or not yet.
    is_missing = result.skipped["failed"] or result.unknown_agents
    if is_missing or (arguments.strict and not result.is_complete):
        return ExitCode.LOGS_NOT_AVAILABLE
    return ExitCode.DONE


async def _export(arguments: argparse.Namespace) -> ExportResult:
    stop = asyncio.Event()
    _stop_at_signals(stop)
    ended: list[ExportResult] = []
    try:
        with show_events(json=arguments.json) as show:

            def on_event(event: ExportEvent) -> None:
                if isinstance(event, ExportFinished):
                    ended.append(event.result)
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
                redact=arguments.redact,
                redact_patterns=arguments.redact_pattern or (),
                connect=partial(open_async_client, arguments),
                on_event=on_event,
                stop=stop,
            )
    finally:
        # An error that ended it is reported by `main`.
        for one in ended:
            show_summary(one)


def _stop_at_signals(stop: asyncio.Event) -> None:
    """Have the first Ctrl-C or SIGTERM end the export well, and the next one the process at once."""
    loop = asyncio.get_running_loop()

    def hear(number: int) -> None:
        if stop.is_set():
            _end_at_once(number)
        for one in _SIGNALS:
            signal.signal(one, _end_at_once)
        stop.set()
        # After a second signal that has come by now, as this may wait for a reader.
        text = "Stopping: what was fetched is being written… Press Ctrl-C again to end at once."
        loop.call_soon(say, text)

    # Handlers of the loop are heard whichever thread the system hands a signal to.
    for number in _SIGNALS:
        loop.add_signal_handler(number, hear, number)


def _end_at_once(number: int, _frame: object = None) -> None:
    # Any other way out waits for threads, and one may wait for an object store without end. Stderr
    # is written to without its buffer, and only if that does not wait.
    with suppress(OSError, ValueError):
        stderr = sys.stderr.fileno()
        for writable in select([], [stderr], [], 0)[1]:
            os.write(writable, (_SHOW_CURSOR + b"\n" if os.isatty(stderr) else b"") + _LAST_WORDS)
    os._exit(128 + number)
