"""What the checks of arguments let through, to the very bound, and what they say of the rest."""

from __future__ import annotations

import math

import pytest

from cartesia_calls._arguments import check_id, check_limit, check_seconds

WEEK = 7 * 24 * 3600


@pytest.mark.parametrize("limit", [1, 2, 10**9])
def test_a_limit_begins_at_one(limit: int) -> None:
    assert check_limit(limit) == limit


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_nothing_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match=f"^limit is {limit}; pass a number from 1"):
        check_limit(limit)


@pytest.mark.parametrize(
    ("limit", "kind"), [(True, "bool"), (1.0, "float"), ("1", "str"), (None, "NoneType")]
)
def test_a_limit_is_a_whole_number(limit: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"^limit must be a whole number, not {kind}$"):
        check_limit(limit)


@pytest.mark.parametrize("seconds", [0, 0.5, 60, WEEK])
def test_seconds_go_from_none_to_a_week(seconds: float) -> None:
    checked = check_seconds(seconds, "timeout")
    assert checked == seconds
    assert type(checked) is float


@pytest.mark.parametrize("seconds", [-0.1, WEEK + 0.1, math.inf, math.nan])
def test_seconds_beyond_that_are_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match=f"^timeout is {seconds}; pass seconds from 0 to {WEEK} "):
        check_seconds(seconds, "timeout")


@pytest.mark.parametrize(("seconds", "kind"), [(True, "bool"), ("60", "str"), (None, "NoneType")])
def test_seconds_are_a_number(seconds: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"^timeout must be a number of seconds, not {kind}$"):
        check_seconds(seconds, "timeout")


@pytest.mark.parametrize("value", ["a", " a ", "...", "a/b", "\n1", "日本", "x" * 1000])
def test_an_id_is_given_back_as_it_is(value: str) -> None:
    assert check_id(value, "call_id") == value


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        (".", "is '.', which"),
        ("..", "is '..', which"),
        ("x" * 1001, "has 1001 characters"),
        ("a\ud800", r"'a\\ud800' holds half a surrogate pair"),
    ],
)
def test_an_id_that_can_not_stand_in_a_path_is_refused(value: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^agent_id {problem}.*; pass "):
        check_id(value, "agent_id")


@pytest.mark.parametrize(("value", "kind"), [(7, "int"), (None, "NoneType"), (b"a", "bytes")])
def test_an_id_is_a_string(value: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"^agent_id must be a string .*, not {kind}$"):
        check_id(value, "agent_id")
