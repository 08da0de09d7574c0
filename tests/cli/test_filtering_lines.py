"""The lines that `cartesia-calls logs` shows."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from cartesia_calls.cli import main
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY

LINES = [
    "starting up",
    "2026-03-01 10:00:00.000 | DEBUG    | a:b:1 - one",
    "2026-03-01 10:01:00.000 | ERROR    | a:b:1 - two",
    "Traceback (most recent call last):",
    "2026-03-01 10:02:00.000 | INFO     | a:b:1 - three",
    "  more of three",
    "2026-03-01 10:03:00.000 | AUDIT    | a:b:1 - four",
]
Picked = Callable[..., list[int]]


@pytest.fixture
def picked(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Picked:
    """Return a function that runs `logs` with options, and returns the indexes of the lines shown."""
    monkeypatch.setenv("CARTESIA_BASE_URL", sandbox.url)
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    body = json.dumps({"call_id": "x", "logs": LINES, "updated_at": "2026-03-01T10:00:00Z"})
    as_json = {"Content-Type": "application/json"}

    def pick(*options: str) -> list[int]:
        sandbox.fail_next(status=200, body=body.encode(), headers=as_json)
        assert main(["logs", "ac_1", "--json", *options]) == 0
        rows = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
        assert [row["text"] for row in rows] == [LINES[row["index"]] for row in rows]
        return [row["index"] for row in rows]

    return pick


def _at(minute: int) -> str:
    return f"2026-03-01T10:{minute:02d}Z"


def test_without_options_all_lines_are_shown(picked: Picked) -> None:
    assert picked() == list(range(7))


def test_a_level_drops_no_line_whose_level_is_unknown(picked: Picked) -> None:
    assert picked("--level", "info") == [0, 2, 3, 4, 5, 6]
    assert picked("--level", "WARNING") == [0, 2, 3, 5, 6]
    assert picked("--level", "FATAL") == [0, 3, 5, 6]


def test_a_line_without_a_time_has_that_of_the_previous_one(picked: Picked) -> None:
    assert picked("--since", _at(2)) == [0, 4, 5, 6]
    assert picked("--until", _at(2)) == [0, 1, 2, 3]
    assert picked("--since", _at(1), "--until", _at(2)) == [0, 2, 3]


def test_a_pattern_may_match_anywhere_and_be_inverted(picked: Picked) -> None:
    assert picked("--grep", "three|Trace") == [3, 4, 5]
    assert picked("--grep", "three|Trace", "--invert") == [0, 1, 2, 6]
    assert picked("--grep", "THREE|trace", "-i") == [3, 4, 5]


def test_all_conditions_apply(picked: Picked) -> None:
    assert picked("--grep", "t", "--level", "INFO", "--since", _at(2)) == [0, 4, 5]


def test_tail_counts_matching_lines(picked: Picked) -> None:
    assert picked("--level", "WARNING", "-n", "2") == [5, 6]
    assert picked("--tail", "0") == []
