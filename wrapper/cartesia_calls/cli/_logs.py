"""`cartesia-calls logs`: a call's runtime logs, read, waited for or followed."""

from __future__ import annotations

import logging
import sys
import time
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import APIConnectionError, CallLogsNotAvailableError, CartesiaError

from ._api import open_client
from ._errors import fail
from ._exit_codes import ExitCode
from ._files import STDOUT, is_rewritable, problem_with, whole_file
from ._line_filter import LineFilter, as_is, as_text, last, ndjson
from ._list import reversed_window
from ._progress import progress
from ._redact import redactor_of
from ._terminal import Screen, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cartesia_calls import AgentCallLogs, Client

    from ._line_filter import Line

_log = logging.getLogger("cartesia_calls")

_LONGEST_WAIT = 120.0
# Before a log that broke off is read again from its first line, in seconds.
_PAUSES = (0.5, 1.0)


def run(arguments: argparse.Namespace) -> int:
    """Fetch the logs and show or write them, or show their lines as they appear."""
    if arguments.output == STDOUT:
        arguments.output = None
    if problem := _problem_with(arguments):
        return fail(*problem)
    with open_client(arguments) as client:
        if arguments.follow:
            return _follow(client, arguments)
        if arguments.output is not None and not (arguments.wait or arguments.json):
            return _save(client, arguments)
        logs = _fetch(client, arguments)
        lines = last(_picked(client, arguments, logs.logs), arguments.tail)
    if arguments.output is not None:
        return _write(lines, logs, arguments)
    screen = Screen.of(sys.stdout)
    for line in lines:
        sys.stdout.write(_shown(line, arguments, screen, logs.updated_at))
    if screen.is_terminal and not lines:
        say(_about_nothing(len(logs.logs)))
    return ExitCode.DONE


def _problem_with(arguments: argparse.Namespace) -> tuple[str, str] | None:
    if arguments.timeout is not None and not arguments.wait:
        return "--timeout is how long to --wait.", "Give both."
    if arguments.grep is None and arguments.invert:
        return "--invert turns --grep around.", "Give both."
    if arguments.grep is None and arguments.ignore_case:
        return "-i makes --grep ignore case.", "Give both."
    if problem := reversed_window(arguments):
        return problem
    if arguments.output is None:
        return None
    if arguments.follow:
        return "-o writes a file whole or not at all.", "With --follow, use > FILE."
    return problem_with(arguments.output, force=arguments.force)


def _fetch(client: Client, arguments: argparse.Namespace) -> AgentCallLogs:
    call_id = arguments.call_id
    if not arguments.wait:
        with progress(f"Reading the logs of {call_id}…"):
            return client.calls.logs(call_id)
    timeout = _LONGEST_WAIT if arguments.timeout is None else arguments.timeout
    with progress(f"Waiting up to {timeout:g} s for the logs of {call_id}; Ctrl-C stops."):
        return client.calls.wait_for_logs(call_id, timeout=timeout)


def _follow(client: Client, arguments: argparse.Namespace) -> int:
    screen = Screen.of(sys.stdout)
    lines = _picked(client, arguments, client.calls.follow_logs(arguments.call_id))
    if arguments.tail is not None:
        lines = islice(lines, _lines_above_tail(client, arguments), None)
    for line in _with_progress(lines, f"Following {arguments.call_id}; Ctrl-C stops."):
        sys.stdout.write(_shown(line, arguments, screen))
        sys.stdout.flush()
    return ExitCode.DONE


def _picked(client: Client, arguments: argparse.Namespace, texts: Iterable[str]) -> Iterator[Line]:
    """Yield the lines to show, redacted if that is asked for.

    The record, which has the call's own phone numbers, is read when the first line has come.
    """
    redactor = None
    texts = iter(texts)
    first = list(islice(texts, 1))
    if first and (arguments.redact or arguments.redact_pattern):
        redactor = redactor_of(arguments, client.calls.get(arguments.call_id))
    yield from LineFilter.of(arguments).pick(chain(first, texts), redactor)


def _lines_above_tail(client: Client, arguments: argparse.Namespace) -> int:
    """Return how many of the lines that are there to skip."""
    try:
        logs = client.calls.logs(arguments.call_id)
    except CallLogsNotAvailableError:
        return 0  # following finds out whether they may still come
    there = sum(1 for _ in LineFilter.of(arguments).pick(logs.logs))
    tail: int = arguments.tail
    return max(0, there - tail)


def _with_progress(lines: Iterator[Line], text: str) -> Iterator[Line]:
    """Yield the lines; until the first one comes, say what is awaited."""
    with progress(text):
        first = next(lines, None)
    if first is not None:
        yield first
        yield from lines


def _shown(
    line: Line, arguments: argparse.Namespace, screen: Screen, updated_at: datetime | None = None
) -> str:
    if arguments.raw:
        return as_is(line)
    if arguments.json:
        return ndjson(line, arguments.call_id, updated_at=updated_at, ascii_only=screen.is_terminal)
    return as_text(line, screen)


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
    return _write_texts(texts, arguments.output)


def _save(client: Client, arguments: argparse.Namespace) -> int:
    """Write the lines while they come, so that memory does not grow with them.

    Where the log breaks off, it is read again from its first line. What has gone into a pipe can't
    be taken back: there it is an error.
    """
    started = False

    def texts() -> Iterator[str]:
        nonlocal started
        for text in client.calls.stream_logs(arguments.call_id):
            started = True
            yield text

    def lines() -> Iterator[Line]:
        lines = _picked(client, arguments, texts())
        if arguments.tail is not None:
            lines = iter(last(lines, arguments.tail))
        return _with_progress(lines, f"Reading the logs of {arguments.call_id}…")

    for pause in _PAUSES if is_rewritable(Path(arguments.output)) else ():
        try:
            return _write_texts(map(as_is, lines()), arguments.output)
        except APIConnectionError as error:
            # Until the first line has come, the client retries.
            if not started:
                raise
            started = False
            _log.info("%s Reading it again in %.1f s.", error.summary, pause)
            time.sleep(pause)
    return _write_texts(map(as_is, lines()), arguments.output)


def _write_texts(texts: Iterator[str], output: str) -> int:
    count = 0
    try:
        with whole_file(Path(output)) as file:
            for text in texts:
                file.write(text.encode("utf-8", errors="backslashreplace"))
                count += 1
    except CartesiaError:
        raise
    except OSError as error:
        return fail(
            f"{output} was not written: {error.strerror}.",
            "Free space there, or name another file with -o.",
            ExitCode.LOCAL_FAILURE,
        )
    say(f"Wrote {count} {'line' if count == 1 else 'lines'} to {output}.")
    return ExitCode.DONE
