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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Self, Union, cast, get_args, get_origin, get_type_hints

import attrs

from cartesia_api import models
from cartesia_api.types import Unset

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


_NUMBER_FREE: tuple[object, ...] = (str, dt.datetime, list[str])
# So that what is joined takes no memory to speak of.
_JOINED_AT_ONCE = 1000
_PYTHON_NAMES = {"datetime": dt, "Unset": Unset}


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Where a JSON value is not what its type says.

    Attributes:
        pointer: JSON Pointer (RFC 6901); empty for the whole value.
        problem: What is wrong there.
    """

    pointer: str
    problem: str

    def below(self, step: str) -> Mismatch:
        """Return the same mismatch as seen from one step further up."""
        return replace(self, pointer=f"/{step}{self.pointer}")


Check = Callable[[object], Mismatch | None]
"""Returns the first place where a decoded JSON value does not fit; None if it fits."""


def find_mismatch(value: object, expected: object) -> Mismatch | None:
    """Return the first place where a decoded JSON value does not fit a type; None if it fits.

    Args:
        value: As `json.loads` gives it.
        expected: A generated model, or the type of one of its fields.

    Raises:
        NotImplementedError: The generator wrote a type that this module does not know.
    """
    return check_of(expected)(value)


@functools.cache
def check_of(expected: object) -> Check:
    """Return `find_mismatch` for a type; it is made once, and the types are looked at no more.

    Raises:
        NotImplementedError: The generator wrote a type that this module does not know.
    """
    if expected is Any:
        return _fits
    if scalar := _SCALARS.get(expected):
        return _scalar_check(*scalar)
    origin, arguments = get_origin(expected), get_args(expected)
    if origin in {Union, types.UnionType}:
        return _union_check(arguments)
    if origin is list:
        return _list_check(arguments[0])
    if expected is dt.datetime:
        return _mismatch_in_time
    if isinstance(expected, type) and attrs.has(expected):
        return _model_check(expected)
    if isinstance(expected, type) and issubclass(expected, enum.Enum):
        return _enum_check([str(member.value) for member in expected])
    raise NotImplementedError(f"no check for the generated type {expected!r}")


@dataclass(frozen=True, slots=True)
class Schema:
    """What a generated model says of the JSON that it is made of.

    Attributes:
        check: `find_mismatch` for the model.
        number_free: The fields in which it lets no number pass.
    """

    check: Check
    number_free: frozenset[str]

    @classmethod
    def of(cls, model: type) -> Self:
        """Return that of a model.

        Raises:
            NotImplementedError: The generator wrote a type that this module does not know.
        """
        fields = _json_fields(model) if attrs.has(model) else ()
        free = (name for name, expected, _ in fields if expected in _NUMBER_FREE)
        return cls(check_of(model), frozenset(free))


def _fits(_value: object) -> Mismatch | None:
    return None


def _scalar_check(allowed: frozenset[type], name: str) -> Check:
    def check(value: object) -> Mismatch | None:
        return None if type(value) in allowed else _not_a(name, value)

    return check


def _enum_check(known: list[str]) -> Check:
    def check(value: object) -> Mismatch | None:
        return None if value in known else Mismatch("", f"is not one of {', '.join(known)}")

    return check


def _union_check(options: tuple[object, ...]) -> Check:
    # Unset stands for a field that is not there; a value that is there must fit another option.
    checks = [check_of(option) for option in options if option is not Unset]

    def check(value: object) -> Mismatch | None:
        mismatches: list[Mismatch] = []
        for check_option in checks:
            mismatch = check_option(value)
            if mismatch is None:
                return None
            mismatches.append(mismatch)
        # The one that got furthest is the one that the server most likely meant.
        return max(mismatches, key=lambda mismatch: len(mismatch.pointer))

    return check


def _list_check(item_type: object) -> Check:
    check_item = check_of(item_type)

    def check(value: object) -> Mismatch | None:
        if not isinstance(value, list):
            return _not_a("an array", value)
        items = cast("list[object]", value)
        if item_type is str and _are_strings(items):
            return None
        for index, item in enumerate(items):
            if mismatch := check_item(item):
                return mismatch.below(str(index))
        return None

    return check


def _are_strings(items: list[object]) -> bool:
    """Tell whether all are strings, such as a log's lines, of which there may be very many.

    Joining them tells it in a quarter of the time that looking at each one's type takes.
    """
    texts = cast("list[str]", items)
    try:
        for start in range(0, len(texts), _JOINED_AT_ONCE):
            "".join(texts[start : start + _JOINED_AT_ONCE])
    except TypeError:
        return False
    return True


def _mismatch_in_time(value: object) -> Mismatch | None:
    if not isinstance(value, str):
        return _not_a("a string", value)
    if _is_time(value):
        return None
    if _WITHOUT_OFFSET.fullmatch(value):
        return Mismatch("", "is a time without an offset from UTC")
    return Mismatch("", "is not a time in the form of RFC 3339")


def _is_time(text: str) -> bool:
    # fromisoformat takes more forms than RFC 3339 has, and not its lower-case letters; the form has
    # impossible times.
    if not _RFC_3339.fullmatch(text):
        return False
    try:
        dt.datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _model_check(model: type) -> Check:
    fields = [
        (name, check_of(expected), required) for name, expected, required in _json_fields(model)
    ]
    known = frozenset(name for name, _, _ in fields)
    other_type = _type_of_other_fields(model)
    check_other = None if other_type is Any else check_of(other_type)

    def check(value: object) -> Mismatch | None:
        if not isinstance(value, dict):
            return _not_a("an object", value)
        found = cast("dict[str, object]", value)
        for name, check_field, required in fields:
            if name in found:
                if mismatch := check_field(found[name]):
                    return mismatch.below(_escape(name))
            elif required:
                return Mismatch(f"/{_escape(name)}", "is required and missing")
        if check_other is not None:
            for name, other in found.items():
                if name not in known and (mismatch := check_other(other)):
                    return mismatch.below(_escape(name))
        return None

    return check


class _Names(dict[str, object]):
    """What the models' types are called by: each other's names, and what only annotations import."""

    def __missing__(self, name: str) -> object:
        if name in _PYTHON_NAMES:
            return _PYTHON_NAMES[name]
        if name in models.__all__:
            return getattr(models, name)
        raise KeyError(name)


def _types_of(model: type) -> dict[str, object]:
    # Models name each other in strings, which only the package that holds them all can resolve.
    return get_type_hints(model, localns=_Names())


def _json_fields(model: type) -> Iterator[tuple[str, object, bool]]:
    """Yield name, type and requiredness of each field that the schema names."""
    hints = _types_of(model)
    for field in attrs.fields(model):
        if field.init:
            # The generator puts an underscore behind a name that is a word of Python, like `from`.
            yield field.name.rstrip("_"), hints[field.name], field.default is attrs.NOTHING


def _type_of_other_fields(model: type) -> object:
    """Return the type that fields beyond the named ones must have; Any where all are allowed."""
    hint = _types_of(model).get("additional_properties")
    return get_args(hint)[1] if hint else Any


def _not_a(name: str, value: object) -> Mismatch:
    return Mismatch("", f"is {_JSON_NAMES[type(value)]}, not {name}")


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
