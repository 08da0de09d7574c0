"""Does a JSON value have the shape of a generated model?

The generated models take what they get: `logs: null` and a time without an offset pass in silence,
a missing field is a `KeyError`. The types of their fields, which the generator took from the spec,
are checked here first, so that a value which reaches the user is what its type says.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
import types
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union, cast, get_args, get_origin, get_type_hints

import attrs
from dateutil.parser import isoparse

from cartesia_api import models
from cartesia_api.types import Unset

if TYPE_CHECKING:
    from collections.abc import Mapping

# What `json.loads` gives for each type that the generator writes, and what to call it. JSON has one
# kind of number, so a whole one is a float too; a bool is none, though Python thinks so.
_SCALARS: dict[object, tuple[frozenset[type], str]] = {
    str: (frozenset({str}), "a string"),
    bool: (frozenset({bool}), "true or false"),
    int: (frozenset({int}), "a whole number"),
    float: (frozenset({float, int}), "a number"),
    types.NoneType: (frozenset({types.NoneType}), "null"),
}
_DATE = r"\d{4}-\d{2}-\d{2}"
_TIME = r"[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?"
_WITHOUT_OFFSET = re.compile(rf"{_DATE}(?:{_TIME})?", re.ASCII)
_RFC_3339 = re.compile(rf"{_DATE}{_TIME}(?:[Zz]|[+-]\d{{2}}:\d{{2}})", re.ASCII)
_JSON_NAMES: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    types.NoneType: "null",
}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a JSON value is not what its type says.

    Attributes:
        pointer: JSON Pointer (RFC 6901); empty for the whole value.
        problem: What is wrong there.
    """

    pointer: str
    problem: str


def find_mismatch(value: object, expected: object, pointer: str = "") -> Mismatch | None:
    """Return the first place where a decoded JSON value does not fit a type; None if it fits.

    Args:
        value: As `json.loads` gives it.
        expected: A generated model, or the type of one of its fields.
        pointer: Where `value` stands in the document.

    Raises:
        NotImplementedError: The generator wrote a type that this module does not know.
    """
    if expected is Any:
        return None
    if scalar := _SCALARS.get(expected):
        allowed, name = scalar
        return None if type(value) in allowed else _not_a(name, value, pointer)
    origin, arguments = get_origin(expected), get_args(expected)
    if origin in {Union, types.UnionType}:
        return _mismatch_in_union(value, arguments, pointer)
    if origin is list:
        return _mismatch_in_list(value, arguments[0], pointer)
    if expected is dt.datetime:
        return _mismatch_in_time(value, pointer)
    if isinstance(expected, type) and attrs.has(expected):
        return _mismatch_in_model(value, expected, pointer)
    if isinstance(expected, type) and issubclass(expected, enum.Enum):
        known = [str(member.value) for member in expected]
        return None if value in known else Mismatch(pointer, f"is not one of {', '.join(known)}")
    raise NotImplementedError(f"no check for the generated type {expected!r}")


def _mismatch_in_union(value: object, options: tuple[object, ...], pointer: str) -> Mismatch | None:
    # Unset stands for a field that is not there; a value that is there must fit another option.
    mismatches = [
        find_mismatch(value, option, pointer) for option in options if option is not Unset
    ]
    if None in mismatches:
        return None
    # The one that got furthest is the one that the server most likely meant.
    return max(cast("list[Mismatch]", mismatches), key=lambda mismatch: len(mismatch.pointer))


def _mismatch_in_list(value: object, expected_item: object, pointer: str) -> Mismatch | None:
    if not isinstance(value, list):
        return _not_a("an array", value, pointer)
    items = cast("list[object]", value)
    scalar = _SCALARS.get(expected_item)
    if scalar and scalar[0].issuperset(map(type, items)):
        return None  # a whole log's lines in one pass
    return next(
        filter(
            None, (find_mismatch(v, expected_item, f"{pointer}/{i}") for i, v in enumerate(items))
        ),
        None,
    )


def _mismatch_in_time(value: object, pointer: str) -> Mismatch | None:
    if not isinstance(value, str):
        return _not_a("a string", value, pointer)
    if _WITHOUT_OFFSET.fullmatch(value):
        return Mismatch(pointer, "is a time without an offset from UTC")
    # isoparse takes more forms than RFC 3339 has, such as week dates; the form has impossible times.
    try:
        in_form = _RFC_3339.fullmatch(value) and isoparse(value)
    except (ValueError, OverflowError):
        in_form = None
    return None if in_form else Mismatch(pointer, "is not a time in the form of RFC 3339")


def _mismatch_in_model(value: object, model: type, pointer: str) -> Mismatch | None:
    if not isinstance(value, dict):
        return _not_a("an object", value, pointer)
    found = cast("Mapping[str, object]", value)
    known: set[str] = set()
    for name, expected, required in _json_fields(model):
        known.add(name)
        if name in found:
            if mismatch := find_mismatch(found[name], expected, f"{pointer}/{_escape(name)}"):
                return mismatch
        elif required:
            return Mismatch(f"{pointer}/{_escape(name)}", "is required and missing")
    expected = _type_of_other_fields(model)
    others = (name for name in found if name not in known)
    mismatches = (find_mismatch(found[n], expected, f"{pointer}/{_escape(n)}") for n in others)
    return next(filter(None, mismatches), None)


@functools.cache
def _types_of(model: type) -> dict[str, object]:
    # Models name each other in strings, which only the package that holds them all can resolve.
    return get_type_hints(model, localns=vars(models))


@functools.cache
def _json_fields(model: type) -> tuple[tuple[str, object, bool], ...]:
    """Return name, type and requiredness of each field that the schema names."""
    return tuple(
        # The generator puts an underscore behind a name that is a word of Python, such as `from`.
        (field.name.rstrip("_"), _types_of(model)[field.name], field.default is attrs.NOTHING)
        for field in attrs.fields(model)
        if field.init
    )


@functools.cache
def _type_of_other_fields(model: type) -> object:
    """Return the type that fields beyond the named ones must have; Any where all are allowed."""
    hint = _types_of(model).get("additional_properties")
    return get_args(hint)[1] if hint else Any


def _not_a(name: str, value: object, pointer: str) -> Mismatch:
    return Mismatch(pointer, f"is {_JSON_NAMES[type(value)]}, not {name}")


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
