"""The schemas of a spec and examples of them, read without any generated code."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

Spec = Mapping[str, Any]
Schema = Mapping[str, Any]
SPEC_FILE = Path(__file__).parents[2] / "openapi" / "latest.yml"
JSON_TYPES = frozenset({"null", "boolean", "integer", "number", "string", "array", "object"})
_DEEPEST = 8
_OF_FORMAT = {
    "date-time": "2026-03-01T10:00:00Z",
    "date": "2026-03-01",
    "time": "10:00:00Z",
    "uuid": "0a1b2c3d-0a1b-4c3d-8a1b-0a1b2c3d4e5f",
    "byte": "eA==",
    "uri": "https://example.com/",
    "email": "a@example.com",
}
_OF_TYPE = {"string": "x", "boolean": True, "integer": 3, "number": 1.5, "null": None}


def load_spec() -> dict[str, Any]:
    """Return a copy of the vendored spec."""
    return copy.deepcopy(_spec_as_read())


@functools.cache
def _spec_as_read() -> dict[str, Any]:
    return cast("dict[str, Any]", yaml.safe_load(SPEC_FILE.read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Place:
    """A value's place in a whole example.

    Attributes:
        steps: The names and indexes of the path there.
        schema: Its schema in the spec.
        required: Whether the object that holds it must have it.
        types: The JSON types that it may have.
    """

    steps: tuple[str | int, ...]
    schema: Schema
    required: bool
    types: frozenset[str] = JSON_TYPES

    @property
    def pointer(self) -> str:
        """The JSON Pointer (RFC 6901) of the place."""
        escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in self.steps)
        return "".join(f"/{step}" for step in escaped)


@dataclass(frozen=True)
class Schemas:
    """Reads the schemas of one spec, of any shape."""

    spec: Spec

    def operations(self) -> Iterator[dict[str, Any]]:
        """Yield every operation."""
        for path_item in self.spec["paths"].values():
            for described in path_item.values():
                if isinstance(described, dict) and "operationId" in described:
                    yield cast("dict[str, Any]", described)

    def responses(self) -> dict[str, Schema]:
        """Return the schema of each operation's JSON success, by operationId."""
        found: dict[str, Schema] = {}
        for operation in self.operations():
            success = self.followed(operation["responses"].get("200", {}))
            for media_type, content in success.get("content", {}).items():
                if media_type.partition(";")[0] == "application/json":
                    found[operation["operationId"]] = content.get("schema", {})
        return found

    def followed(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the target of a reference."""
        while "$ref" in node:
            found: Any = self.spec
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step.replace("~1", "/").replace("~0", "~")]
            node = found
        return node

    def resolved(self, schema: Schema | bool) -> Schema:  # noqa: FBT001 - a schema may be true
        """Return a schema without references, and with the parts of `allOf` merged."""
        if not isinstance(schema, Mapping):
            return {}
        schema = self.followed(schema)
        if "allOf" not in schema:
            return schema
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            inner = self.resolved(part)
            if "properties" in inner and "properties" in merged:
                merged["properties"] = {**inner["properties"], **merged["properties"]}
            if "required" in inner and "required" in merged:
                merged["required"] = [*inner["required"], *merged["required"]]
            merged = {**inner, **merged}
        return merged

    def alternatives(self, schema: Schema | bool) -> list[Schema]:  # noqa: FBT001 - see above
        """Return the forms that a value may have, each of at most one type, without null."""
        schema = self.resolved(schema)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                rest = {name: value for name, value in schema.items() if name != key}
                return [
                    {**rest, **one}
                    for member in schema[key]
                    for one in self.alternatives(member)
                    if one.get("type") != "null"
                ]
        stated = schema.get("type")
        if isinstance(stated, list):
            names = cast("list[str]", stated)
            return [{**schema, "type": name} for name in names if name != "null"]
        return [] if stated == "null" else [schema]

    def types(self, schema: Schema | bool) -> frozenset[str]:  # noqa: FBT001 - see above
        """Return the JSON types that a value may have."""
        found = {"null"} if self.is_nullable(schema) else set[str]()
        for one in self.alternatives(schema):
            kind = _type(one)
            found |= {"number", "integer"} if kind == "number" else {kind} if kind else JSON_TYPES
        return frozenset(found)

    def is_nullable(self, schema: Schema | bool) -> bool:  # noqa: FBT001 - see above
        """Return whether a value may be null."""
        schema = self.resolved(schema)
        stated = schema.get("type", [])
        members = [*schema.get("oneOf", []), *schema.get("anyOf", [])]
        is_old = str(self.spec.get("openapi", "")).startswith("3.0")
        return (
            "null" in ([stated] if isinstance(stated, str) else stated)
            or (is_old and schema.get("nullable") is True)
            or any(self.is_nullable(member) for member in members)
        )

    def example(self, schema: Schema | bool, depth: int = 0) -> Any:  # noqa: ANN401, FBT001 - JSON
        """Return a value that has every field that the schema names, and one item in every list."""
        forms = self.alternatives(schema)
        if not forms or (depth > _DEEPEST and self.is_nullable(schema)):
            return None
        form = forms[0]
        if "const" in form:
            return form["const"]
        if values := [value for value in form.get("enum", []) if value is not None]:
            return values[0]
        kind = _type(form)
        if kind == "object":
            return self._object(form, depth)
        if kind == "array":
            return self._array(form, depth)
        if kind == "string":
            text = _OF_FORMAT.get(form.get("format", ""), _OF_TYPE["string"])
            return str(text).ljust(form.get("minLength", 0), "x")
        return form["minimum"] if "minimum" in form else _OF_TYPE[kind or "string"]

    def _object(self, form: Schema, depth: int) -> Any:  # noqa: ANN401 - JSON of any type
        required = form.get("required", [])
        named = {
            name: self.example(one, depth + 1)
            for name, one in form.get("properties", {}).items()
            if depth <= _DEEPEST or name in required
        }
        missing = {name: "x" for name in required if name not in named}
        others = other_fields(form)
        more = {"any name": self.example(others, depth + 1)} if others and depth < _DEEPEST else {}
        return {**named, **missing, **more, **self._discriminated(form)}

    def _discriminated(self, form: Schema) -> dict[str, str]:
        """Return the field that selects one of several forms."""
        discriminator = form.get("discriminator", {})
        mapping: Mapping[str, str] = discriminator.get("mapping", {})
        for value, target in mapping.items():
            reference = target if "/" in target else f"#/components/schemas/{target}"
            if self.followed({"$ref": reference}).get("properties") == form.get("properties"):
                return {discriminator["propertyName"]: value}
        return {}

    def _array(self, form: Schema, depth: int) -> list[Any]:
        if depth > _DEEPEST:
            return []
        first = [self.example(one, depth + 1) for one in form.get("prefixItems", [])]
        return first or [self.example(form.get("items", {}), depth + 1)]

    def places(self, schema: Schema, steps: tuple[str | int, ...] = ()) -> Iterator[Place]:
        """Yield every place below a schema's own, in a whole example."""
        forms = self.alternatives(schema)
        if not forms or len(steps) > _DEEPEST:
            return
        form, inner = forms[0], list[tuple[str | int, Schema, bool]]()
        if _type(form) == "object":
            required = form.get("required", [])
            inner += [(n, one, n in required) for n, one in form.get("properties", {}).items()]
            if others := other_fields(form):
                inner.append(("any name", others, False))
        elif _type(form) == "array":
            items = form.get("prefixItems") or [form.get("items", {})]
            inner += [(index, one, False) for index, one in enumerate(items)]
        for step, one, is_required in inner:
            place = Place((*steps, step), self.resolved(one), is_required, self.types(one))
            yield place
            yield from self.places(one, place.steps)


def _type(form: Schema) -> str | None:
    """Return the type of a form, stated or implied, if it has one."""
    if "type" in form:
        return str(form["type"])
    if "properties" in form or "additionalProperties" in form:
        return "object"
    return "array" if "items" in form or "prefixItems" in form else None


def other_fields(schema: Schema) -> Schema | None:
    """Return the schema of fields beyond the named ones; None if they may be anything."""
    others = schema.get("additionalProperties")
    return cast("Schema", others) if isinstance(others, dict) else None


def spec_with_errors() -> dict[str, Any]:
    """Return the vendored spec with the common errors declared for each operation.

    Most of the provider's pages declare none, though their operations respond with them.
    """
    spec = load_spec()
    names = ("title", "message", "request_id")
    fields: dict[str, Any] = {name: {"type": "string"} for name in names}
    fields["error_code"] = {"type": "string", "nullable": True}
    if not spec["openapi"].startswith("3.0"):
        fields["error_code"] = {"type": ["string", "null"]}
    body = {"type": "object", "properties": fields, "required": [*names]}
    error = {"description": "Refused.", "content": {"application/json": {"schema": body}}}
    for operation in Schemas(spec).operations():
        operation["responses"].setdefault("4XX", copy.deepcopy(error))
    return spec


@cache
def vendored_schemas() -> Schemas:
    """Return the schemas of the vendored spec, read once."""
    return Schemas(load_spec())


def response_schemas() -> dict[str, Schema]:
    """Return the schema of each operation's JSON success in the vendored spec."""
    return vendored_schemas().responses()


def resolved(schema: Schema) -> Schema:
    """Return a schema of the vendored spec without references."""
    return vendored_schemas().resolved(schema)


def whole_example(schema: Schema) -> Any:  # noqa: ANN401 - JSON of any type
    """Return an example of a schema of the vendored spec."""
    return vendored_schemas().example(schema)


def places(schema: Schema) -> Iterator[Place]:
    """Yield every place in an example of a schema of the vendored spec."""
    return vendored_schemas().places(schema)
