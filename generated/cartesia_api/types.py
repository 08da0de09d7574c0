# Generated from openapi/latest.yml by openapi-python-client 0.29.1. Do not edit: run `nox -s regenerate`.
# pyright: standard
"""Contains some shared types for properties, and what the models' from_dict, to_dict and repr do"""

from __future__ import annotations

import builtins
import datetime
import re
import sys
from collections.abc import Mapping
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import (
    IO,
    TYPE_CHECKING,
    Any,
    BinaryIO,
    Generic,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from attrs import NOTHING, define, fields, has

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from http import HTTPStatus


class Unset:
    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Unset = Unset()

_LONGEST_TEXT = 60
_MOST_ITEMS = 2


def short_repr(self: Any) -> str:
    """Return the fields of a model that are set, with long values cut"""
    shown = []
    for field in fields(type(self)):
        value = getattr(self, field.name)
        if value is not UNSET and (field.init or value):
            shown.append(f"{field.name}={_short(value)}")
    return f"{type(self).__name__}({', '.join(shown)})"


def _short(value: Any, depth: int = 2) -> str:
    if isinstance(value, str):
        cut = value[:_LONGEST_TEXT]
        return repr(cut) if cut == value else f"{cut!r}…"
    if isinstance(value, list):
        items = (
            [_short(item, depth - 1) for item in value[:_MOST_ITEMS]] if depth else []
        )
        return f"[{_listed(items, len(value))}]"
    if isinstance(value, dict):
        names = list(value)[:_MOST_ITEMS] if depth else []
        items = [f"{_short(name)}: {_short(value[name], depth - 1)}" for name in names]
        return "{" + _listed(items, len(value)) + "}"
    if has(type(value)):
        return repr(value) if depth == 2 else f"{type(value).__name__}(…)"
    text = repr(value)
    return text if len(text) <= 2 * _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…"


def _listed(items: list[str], count: int) -> str:
    more = count - len(items)
    return ", ".join([*items, f"… {more} more"] if more else items)


# The types that `httpx.Client(files=)` can accept, copied from that library.
FileContent = IO[bytes] | bytes | str
FileTypes = (
    # (filename, file (or bytes), content_type)
    tuple[str | None, FileContent, str | None]
    # (filename, file (or bytes), content_type, headers)
    | tuple[str | None, FileContent, str | None, Mapping[str, str]]
)
RequestFiles = list[tuple[str, FileTypes]]


@define
class File:
    """Contains information for file uploads"""

    payload: BinaryIO
    file_name: str | None = None
    mime_type: str | None = None

    def to_tuple(self) -> FileTypes:
        """Return a tuple representation that httpx will accept for multipart/form-data"""
        return self.file_name, self.payload, self.mime_type


T = TypeVar("T")


@define
class Response(Generic[T]):
    """A response from an endpoint"""

    status_code: HTTPStatus
    content: bytes
    headers: MutableMapping[str, str]
    parsed: T | None


class FieldType(NamedTuple):
    """A model's field: the attribute that holds it, its type, and whether it must be there"""

    attribute: str
    type: Any
    required: bool


class _Names(dict[str, Any]):
    """What a module's annotations name and it imports for type checkers alone"""

    def __init__(self, module: dict[str, Any]) -> None:
        super().__init__(Unset=Unset, datetime=datetime)
        self._module = module

    def __missing__(self, name: str) -> Any:
        if name in self._module or hasattr(builtins, name):
            raise KeyError(name)  # Python finds it
        from . import models

        return getattr(models, name) if name in models.__all__ else Any


@cache
def field_types(model: type[Any]) -> dict[str, FieldType]:
    """Return a model's fields by their names in JSON"""
    hints = get_type_hints(model, localns=_Names(vars(sys.modules[model.__module__])))
    json_names: dict[str, str] = getattr(model, "__json_names__", {})
    found: dict[str, FieldType] = {}
    for one in fields(model):
        name: str = one.name
        if one.init:
            required = one.default is NOTHING
            found[json_names.get(name, name)] = FieldType(name, hints[name], required)
    return found


def model_from_dict(model: Callable[..., T], source: Mapping[str, Any]) -> T:
    """
    Return a model made of a JSON object

    An optional value that does not fit its type goes to additional_properties, with the fields that
    the spec does not name. A required one, or one that is missing, is a TypeError or ValueError.
    """
    known = field_types(model)
    values: dict[str, Any] = {}
    others: dict[str, Any] = {}
    for name, value in source.items():
        if field := known.get(name):
            try:
                values[field.attribute] = _from_json(field.type, value)
                continue
            except (TypeError, ValueError):
                if field.required:
                    raise
        others[name] = value
    made: Any = model(**values)
    if others:
        if not hasattr(made, "additional_properties"):
            raise TypeError(f"{next(iter(others))} is not in the spec")
        made.additional_properties = others
    return cast(T, made)


_SCALARS = frozenset({str, bool, int, float, NoneType})


@cache
def _options(expected: Any) -> tuple[frozenset[Any], list[Any]]:
    """Return the types of which a value is taken as it is, and the others"""
    options = (
        get_args(expected)
        if get_origin(expected) in (Union, UnionType)
        else (expected,)
    )
    scalars = _SCALARS.intersection(options)
    others = [one for one in options if one not in _SCALARS and one is not Unset]
    return scalars | {int} if float in scalars else scalars, others


def _from_json(expected: Any, value: Any) -> Any:
    scalars, others = _options(expected)
    if type(value) in scalars and not (others and isinstance(value, str)):
        return value
    for option in others:
        try:
            return _from_json_as(option, value)
        except (TypeError, ValueError):
            if expected is option:
                raise
    if type(value) in scalars:
        return value
    raise TypeError(f"{type(value).__name__} is not {expected}")


def _from_json_as(expected: Any, value: Any) -> Any:
    if expected is Any:
        return value
    if expected is datetime.datetime and (time := parse_rfc3339(value)) is not None:
        return time
    if expected is datetime.date and isinstance(value, str):
        return datetime.date.fromisoformat(value)
    if get_origin(expected) is list and isinstance(value, list):
        (item,) = get_args(expected)
        return [_from_json(item, one) for one in value]
    if has(expected) and isinstance(value, Mapping):
        return model_from_dict(expected, value)
    if (
        isinstance(expected, type)
        and issubclass(expected, Enum)
        and type(value) is not bool
    ):
        return expected(value)
    raise TypeError(f"{type(value).__name__} is not {expected}")


_RFC_3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})",
    re.ASCII,
)


def parse_rfc3339(value: object) -> datetime.datetime | None:
    """
    Return the time that a JSON value holds in the form of RFC 3339, with its offset; None for others

    `datetime.fromisoformat` alone takes forms that RFC 3339 does not have, and not its lower-case
    `t` and `z`.
    """
    if isinstance(value, str) and _RFC_3339.fullmatch(value):
        try:
            return datetime.datetime.fromisoformat(value.upper())
        except ValueError:  # such as 30 February
            pass
    return None


_JSON = frozenset({*_SCALARS, dict})


def model_to_dict(model: Any) -> dict[str, Any]:
    """
    Return a model as a JSON object, with additional_properties in the place of typed values

    What did not fit its field is there under the field's name, so this gives back what came.
    """
    found: dict[str, Any] = {}
    for attribute, name in model.__json_names__.items():
        value = getattr(model, attribute)
        if type(value) in _JSON:
            found[name] = value
        elif value is not UNSET:
            found[name] = _to_json(value)
    for name, value in getattr(model, "additional_properties", {}).items():
        found[name] = value if type(value) in _JSON else _to_json(value)
    return found


def _to_json(value: Any) -> Any:
    if isinstance(value, list):
        return [one if type(one) in _JSON else _to_json(one) for one in value]
    if hasattr(value, "__json_names__"):
        return model_to_dict(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else str(value)


__all__ = [
    "UNSET",
    "FieldType",
    "File",
    "FileTypes",
    "RequestFiles",
    "Response",
    "Unset",
    "field_types",
    "model_from_dict",
    "model_to_dict",
    "parse_rfc3339",
    "short_repr",
]
