"""Every field that the spec names, with a value of every JSON type that it does not allow there.

The client refuses the value if the record is unusable without the field, and otherwise keeps it as
it came.

The places come from the spec, not from the generated models, so that this test can't share a mistake
with them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from cartesia_calls import CartesiaError, ResponseValidationError
from fake_server import FakeServer
from kept import STRICT, came_through, is_needed
from spec_schemas import Place, places, response_schemas, whole_example
from wrapped_operations import WRAPPED, WrappedOperation

OPERATIONS = [operation for operation in WRAPPED if operation.operation_id in response_schemas()]
of_each_operation = pytest.mark.parametrize(
    "operation", OPERATIONS, ids=lambda operation: operation.operation_id
)
# A value of each JSON type; a fraction is no integer, a whole number is a number too.
VALUES: dict[str, object] = {
    "null": None,
    "boolean": False,
    "integer": 17,
    "number": 1.25,
    "string": "odd",
    "array": [],
    "object": {},
}


def _fetch(operation: WrappedOperation, body: object) -> object:
    """Return the wrapper's result for a response, or the error that it raises."""
    response = httpx.Response(200, json=body)
    last_page = httpx.Response(200, json={"data": []})  # after a response with a next page
    try:
        return FakeServer([response, last_page], record=response).do(operation.call, max_retries=0)
    except CartesiaError as error:
        return error


def _at(body: Any, steps: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - JSON of any type
    for step in steps:
        body = body[step]
    return body


def _changed(body: object, place: Place, change: Callable[[Any, Any], None]) -> object:
    """Return a copy with the object or array around a place changed."""
    changed = copy.deepcopy(body)
    change(_at(changed, place.steps[:-1]), place.steps[-1])
    return changed


def _setting(value: object) -> Callable[[Any, Any], None]:
    def change(holder: Any, step: Any) -> None:  # noqa: ANN401 - a JSON object or array
        holder[step] = value

    return change


def _wrong_values(place: Place) -> Iterator[object]:
    yield from (value for name, value in VALUES.items() if name not in place.types)
    if place.schema.get("format") == "date-time":
        yield from ("", "yesterday", "2026-03-01T10:00:00", "2026-03-01")


def _problem(seen: object, pointer: str) -> str | None:
    if isinstance(seen, ResponseValidationError):
        return None if seen.pointer == pointer else f"the pointer is {seen.pointer}"
    return f"gives {seen!r:.80}"


@of_each_operation
def test_a_wrong_type_is_refused_where_needed_and_otherwise_kept(
    operation: WrappedOperation,
) -> None:
    schema = response_schemas()[operation.operation_id]
    whole = whole_example(schema)
    assert not isinstance(_fetch(operation, whole), CartesiaError)
    problems: list[str] = []
    tried = 0
    for place in places(schema):
        for value in _wrong_values(place):
            body = _changed(whole, place, _setting(value))
            tried += 1
            seen = _fetch(operation, body)
            if operation.operation_id == STRICT or is_needed(operation.operation_id, place):
                problem = _problem(seen, place.pointer)
            else:
                problem = None if came_through(operation, body, seen) else f"gives {seen!r:.80}"
            problems += [f"{place.pointer} = {value!r}: {problem}"] if problem else []
    assert problems == []
    assert tried >= 5 * len(list(places(schema)))


@of_each_operation
def test_only_needed_fields_must_be_present(operation: WrappedOperation) -> None:
    schema = response_schemas()[operation.operation_id]
    whole = whole_example(schema)
    problems: list[str] = []
    for place in places(schema):
        if isinstance(place.steps[-1], int):
            continue
        body = _changed(whole, place, lambda holder, step: holder.pop(step))
        seen = _fetch(operation, body)
        if is_needed(operation.operation_id, place):
            problem = _problem(seen, place.pointer)
        else:
            problem = None if came_through(operation, body, seen) else f"gives {seen!r:.80}"
        problems += [f"without {place.pointer}: {problem}"] if problem else []
    assert problems == []


@of_each_operation
def test_null_is_accepted_where_the_spec_allows_it(operation: WrappedOperation) -> None:
    schema = response_schemas()[operation.operation_id]
    whole = whole_example(schema)
    for place in places(schema):
        if "null" in place.types:
            body = _changed(whole, place, _setting(None))
            assert not isinstance(_fetch(operation, body), CartesiaError), place.pointer


@of_each_operation
def test_fields_that_the_spec_does_not_name_are_kept(operation: WrappedOperation) -> None:
    schema = response_schemas()[operation.operation_id]
    whole = whole_example(schema)
    more = {"of tomorrow": {"deep": [1, None]}, "another/~": False}
    objects = [place for place in places(schema) if place.types & {"object"}]
    free = [place for place in objects if "any name" not in _at(whole, place.steps)]
    for place in free:
        _at(whole, place.steps).update(more)
    body = {**whole, **more}
    assert came_through(operation, body, _fetch(operation, body))
