"""Times as people write them: a closed grammar, so that nothing is guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil.parser import isoparse
from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta

_UNITS = ("weeks", "days", "hours", "minutes", "seconds")
_DURATION = re.compile(
    "".join(rf"(?:(?P<{unit}>\d+(?:\.\d+)?){unit[0]})?" for unit in _UNITS), re.ASCII
)
_WEEKDAYS = {"mon": MO, "tue": TU, "wed": WE, "thu": TH, "fri": FR, "sat": SA, "sun": SU}
_WORD = r"today|yesterday|(?:mon|fri|sun)(?:day)?|tue(?:sday)?|wed(?:nesday)?|thu(?:rsday)?|sat(?:urday)?"
# A day, a time of day and a zone, each of them optional. A space stands between them, where it is
# needed to tell them apart, or `T` after a date.
_TIME = re.compile(
    rf"(?:(?P<month>\d{{4}}-\d\d)(?P<day>-\d\d)?|(?P<word>{_WORD}))?"
    r"(?:(?:^|(?<=\d)t| )(?P<hour>[01]?\d|2[0-3])(?P<rest>:[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?))?"
    r"(?:(?(hour) ?| )(?P<zone>z|[+-]\d\d(?::?\d\d)?|[a-z][\w+/-]*))?",
    re.ASCII | re.IGNORECASE,
)
_EXAMPLES = (
    "write a time back from now such as 2h or 1h30m, or a day, a time or both, such as today, "
    "monday 14:00, 2026-03-01T10:00Z or 2026-03-01 10:00 Europe/Berlin"
)


def read_moment(given: object, now: datetime | None = None, name: str = "the time") -> datetime:
    """Return a time that a user wrote, as an aware datetime.

    A text is `now`; a duration back from now such as `90s`, `1h30m` or `2d`; or a day, a time of day
    or both, with or without a zone: `2026-03-01T10:00Z`, `yesterday 14:00`, `monday`,
    `2026-03-01 10:00 Europe/Berlin`. Weekdays are the last ones. Without a zone it is local time.

    Args:
        given: Such a text, or a datetime; a naive one is local time.
        now: The moment that the text is relative to, aware; the present by default.
        name: The name of the time in errors.

    Raises:
        TypeError: It is neither text nor datetime.
        ValueError: The text has another form.
    """
    if isinstance(given, datetime):
        return given if given.tzinfo else _in_zone(given, None)
    if not isinstance(given, str):
        raise TypeError(
            f"{name} must be a datetime or text such as '2h', not {type(given).__name__}"
        )
    try:
        return _read_text(" ".join(given.split()), now or datetime.now(UTC))
    except (ValueError, OverflowError) as error:
        problem = "it is out of the calendar" if isinstance(error, OverflowError) else str(error)
        why = f": {problem}" if problem else ""
        raise ValueError(f"{name} {given!r} can't be read{why}; {_EXAMPLES}") from error


def read_window(
    since: datetime | str | None, until: datetime | str | None, now: datetime | None = None
) -> tuple[datetime | None, datetime | None]:
    """Return the two ends of a window of time, each read by `read_moment`; None leaves one open.

    Raises:
        TypeError: One is neither text nor datetime.
        ValueError: A text has another form, or `since` is later than `until`.
    """
    now = now or datetime.now(UTC)
    first = None if since is None else read_moment(since, now, "since")
    end = None if until is None else read_moment(until, now, "until")
    if first and end and first > end:
        raise ValueError(
            f"since ({first}) is later than until ({end}); swap them, or pass a later until"
        )
    return first, end


def _read_text(text: str, now: datetime) -> datetime:
    if text.lower() == "now":
        return now
    # 1M could mean a month.
    duration = _DURATION.fullmatch(text if "M" in text else text.lower())
    if text and duration:
        parts = {unit: float(number) for unit, number in duration.groupdict().items() if number}
        return now - timedelta(**parts)
    found = _TIME.fullmatch(text)
    if not (text and found):
        raise ValueError
    zone = _zone(found["zone"])
    clock = f"T{found['hour']:0>2}{found['rest']}" if found["hour"] else ""

    def at(day: object) -> datetime:
        return _in_zone(isoparse(f"{day}{clock}"), zone)

    if found["month"]:
        return at(found["month"] + (found["day"] or "-01"))
    today = now.astimezone(zone).date()
    word = (found["word"] or "today").lower()
    if weekday := _WEEKDAYS.get(word[:3]):
        last = today + relativedelta(weekday=weekday(-1))
        return at(last) if at(last) <= now else at(last - timedelta(7))
    return at(today - timedelta(days=word == "yesterday"))


def _zone(name: str | None) -> tzinfo | None:
    """Return the zone of this name or offset, None for local time."""
    if name is None:
        return None
    if name.lower() in {"z", "utc"}:
        return UTC
    if name[0] in "+-":
        return isoparse(f"2000-01-01T00:00{name}").tzinfo
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - rarely needed

    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError(
            f"{name} is no time zone of the IANA database; write an offset such as +02:00 or a "
            "name such as Europe/Berlin"
        ) from None


def _in_zone(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return a naive moment as an aware one; None means local time."""
    if zone is not None:
        return moment.replace(tzinfo=zone)
    try:
        return moment.astimezone()
    except (ValueError, OverflowError):
        # In the first or last hours of the calendar, UTC may have no such time. The zone's offset is
        # that of the next or previous day.
        inwards = timedelta(days=1 if moment.year == 1 else -1)
        return moment.replace(tzinfo=(moment + inwards).astimezone().tzinfo)
