"""Times as people type them: a closed grammar without surprises."""

from __future__ import annotations

import re
import time as clock_of
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartesia_calls import Client, parse_rfc3339, read_moment

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)  # a Sunday
TODAY = NOW.astimezone().replace(hour=0, minute=0)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
UNITS = {"w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}

clocks = st.times().map(lambda clock: clock.replace(microsecond=0))
dates = st.dates(date(1990, 1, 1), date(2050, 1, 1))
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "CET", "UTC"])
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.integers(0, 2**31).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        (" 2H ", NOW - timedelta(hours=2)),
        ("1.5h", NOW - timedelta(minutes=90)),
        ("1h30m", NOW - timedelta(minutes=90)),
        ("1w2d3h4m5s", NOW - timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        ("now", NOW),
        ("2026-02-03T04:05:06Z", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03 04:05+02:00", datetime(2026, 2, 3, 2, 5, tzinfo=UTC)),
        ("2026-02-03 04:05 +0200", datetime(2026, 2, 3, 2, 5, tzinfo=UTC)),
        ("2026-02-03t04:05:06,789z", datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)),
        ("2026-02-03", datetime.fromisoformat("2026-02-03").astimezone()),
        ("2026-02", datetime.fromisoformat("2026-02-01").astimezone()),
        ("2026-07-01 10:00 CET", datetime(2026, 7, 1, 8, tzinfo=UTC)),
        ("2026-07-01 Europe/Berlin", datetime(2026, 6, 30, 22, tzinfo=UTC)),
        ("2026-07-01 10:00 EST", datetime(2026, 7, 1, 15, tzinfo=UTC)),
        ("today", TODAY),
        ("yesterday", TODAY - timedelta(days=1)),
        ("Yesterday 14:00", TODAY - timedelta(hours=10)),
        ("yesterday 9:00", TODAY - timedelta(hours=15)),
        ("14:00", TODAY + timedelta(hours=14)),
        ("14:00Z", datetime(2026, 3, 1, 14, tzinfo=UTC)),
        ("monday 09:00 UTC", datetime(2026, 2, 23, 9, tzinfo=UTC)),
        ("sun 12:00 UTC", datetime(2026, 3, 1, 12, tzinfo=UTC)),
        ("sunday 13:00 UTC", datetime(2026, 2, 22, 13, tzinfo=UTC)),
    ],
)
def test_valid_times_are_read(text: str, moment: datetime) -> None:
    read = read_moment(text, now=NOW)
    assert read == moment
    assert read.tzinfo is not None


@given(st.dictionaries(st.sampled_from([*UNITS]), st.integers(0, 999), min_size=1), moments)
def test_a_duration_is_the_sum_of_its_parts(parts: dict[str, int], now: datetime) -> None:
    text = "".join(f"{parts[unit]}{unit}" for unit in UNITS if unit in parts)
    seconds = sum(number * UNITS[unit] for unit, number in parts.items())
    assert read_moment(text, now=now) == now - timedelta(seconds=seconds)


@given(dates, clocks, offsets, st.sampled_from([" ", "T", "t"]))
def test_an_iso_time_with_an_offset_is_itself(
    day: date, clock: time, offset: timezone, between: str
) -> None:
    moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=offset)
    read = read_moment(moment.isoformat(between))
    assert (read, read.utcoffset()) == (moment, moment.utcoffset())


@given(dates, clocks, zones)
def test_a_zone_is_found_by_its_name(day: date, clock: time, zone: str) -> None:
    naive = datetime.fromisoformat(f"{day}T{clock}")
    assert read_moment(f"{day} {clock} {zone}") == naive.replace(tzinfo=ZoneInfo(zone))


@given(moments, st.sampled_from(DAYS), st.none() | clocks, zones)
def test_a_weekday_is_the_most_recent_one(
    now: datetime, day: str, clock: time | None, zone: str
) -> None:
    text = f"{day} {clock} {zone}" if clock else f"{day} {zone}"
    read = read_moment(text, now=now)
    assert read <= now
    assert read.strftime("%A").lower() == day
    assert f"{read:%H:%M:%S}" == (str(clock) if clock else "00:00:00")
    # A day of 25 hours is the longest.
    assert now - read <= timedelta(days=7, hours=1)


@given(moments, st.sampled_from(["today", "yesterday"]), clocks, zones)
def test_today_is_the_day_of_the_zone(now: datetime, word: str, clock: time, zone: str) -> None:
    day = now.astimezone(ZoneInfo(zone)).date() - timedelta(days=word == "yesterday")
    assert read_moment(f"{word} {clock} {zone}", now=now).replace(
        tzinfo=None
    ) == datetime.fromisoformat(f"{day}T{clock}")


LIKE_TIMES = st.lists(
    st.sampled_from(
        [
            *DAYS,
            *UNITS,
            "now",
            "today",
            "2026-03-01",
            "2026-02",
            "10:00",
            "9:30:15.5",
            "Z",
            "T",
            "CET",
            "+02:00",
            "Europe/Berlin",
            " ",
            "1",
            "30",
            "-",
            ":",
            "EST",
            "UTC+3",
            "ago",
            "hours",
        ]
    ),
    max_size=7,
).map("".join)
# An independent grammar of everything that the documentation allows.
GRAMMAR = re.compile(
    r"now|(?=\d)(\d+(\.\d+)?w)?(\d+(\.\d+)?d)?(\d+(\.\d+)?h)?(\d+(\.\d+)?m)?(\d+(\.\d+)?s)?"
    r"|(\d{4}-\d\d(-\d\d)?|today|yesterday|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?)?"
    r"([t ]?\d\d?:\d\d(:\d\d([.,]\d+)?)?)?"
    r"( ?(z|[+-]\d\d(:?\d\d)?|[a-z][\w/+-]*))?",
    re.IGNORECASE | re.ASCII,
)


@given(LIKE_TIMES | st.text(max_size=20) | st.from_regex(GRAMMAR, fullmatch=True))
@example("")
@example("soon")
@example("2 hours")
@example("5 parsecs")
@example("99999999999999999d")
@example("2026-99-99")
@example("2026-02-03 10:00 UTC+3")
@example("2026-02-03 10:00 Europe")
@example("2026-02-03 10:00 /etc/localtime")
@example("2026-02-03 10:00 IST")
@example("2026-02-03 24:00")
@example("monday 24:00")
@example("next monday")
@example("1M")
@example("30m1h")
@example("20260203")
@example("2026")
@example("1430")
@example("1h ago")
@example("٣h")
def test_anything_else_is_refused_with_examples(text: str) -> None:
    try:
        read = read_moment(text, now=NOW)
    except ValueError as error:
        message = str(error)
    else:
        assert read.tzinfo is not None
        assert GRAMMAR.fullmatch(" ".join(text.split()))
        return
    assert "can't be read" in message
    assert "2026-03-01T10:00Z" in message


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo"])
@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-31 23:59:59"])
def test_the_first_and_the_last_day_of_the_calendar_are_read(
    text: str, zone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    clock_of.tzset()
    try:
        read = read_moment(text)
    finally:
        monkeypatch.undo()
        clock_of.tzset()
    assert read.replace(tzinfo=None) == datetime.fromisoformat(text)
    assert read.tzinfo is not None


def test_lists_read_the_same_times_and_accept_datetimes() -> None:
    with Client("sk_car_x", base_url="http://127.0.0.1:9") as client:
        with pytest.raises(ValueError, match=r"until 'soon' can't be read"):
            client.calls.list(agent_id="agent_1", until="soon")
        with pytest.raises(TypeError, match="since must be a datetime or text"):
            client.calls.list(agent_id="agent_1", since=5)  # type: ignore[arg-type]  # wrong on purpose
        assert client.calls.list(agent_id="agent_1", since=NOW)


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00+00:00"),
        ("2026-03-01t10:00:00.25z", "2026-03-01T10:00:00.250000+00:00"),
        ("2026-03-01 10:00:00-05:30", "2026-03-01T10:00:00-05:30"),
        ("2026-03-01T10:00:00", None),
        ("2026-02-30T10:00:00Z", None),
        ("2026-W09-7T10:00:00Z", None),
        ("yesterday", None),
        (1772359200, None),
        (None, None),
    ],
)
def test_the_times_of_records(value: object, time: str | None) -> None:
    read = parse_rfc3339(value)
    assert (read and read.isoformat()) == time
