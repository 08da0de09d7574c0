"""The level and the time of a log line.

The API promises no format: `AgentCallLogs.logs` are any strings. Widely used formats are recognised:
loguru's default, those of the standard library's logging, and JSON.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
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
        rf"{_TIME} \| (?P<level>[^\s|]+) *\| ",
        # logging with %(asctime)s: TIME LEVEL …, TIME [LEVEL] …, TIME - LEVEL - …, TIME:LEVEL:…
        rf"{_TIME}[ :|-]+\[?{_LEVEL}\b",
        # The logging documentation's own: TIME - name - LEVEL - message
        rf"{_TIME} - \S+ - {_LEVEL} - ",
        # Any other line that begins with a time.
        rf"{_TIME}(?!\d)",
        # logging.basicConfig: LEVEL:name:message; also LEVEL: message, [LEVEL] message.
        rf"\[?{_LEVEL}[\]:]",
    )
)
_ESCAPE = "\x1b"
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_LEVEL_KEYS = ("level", "levelname", "severity")
_TIME_KEYS = ("time", "timestamp", "ts", "asctime", "@timestamp")
# A number of seconds since 1970 has fewer digits than one of milliseconds, until the year 5138.
_FIRST_MILLISECONDS = 1e11


class LogLine(NamedTuple):
    """What a log line says about itself.

    Attributes:
        level: The name of its level in capitals; None if the line names none.
        time: When it was written, an aware datetime; None if the line has no time. A time without a
            zone is read as UTC, the zone of most servers.
    """

    level: str | None = None
    time: datetime | None = None


def log_line(line: str) -> LogLine:
    """Return the level and the time of a log line, as far as its format is known.

    It reads loguru's default format, those of the standard library's logging, and JSON. It raises
    nothing.
    """
    if _ESCAPE in line:
        line = _COLOUR.sub("", line)
    if line.startswith("{"):
        return _read_json(line)
    for form in _FORMATS:
        if found := form.match(line):
            parts = found.groupdict()
            return LogLine(_level(parts.get("level")), _time(parts.get("time")))
    return LogLine()


def _read_json(line: str) -> LogLine:
    try:
        row: dict[str, Any] = json.loads(line)
    except (ValueError, RecursionError):
        return LogLine()
    # loguru with serialize=True keeps what it knows one level down.
    if isinstance(row.get("record"), dict):
        row = cast("dict[str, Any]", row["record"])
    level = next((row[key] for key in _LEVEL_KEYS if key in row), None)
    time = next((row[key] for key in _TIME_KEYS if key in row), None)
    if isinstance(level, dict):
        level = cast("dict[str, Any]", level).get("name")
    if isinstance(time, dict):
        time = cast("dict[str, Any]", time).get("timestamp")
    return LogLine(_level(level), _time(time))


def _level(name: object) -> str | None:
    # A number is a level too, but which one depends on who counts.
    return name.upper() if isinstance(name, str) and name else None


def _time(value: object) -> datetime | None:
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value.replace(",", "."))
            if moment.tzinfo is None:
                # As `replace(tzinfo=UTC)`, in a quarter of its time; it is done for each line.
                moment = datetime.combine(moment, moment.time(), UTC)
            return moment
        if isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if value >= _FIRST_MILLISECONDS else value
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        pass
    return None
