"""`cartesia-calls logs`: a call's runtime logs, read, waited for or followed."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import CallLogsNotAvailableError, CartesiaError
from cartesia_calls._calls import DEFAULT_WAIT
from cartesia_calls._driving import iterate
from cartesia_calls._logs import stream_logs_restarting
from cartesia_calls._part_file import is_rewritable, whole_file

from ._api import open_client
from ._exit_codes import ExitCode
from ._line_filter import LineFilter, last
from ._lines import as_is, for_people, ndjson
from ._progress import progress
from ._targets import problem_with

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime

    from cartesia_api.models import AgentCallLogs
    from cartesia_calls import Client

    from ._line_filter import Line


def run(arguments: argparse.Namespace) -> int:
    """Fetch the logs and show or write them, or show their lines as they appear."""
    if problem := _problem_with(arguments):
        print(f"Error: {problem}", file=sys.stderr)
        return ExitCode.USAGE
    with open_client(arguments) as client:
        if arguments.follow:
            return _follow(client, arguments)
        if arguments.output is not None and not (arguments.wait or arguments.json):
            return _save(client, arguments)
        logs = _fetch(client, arguments)
    lines = last(LineFilter.of(arguments).pick(logs.logs), arguments.tail)
    if arguments.output is not None:
        return _write(lines, logs, arguments)
    for line in lines:
        sys.stdout.write(_shown(line, arguments, logs.updated_at))
    if sys.stdout.isatty() and not lines:
        print(_about_nothing(len(logs.logs)), file=sys.stderr)
    return ExitCode.DONE


def _problem_with(arguments: argparse.Namespace) -> str | None:
    if arguments.timeout is not None and not arguments.wait:
        return "--timeout is how long to --wait; give both."
    if arguments.invert and arguments.grep is None:
        return "--invert turns --grep around; give both."
    if arguments.output is None:
        return None
    if arguments.follow:
        return "-o writes a file whole or not at all; with --follow use > FILE."
    return problem_with(arguments.output, overwrite=True)


def _fetch(client: Client, arguments: argparse.Namespace) -> AgentCallLogs:
    call_id = arguments.call_id
    if not arguments.wait:
        with progress(f"Reading the logs of {call_id}…"):
            return client.calls.logs(call_id)
    timeout = DEFAULT_WAIT if arguments.timeout is None else arguments.timeout
    with progress(f"Waiting up to {timeout:g} s for the logs of {call_id}; Ctrl-C stops."):
        return client.calls.wait_for_logs(call_id, timeout=timeout)


def _follow(client: Client, arguments: argparse.Namespace) -> int:
    lines = LineFilter.of(arguments).pick(client.calls.follow_logs(arguments.call_id))
    if arguments.tail is not None:
        lines = islice(lines, _lines_before_tail(client, arguments), None)
    for line in _with_progress(lines, f"Following {arguments.call_id}; Ctrl-C stops."):
        sys.stdout.write(_shown(line, arguments))
        sys.stdout.flush()
    return ExitCode.DONE


def _lines_before_tail(client: Client, arguments: argparse.Namespace) -> int:
    """Return how many of the lines that are there to skip."""
    try:
        logs = client.calls.logs(arguments.call_id)
    except CallLogsNotAvailableError:
        return 0  # whether they may still come is for following to find out
    there = sum(1 for _ in LineFilter.of(arguments).pick(logs.logs))
    tail: int = arguments.tail
    return max(0, there - tail)


def _with_progress(lines: Iterator[Line], text: str) -> Iterator[Line]:
    """Yield the lines; until the first one comes, say what is waited for."""
    with progress(text):
        first = next(lines, None)
    if first is not None:
        yield first
        yield from lines


def _shown(line: Line, arguments: argparse.Namespace, updated_at: datetime | None = None) -> str:
    if arguments.raw:
        return as_is(line)
    if arguments.json or not sys.stdout.isatty():
        return ndjson(
            line,
            arguments.call_id,
            updated_at=updated_at,
            ascii_only=sys.stdout.isatty(),
        )
    return for_people(line)


def _about_nothing(lines: int) -> str:
    if lines == 0:
        return "The call has logs, but not a line in them."
    return f"None of the call's {lines} lines is what was asked for."


def _write(lines: list[Line], logs: AgentCallLogs, arguments: argparse.Namespace) -> int:
    texts = (
        ndjson(line, arguments.call_id, updated_at=logs.updated_at)
        if arguments.json
        else as_is(line)
        for line in lines
    )
    return _write_texts(iter([texts]), arguments.output)


def _save(client: Client, arguments: argparse.Namespace) -> int:
    """Write the lines while they come, so that memory does not grow with them."""
    attempts = (
        map(as_is, _picked(lines, arguments))
        for lines in _attempts_at_lines(client, arguments.call_id, Path(arguments.output))
    )
    return _write_texts(attempts, arguments.output)


def _picked(texts: Iterator[str], arguments: argparse.Namespace) -> Iterator[Line]:
    lines = LineFilter.of(arguments).pick(texts)
    if arguments.tail is not None:
        lines = iter(last(lines, arguments.tail))
    return _with_progress(lines, f"Reading the logs of {arguments.call_id}…")


def _attempts_at_lines(client: Client, call_id: str, target: Path) -> Iterator[Iterator[str]]:
    """Yield the lines of a call from the first, again and again where they break off."""
    if not is_rewritable(target):
        # What has gone into a pipe can't be taken back for a second attempt.
        yield client.calls.stream_logs(call_id)
        return
    sender = client._sender  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - our own
    items = iterate(stream_logs_restarting(sender, call_id))
    is_whole = False

    def lines() -> Iterator[str]:
        nonlocal is_whole
        for item in items:
            if item is None:
                return
            yield item
        is_whole = True

    while not is_whole:
        yield lines()


def _write_texts(attempts: Iterator[Iterator[str]], output: str) -> int:
    """Write the texts of the last attempt, which is the one that comes to its end."""
    count = 0
    try:
        with whole_file(Path(output)) as file:
            for texts in attempts:
                if count:
                    file.seek(0)
                    file.truncate()
                    count = 0
                for text in texts:
                    file.write(text.encode("utf-8", errors="backslashreplace"))
                    count += 1
    except CartesiaError:
        raise
    except OSError as error:
        print(f"Error: {output} was not written: {error.strerror}.", file=sys.stderr)
        return ExitCode.LOCAL_FAILURE
    print(f"Wrote {count} {'line' if count == 1 else 'lines'} to {output}.", file=sys.stderr)
    return ExitCode.DONE
