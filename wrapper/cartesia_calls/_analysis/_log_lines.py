"""The level and the time of a log line.

The API promises no format: `AgentCallLogs.logs` can be any strings. These formats are recognised:
loguru's default, those of the standard library's logging, of uvicorn and LiteLLM, and JSON.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Any, NamedTuple, cast

LEVELS = {
    "TRACE": 5,
    "DEBUG": 10,
    "INFO": 20,
    "SUCCESS": 25,
    "WARN": 30,
    "WARNING": 30,
    "ERROR": 40,
    "CRITICAL": 50,
    "FATAL": 50,
}
"""The names of levels that can be compared, with their severity as Python's logging counts it."""

_LEVEL = "(?P<level>" + "|".join(sorted(LEVELS, key=len, reverse=True)) + ")"
_TIME = r"(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,6})?(?:[Zz]|[+-]\d\d:?\d\d)?)"
_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        # loguru: TIME | LEVEL    | module:function:line - message; a level may have any name.
        rf"{_TIME} \| (?P<level>[^\s|]+) *\| (?:(?P<place>[^\s|]+:\d+) - )?",
        # logging with %(asctime)s: TIME LEVEL …, TIME [LEVEL] …, TIME - LEVEL - …, TIME:LEVEL:name:…
        rf"{_TIME}[ :|-]+\[?{_LEVEL}\b\]?(?::(?P<place>[^\s:]+):)?[ :|-]*",
        # The logging documentation's own: TIME - name - LEVEL - message
        rf"{_TIME} - (?P<place>\S+) - {_LEVEL} - ",
        # Any other line that begins with a time.
        rf"{_TIME}(?!\d) *",
        # LiteLLM: time of day - name:LEVEL: file:line - message
        rf"(?P<clock>\d\d:\d\d:\d\d) - [^\s:]+:{_LEVEL}: (?:(?P<place>\S+:\d+) - )?",
        # logging.basicConfig: LEVEL:name:message; also LEVEL: message, [LEVEL] message.
        rf"\[?{_LEVEL}(?:\]|:(?:(?P<place>[^\s:]+):)?) *",
    )
)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_LEVEL_KEYS = ("level", "levelname", "severity")
_TIME_KEYS = ("time", "timestamp", "ts", "asctime", "@timestamp")
_PLACE_KEYS = ("logger", "name", "module", "logger_name")
_MESSAGE_KEYS = ("message", "msg", "event", "text")
# A number of seconds since 1970 has fewer digits than one of milliseconds, until the year 5138.
_FIRST_MILLISECONDS = 1e11
_DAY = timedelta(days=1)


class LogLine(NamedTuple):
    """The level and the time of a log line.

    Attributes:
        level: The name of its level in capitals; None if the line names none.
        time: When it was written, an aware datetime; None if the line has no time. A time without a
            zone is read as UTC, the zone of most servers.
    """

    level: str | None = None
    time: datetime | None = None


class LogHead(NamedTuple):
    """The parts of the first line of a log record.

    Attributes:
        level: As in `LogLine`.
        time: As in `LogLine`.
        place: The logger, or the place in the code, such as `app.main:run:12`.
        message: The rest of the line, without colours.
    """

    level: str | None = None
    time: datetime | None = None
    place: str | None = None
    message: str = ""


def log_line(line: str) -> LogLine:
    """Return the level and the time of a log line, if its format is known; it raises nothing.

    Known are loguru's default format, those of the standard library's logging, of uvicorn and
    LiteLLM, and JSON.
    """
    head = log_head(line)
    return LogLine(head.level, head.time)


def log_head(line: str, near: datetime | None = None) -> LogHead:
    """Return the parts of a log line, if its format is known; it raises nothing.

    A time of day without a date is that of the day which is nearest to `near`.
    """
    line = without_colours(line)
    if line.startswith("{"):
        return _read_json(line)
    for form in _FORMATS:
        if found := form.match(line):
            parts = found.groupdict()
            return LogHead(
                _level(parts.get("level")),
                _time(parts.get("time")) or _on_nearest_day(parts.get("clock"), near),
                parts.get("place"),
                line[found.end() :],
            )
    return LogHead(message=line)


def without_colours(line: str) -> str:
    """Return a line without the colours that a logger gave it."""
    return _COLOUR.sub("", line) if "\x1b" in line else line


def _read_json(line: str) -> LogHead:
    try:
        row: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError):
        return LogHead(message=line)
    # loguru with serialize=True puts the fields one level down.
    if isinstance(row.get("record"), dict):
        row = cast("dict[str, Any]", row["record"])
    level, moment, place, message = (
        next((row[key] for key in keys if key in row), None)
        for keys in (_LEVEL_KEYS, _TIME_KEYS, _PLACE_KEYS, _MESSAGE_KEYS)
    )
    if isinstance(level, dict):
        level = cast("dict[str, Any]", level).get("name")
    if isinstance(moment, dict):
        moment = cast("dict[str, Any]", moment).get("timestamp")
    return LogHead(
        _level(level),
        _time(moment),
        place if isinstance(place, str) else None,
        message if isinstance(message, str) else line,
    )


def _on_nearest_day(clock: str | None, near: datetime | None) -> datetime | None:
    if not (clock and near):
        return None
    try:
        moment = datetime.combine(near, clock_time.fromisoformat(clock), near.tzinfo)
        return moment + round((near - moment) / _DAY) * _DAY
    except (ValueError, OverflowError):
        return None


def _level(name: object) -> str | None:
    # Libraries differ in the numbers of their levels.
    return name.upper() if isinstance(name, str) and name else None


def _time(value: object) -> datetime | None:
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.replace(",", "."))
            if moment.tzinfo is None:
                # As `replace(tzinfo=UTC)`, four times as fast; it is done for each line.
                moment = datetime.combine(moment, moment.time(), UTC)
            return moment
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value >= _FIRST_MILLISECONDS else value
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
