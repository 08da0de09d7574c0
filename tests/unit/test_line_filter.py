"""Which lines `cartesia-calls logs` shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from cartesia_calls.cli._line_filter import LineFilter, last

_LINES = [
    "starting up",
    "2026-03-01 10:00:00.000 | DEBUG    | a:b:1 - one",
    "2026-03-01 10:01:00.000 | ERROR    | a:b:1 - two",
    "Traceback (most recent call last):",
    "2026-03-01 10:02:00.000 | INFO     | a:b:1 - three",
    "  more of three",
    "2026-03-01 10:03:00.000 | AUDIT    | a:b:1 - four",
]


def _picked(lines: LineFilter) -> list[int]:
    return [line.index for line in lines.pick(_LINES)]


def _at(minute: int) -> datetime:
    return datetime(2026, 3, 1, 10, minute, tzinfo=UTC)


def test_without_options_all_lines_are_picked_unchanged() -> None:
    picked = list(LineFilter().pick(_LINES))
    assert [line.text for line in picked] == _LINES
    assert [line.index for line in picked] == list(range(7))
    assert picked[2].facts.level == "ERROR"


def test_a_level_drops_no_line_whose_level_is_not_known() -> None:
    assert _picked(LineFilter(level="INFO")) == [0, 2, 3, 4, 5, 6]
    assert _picked(LineFilter(level="WARNING")) == [0, 2, 3, 5, 6]
    assert _picked(LineFilter(level="FATAL")) == [0, 3, 5, 6]


def test_a_line_without_a_time_counts_as_written_with_the_one_before() -> None:
    assert _picked(LineFilter(since=_at(2))) == [0, 4, 5, 6]
    assert _picked(LineFilter(until=_at(2))) == [0, 1, 2, 3]
    assert _picked(LineFilter(since=_at(1), until=_at(2))) == [0, 2, 3]


def test_a_pattern_may_match_anywhere_and_be_turned_around() -> None:
    pattern = re.compile("three|Trace")
    assert _picked(LineFilter(pattern=pattern)) == [3, 4, 5]
    assert _picked(LineFilter(pattern=pattern, invert=True)) == [0, 1, 2, 6]


def test_all_conditions_count() -> None:
    lines = LineFilter(pattern=re.compile("t"), level="INFO", since=_at(2))
    assert _picked(lines) == [0, 4, 5]


def test_the_last_lines_are_those_picked_last() -> None:
    picked = LineFilter(level="WARNING").pick(_LINES)
    assert [line.index for line in last(picked, 2)] == [5, 6]
    assert last(LineFilter().pick(_LINES), 0) == []
    assert len(last(LineFilter().pick(_LINES), None)) == 7


def test_a_line_is_given_before_the_next_one_comes() -> None:
    def lines() -> object:
        yield _LINES[1]
        raise AssertionError("asked for too much")

    assert next(LineFilter().pick(lines())).index == 0  # type: ignore[arg-type]
