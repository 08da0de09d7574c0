"""Text on a terminal: within its width, complete, and with control characters escaped."""

from __future__ import annotations

import io
import math
import re
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cartesia_calls import clock_text
from cartesia_calls.cli._tables import Column, tab_safe, table_lines
from cartesia_calls.cli._terminal import Screen, cells, cut, wrap

WIDTHS = st.integers(10, 200)
# Without combining characters, whose width depends on the terminal.
TEXTS = st.text(
    st.characters(exclude_categories=("C", "M", "Zl", "Zp")) | st.sampled_from("  ab🍕界é"),
    max_size=300,
).map(lambda text: unicodedata.normalize("NFC", text))


@given(TEXTS, WIDTHS, st.integers(0, 8))
def test_wrapped_text_fits_and_loses_only_spaces(text: str, width: int, indent: int) -> None:
    lines = wrap(text, width, indent=indent)
    assert [line for line in lines if cells(line) > width] == []
    assert "".join("".join(lines).split()) == "".join(text.split())


@given(st.lists(st.text("abcdefg", min_size=1, max_size=9), max_size=40), WIDTHS)
def test_no_word_that_fits_is_broken(words: list[str], width: int) -> None:
    assert " ".join(wrap(" ".join(words), width)).split() == words


@given(TEXTS, st.integers(2, 60))
def test_a_cut_text_is_its_beginning(text: str, width: int) -> None:
    shown = cut(text, width)
    assert cells(shown) <= width
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


def _columns() -> list[Column[list[str]]]:
    return [
        Column("ID", lambda row: row[0], 0),
        Column("NOTE", lambda row: row[1], 2, least=6),
        Column("STATUS", lambda row: row[2], 1),
        Column("MORE", lambda row: row[3], 3, least=10),
    ]


ROWS = st.lists(
    st.tuples(st.text("abc_1", min_size=1, max_size=9), TEXTS, st.text("xyz", max_size=9), TEXTS),
    min_size=1,
    max_size=9,
)


@given(ROWS, st.integers(12, 200))
def test_a_table_fits_its_terminal_and_keeps_each_id_whole(
    rows: list[tuple[str, ...]], width: int
) -> None:
    screen = Screen(is_terminal=True, colour=False, width=width)
    head, *lines = table_lines([[[*row] for row in rows]], _columns(), screen)
    assert head.startswith("ID")
    assert [line for line in (head, *lines) if cells(line) > width] == []
    assert [line.split(" ")[0] for line in lines] == [row[0] for row in rows]


@given(ROWS)
def test_columns_appear_in_order_as_the_width_grows(rows: list[tuple[str, ...]]) -> None:
    previous: set[str] = set()
    for width in range(12, 400, 7):
        screen = Screen(is_terminal=True, colour=False, width=width)
        lines = table_lines([[[*row] for row in rows]], _columns(), screen)
        heads = set(next(lines).replace("…", "").split())
        assert len(heads) >= len(previous)
        previous = heads


@given(ROWS | st.lists(st.tuples(*[st.text()] * 4), min_size=1))
def test_a_pipe_gets_one_line_per_row_with_all_columns(rows: list[tuple[str, ...]]) -> None:
    screen = Screen(is_terminal=False, colour=True, width=None)
    lines = list(table_lines([[[*row] for row in rows]], _columns(), screen))
    assert len(lines) == len("\n".join(lines).splitlines() or [""]) == len(rows)
    assert {line.count("\t") for line in lines} == {3}
    assert not any(re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line) for line in lines)


@given(st.text(), st.text())
def test_different_values_stay_different_in_a_pipe(one: str, other: str) -> None:
    assume(one != other)
    assert tab_safe(one) != tab_safe(other)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_times_within_a_call_are_formatted(seconds: float) -> None:
    shown = clock_text(seconds)
    assert len(shown) < 30
    found = re.fullmatch(r"(-?)(?:(\d+):(?=\d\d:))?(\d+):([0-5]\d\.\d)", shown)
    if found is None:
        assert not abs(seconds) < 1e9
        assert shown == f"{seconds!r} s"
        return
    sign, hours, minutes, rest = found.groups()
    assert int(minutes) < 60
    value = int(hours or 0) * 3600 + int(minutes) * 60 + float(rest)
    assert math.isclose(-value if sign else value, seconds, abs_tol=0.0501)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (59.96, "1:00.0"),
        (-3.2, "-0:03.2"),
        (-0.04, "0:00.0"),
        (3600, "1:00:00.0"),
        (69.5, "1:09.5"),
    ],
)
def test_times_at_the_edges(seconds: float, shown: str) -> None:
    assert clock_text(seconds) == shown


class _Stream(io.StringIO):
    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@pytest.mark.parametrize(
    ("is_terminal", "variables", "colour"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (False, {"FORCE_COLOR": "0"}, False),
        (True, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ],
)
def test_colours_depend_on_the_stream_and_the_environment(
    variables: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_terminal: bool,
    colour: bool,
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    screen = Screen.of(_Stream(is_terminal=is_terminal))
    assert (screen.paint("x", "red") != "x") is colour
    assert screen.width is None
