"""The spec's schemas of success answers, read from the spec alone: no generated code comes near."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from contract import load_spec

Schema = Mapping[str, Any]
_MOMENT = "2026-03-01T10:00:00Z"


@cache
def answer_schemas() -> dict[str, Schema]:
    """Return the schema of each operation's JSON success, by operationId."""
    found: dict[str, Schema] = {}
    for path_item in load_spec_once()["paths"].values():
        for operation in path_item.values():
            content = operation["responses"]["200"].get("content", {})
            if "application/json" in content:
                found[operation["operationId"]] = content["application/json"]["schema"]
    return found


def resolved(schema: Schema) -> Schema:
    """Return a schema without references: of `allOf` the parts are put together."""
    if "$ref" in schema:
        node: Any = load_spec_once()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        return resolved(node)
    if "allOf" in schema:
        (only,) = schema["allOf"]
        return {**resolved(only), **{key: schema[key] for key in schema if key != "allOf"}}
    return schema


@cache
def load_spec_once() -> Schema:
    """Return the vendored spec, read once."""
    return load_spec()


def other_fields(schema: Schema) -> Schema | None:
    """Return the schema of fields that an object may have beyond the named; None if any will do."""
    others = schema.get("additionalProperties")
    return cast("Schema", others) if isinstance(others, dict) else None


def whole_example(schema: Schema) -> Any:  # noqa: ANN401 - JSON of any type
    """Return a value that has every field that the schema names, and one item in every list."""
    schema = resolved(schema)
    if schema["type"] == "object":
        named = {name: whole_example(one) for name, one in schema.get("properties", {}).items()}
        others = other_fields(schema)
        return {**named, "any name": whole_example(others)} if others else named
    if schema["type"] == "array":
        return [whole_example(schema["items"])]
    if schema.get("format") == "date-time":
        return _MOMENT
    examples = {"string": "x", "boolean": True, "integer": 3, "number": 1.5}
    return examples[schema["type"]]


@dataclass(frozen=True)
class Place:
    """A value's place in a whole example.

    Attributes:
        steps: The names and indexes that lead there.
        schema: What the spec says of it.
        required: Whether the object that holds it must have it.
    """

    steps: tuple[str | int, ...]
    schema: Schema
    required: bool

    @property
    def pointer(self) -> str:
        """The JSON Pointer (RFC 6901) of the place."""
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in self.steps)
        return "".join(f"/{step}" for step in escaped)


def places(schema: Schema, steps: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Yield every place below a schema's own, in a whole example."""
    schema = resolved(schema)
    inner: list[tuple[str | int, Schema, bool]] = []
    if schema["type"] == "object":
        required = schema.get("required", [])
        inner += [(n, one, n in required) for n, one in schema.get("properties", {}).items()]
        if others := other_fields(schema):
            inner.append(("any name", others, False))
    elif schema["type"] == "array":
        inner.append((0, schema["items"], False))
    for step, one, is_required in inner:
        place = Place((*steps, step), resolved(one), is_required)
        yield place
        yield from places(one, place.steps)
