"""Moments as users write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cartesia_calls import read_moment

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
TODAY = NOW.astimezone().replace(hour=0, minute=0)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("90s", NOW - timedelta(seconds=90)),
        ("15m", NOW - timedelta(minutes=15)),
        (" 2H ", NOW - timedelta(hours=2)),
        ("1.5h", NOW - timedelta(minutes=90)),
        ("3d", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(weeks=1)),
        ("now", NOW),
        ("2026-02-03T04:05:06Z", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03 04:05+02:00", datetime(2026, 2, 3, 2, 5, tzinfo=UTC)),
        ("3 Feb 2026", datetime(2026, 2, 3).astimezone()),
        ("today", TODAY),
        ("yesterday", TODAY - timedelta(days=1)),
        ("Yesterday 14:00", TODAY - timedelta(hours=10)),
        ("14:00", TODAY + timedelta(hours=14)),
    ],
)
def test_what_can_be_written(text: str, moment: datetime) -> None:
    read = read_moment(text, NOW, "since")
    assert read == moment
    assert read.tzinfo is not None


def test_a_datetime_is_taken_as_it_is_and_a_naive_one_as_local_time() -> None:
    aware = datetime(2026, 3, 1, tzinfo=timezone(timedelta(hours=5)))
    assert read_moment(aware, NOW, "since") is aware
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - the point
    assert read_moment(naive, NOW, "since") == naive.astimezone()


@pytest.mark.parametrize("text", ["", "soon", "5 parsecs", "99999999999999999d", "2026-99-99"])
def test_what_can_not_be_read_is_told_by_its_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"until .* can't be read"):
        read_moment(text, NOW, "until")


def test_another_type_is_refused() -> None:
    with pytest.raises(TypeError, match="since must be a datetime or text"):
        read_moment(5, NOW, "since")


def test_without_a_clock_a_time_back_counts_from_now() -> None:
    before = datetime.now(UTC) - timedelta(hours=2)
    assert before <= read_moment("2h") <= datetime.now(UTC) - timedelta(hours=2)
