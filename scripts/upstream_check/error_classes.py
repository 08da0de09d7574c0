"""Which exceptions the wrapper makes of an answer, found by asking it."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from _spec_document import Operation
from _yaml_text import JsonValue, as_object
from cartesia_calls import ResponseValidationError
from cartesia_calls._error_responses import status_error
from cartesia_calls._http import Request, Response

from .differences import Kind, Part, Place
from .nodes import Node
from .operations import operation_pointer

_QUOTED = re.compile(r'"([^"]+)"')
_UNAUTHORIZED = (401, 403)
_REFUSED = (400, 422)
_NOT_FOUND = (404, 405)
_ELSEWHERE = {Kind.PATH_CHANGED, Kind.METHOD_CHANGED, Kind.SERVERS_CHANGED, Kind.OPERATION_REMOVED}


def errors_of(kind: Kind, place: Place, operation: Operation) -> set[str]:
    """Return the exceptions that a change of this kind can make appear, disappear or change.

    Args:
        kind: What sort of difference it is.
        place: Where it is.
        operation: The operation of the vendored spec.
    """
    if kind in _ELSEWHERE:
        return _names(_NOT_FOUND, {""})
    if place.part is Part.REQUEST:
        return _names(_UNAUTHORIZED if place.carrier == "security" else _REFUSED, {""})
    if place.part is Part.ANSWER and place.status[:1] in ("2", "3"):
        return {ResponseValidationError.__name__}
    if place.part is Part.ANSWER:
        return _names(_statuses(place.status), {"", *_texts(operation, place.status)})
    return set()


def _statuses(stated: str) -> tuple[int, ...]:
    """Return the statuses that a key of `responses` stands for, those that are errors."""
    if stated.isdecimal():
        return (int(stated),)
    hundreds = (4, 5) if stated == "default" else tuple(map(int, stated[:1]))
    return tuple(status for first in hundreds for status in range(first * 100, first * 100 + 100))


def _names(statuses: tuple[int, ...], texts: set[str]) -> set[str]:
    return {_name(status, text) for status in statuses for text in texts}


def _name(status: int, text: str) -> str:
    request = Request("GET", "https://localhost/", {}, None, 1.0)
    response = Response(status, {}, json.dumps({"message": text, "description": ""}).encode())
    return type(status_error(request, response, datetime.now(UTC))).__name__


def _texts(operation: Operation, status: str) -> Iterator[str]:
    """Yield what the spec says that the answer's body may say: the wrapper tells errors by it."""
    operation_node = Node(operation.document, operation_pointer(operation), operation.definition)
    answer = operation_node.child("responses").child(status).target()
    yield from _QUOTED.findall(str(answer.fields.get("description", "")))
    yield from _examples(answer.child("content").value)


def _examples(value: JsonValue) -> Iterator[str]:
    for key, inner in as_object(value).items():
        if key == "example" and isinstance(inner, str):
            yield inner
        yield from _examples(inner)
