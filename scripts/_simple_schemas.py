"""Rewrite schemas for the generator; one that it cannot express accepts any value."""

import re
import unicodedata
from collections.abc import Callable

from openapi_python_client.strings import PythonIdentifier

from _spec_document import pointed_at
from _yaml_text import JsonObject, JsonValue, as_list, as_object

COMBINED = ("allOf", "oneOf", "anyOf")
_PROSE = ("title", "description")
_STRUCTURE = frozenset({"oneOf", "anyOf", "type", "properties", "required", "enum", "const"})


def resolve(document: JsonObject, node: JsonValue) -> JsonObject:
    """Return the target of a reference, or the reference if it only points to itself."""
    found, seen = as_object(node), set[str]()
    while isinstance(reference := found.get("$ref"), str) and reference not in seen:
        seen.add(reference)
        found = as_object(pointed_at(document, reference))
    return found


def is_model(schema: JsonObject) -> bool:
    """Return whether the generator makes a class of exactly this schema."""
    if schema.keys() & {*COMBINED, "enum"} or schema.get("nullable") is True:
        return False
    return schema.get("type") == "object" or ("properties" in schema and "type" not in schema)


def replace_children(schema: JsonObject, opened: Callable[[JsonValue, str], JsonValue]) -> None:
    """Replace each schema within a schema.

    `opened` makes it from a schema and its class's name, with a `~` where that is no field's name.
    """
    fields = as_object(schema.get("properties"))
    fields.update({name: opened(one, type_name(name)) for name, one in fields.items()})
    if "items" in schema:
        schema["items"] = opened(schema["items"], "~Item")
    if isinstance(schema.get("additionalProperties"), dict):
        other = opened(schema["additionalProperties"], "~AdditionalProperty")
        schema["additionalProperties"] = other
    for word in COMBINED:
        if word in schema:
            options = enumerate(as_list(schema[word]))
            schema[word] = [opened(one, f"~Type{index}") for index, one in options]
    if schema.get("allOf") == [{}]:
        del schema["allOf"]


def simplify(document: JsonObject, schema: JsonObject) -> None:
    """Rewrite a schema, but not those within it.

    `allOf` is merged. A tuple, and an array without `items`, take anything. Of fields that would
    share a name in Python one stays; the others are in `additional_properties`.
    """
    if len(as_list(schema.get("allOf"))) > 1 or ("allOf" in schema and schema.keys() & _STRUCTURE):
        merged = _merged(document, schema, frozenset())
        if merged is None:
            merged = {key: schema[key] for key in _PROSE if key in schema}
        schema.clear()
        schema.update(merged)
    is_array = "array" in (schema.get("type"), *as_list(schema.get("type")))
    if schema.pop("prefixItems", None) is not None or (is_array and "items" not in schema):
        schema["items"] = {}
    if "properties" in schema:
        schema["properties"] = _with_own_names(as_object(schema["properties"]))


def _merged(document: JsonObject, node: JsonValue, seen: frozenset[int]) -> "JsonObject | None":
    """Return the merged `allOf`; None if it has more than objects, or more than one plain type."""
    schema = resolve(document, node)
    if id(schema) in seen or isinstance(node, bool):
        return {}
    parts: list[JsonObject] = []
    for part in as_list(schema.get("allOf")):
        found = _merged(document, part, seen | {id(schema)})
        if found is None:
            return None
        parts.append({key: one for key, one in found.items() if key not in _PROSE})
    parts.append({key: one for key, one in schema.items() if key != "allOf"})
    types = {repr(part["type"]) for part in parts if "type" in part}
    if len(types) > 1 or any(part.keys() & {"oneOf", "anyOf"} for part in parts):
        return None if len(parts) > 1 else parts[0]
    merged: JsonObject = {}
    fields: JsonObject = {}
    required: list[JsonValue] = []
    for part in parts:
        merged |= part
        required += as_list(part.get("required"))
        for name, one in as_object(part.get("properties")).items():
            fields[name] = {"allOf": [fields[name], one]} if name in fields else one
    if fields:
        merged["properties"] = fields
    if required:
        merged["required"] = required
    return merged


def _with_own_names(fields: JsonObject) -> JsonObject:
    names: dict[str, str] = {}
    for name in sorted(fields, key=lambda one: PythonIdentifier(one, "field_") != one):
        python = PythonIdentifier(name, "field_")
        if unicodedata.is_normalized("NFKC", python):  # as Python reads names
            names.setdefault(python, name)
    kept = set(names.values())
    return {name: one for name, one in fields.items() if name in kept}


def type_name(name: str) -> str:
    """Return the name of a field as the name of a type: `end_reason` as `EndReason`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[0].upper() + word[1:] for word in words)
