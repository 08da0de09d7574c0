"""The places of a spec where something can be changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

Spec = dict[str, Any]
Steps = tuple[str | int, ...]
METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class SpecPlace:
    """A place, and the part of the exchange it belongs to: request, response or document."""

    steps: Steps
    part: str

    def get(self, spec: Spec) -> Any:  # noqa: ANN401 - any value of a spec
        """Return the value there."""
        value: Any = spec
        for step in self.steps:
            value = value[step]
        return value

    def put(self, spec: Spec, new: object) -> None:
        """Replace the value there."""
        SpecPlace(self.steps[:-1], self.part).get(spec)[self.steps[-1]] = new

    def inside(self, *steps: str | int) -> SpecPlace:
        """Return a place below this one."""
        return SpecPlace(self.steps + steps, self.part)

    def __str__(self) -> str:
        return "/".join(str(step) for step in self.steps)


def operations(spec: Spec) -> Iterator[SpecPlace]:
    """Yield the operations."""
    for path, item in spec["paths"].items():
        for method in METHODS:
            if method in item:
                yield SpecPlace(("paths", path, method), "request")


def parameters(spec: Spec) -> Iterator[SpecPlace]:
    """Yield the places of the parameters that are no references."""
    for name in spec["components"].get("parameters", {}):
        yield SpecPlace(("components", "parameters", name), "request")
    for operation in operations(spec):
        for index, parameter in enumerate(operation.get(spec).get("parameters", [])):
            if "$ref" not in parameter:
                yield operation.inside("parameters", index)


def responses(spec: Spec) -> Iterator[SpecPlace]:
    """Yield the places of the responses that are no references."""
    for name in spec["components"].get("responses", {}):
        yield SpecPlace(("components", "responses", name), "response")
    for operation in operations(spec):
        for status, response in operation.get(spec)["responses"].items():
            if "$ref" not in response:
                yield SpecPlace((*operation.steps, "responses", status), "response")


def bodies(spec: Spec) -> Iterator[SpecPlace]:
    """Yield the request bodies."""
    for operation in operations(spec):
        if "requestBody" in operation.get(spec):
            yield operation.inside("requestBody")


def schemas(spec: Spec) -> Iterator[SpecPlace]:
    """Yield all schemas, nested ones included."""
    for name in spec["components"].get("schemas", {}):
        yield from _inner_schemas(spec, SpecPlace(("components", "schemas", name), "response"))
    for parameter in parameters(spec):
        yield from _inner_schemas(spec, parameter.inside("schema"))
    for holder in (*responses(spec), *bodies(spec)):
        for media_type in holder.get(spec).get("content", {}):
            yield from _inner_schemas(spec, holder.inside("content", media_type, "schema"))


def _inner_schemas(spec: Spec, place: SpecPlace) -> Iterator[SpecPlace]:
    yield place
    schema = place.get(spec)
    for name in schema.get("properties", {}):
        yield from _inner_schemas(spec, place.inside("properties", name))
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from _inner_schemas(spec, place.inside(key))
    for index in range(len(schema.get("allOf", []))):
        yield from _inner_schemas(spec, place.inside("allOf", index))


def refer(value: object, old: str, new: str) -> None:
    """Point every reference in a value from one target to another."""
    if isinstance(value, dict):
        mapping = cast("Spec", value)
        if mapping.get("$ref") == old:
            mapping["$ref"] = new
        for inner in mapping.values():
            refer(inner, old, new)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            refer(inner, old, new)
