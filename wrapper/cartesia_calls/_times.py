"""Times as users write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from dateutil import parser

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*", re.IGNORECASE)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
# Words that dateutil does not know; the number is of days back.
_DAYS = {"today": 0, "yesterday": 1}


def read_moment(given: object, now: datetime | None = None, name: str = "the time") -> datetime:
    """Return the time that a user gave, as an aware datetime.

    Args:
        given: A datetime, or text: a time back from now such as `90s`, `15m`, `2h`, `3d` or `1w`,
            or what dateutil reads, such as `2026-03-01T10:00Z`, `1 March 14:00` or
            `yesterday 14:00`. What has no zone is read as local time.
        now: The present moment, aware; by default the system's clock.
        name: What to call it in an error.

    Raises:
        TypeError: It is neither.
        ValueError: The text can't be read.
    """
    if isinstance(given, datetime):
        return given.astimezone() if given.tzinfo is None else given
    if not isinstance(given, str):
        raise TypeError(
            f"{name} must be a datetime or text such as '2h', not {type(given).__name__}"
        )
    try:
        return _read_text(given, now or datetime.now(UTC))
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{name} {given!r} can't be read; pass a time such as '2026-03-01T10:00Z', "
            "'yesterday 14:00', or a time back from now such as '2h' or '3d'"
        ) from error


def _read_text(text: str, now: datetime) -> datetime:
    if duration := _DURATION.fullmatch(text):
        number, unit = duration.groups()
        return now - timedelta(**{_UNITS[unit.lower()]: float(number)})
    word, _, rest = text.strip().partition(" ")
    midnight = now.astimezone().replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    if word.lower() == "now" and not rest:
        return now
    if (days := _DAYS.get(word.lower())) is not None:
        midnight -= timedelta(days=days)
        moment = parser.parse(rest, default=midnight) if rest else midnight
    else:
        moment = parser.parse(text, default=midnight)
    return moment if moment.tzinfo else moment.astimezone()
