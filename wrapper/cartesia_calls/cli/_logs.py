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

import logging
import re
import sys
import time
from collections import deque
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import (
    LEVELS,
    APIConnectionError,
    CallLogsNotAvailableError,
    json_text,
    log_line,
    whole_file,
)

from . import _options as options  # pyright: ignore[reportPrivateUsage]  # of this package
from ._errors import Failure
from ._terminal import Screen, counted, progress, say, started

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from typing import BinaryIO

    from cartesia_calls import Client, LogRow

_LONGEST_WAIT = 7 * 24 * 3600
# In seconds, before a log that broke off is read again from its first line.
_PAUSES = (0.5, 1.0)
_STYLES = ((LEVELS["ERROR"], "red"), (LEVELS["WARNING"], "yellow"), (LEVELS["INFO"], ""))

_log = logging.getLogger("cartesia_calls")


def add_options(parser: options.CommandParser) -> None:
    options.add_call_ids(parser, "call_id", None)
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
    parser.value("--level", "LEVEL", options.one_of(*LEVELS), severe, choices=tuple(LEVELS))
    options.add_times(parser, "lines written")
    parser.value("-n", "--tail", "N", options.count(0), "only the last N of the existing lines")
    parser.section("output")
    parser.flag("--json", does="JSON, one object a line")
    whole = "write the lines to FILE, whole or not at all"
    options.add_file(parser, whole, default=options.STDOUT)
    options.add_redaction(parser)


def run(arguments: options.Arguments) -> None:
    """Fetch the logs and show or write them, or show their lines as they appear."""
    _check(arguments)
    with options.open_client(arguments) as client:
        if arguments.output != options.STDOUT:
            _save(client, arguments)
            return
        read = _follow if arguments.follow else _fetch
        screen = Screen.of(sys.stdout)
        for line in read(client, arguments):
            print(_shown(arguments, line, screen), flush=arguments.follow)


def _check(arguments: options.Arguments) -> None:
    if arguments.wait and arguments.follow:
        raise Failure("--wait ends when there are logs, --follow with the call.", "Give one.")
    if arguments.timeout is not None and not arguments.wait:
        raise Failure("--timeout is how long to --wait.", "Give both.")
    grep: re.Pattern[str] | None = arguments.grep
    if grep is None and (arguments.invert or arguments.ignore_case):
        raise Failure("--invert and -i change what --grep does.", "Give --grep too.")
    if grep and arguments.ignore_case:
        arguments.grep = re.compile(grep.pattern, grep.flags | re.IGNORECASE)
    if arguments.output != options.STDOUT and arguments.follow:
        raise Failure("-o writes a file whole or not at all.", "With --follow, use > FILE.")


def _fetch(client: Client, arguments: options.Arguments) -> Iterable[LogRow]:
    call_id = arguments.call_id
    if arguments.wait:
        timeout = 120.0 if arguments.timeout is None else arguments.timeout
        with progress(f"Waiting up to {timeout:g} s for the logs of {call_id}; Ctrl-C stops."):
            logs = client.calls.wait_for_logs(call_id, timeout=timeout)
    else:
        with progress(f"Reading the logs of {call_id}…"):
            logs = client.calls.logs(call_id)
    lines = [*_last(_picked(client, arguments, logs.logs, logs.updated_at), arguments.tail)]
    if not lines and arguments.output == options.STDOUT and sys.stdout.isatty():
        none_matches = f"None of the call's {counted(len(logs.logs), 'line')} matches."
        say(none_matches if logs.logs else "The call has logs, but not a line in them.")
    return lines


def _follow(client: Client, arguments: options.Arguments) -> Iterable[LogRow]:
    call_id = arguments.call_id
    lines = _picked(client, arguments, client.calls.follow_logs(call_id))
    if arguments.tail is not None:
        try:
            there = sum(1 for _ in _picked(client, arguments, client.calls.logs(call_id).logs))
        except CallLogsNotAvailableError:
            there = 0  # following finds out whether they may still come
        lines = islice(lines, max(0, there - arguments.tail), None)
    return started(lines, f"Following {call_id}; Ctrl-C stops.")


def _save(client: Client, arguments: options.Arguments) -> None:
    name = arguments.output
    with options.writing(name), whole_file(name, overwrite=arguments.force) as file:
        if arguments.wait or arguments.json:
            count = _write(arguments, _fetch(client, arguments), file)
        else:
            count = _stream(client, arguments, file)
    say(f"Wrote {counted(count, 'line')} to {name}.")


def _stream(client: Client, arguments: options.Arguments, file: BinaryIO) -> int:
    """Write the lines while they come, so that memory does not grow with them.

    If the log breaks off, it is read again from its first line. What has gone into a pipe can't be
    taken back: there it is an error.
    """
    text = f"Reading the logs of {arguments.call_id}…"
    pauses = iter(_PAUSES if Path(file.name).is_file() else ())
    while True:
        # Until the first line has come, the client retries.
        texts = started(client.calls.stream_logs(arguments.call_id), text)
        try:
            lines = _last(_picked(client, arguments, texts), arguments.tail)
            return _write(arguments, lines, file)
        except APIConnectionError as error:
            pause = next(pauses, None)
            if pause is None:
                raise
            _log.info("%s Reading it again in %.1f s.", error.summary, pause)
            time.sleep(pause)
            file.seek(0)
            file.truncate()


def _write(arguments: options.Arguments, lines: Iterable[LogRow], file: BinaryIO) -> int:
    count = 0
    for line in lines:
        text = f"{_shown(arguments, line, Screen())}\n"
        file.write(text.encode("utf-8", errors="backslashreplace"))
        count += 1
    return count


def _picked(
    client: Client,
    arguments: options.Arguments,
    texts: Iterable[str],
    updated_at: datetime | None = None,
) -> Iterator[LogRow]:
    """Yield the lines to show, each as soon as it comes, redacted if an option requires it.

    The redactor reads all lines, as a value in a traceback is redacted by its name on a line before.
    """
    redactor = None
    last_time: datetime | None = None
    for index, text in enumerate(texts):
        if index == 0 and (arguments.redact or arguments.redact_pattern):
            # The record has the call's own phone numbers.
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
    arguments: options.Arguments, text: str, level: str | None, time: datetime | None
) -> bool:
    since, until, least = arguments.since, arguments.until, arguments.level
    if arguments.grep and bool(arguments.grep.search(text)) == arguments.invert:
        return False
    if least and level in LEVELS and LEVELS[level] < LEVELS[least]:
        return False
    return time is None or ((not since or time >= since) and (not until or time < until))


def _last(lines: Iterator[LogRow], count: int | None) -> Iterator[LogRow]:
    return lines if count is None else iter(deque(lines, maxlen=count))


def _shown(arguments: options.Arguments, line: LogRow, screen: Screen) -> str:
    """Return a line as its place gets it."""
    if arguments.json:
        return json_text(line, as_ascii=screen.is_terminal)
    if not (screen.is_terminal or screen.colour):  # what would obey control characters
        return line["text"]
    lines = screen.hang("", line["text"], indent=4)
    return "\n".join(screen.paint(part, style_of(line["level"])) for part in lines)


def style_of(level: str | None) -> str:
    """Return the style of a log line by its level."""
    severity = LEVELS.get(level or "", LEVELS["INFO"])
    return next((style for least, style in _STYLES if severity >= least), "dim")
