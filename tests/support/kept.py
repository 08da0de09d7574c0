"""Checks that a result has everything of a response, in the types that the model declares."""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterable
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

import attrs

import cartesia_api.models
from cartesia_api.types import Unset
from cartesia_calls import CartesiaError
from spec_schemas import Place
from wrapped_operations import WrappedOperation

LISTS = {"agents_list": "summaries", "agents_list-calls": "data"}
_NEEDED = {"id", "agent_id", "status", "name", "data", "summaries", "ok", "version", "cancelled"}


STRICT = "agents_get-call-logs"


def is_needed(operation_id: str, place: Place) -> bool:
    """Return whether a response is unusable without the value at a place."""
    if operation_id == STRICT:
        return place.required
    steps = place.steps
    if steps[0] == LISTS.get(operation_id):
        if len(steps) <= 2:  # the list, and its elements
            return True
        steps = steps[2:]
    return len(steps) == 1 and place.required and steps[0] in _NEEDED


def came_through(operation: WrappedOperation, body: Any, result: object) -> bool:  # noqa: ANN401 - JSON of any type
    """Return whether a result has everything of a body, in attributes of their declared types."""
    if isinstance(result, CartesiaError):
        return False
    if operation.operation_id == "agents_cancel-call":
        return result is None  # the client does not return its response, which can only be true
    name = LISTS.get(operation.operation_id)
    if name is None:
        return _plain(result) == _plain(body) and types_hold(result)
    items = cast("list[object]", result)
    return _plain(items) == _plain(body[name]) and all(map(types_hold, items))


def types_hold(model: object) -> bool:
    """Return whether every attribute of a model, at any depth, is of its declared type."""
    kind: Any = type(model)
    hints = _hints(kind)
    return all(_is(getattr(model, one.name), hints[one.name]) for one in attrs.fields(kind))


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, localns=_NAMES)


_NAMES: dict[str, Any] = {
    **{name: getattr(cartesia_api.models, name) for name in cartesia_api.models.__all__},
    "Unset": Unset,
    "datetime": dt,
}


def _is(value: object, hint: Any) -> bool:  # noqa: ANN401 - any type
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin in {Union, types.UnionType}:
        return any(_is(value, one) for one in arguments)
    if origin is list:
        return isinstance(value, list) and all(
            _is(one, arguments[0]) for one in cast("Iterable[object]", value)
        )
    if origin is dict:
        return isinstance(value, dict) and all(
            _is(one, arguments[1]) for one in cast("dict[str, object]", value).values()
        )
    if hint in {int, float}:
        allowed = (int,) if hint is int else (int, float)
        return isinstance(value, allowed) and not isinstance(value, bool)
    return isinstance(value, hint) and (not attrs.has(hint) or types_hold(value))


def _plain(value: Any) -> Any:  # noqa: ANN401 - models, and JSON of any type
    """Return a result as comparable JSON: with times in one form, and `true` unequal to `1`."""
    if hasattr(value, "to_dict"):
        return _plain(value.to_dict())
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[object]", value)]
    if isinstance(value, str):
        try:
            return dt.datetime.fromisoformat(value.upper()).isoformat()
        except ValueError:
            return value
    return type(value), value
