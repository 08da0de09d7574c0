"""Log lines grouped into records: a line that opens one, and the lines that belong to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._log_lines import LogHead, log_head

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

# A program that only prints after its first log line would otherwise make one endless record.
_MOST_LINES = 1000
_CONTINUED = re.compile(
    r"\s|[│└>]|$|Traceback \(most recent|During handling of the above|The above exception was"
)


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record of a log.

    Attributes:
        index: The place of its first line in the log, from 0.
        lines: Its lines, unchanged.
        level: The name of its level in capitals; None if it names none.
        time: When it was written, an aware datetime; None if it has no time. A time without a zone
            is read as UTC.
        place: The logger, or the place in the code, such as `app.main:run:12`; else None.
        message: The first line without level, time, place and colours.
    """

    index: int
    lines: tuple[str, ...]
    level: str | None = None
    time: datetime | None = None
    place: str | None = None
    message: str = ""


def log_records(
    lines: Iterable[str | LogRecord], *, near: datetime | None = None
) -> Iterator[LogRecord]:
    """Yield the records of a log, each as soon as the next one begins.

    A record is opened by a line with a level or a time, in the formats of loguru, the standard
    library's logging, uvicorn and LiteLLM, or as JSON. The lines after it that have neither belong to
    it: tracebacks, loguru's with values too, and wrapped messages. A record has 1,000 lines at most.

    Args:
        lines: The lines of one log, such as `AgentCallLogs.logs`. Records among them stay as they are.
        near: An aware moment close to the log's start. It gives a date to times of day that come
            before any date; later ones take the date of the previous record.
    """
    opened: LogHead | None = None
    first, held = 0, list[str]()
    for index, line in enumerate(lines):
        if isinstance(line, LogRecord):
            if opened:
                yield LogRecord(first, tuple(held), *opened)
            yield line
            opened, near = None, line.time or near
            continue
        head = log_head(line, near)
        if opened and not (head.level or head.time) and _belongs(line, opened, held):
            held.append(line)
            continue
        if opened:
            yield LogRecord(first, tuple(held), *opened)
        opened, first, held, near = head, index, [line], head.time or near
    if opened:
        yield LogRecord(first, tuple(held), *opened)


def _belongs(line: str, opened: LogHead, held: list[str]) -> bool:
    if len(held) >= _MOST_LINES:
        return False
    if opened.level or opened.time or _CONTINUED.match(line):
        return True
    # The line that names the exception, at the end of a traceback.
    return len(held) > 1 and held[-1][:1].isspace()
