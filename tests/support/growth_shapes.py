"""The shapes that a new field of a response may have, and specs that have them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from growth_combined import combined, new_words, parts, recursive
from growth_shape import Shape, an_object
from growth_structures import arrays, objects
from growth_values import names, values

SHAPES = (
    *names(),
    *values(),
    *objects(),
    *arrays(),
    *combined(),
    *parts(),
    *recursive(),
    *new_words(),
)


def shapes_of(version: str) -> tuple[Shape, ...]:
    """Return the shapes that a version of OpenAPI can express."""
    return tuple(one for one in SHAPES if not one.is_new or version.startswith("3.1"))


# Shapes of which the contract tests can make no valid example.
WITHOUT_EXAMPLE = frozenset(
    {
        "format_time", "format_alone", "write_only", "pet", "pet_ref", "pet_bare", "all_of_union",
        "all_refined", "not_text", "null_node", "never", "if_then", "node", "call_again",
        "array_contains",
    }
)  # fmt: skip


def sent_name(shape: Shape) -> str:
    """Return the name of the field whose object always has a field of this shape."""
    return f"with {SHAPES.index(shape)}"


def grown(spec: dict[str, Any], version: str, shapes: Iterable[Shape]) -> dict[str, Any]:
    """Return a copy of a spec whose calls and logs have more fields, optional and required ones."""
    shapes = list(shapes)
    is_new = version.startswith("3.1")
    added: dict[str, Any] = {shape.name: shape.schema for shape in shapes}
    for shape in shapes:
        required = [shape.name] if shape.values else []
        added[sent_name(shape)] = an_object(*required, **{shape.name: shape.schema})
    old = spec["components"]["schemas"]
    schemas = {**old, **{name: one for shape in shapes for name, one in shape.needs.items()}}
    for record in ("AgentCall", "AgentCallLogs"):
        fields = {**added, **old[record]["properties"]}
        schemas[record] = {**old[record], "properties": fields}
    components = {**spec["components"], "schemas": _in_new_words(schemas) if is_new else schemas}
    return {**spec, "openapi": version, "components": components}


def _in_new_words(value: Any) -> Any:  # noqa: ANN401 - JSON of any type
    """Write `nullable` as OpenAPI 3.1 does."""
    if isinstance(value, list):
        return [_in_new_words(one) for one in cast("Iterable[object]", value)]
    if not isinstance(value, dict):
        return value
    written = cast("dict[str, Any]", value)
    made: dict[str, Any] = {
        name: _in_new_words(one)
        for name, one in written.items()
        if name != "nullable" or one is not True
    }
    if written.get("nullable") is not True:
        return made
    if isinstance(made.get("type"), str):
        return {**made, "type": [made["type"], "null"]}
    return {"anyOf": [made, {"type": "null"}]} if set(made) - {"description"} else made
