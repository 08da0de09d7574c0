"""Log lines grouped into records, in all the formats that one agent's log may have."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartesia_calls import LogRecord, log_line, log_records

# Written by loguru 0.7.3 with its default format.
LOGURU = (Path(__file__).parents[1] / "data" / "loguru.log").read_text(encoding="utf-8")
_LITELLM = "\x1b[92m05:45:23 - LiteLLM:WARNING\x1b[0m: cost_map.py:271 - LiteLLM: Failed to fetch"


def test_a_traceback_of_loguru_with_its_values_is_one_record() -> None:
    lines = LOGURU.splitlines()
    records = list(log_records(lines))

    assert [(record.level, record.index, len(record.lines)) for record in records] == [
        ("INFO", 0, 1),
        ("INFO", 1, 1),
        ("ERROR", 2, 26),
        ("INFO", 28, 2),
    ]
    assert records[2].message == "Error in the call"
    assert records[2].lines[-1] == "KeyError: 'x2'"
    assert records[3].lines[1] == "of one message"


@pytest.mark.parametrize(
    ("line", "level", "place", "message"),
    [
        (
            '2026-11-27 05:45:26.351 | INFO     | line.app:run:625 - -> User said: "una"',
            "INFO",
            "line.app:run:625",
            '-> User said: "una"',
        ),
        ("2026-11-27 05:45:26.351 | INFO     | a:<module>:1 - x", "INFO", "a:<module>:1", "x"),
        (
            'INFO:     127.0.0.1:50470 - "WebSocket /ws" [accepted]',
            "INFO",
            None,
            '127.0.0.1:50470 - "WebSocket /ws" [accepted]',
        ),
        ("\x1b[32mINFO\x1b[0m:     Started", "INFO", None, "Started"),
        (_LITELLM, "WARNING", "cost_map.py:271", "LiteLLM: Failed to fetch"),
        ("WARNING:root:look: out", "WARNING", "root", "look: out"),
        ("2026-03-01 10:00:00,409 - my.agent - ERROR - boom", "ERROR", "my.agent", "boom"),
        ("2026-03-01 10:00:00,409:DEBUG:root:hello", "DEBUG", "root", "hello"),
        ("2026-03-01 10:00:00,409 [INFO] hello: you", "INFO", None, "hello: you"),
        ("2026-03-01T10:00:00Z hello", None, None, "hello"),
        ('{"level": "warn", "logger": "a.b", "msg": "m", "time": 1}', "WARN", "a.b", "m"),
        (
            '{"record": {"level": {"name": "ERROR"}, "name": "app", "message": "m"}}',
            "ERROR",
            "app",
            "m",
        ),
        ("print()", None, None, "print()"),
        ("99:99:99 - LiteLLM:INFO: a.py:1 - x", "INFO", "a.py:1", "x"),
    ],
)
def test_a_record_has_its_parts(
    line: str, level: str | None, place: str | None, message: str
) -> None:
    (record,) = log_records([line])

    assert (record.level, record.place, record.message) == (level, place, message)
    assert (record.level, record.time) == log_line(line)


def test_all_formats_in_one_log_make_a_record_each() -> None:
    lines = [
        "2026-11-27 05:45:22.351 | INFO     | line.app:run:625 - hello",
        'INFO:     127.0.0.1:50470 - "WebSocket /ws" [accepted]',
        _LITELLM,
        "WARNING:root:stdlib default format",
        '{"level": "info", "message": "as JSON"}',
        "2026-11-27 05:45:26.351 | ERROR    | line.app:run:630 - bye",
    ]
    assert [record.lines for record in log_records(lines)] == [(line,) for line in lines]


@pytest.mark.parametrize(
    ("near", "line", "time"),
    [
        ("2026-11-27T05:45:22Z", _LITELLM, "2026-11-27T05:45:23Z"),
        ("2026-11-26T23:59:58Z", "00:00:01 - LiteLLM:INFO: x", "2026-11-27T00:00:01Z"),
        ("2026-11-27T00:00:01Z", "23:59:58 - LiteLLM:INFO: x", "2026-11-26T23:59:58Z"),
        ("9999-12-31T23:59:59Z", "00:00:01 - LiteLLM:INFO: x", None),
    ],
)
def test_a_time_of_day_takes_the_nearest_date(near: str, line: str, time: str | None) -> None:
    moment = datetime.fromisoformat(near)
    expected = datetime.fromisoformat(time) if time else None

    assert next(log_records([line], near=moment)).time == expected
    before = f"{moment:%Y-%m-%d %H:%M:%S} INFO before"
    assert list(log_records([before, line]))[1].time == expected


def test_without_any_date_a_time_of_day_is_no_time() -> None:
    assert next(log_records([_LITELLM])).time is None


def test_lines_without_a_format_are_records_except_tracebacks() -> None:
    lines = ["one", "two", "Traceback (most recent call last):", "  File x", "KeyError: 1", "three"]
    assert [record.lines for record in log_records(lines)] == [
        ("one",),
        ("two", *lines[2:5]),
        ("three",),
    ]


def test_printed_lines_do_not_become_one_endless_record() -> None:
    records = list(log_records(["INFO: started", *["printed"] * 5000]))
    assert max(len(record.lines) for record in records) == 1000
    assert sum(len(record.lines) for record in records) == 5001


def test_records_are_yielded_while_lines_are_read() -> None:
    def lines() -> list[str]:
        return ["INFO: one", "INFO: two"]

    read = iter(lines())
    records = log_records(read)
    assert next(records).message == "one"
    assert next(records).message == "two"


def test_records_among_lines_are_unchanged() -> None:
    record = LogRecord(7, ("x",), "ERROR", datetime(2026, 3, 1, tzinfo=UTC), None, "x")
    assert list(log_records(["INFO: a", record, "INFO: b"]))[1] is record


@given(st.lists(st.text() | st.sampled_from(LOGURU.splitlines())))
def test_no_line_is_lost_or_moved(lines: list[str]) -> None:
    records = list(log_records(lines))
    assert [line for record in records for line in record.lines] == lines
    for record in records:
        assert lines[record.index] == record.lines[0]
