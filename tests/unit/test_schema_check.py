"""The check of a JSON value against a generated model, on every kind of type the generator writes."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any

import attrs
import pytest

from cartesia_api.models import AgentCallLogs
from cartesia_api.types import UNSET, Unset
from cartesia_calls._schema_check import Mismatch, find_mismatch


class Status(StrEnum):
    OVER = "over"


@attrs.define
class Inner:
    name: str
    additional_properties: dict[str, Any] = attrs.field(init=False, factory=dict[str, Any])


@attrs.define
class Labels:
    """As the generator writes `type: object, additionalProperties: {type: string}`."""

    additional_properties: dict[str, str] = attrs.field(init=False, factory=dict[str, str])


@attrs.define
class Outer:
    inner: Inner
    from_: str
    count: int | Unset = UNSET
    ratio: float | Unset | None = UNSET
    flag: bool | Unset = UNSET
    status: Status | Unset = UNSET
    inners: list[Inner] | Unset | None = UNSET
    at: dt.datetime | Unset | None = UNSET
    labels: Labels | Unset = UNSET
    anything: Any | Unset = UNSET
    additional_properties: dict[str, Any] = attrs.field(init=False, factory=dict[str, Any])


WHOLE: dict[str, object] = {"inner": {"name": "x"}, "from": "y"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"count": 3, "ratio": 2, "flag": False, "status": "over"},
        {"ratio": 2.5, "inners": [{"name": "a"}, {"name": "b", "more": 1}]},
        {"ratio": None, "inners": None, "at": None},
        {"at": "2026-03-01T10:00:00+02:00", "labels": {"a": "b"}, "unknown": [1]},
        {"anything": {"nested": [None]}},
    ],
)
def test_what_fits_has_no_mismatch(more: dict[str, object]) -> None:
    assert find_mismatch({**WHOLE, **more}, Outer) is None


@pytest.mark.parametrize(
    ("more", "pointer", "problem"),
    [
        ({"inner": None}, "/inner", "is null, not an object"),
        ({"inner": {}}, "/inner/name", "is required and missing"),
        ({"from": 1}, "/from", "is a number, not a string"),
        ({"count": 1.5}, "/count", "is a number, not a whole number"),
        ({"count": True}, "/count", "is a boolean, not a whole number"),
        ({"count": None}, "/count", "is null, not a whole number"),
        ({"ratio": "1"}, "/ratio", "is a string, not a number"),
        ({"flag": 0}, "/flag", "is a number, not true or false"),
        ({"status": "gone"}, "/status", "is not one of over"),
        ({"status": []}, "/status", "is not one of over"),
        ({"inners": [{"name": "a"}, {"name": 2}]}, "/inners/1/name", "is a number"),
        ({"inners": {}}, "/inners", "is an object, not an array"),
        ({"at": "2026-03-01T10:00:00"}, "/at", "is a time without an offset from UTC"),
        ({"labels": {"a/b~c": 1}}, "/labels/a~1b~0c", "is a number, not a string"),
    ],
)
def test_the_first_mismatch_is_found_where_it_is(
    more: dict[str, object], pointer: str, problem: str
) -> None:
    mismatch = find_mismatch({**WHOLE, **more}, Outer)
    assert mismatch is not None
    assert mismatch.pointer == pointer
    assert mismatch.problem.startswith(problem)


def test_a_missing_field_with_a_name_of_python_is_named_as_in_the_spec() -> None:
    assert find_mismatch({"inner": {"name": "x"}}, Outer) == Mismatch(
        "/from", "is required and missing"
    )


def test_a_type_that_nobody_thought_of_is_no_silent_pass() -> None:
    @attrs.define
    class Odd:
        value: complex

    with pytest.raises(NotImplementedError, match="complex"):
        find_mismatch({"value": 1}, Odd)


def test_the_real_model() -> None:
    right = {"call_id": "ac_1", "logs": ["x"], "updated_at": "2026-03-01T10:00:00Z"}
    assert find_mismatch(right, AgentCallLogs) is None
    assert find_mismatch({**right, "logs": ["x", None]}, AgentCallLogs) == Mismatch(
        "/logs/1", "is null, not a string"
    )
