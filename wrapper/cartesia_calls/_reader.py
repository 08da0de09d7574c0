"""Read a decoded JSON value as a generated model, and lose nothing of it.

The types of the models' fields, which the generator takes from the spec, decide what fits. A value
that does not fit moves to `additional_properties` of the nearest object in which its field is
optional, and the typed attribute is `UNSET`. Of an array the good elements stay, and the array as it
came is in `additional_properties` too; `to_dict` gives back what came. Only what the response can't
do without is an error: the fields that lead from its root to a record by being required.
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
import types
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Self, Union, cast, get_args, get_origin

import attrs

from cartesia_api.types import Unset, field_types, parse_rfc3339

# What a JSON reader gives for each type that the generator writes, and what to call it. JSON has
# one kind of number, so a whole one is a float too; a bool is none, though Python thinks so.
_SCALARS: dict[object, tuple[frozenset[type], str]] = {
    str: (frozenset({str}), "a string"),
    bool: (frozenset({bool}), "true or false"),
    int: (frozenset({int}), "a whole number"),
    float: (frozenset({float, int}), "a number"),
    types.NoneType: (frozenset({types.NoneType}), "null"),
}
_JSON_NAMES: dict[type, str] = {
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "an array",
    dict: "an object",
    types.NoneType: "null",
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WITHOUT_OFFSET = re.compile(
    rf"{_DATE.pattern}(?:[Tt ]\d{{2}}:\d{{2}}:\d{{2}}(?:\.\d+)?)?", re.ASCII
)
_NUMBER_FREE: tuple[object, ...] = (str, dt.datetime, list[str])
_JOINED_AT_ONCE = 1000  # bounds the memory


class Misfit(Exception):  # noqa: N818 - most are no error, but noted
    """A JSON value that is not what its type says.

    Attributes:
        problem: What is wrong with it; never the value.
        steps: The field names and array indices that lead to it.
    """

    def __init__(self, problem: str, steps: tuple[str | int, ...] = ()) -> None:
        super().__init__(problem)
        self.problem = problem
        self.steps = steps

    @property
    def pointer(self) -> str:
        """Where it is: a JSON Pointer (RFC 6901), empty for the whole value."""
        return "".join(f"/{_escape(str(step))}" for step in self.steps)

    @property
    def kind_of_place(self) -> str:
        """The pointer, with `*` for every array index."""
        steps = ("*" if isinstance(step, int) else _escape(step) for step in self.steps)
        return "".join(f"/{step}" for step in steps)

    def below(self, step: str | int) -> Self:
        """Return the misfit as seen from one step further up."""
        self.steps = (step, *self.steps)
        return self


@dataclass(slots=True)
class _Notes:
    """What a reading has noticed.

    Attributes:
        misfits: The values that did not fit and were kept untyped.
        is_partial: Whether the value just read lacks elements of its array.
    """

    misfits: list[Misfit] = field(default_factory=list[Misfit])
    is_partial: bool = False


_Read = Callable[[object, _Notes], object]
"""Return a decoded JSON value as its type; raise `Misfit` if it has another one."""


@dataclass(frozen=True, slots=True)
class ModelReader:
    """Reads the JSON values that a generated model is made of.

    Attributes:
        number_free: The fields of the outermost object in which a number is an error.
    """

    number_free: frozenset[str]
    _read: _Read

    @classmethod
    def of(cls, model: type) -> Self:
        """Return the reader for a model."""
        required = _fields_of(model, on_the_way=True)[1] if attrs.has(model) else {}
        free = (name for name, one in required.items() if one.is_number_free)
        return cls(frozenset(free), _reader_of(model, on_the_way=True))

    def read(self, value: object) -> tuple[object, list[Misfit]]:
        """Return the model, and what did not fit and was kept untyped.

        Raises:
            Misfit: The value can't be read as the model.
        """
        notes = _Notes()
        try:
            return self._read(value, notes), notes.misfits
        except RecursionError:
            raise Misfit("is JSON nested too deep to read") from None


def find_misfit(value: object, expected: object) -> Misfit | None:
    """Return the first place where a decoded JSON value does not fit a type; None if it fits.

    Args:
        value: As `json.loads` gives it.
        expected: A generated model, or the type of one of its fields.
    """
    notes = _Notes()
    try:
        _reader_of(expected, on_the_way=True)(value, notes)
    except Misfit as misfit:
        return misfit
    return notes.misfits[0] if notes.misfits else None


@functools.cache
def _reader_of(expected: object, *, on_the_way: bool) -> _Read:
    """Return the reader for a type; it is made once, and the types are looked at no more.

    Args:
        expected: The type.
        on_the_way: Whether the value leads from the root to a record: what does not fit within
            its required fields is an error then, also in an array.
    """
    if scalar := _SCALARS.get(expected):
        return _scalar_reader(*scalar)
    origin, arguments = get_origin(expected), get_args(expected)
    if origin in {Union, types.UnionType}:
        return _union_reader(arguments, on_the_way=on_the_way)
    if origin is list:
        return _list_reader(arguments[0], on_the_way=on_the_way)
    if expected is dt.datetime:
        return _read_time
    if expected is dt.date:
        return _read_date
    if isinstance(expected, type) and attrs.has(expected):
        return _model_reader(expected, on_the_way=on_the_way)
    if isinstance(expected, type) and issubclass(expected, enum.Enum):
        return _enum_reader(expected)
    return _read_anything  # a type that nobody has thought of takes every value


def _read_anything(value: object, _notes: _Notes) -> object:
    return value


def _scalar_reader(allowed: frozenset[type], name: str) -> _Read:
    def read(value: object, _notes: _Notes) -> object:
        if type(value) in allowed:
            return value
        raise _not_a(name, value)

    return read


def _enum_reader(expected: type[enum.Enum]) -> _Read:
    known = {member.value: member for member in expected}

    def read(value: object, _notes: _Notes) -> object:
        if type(value) in {str, int} and value in known:
            return known[value]
        raise Misfit(f"is not one of {', '.join(map(str, known))}")

    return read


def _read_time(value: object, _notes: _Notes) -> object:
    if (time := parse_rfc3339(value)) is not None:
        return time
    if not isinstance(value, str):
        raise _not_a("a string", value)
    if _WITHOUT_OFFSET.fullmatch(value):
        raise Misfit("is a time without an offset from UTC")
    raise Misfit("is not a time in the form of RFC 3339")


def _read_date(value: object, _notes: _Notes) -> object:
    if not isinstance(value, str):
        raise _not_a("a string", value)
    try:
        if _DATE.fullmatch(value):
            return dt.date.fromisoformat(value)
    except ValueError:
        pass
    raise Misfit("is not a date in the form of RFC 3339")


def _union_reader(options: tuple[object, ...], *, on_the_way: bool) -> _Read:
    # Unset stands for a field that is not there; a value that is there must fit another option.
    others = [one for one in options if one is not Unset]
    if all(one in _SCALARS for one in others):
        scalars = [_SCALARS[one] for one in others]
        allowed = frozenset[type]().union(*(scalar[0] for scalar in scalars))
        names = [name for _, name in scalars if name != "null" or len(scalars) == 1]
        return _scalar_reader(allowed, " or ".join(names))
    readers = [
        _reader_of(one, on_the_way=on_the_way) for one in others if one is not types.NoneType
    ]
    read_other = readers[0] if len(readers) == 1 else _best_of(readers)
    if types.NoneType not in others:
        return read_other

    def read(value: object, notes: _Notes) -> object:
        return None if value is None else read_other(value, notes)

    return read


def _best_of(readers: list[_Read]) -> _Read:
    """Return a reader that takes the option which fits best."""

    def read(value: object, notes: _Notes) -> object:
        found: list[tuple[tuple[int, int], object, _Notes]] = []
        misfits: list[Misfit] = []
        for read_option in readers:
            of_option = _Notes()
            try:
                result = read_option(value, of_option)
            except Misfit as misfit:
                misfits.append(misfit)
                continue
            unknown = len(getattr(result, "additional_properties", ()))
            found.append(((len(of_option.misfits), unknown), result, of_option))
        if not found:
            # The one that got furthest is the one that the server most likely meant.
            raise max(misfits, key=lambda misfit: len(misfit.steps))
        _, result, of_best = min(found, key=lambda one: one[0])
        notes.misfits += of_best.misfits
        notes.is_partial = of_best.is_partial
        return result

    return read


def _list_reader(item_type: object, *, on_the_way: bool) -> _Read:
    read_item = _reader_of(item_type, on_the_way=on_the_way)

    def read(value: object, notes: _Notes) -> object:
        if not isinstance(value, list):
            raise _not_a("an array", value)
        items = cast("list[object]", value)
        if item_type is str and _are_strings(items):
            return items
        good: list[object] = []
        is_partial = False
        for index, item in enumerate(items):
            seen = len(notes.misfits)
            try:
                good.append(read_item(item, notes))
            except Misfit as misfit:
                if on_the_way:
                    raise misfit.below(index) from None
                notes.misfits.append(misfit)
                is_partial = True
            for noted in notes.misfits[seen:]:
                noted.below(index)
            is_partial = is_partial or notes.is_partial
        notes.is_partial = is_partial
        return good

    return read


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


class _Field(NamedTuple):
    """A field of a model.

    Attributes:
        attribute: Its name in Python.
        read: Reads its value.
        is_required: Whether the model can't be without it.
        is_number_free: Whether no number fits it, at any depth.
    """

    attribute: str
    read: _Read
    is_required: bool
    is_number_free: bool


@functools.cache
def _fields_of(model: type, *, on_the_way: bool) -> tuple[dict[str, _Field], dict[str, _Field]]:
    """Return a model's fields by their names in JSON, and those of them that are required."""
    fields: dict[str, _Field] = {}
    for name, (attribute, expected, required) in field_types(model).items():
        read = _reader_of(expected, on_the_way=on_the_way and required)
        fields[name] = _Field(attribute, read, required, expected in _NUMBER_FREE)
    return fields, {name: one for name, one in fields.items() if one.is_required}


def _model_reader(model: type, *, on_the_way: bool) -> _Read:
    takes_others = any(one.name == "additional_properties" for one in attrs.fields(model))

    def read(value: object, notes: _Notes) -> object:
        if not isinstance(value, dict):
            raise _not_a("an object", value)
        # Looked up here and not above, since a model may contain itself.
        fields, required = _fields_of(model, on_the_way=on_the_way)
        typed: dict[str, object] = {}
        others: dict[str, object] = {}
        before = len(notes.misfits)
        try:
            for name, one in cast("dict[str, object]", value).items():
                known = fields.get(name)
                if known is None or not _read_field(name, known, one, typed, notes):
                    others[name] = one
            if len(typed) < len(fields):
                _check_required(required, typed)
            if others and not takes_others:
                _refuse(others)
        except Misfit:
            # All of the object is kept untyped, and what was noted of its fields is of no account.
            del notes.misfits[before:]
            raise
        result = model(**typed)
        if others:
            result.additional_properties = others
        return result

    return read


def _read_field(
    name: str, known: _Field, value: object, typed: dict[str, object], notes: _Notes
) -> bool:
    """Read a field's value, and tell whether all of it fits."""
    before = len(notes.misfits)
    try:
        typed[known.attribute] = known.read(value, notes)
        fits = not notes.is_partial
    except Misfit as misfit:
        if known.is_required:
            raise misfit.below(name) from None
        notes.misfits.append(misfit)
        fits = False
    notes.is_partial = False
    for noted in notes.misfits[before:]:
        noted.below(name)
    return fits


def _check_required(required: dict[str, _Field], typed: dict[str, object]) -> None:
    for name, known in required.items():
        if known.attribute not in typed:
            raise Misfit("is required and missing", (name,))


def _refuse(others: dict[str, object]) -> None:
    raise Misfit("is not in the spec", (next(iter(others)),))


def _not_a(name: str, value: object) -> Misfit:
    return Misfit(f"is {_JSON_NAMES[type(value)]}, not {name}")


def _escape(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
