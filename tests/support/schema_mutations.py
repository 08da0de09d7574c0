"""Every way to change one thing in a schema."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator

from spec_places import Spec, SpecPlace, refer, schemas

Edit = Callable[[Spec], None]
SchemaChange = tuple[str, SpecPlace, bool, Edit]

_NEW_KEYWORDS: dict[str, object] = {
    "minLength": 3,
    "maxLength": 40,
    "pattern": "^a",
    "minimum": -7,
    "maximum": 7000,
    "exclusiveMinimum": True,
    "exclusiveMaximum": True,
    "multipleOf": 5,
    "minItems": 2,
    "maxItems": 50,
    "uniqueItems": True,
    "minProperties": 2,
    "maxProperties": 60,
    "default": "x",
    "readOnly": True,
    "writeOnly": True,
    "not": {"type": "integer", "maximum": -5},
    "oneOf": [{"type": "string"}, {"type": "number"}],
    "anyOf": [{"maxLength": 7}, {"minLength": 90}],
    "allOf": [{"maxLength": 7000}],
    "discriminator": {"propertyName": "kind"},
    "xml": {"name": "x"},
    "const": "x",
    "enum": ["x", "y"],
    "additionalProperties": False,
}
_TEXT: dict[str, object] = {
    "description": "In other words.",
    "example": "another example",
    "externalDocs": {"url": "https://docs.example"},
    "x-note": {"any": "thing"},
}
_TYPES = {"string": "integer", "integer": "number", "number": "string", "boolean": "string"}
_FORMATS = {"date-time": "date", "date": "date-time", "double": "float", "float": "double"}


def schema_changes(spec: Spec) -> Iterator[SchemaChange]:
    """Yield a name, a place, whether it is prose, and the change itself."""
    for place in schemas(spec):
        if "$ref" in place.get(spec):
            yield from _reference_changes(spec, place)
        else:
            yield from _keyword_changes(spec, place)
            yield from _type_changes(spec, place)
            yield from _enum_changes(spec, place)
            yield from _field_changes(spec, place)
    yield from _renames(spec)


def setting(place: SpecPlace, key: str | int, value: object) -> Edit:
    """Return the change that sets a key."""

    def edit(spec: Spec) -> None:
        place.get(spec)[key] = copy.deepcopy(value)

    return edit


def removing(place: SpecPlace, key: str | int) -> Edit:
    """Return the change that removes a key."""

    def edit(spec: Spec) -> None:
        del place.get(spec)[key]

    return edit


def _keyword_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    schema = place.get(spec)
    for key, value in _NEW_KEYWORDS.items():
        if key not in schema:
            yield f"keyword {key} added", place, False, setting(place, key, value)
    for key in ("minimum", "maximum", "default"):
        if key in schema:
            yield f"keyword {key} removed", place, False, removing(place, key)
            yield f"keyword {key} changed", place, False, setting(place, key, schema[key] + 1)
    for key, value in _TEXT.items():
        yield f"text {key} of a schema", place, True, setting(place, key, value)
    yield "deprecated of a schema", place, False, setting(place, "deprecated", value=True)
    # The generator names classes after titles; for a plain string it makes no class.
    is_named = schema.get("type") == "object" or "enum" in schema or "allOf" in schema
    category = "title of a class" if is_named else "text title of a schema"
    yield category, place, not is_named, setting(place, "title", "AnotherTitle")


def _type_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    schema = place.get(spec)
    kind = schema.get("type")
    if kind in _TYPES:
        yield "type changed", place, False, setting(place, "type", _TYPES[kind])
    if kind in ("array", "object"):
        other = "object" if kind == "array" else "array"
        yield "type changed", place, False, setting(place, "type", other)
    if "type" in schema:
        yield "type removed", place, False, removing(place, "type")
    if schema.get("nullable"):
        yield "no longer nullable", place, False, removing(place, "nullable")
        if kind is not None:
            yield "nullable as a type", place, False, _nullable_as_type(place, kind)
    else:
        yield "nullable now", place, False, setting(place, "nullable", value=True)
        yield (
            "nullable made explicitly false",
            place,
            False,
            setting(place, "nullable", value=False),
        )
    if "format" in schema:
        yield "format removed", place, False, removing(place, "format")
        other = _FORMATS.get(schema["format"], "uuid")
        yield "format changed", place, False, setting(place, "format", other)
    elif kind == "string":
        yield "format added", place, False, setting(place, "format", "uuid")


def _nullable_as_type(place: SpecPlace, kind: str) -> Edit:
    def edit(spec: Spec) -> None:
        schema = place.get(spec)
        del schema["nullable"]
        schema["type"] = [kind, "null"]

    return edit


def _enum_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    for key in ("enum", "x-extensible-enum"):
        values = place.get(spec).get(key)
        if values is None:
            continue
        yield f"{key} value added", place, False, setting(place, key, [*values, "2031-01-01"])
        yield (
            f"{key} value replaced",
            place,
            False,
            setting(place, key, [*values[1:], "2031-01-01"]),
        )
        if len(values) > 1:
            yield f"{key} value removed", place, False, setting(place, key, values[1:])
            yield f"{key} in another order", place, False, setting(place, key, values[::-1])
        yield f"{key} removed", place, key != "enum", removing(place, key)


def _field_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    schema = place.get(spec)
    if "items" in schema:
        yield "items changed", place, False, setting(place, "items", {"type": "integer"})
    if isinstance(schema.get("additionalProperties"), dict):
        yield "additional fields removed", place, False, removing(place, "additionalProperties")
    if schema.get("additionalProperties") is True:
        yield "additional fields unsaid", place, False, removing(place, "additionalProperties")
    if len(schema.get("allOf", [])) == 1:
        member = schema["allOf"][0]
        doubled = [member, {"type": "object", "properties": {"more": {"type": "string"}}}]
        yield "allOf member added", place, False, setting(place, "allOf", doubled)
    if "properties" not in schema:
        return
    new = {"type": "string"}
    fields = place.inside("properties")
    yield "field added", place, False, setting(fields, "brand_new", new)
    nested = {"type": "object", "properties": {"inner": new}, "required": ["inner"]}
    yield "object field added", place, False, setting(fields, "brand_new", nested)
    yield "required field added", place, False, _require_new(place, new)
    required = schema.get("required", [])
    for name in schema["properties"]:
        yield "field removed", fields.inside(name), False, _remove_field(place, name)
        yield "field renamed", fields.inside(name), False, _rename_field(place, name)
        if name in required:
            fewer = [other for other in required if other != name]
            yield (
                "field optional now",
                fields.inside(name),
                False,
                setting(place, "required", fewer),
            )
        else:
            more = [*required, name]
            yield "field required now", fields.inside(name), False, setting(place, "required", more)
    if len(required) > 1:
        yield "required in another order", place, False, setting(place, "required", required[::-1])


def _require_new(place: SpecPlace, schema: Spec) -> Edit:
    def edit(spec: Spec) -> None:
        owner = place.get(spec)
        owner["properties"]["brand_new"] = copy.deepcopy(schema)
        owner["required"] = [*owner.get("required", []), "brand_new"]

    return edit


def _remove_field(place: SpecPlace, name: str) -> Edit:
    def edit(spec: Spec) -> None:
        owner = place.get(spec)
        del owner["properties"][name]
        owner["required"] = [other for other in owner.get("required", []) if other != name]

    return edit


def _rename_field(place: SpecPlace, name: str) -> Edit:
    def edit(spec: Spec) -> None:
        owner = place.get(spec)
        owner["properties"]["renamed"] = owner["properties"].pop(name)
        required = owner.get("required", [])
        owner["required"] = ["renamed" if other == name else other for other in required]

    return edit


def _reference_changes(spec: Spec, place: SpecPlace) -> Iterator[SchemaChange]:
    schema_names = spec["components"]["schemas"]
    own = place.get(spec)["$ref"].rpartition("/")[2]
    for name in schema_names:
        if name != own:
            target = {"$ref": f"#/components/schemas/{name}"}
            yield "$ref to another schema", place, False, _replacing(place, target)
    yield "$ref written out", place, False, _replacing(place, schema_names[own])
    yield "$ref replaced by a type", place, False, _replacing(place, {"type": "integer"})
    copied = f"{own}Copy"
    yield "$ref to a copy", place, False, _refer_to_copy(place, own, copied)


def _replacing(place: SpecPlace, value: object) -> Edit:
    def edit(spec: Spec) -> None:
        place.put(spec, copy.deepcopy(value))

    return edit


def _refer_to_copy(place: SpecPlace, name: str, copied: str) -> Edit:
    def edit(spec: Spec) -> None:
        schemas_ = spec["components"]["schemas"]
        schemas_[copied] = copy.deepcopy(schemas_[name])
        place.put(spec, {"$ref": f"#/components/schemas/{copied}"})

    return edit


def _renames(spec: Spec) -> Iterator[SchemaChange]:
    for section in ("schemas", "parameters", "responses"):
        for name in spec["components"].get(section, {}):
            part = "request" if section == "parameters" else "response"
            place = SpecPlace(("components", section, name), part)
            yield f"{section} component renamed", place, False, _rename(section, name)


def _rename(section: str, name: str) -> Edit:
    def edit(spec: Spec) -> None:
        components = spec["components"][section]
        components["Renamed"] = components.pop(name)
        refer(spec, f"#/components/{section}/{name}", f"#/components/{section}/Renamed")

    return edit
