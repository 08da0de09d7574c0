"""Write the logs of agents' calls to a folder or an fsspec URL, before retention removes them.

Run it again, by hand or by cron: it fetches only what is missing or may have changed. It exits with
0 when everything that can be kept is kept, and with 5 when a call failed or an agent is unknown;
with --strict also when a call is running, deleted or expired.

--agent ID... --to TARGET [options]

export --agent agent_123 --to calls
export --agent agent_123 --since 3d --to s3://acme --strict
export --agent agent_123 --to shared --redact
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from cartesia_calls import export as exports

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import ExitCode, Failure
from ._terminal import counted, drop, progress, say, write_object

if TYPE_CHECKING:
    from collections.abc import Generator

    from cartesia_calls.export import ExportEvent, ExportResult, OnEvent

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Each reason for a call that is not there: what it is, and what to do.
_REASONS = {
    "in_progress": "in progress: run the same command again later",
    "not_written_yet": "without logs yet: run the same command again later",
    "deleted": "deleted: their data are gone",
    "zero_retention": "under zero data retention: nothing is kept of them",
    "expired_or_never_written": "expired or never written: their logs are gone",
    "no_recording": "without a recording",
    "not_found": "no longer found",
    "unknown": "without logs, for an unknown reason",
    "failed": "failed: run the same command again; the manifest says why",
}


def add_options(parser: options.CommandParser) -> None:
    parser.section("which calls", options.TIMES)
    these, several = "the calls of these agents; needed", {"nargs": "+", "action": "extend"}
    parser.value("--agent", "ID", options.agent_id, these, required=True, **several)
    options.add_times(parser, "calls that started")
    options.add_status(parser)
    parser.value("--shard", "I/N", exports.check_shard, "one part of N, such as 1/4")
    parser.section("what and where")
    target = "a folder, or a URL such as s3://bucket/calls; needed"
    parser.value("--to", "TARGET", options.path, target, required=True)
    one = "ndjson (the default) or parquet"
    parser.value("--format", "F", str, one, choices=exports.FORMATS, default="ndjson")
    some = f"one or more of {','.join(exports.PARTS)}; logs by default"
    parser.value("--include", "PARTS", options.words(*exports.PARTS), some, default=("logs",))
    parser.flag("--refresh", does="fetch again what is in the target already")
    options.add_redaction(parser)
    parser.section("pace", "A 429 halves what is in flight, and pauses all requests.")
    at_once = "at most N requests at once (8); up to 100"
    parser.value("--concurrency", "N", options.count(1, 100), at_once, default=8)
    rate = options.number("a number of requests a second", 0.001, 1e6)
    parser.value("--rate", "R", rate, "at most R requests a second; unbounded by default")
    parser.section("output")
    parser.flag("--json", does="write each event as a line of JSON")
    parser.flag("--strict", does="exit with 5 if any call is not in the target")


def run(arguments: options.Arguments) -> int:
    """Export, and report how far it is, what was skipped, and the result."""
    if "audio" in arguments.include and (arguments.redact or arguments.redact_pattern):
        raise Failure(
            "--include has audio, which can't be redacted.",
            "Export recordings without --redact, to another target.",
        )
    heard: list[int] = []
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        result = asyncio.run(_export(arguments, heard))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if result.interrupted:
        return 128 + heard[0]
    is_missing = result.skipped["failed"] or result.unknown_agents
    if is_missing or (arguments.strict and not result.is_complete):
        return ExitCode.LOGS_NOT_AVAILABLE
    return ExitCode.DONE


async def _export(arguments: options.Arguments, heard: list[int]) -> ExportResult:
    stop = asyncio.Event()
    _stop_at_signals(stop, heard)
    from cartesia_calls import AsyncClient  # noqa: PLC0415 - help does without httpx

    same = ("to", "since", "until", "status", "format", "include", "concurrency", "rate", "shard")
    with nullcontext(_show_json) if arguments.json else _showing() as show:

        def on_event(event: ExportEvent) -> None:
            show(event)
            if isinstance(event, exports.ExportFinished):
                # An error that ended it is reported by `main`.
                _summarize(event.result)

        return await exports.export_async(
            agents=arguments.agent,
            refresh=arguments.refresh,
            redact=arguments.redact,
            redact_patterns=arguments.redact_pattern or (),
            connect=lambda: AsyncClient(**options.settings_of(arguments)),
            on_event=on_event,
            stop=stop,
            **{name: getattr(arguments, name) for name in same},
        )


def _stop_at_signals(stop: asyncio.Event, heard: list[int]) -> None:
    """Have the first Ctrl-C or SIGTERM end the export well, and the next one the process at once."""
    loop = asyncio.get_running_loop()

    def hear(number: int) -> None:
        if heard:
            _end_at_once(number)
        heard.append(number)
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
    # Any other way out waits for threads, and one may wait for an object store without end.
    os._exit(128 + number)


@contextmanager
def _showing() -> Generator[OnEvent]:
    """Yield what shows events on stderr: failures, and a line that moves."""
    start = time.monotonic()
    found = present = exported = skipped = 0
    with progress("Exporting…", quiet=0) as shown:

        def show(event: ExportEvent) -> None:
            nonlocal found, present, exported, skipped
            match event:
                case exports.Paused():
                    say(f"The server responded with 429; pausing {event.seconds:.1f} s.")
                case exports.CallsListed():
                    found, present = event.found, event.present
                case exports.CallExported():
                    exported += 1
                case exports.CallSkipped():
                    skipped += 1
                    if event.reason == "failed":
                        say(f"Call {event.call_id} failed: {event.detail}")
                case _:
                    return
            # A call of which one part was written and another skipped has two events.
            done = min(found, present + exported + skipped)
            rate = exported / max(time.monotonic() - start, 0.1)
            counts = f"{exported} exported, {rate:.1f} a second, {skipped} skipped"
            shown.text = f"Exporting… {done} of {counted(found, 'call')}: {counts}."

        yield show


def _show_json(event: ExportEvent) -> None:
    try:
        write_object(exports.as_dict(event))
    except BrokenPipeError:
        # The reader, such as `head`, has gone; the export continues.
        drop(sys.stdout)


def _summarize(result: ExportResult) -> None:
    """Report the result of an export, unless an error ended it before it sent any request."""
    if result.error is not None and not result.requests:
        return
    written = f"{counted(result.rows, 'row')}, {result.size / 1e6:.1f} MB"
    exported = f"Exported {counted(result.exported, 'call')} to {result.target}: {written}"
    were = "was" if result.present == 1 else "were"
    say(f"{exported}, in {result.seconds:.1f} s; {result.present} {were} there already.")
    for agent in result.unknown_agents:
        say(f"The account has no agent {agent!r}. `cartesia-calls agents` shows the ids.")
    if result.skipped:
        say(f"Skipped {counted(result.skipped.total(), 'call')}:")
        for reason, count in sorted(result.skipped.items()):
            say(f"  {count} {_REASONS[reason]}")
    if result.interrupted:
        say("It was stopped before its end. Run the same command again to resume.")
