"""Show the lines that an agent's code logged during a call.

On a terminal they are coloured by level, and control characters are shown as escapes.

CALL_ID [options]

logs ac_123 --wait
logs ac_123 --level WARNING --since 10m -n 50
logs ac_123 --follow --grep 'tool|traceback' -i
logs ac_123 --json | jq -r 'select(.level == "ERROR").text'
logs ac_123 --redact -o call.log      # to share it
"""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections import deque
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import (
    LEVELS,
    APIConnectionError,
    CallLogsNotAvailableError,
    log_line,
    printable,
)

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import ExitCode, Failure
from ._files import STDOUT, check_writable, is_rewritable, whole_file
from ._terminal import Screen, progress, say, until_first

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from cartesia_calls import AgentCallLogs, Client, LogRow

    from ._arguments import CommandParser

_FILE = Screen(is_terminal=False, colour=False, width=None)
_LONGEST_WAIT = 7 * 24 * 3600
# In seconds, before a log that broke off is read again from its first line.
_PAUSES = (0.5, 1.0)
_STYLES = ((LEVELS["ERROR"], "red"), (LEVELS["WARNING"], "yellow"), (LEVELS["INFO"], ""))

_log = logging.getLogger("cartesia_calls")


def add_options(parser: CommandParser) -> None:
    """Add what can be typed."""
    parser.add_argument(
        "call_id", metavar="CALL_ID", type=options.call_id, help="such as ac_123, or a URL"
    )
    parser.section("logs that are still to come")
    parser.flag("--wait", does="wait until there are logs")
    parser.flag("-f", "--follow", does="show each line as it appears, until the call is over")
    wait = options.number("a number of seconds", 0, _LONGEST_WAIT)
    parser.value("--timeout", "S", wait, "with --wait: how long, in seconds (120)")
    parser.section(
        "which lines",
        "--level never drops a line whose level is unknown. A line without a time counts as written "
        f"with the previous line. {options.TIMES} In a log line without a zone it is UTC.",
    )
    parser.value("--grep", "REGEX", options.pattern, "only lines that match")
    parser.flag("-i", "--ignore-case", does="with --grep: in any case")
    parser.flag("--invert", does="with --grep: only lines that don't match")
    severe = "only this level and more severe ones, such as WARNING"
    parser.value("--level", "LEVEL", _level, severe, choices=tuple(LEVELS))
    options.add_times(parser, "lines written")
    parser.value("-n", "--tail", "N", options.count(0), "only the last N of the existing lines")
    parser.section("output")
    parser.flag("--json", does="JSON, one object a line")
    options.add_file(parser, "write the lines to FILE, whole or not at all")
    options.add_redaction(parser)


def _level(text: str) -> str:
    return options.one_of(*LEVELS)(text.upper())


def run(arguments: argparse.Namespace) -> int:
    """Fetch the logs and show or write them, or show their lines as they appear."""
    _check(arguments)
    with options.open_client(arguments) as client:
        if arguments.follow:
            return _follow(client, arguments)
        if arguments.output and not (arguments.wait or arguments.json):
            return _save(client, arguments)
        logs = _fetch(client, arguments)
        picked = _picked(client, arguments, logs.logs, logs.updated_at)
        lines = list(_last(picked, arguments.tail))
    if arguments.output:
        return _write(arguments, lines)
    screen = Screen.of(sys.stdout)
    for line in lines:
        sys.stdout.write(_shown(arguments, line, screen))
    if not lines and sys.stdout.isatty():
        say(
            f"None of the call's {len(logs.logs)} lines matches."
            if logs.logs
            else "The call has logs, but not a line in them."
        )
    return ExitCode.DONE


def _check(arguments: argparse.Namespace) -> None:
    if arguments.wait and arguments.follow:
        raise Failure("--wait ends when there are logs, --follow with the call.", "Give one.")
    if arguments.timeout is not None and not arguments.wait:
        raise Failure("--timeout is how long to --wait.", "Give both.")
    grep: re.Pattern[str] | None = arguments.grep
    if grep is None and (arguments.invert or arguments.ignore_case):
        raise Failure("--invert and -i change what --grep does.", "Give --grep too.")
    if grep and arguments.ignore_case:
        arguments.grep = re.compile(grep.pattern, grep.flags | re.IGNORECASE)
    if arguments.output == STDOUT:
        arguments.output = None
    if arguments.output is not None:
        if arguments.follow:
            raise Failure("-o writes a file whole or not at all.", "With --follow, use > FILE.")
        check_writable(arguments.output, force=arguments.force)


def _fetch(client: Client, arguments: argparse.Namespace) -> AgentCallLogs:
    call_id = arguments.call_id
    if not arguments.wait:
        with progress(f"Reading the logs of {call_id}…"):
            return client.calls.logs(call_id)
    timeout = 120.0 if arguments.timeout is None else arguments.timeout
    with progress(f"Waiting up to {timeout:g} s for the logs of {call_id}; Ctrl-C stops."):
        return client.calls.wait_for_logs(call_id, timeout=timeout)


def _follow(client: Client, arguments: argparse.Namespace) -> int:
    call_id = arguments.call_id
    lines = _picked(client, arguments, client.calls.follow_logs(call_id))
    if arguments.tail is not None:
        try:
            there = sum(1 for _ in _picked(client, arguments, client.calls.logs(call_id).logs))
        except CallLogsNotAvailableError:
            there = 0  # following finds out whether they may still come
        lines = islice(lines, max(0, there - arguments.tail), None)
    screen = Screen.of(sys.stdout)
    for line in until_first(lines, f"Following {call_id}; Ctrl-C stops."):
        sys.stdout.write(_shown(arguments, line, screen))
        sys.stdout.flush()
    return ExitCode.DONE


def _save(client: Client, arguments: argparse.Namespace) -> int:
    """Write the lines while they come, so that memory does not grow with them.

    If the log breaks off, it is read again from its first line. What has gone into a pipe can't be
    taken back: there it is an error.
    """
    text = f"Reading the logs of {arguments.call_id}…"
    pauses = iter(_PAUSES if is_rewritable(Path(arguments.output)) else ())
    while True:
        stream = client.calls.stream_logs(arguments.call_id)
        # Until the first line has come, the client retries.
        first = list(islice(until_first(stream, text), 1))
        lines = _picked(client, arguments, chain(first, stream))
        try:
            return _write(arguments, _last(lines, arguments.tail))
        except APIConnectionError as error:
            pause = next(pauses, None)
            if pause is None:
                raise
            _log.info("%s Reading it again in %.1f s.", error.summary, pause)
            time.sleep(pause)


def _picked(
    client: Client,
    arguments: argparse.Namespace,
    texts: Iterable[str],
    updated_at: datetime | None = None,
) -> Iterator[LogRow]:
    """Yield the lines to show, each as soon as it comes, redacted if an option requires it.

    The redactor reads all lines, as a value in a traceback is redacted by its name on a line before.
    The record, which has the call's own phone numbers, is read when the first line has come.
    """
    redactor = None
    last_time: datetime | None = None
    for index, text in enumerate(texts):
        if index == 0 and (arguments.redact or arguments.redact_pattern):
            redactor = options.redactor_of(arguments, client.calls.get(arguments.call_id))
        shown = redactor.redact(text) if redactor else text
        level, time = log_line(text)
        # A line without a time counts as written with the previous one.
        last_time = time or last_time
        if _is_wanted(arguments, text, level, last_time):
            yield {
                "call_id": arguments.call_id,
                "index": index,
                "text": shown,
                "level": level,
                "time": time,
                "updated_at": updated_at,
            }


def _is_wanted(
    arguments: argparse.Namespace, text: str, level: str | None, time: datetime | None
) -> bool:
    since, until, least = arguments.since, arguments.until, arguments.level
    if arguments.grep and bool(arguments.grep.search(text)) == arguments.invert:
        return False
    if least and level in LEVELS and LEVELS[level] < LEVELS[least]:
        return False
    return time is None or ((not since or time >= since) and (not until or time < until))


def _last(lines: Iterator[LogRow], count: int | None) -> Iterator[LogRow]:
    return lines if count is None else iter(deque(lines, maxlen=count))


def _write(arguments: argparse.Namespace, lines: Iterable[LogRow]) -> int:
    count = 0
    with whole_file(Path(arguments.output)) as file:
        for line in lines:
            file.write(_shown(arguments, line, _FILE).encode("utf-8", errors="backslashreplace"))
            count += 1
    say(f"Wrote {count} {'line' if count == 1 else 'lines'} to {arguments.output}.")
    return ExitCode.DONE


def _shown(arguments: argparse.Namespace, line: LogRow, screen: Screen) -> str:
    """Return a line as its place gets it."""
    if arguments.json:
        # A terminal may obey characters that JSON allows.
        as_ascii = screen.is_terminal
        return json.dumps(line, ensure_ascii=as_ascii, default=datetime.isoformat) + "\n"
    if not screen.escapes:
        return f"{line['text']}\n"
    lines = screen.hang("", printable(line["text"]), indent=4)
    return "".join(f"{screen.paint(part, style_of(line['level']))}\n" for part in lines)


def style_of(level: str | None) -> str:
    """Return the style of a log line by its level."""
    severity = LEVELS.get(level or "", LEVELS["INFO"])
    return next((style for least, style in _STYLES if severity >= least), "dim")
