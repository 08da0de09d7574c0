"""Reading JSON values as generated models, with every kind of type that the generator writes."""

from __future__ import annotations

import datetime as dt
from enum import IntEnum, StrEnum
from typing import Any, ClassVar

import attrs
import pytest

from cartesia_api.models import AgentCallLogs
from cartesia_api.types import UNSET, Misfit, Unset, from_json


class Status(StrEnum):
    OVER = "over"


class Level(IntEnum):
    ONE = 1


@attrs.define
class Inner:
    name: str
    tags: list[str] | Unset = UNSET
    additional_properties: dict[str, Any] = attrs.field(init=False, factory=dict[str, Any])


@attrs.define
class Other:
    size: int
    additional_properties: dict[str, Any] = attrs.field(init=False, factory=dict[str, Any])


@attrs.define
class Outer:
    inner: Inner
    from_: str
    count: int | Unset = UNSET
    ratio: float | Unset | None = UNSET
    flag: bool | Unset = UNSET
    status: Status | Unset = UNSET
    level: Level | Unset = UNSET
    inners: list[Inner] | Unset | None = UNSET
    table: list[list[int]] | Unset = UNSET
    at: dt.datetime | Unset | None = UNSET
    day: dt.date | Unset = UNSET
    either: Inner | Other | str | Unset = UNSET
    anything: Any | Unset = UNSET
    additional_properties: dict[str, Any] = attrs.field(init=False, factory=dict[str, Any])

    __json_names__: ClassVar[dict[str, str]] = {"from_": "from"}


WHOLE: dict[str, Any] = {"inner": {"name": "x"}, "from": "y"}


def find_misfit(value: object, expected: object) -> Misfit | None:
    """Return the first place that does not fit a type."""
    try:
        _, misfits = from_json(expected, value)
    except Misfit as misfit:
        return misfit
    return misfits[0] if misfits else None


def _read(more: dict[str, Any]) -> tuple[Outer, list[tuple[str, str]]]:
    model, misfits = from_json(Outer, {**WHOLE, **more})
    assert isinstance(model, Outer)
    return model, [(misfit.kind_of_place, misfit.problem) for misfit in misfits]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"count": 3, "ratio": 2, "flag": False, "status": "over"},
        {"ratio": 2.5, "inners": [{"name": "a"}, {"name": "b", "more": 1}]},
        {"ratio": None, "inners": None, "at": None},
        {"at": "2026-03-01T10:00:00+02:00", "day": "2026-03-01", "unknown": [1]},
        {"anything": {"nested": [None]}, "table": [[1, 2], []]},
        {"either": "text"},
    ],
)
def test_a_matching_value_has_no_misfit(more: dict[str, Any]) -> None:
    _, misfits = _read(more)
    assert misfits == []


@pytest.mark.parametrize(
    ("more", "place", "problem"),
    [
        ({"count": 1.5}, "/count", "is a number, not a whole number"),
        ({"count": True}, "/count", "is a boolean, not a whole number"),
        ({"count": None}, "/count", "is null, not a whole number"),
        ({"ratio": "1"}, "/ratio", "is a string, not a number"),
        ({"flag": 0}, "/flag", "is a number, not true or false"),
        ({"status": "gone"}, "/status", "is not one of over"),
        ({"status": []}, "/status", "is not one of over"),
        ({"level": True}, "/level", "is not one of 1"),
        ({"inners": {}}, "/inners", "is an object, not an array"),
        ({"at": "2026-03-01T10:00:00"}, "/at", "is a time without an offset from UTC"),
        ({"at": "2026-02-30T10:00:00Z"}, "/at", "is not a time in the form of RFC 3339"),
        ({"day": "2026-02-30"}, "/day", "is not a date in the form of RFC 3339"),
        ({"either": {"name": 1}}, "/either/name", "is a number, not a string"),
    ],
)
def test_a_mismatch_moves_and_leaves_the_attribute_unset(
    more: dict[str, Any], place: str, problem: str
) -> None:
    model, misfits = _read(more)
    assert misfits == [(place, problem)]
    (name,) = more
    assert getattr(model, name) is UNSET
    assert model.additional_properties == more


def test_an_array_keeps_its_good_elements_and_its_original_form() -> None:
    came = [{"name": "a"}, 7, {"name": "b"}, {"name": None}, {}]
    model, misfits = _read({"inners": came})
    assert model.inners == [Inner("a"), Inner("b")]
    assert model.additional_properties == {"inners": came}
    assert misfits == [
        ("/inners/*", "is a number, not an object"),
        ("/inners/*/name", "is null, not a string"),
        ("/inners/*/name", "is required and missing"),
    ]


def test_a_nested_array_loses_only_its_unexpected_elements() -> None:
    came = [[1, "2", 3], "no array", [4]]
    model, _ = _read({"table": came})
    assert model.table == [[1, 3], [4]]
    assert model.additional_properties == {"table": came}


def test_an_unexpected_value_within_an_element_stays_within_the_element() -> None:
    model, misfits = _read({"inners": [{"name": "a", "tags": 1}, {"name": "b", "tags": ["x"]}]})
    assert isinstance(model.inners, list)
    odd, good = model.inners
    assert (odd.tags, odd.additional_properties) == (UNSET, {"tags": 1})
    assert (good.tags, good.additional_properties) == (["x"], {})
    assert model.additional_properties == {}
    assert misfits == [("/inners/*/tags", "is a number, not an array")]


def test_mismatches_in_an_object_that_is_kept_whole_do_not_count() -> None:
    _, misfits = _read({"inners": [{"tags": 1, "name": 2}]})
    assert misfits == [("/inners/*/name", "is a number, not a string")]


def test_the_type_that_declares_most_fields_is_chosen() -> None:
    assert _read({"either": {"size": 3}})[0].either == Other(3)
    both, _ = _read({"either": {"size": 3, "name": "n", "tags": []}})
    assert isinstance(both.either, Inner)
    assert both.either.additional_properties == {"size": 3}


@pytest.mark.parametrize(
    ("more", "pointer", "problem"),
    [
        ({"inner": None}, "/inner", "is null, not an object"),
        ({"inner": {}}, "/inner/name", "is required and missing"),
        ({"from": 1}, "/from", "is a number, not a string"),
    ],
)
def test_a_mismatch_of_a_required_field_is_an_error(
    more: dict[str, Any], pointer: str, problem: str
) -> None:
    with pytest.raises(Misfit) as caught:
        _read(more)
    assert (caught.value.pointer, caught.value.problem) == (pointer, problem)


def test_a_missing_field_with_a_name_of_python_is_named_as_in_the_spec() -> None:
    misfit = find_misfit({"inner": {"name": "x"}}, Outer)
    assert misfit is not None
    assert (misfit.pointer, misfit.problem) == ("/from", "is required and missing")


def test_a_closed_object_refuses_other_fields() -> None:
    @attrs.define
    class Closed:
        name: str

    misfit = find_misfit({"name": "x", "a/b~c": 1}, Closed)
    assert misfit is not None
    assert (misfit.pointer, misfit.problem) == ("/a~1b~0c", "is not in the spec")


def test_an_unknown_type_accepts_every_value() -> None:
    @attrs.define
    class Untyped:
        value: complex

    assert find_misfit({"value": {"x": [1]}}, Untyped) is None


def test_the_real_model() -> None:
    right = {"call_id": "ac_1", "logs": ["x"], "updated_at": "2026-03-01T10:00:00Z"}
    assert find_misfit(right, AgentCallLogs) is None
    misfit = find_misfit({**right, "logs": ["x", None]}, AgentCallLogs)
    assert misfit is not None
    assert (misfit.pointer, misfit.problem) == ("/logs/1", "is null, not a string")
