"""Level and time of log lines, in widely used formats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from cartesia_calls import LogLine, log_line

_TEN = datetime(2026, 3, 1, 10, 0, 0, tzinfo=UTC)
_TEN_AND_MORE = _TEN.replace(microsecond=409000)
_IN_ROME = datetime(2026, 3, 1, 11, 0, 0, 409000, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("line", "level", "time"),
    [
        # loguru
        ("2026-03-01 10:00:00.409 | INFO     | a.b:c:41 - hello", "INFO", _TEN_AND_MORE),
        ("2026-03-01 10:00:00.409 | SUCCESS  | a.b:c:41 - ERROR", "SUCCESS", _TEN_AND_MORE),
        ("2026-03-01 10:00:00.409 | NOTABLE | a.b:c:41 - hello", "NOTABLE", _TEN_AND_MORE),
        (
            "\x1b[32m2026-03-01 10:00:00.409\x1b[0m | \x1b[1mERROR   \x1b[0m | a:b:1 - red",
            "ERROR",
            _TEN_AND_MORE,
        ),
        # logging
        ("WARNING:root:look out", "WARNING", None),
        ("INFO:     Started server process [1]", "INFO", None),
        ("[DEBUG] hello", "DEBUG", None),
        ("2026-03-01 10:00:00,409 - my.agent - ERROR - boom", "ERROR", _TEN_AND_MORE),
        ("2026-03-01 10:00:00,409 INFO hello", "INFO", _TEN_AND_MORE),
        ("2026-03-01 10:00:00,409 [CRITICAL] hello", "CRITICAL", _TEN_AND_MORE),
        ("2026-03-01 10:00:00,409:DEBUG:root:hello", "DEBUG", _TEN_AND_MORE),
        # a time alone
        ("2026-03-01T11:00:00.409+01:00 hello", None, _IN_ROME),
        ("2026-03-01T10:00:00Z", None, _TEN),
        ("2026-03-01 10:00:00 INFORMAL", None, _TEN),
        # JSON
        ('{"level": "warn", "timestamp": "2026-03-01T10:00:00Z"}', "WARN", _TEN),
        ('{"severity": "ERROR", "time": 1772359200}', "ERROR", _TEN),
        ('{"levelname": "INFO", "ts": 1772359200409}', "INFO", _TEN_AND_MORE),
        ('{"level": 30, "asctime": "2026-03-01 10:00:00,409"}', None, _TEN_AND_MORE),
        (
            '{"record": {"level": {"name": "ERROR", "no": 40}, "time": {"timestamp": 1772359200}}}',
            "ERROR",
            _TEN,
        ),
    ],
)
def test_a_line_has_a_level_and_a_time(line: str, level: str | None, time: datetime | None) -> None:
    facts = log_line(line)
    assert facts == LogLine(level, time)
    assert facts.time is None or facts.time.tzinfo is not None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "hello",
        "Traceback (most recent call last):",
        "INFORMATION is not a level",
        "An ERROR: in the middle",
        "{not json",
        "{" * 100_000,
        '{"a":' * 100_000,
        "[]",
        '{"level": null, "time": null}',
        '{"level": "", "time": true}',
        '{"time": 1e999}',
        '{"time": NaN}',
        '{"time": -1e300}',
        '{"time": "later"}',
        '{"time": ' + "9" * 400 + "}",
        '{"record": 1, "level": ["ERROR"], "time": {"timestamp": []}}',
        "\ud800",
        "\x00\x1b]52;c;x\x07",
        "\u0662\u0660\u0662\u0666-03-01 10:00:00 in other digits",
    ],
)
def test_a_line_of_unknown_format_has_neither_level_nor_time(line: str) -> None:
    assert log_line(line) == LogLine(None, None)


def test_an_impossible_time_is_none_and_the_level_stays() -> None:
    assert log_line("2026-13-45 10:00:00.409 | INFO | a:b:1 - x") == LogLine("INFO", None)
