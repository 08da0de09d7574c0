"""Open the outputs of a spec on its way to the generator; the vendored spec stays as it is.

The provider may add fields and values to its responses at any time, and real records are known to
differ from the spec. In schemas that occur in responses, also where a request shares them:

- closed `enum` and `const` become plain types; the known values go to the description, and to the
  generated module `known_values`;
- maps take any JSON value, and objects take fields that nobody has named;
- at the top of a record only the fields of `NEEDED` stay required;
- formats of text other than times stay text, so that a value is written back as it came.

What `openapi/overlay.yml` lists is allowed as well. An operation of `STRICT` stays as its page is.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

from _console import ScriptError
from _yaml_text import JsonObject, JsonValue, as_list, as_object, canonical

NEEDED = frozenset(
    {"id", "agent_id", "status", "name", "data", "summaries", "ok", "version", "cancelled"}
)
"""The fields that a record can't do without."""
STRICT = frozenset({"agents_get-call-logs"})
"""Operations whose responses are taken as the spec says, or not at all."""

_LISTS = ("data", "summaries")
_VALUES = ("enum", "const", "x-extensible-enum")
_JSON_TYPES = ("string", "number", "integer", "boolean", "object", "array")
_OPAQUE_FORMATS = frozenset({"binary", "byte", "uuid"})
_COMBINED = ("allOf", "oneOf", "anyOf")


@dataclass(frozen=True)
class OverlayEntry:
    """What occurs at a place of the responses besides what the spec says.

    Attributes:
        record: The component that the place is in.
        at: The place in its JSON, with `*` for an array's elements: `/transcript/*/text`.
        also: What occurs: `missing`, `null`, or types of JSON.
    """

    record: str
    at: str
    also: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.record} {self.at} (also {', '.join(self.also)})"


@dataclass(frozen=True)
class OpenedSpec:
    """What the generator gets.

    Attributes:
        document: The opened document.
        known_values: The known values of each output that had a list of them, by a type's name.
    """

    document: JsonObject
    known_values: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def read_overlay(value: JsonValue, name: str) -> list[OverlayEntry]:
    """Check the content of an overlay file.

    Raises:
        ScriptError: An entry is not what the file's header says.
    """
    entries: list[OverlayEntry] = []
    for number, item in enumerate(as_list(value), start=1):
        entry = as_object(item)
        record, at = entry.get("record"), entry.get("at")
        also = [str(one) for one in as_list(entry.get("also"))]
        if not (isinstance(record, str) and isinstance(at, str) and at.startswith("/")):
            raise ScriptError(
                f"Entry {number} of {name} has no `record` or no place `at` that begins with `/`.",
                "Write it as the entries beside it.",
            )
        if not also or not {*also} <= {"missing", "null", *_JSON_TYPES}:
            raise ScriptError(
                f"Entry {number} of {name} ({at}) does not say what `also` occurs.",
                f"List some of: missing, null, {', '.join(_JSON_TYPES)}.",
            )
        entries.append(OverlayEntry(record, at, tuple(also)))
    return entries


def overlay_entries_to_drop(document: JsonObject, overlay: list[OverlayEntry]) -> list[str]:
    """Return a line for each overlay entry that the spec makes superfluous.

    Args:
        document: The vendored spec.
        overlay: The entries.
    """
    lines: list[str] = []
    for entry in overlay:
        applied = copy.deepcopy(document)
        if not _apply(applied, entry):
            lines.append(f"overlay: {entry}: the spec has no such place; remove the entry")
        elif canonical(applied) == canonical(document):
            lines.append(f"overlay: {entry}: the spec says so itself now; remove the entry")
    return lines


def open_outputs(document: JsonObject, overlay: list[OverlayEntry]) -> OpenedSpec:
    """Return the document as the generator gets it: see the module.

    Args:
        document: The vendored spec, which is left as it is.
        overlay: What to allow besides; an entry whose place the spec does not have changes nothing.
    """
    opened = OpenedSpec(copy.deepcopy(document))
    for entry in overlay:
        _apply(opened.document, entry)
    _Opening(opened).run()
    return opened


class _Opening:
    """One walk over the schemas of all responses."""

    def __init__(self, opened: OpenedSpec) -> None:
        self._document = opened.document
        self._known_values = opened.known_values
        self._strict: set[int] = set()
        self._opened: set[int] = set()

    def run(self) -> None:
        responses = list(self._responses())
        for operation_id, schema in responses:
            if operation_id in STRICT:
                self._pass_over(schema)
        for operation_id, schema in responses:
            if operation_id not in STRICT:
                self._ease(schema)
                for name in _LISTS:
                    self._ease(_step(self._document, _step(self._document, schema, name), "*"))
                self._open(schema, "")

    def _responses(self) -> Iterator[tuple[str, JsonValue]]:
        """Yield the operation's id and the schema of each JSON response."""
        for item in as_object(self._document.get("paths")).values():
            for definition in as_object(item).values():
                operation = as_object(definition)
                for response in as_object(operation.get("responses")).values():
                    content = as_object(_resolve(self._document, response).get("content"))
                    for media_type, media in content.items():
                        if "json" in media_type:
                            schema = as_object(media).get("schema")
                            yield str(operation.get("operationId")), schema

    def _pass_over(self, node: JsonValue) -> None:
        """Note a schema and all that it reaches as one that stays strict."""
        schema = _resolve(self._document, node)
        if id(schema) not in self._strict:
            self._strict.add(id(schema))
            for _, child in _children(schema):
                self._pass_over(child)

    def _ease(self, node: JsonValue) -> None:
        """Keep of what a record requires only what it can't do without."""
        schema = _resolve(self._document, node)
        if id(schema) in self._strict:
            return
        if "required" in schema:
            kept = [name for name in as_list(schema["required"]) if name in NEEDED]
            schema["required"] = cast("JsonValue", kept)
            if not kept:
                del schema["required"]
        for word in _COMBINED:
            for part in as_list(schema.get(word)):
                self._ease(part)

    def _open(self, node: JsonValue, place: str) -> None:
        reference = as_object(node).get("$ref")
        schema = _resolve(self._document, node)
        if id(schema) in self._strict | self._opened:
            return
        self._opened.add(id(schema))
        name = _type_name(str(reference).rpartition("/")[2]) if reference else place
        self._open_values(schema, name)
        if schema.get("format") in _OPAQUE_FORMATS:
            del schema["format"]
        if "additionalProperties" in schema:
            schema["additionalProperties"] = True
        for field_name, child in _children(schema):
            self._open(child, name + _type_name(field_name))

    def _open_values(self, schema: JsonObject, name: str) -> None:
        values: list[JsonValue] = []
        for word in _VALUES:
            listed = schema.pop(word, None)
            values += listed if isinstance(listed, list) else [] if listed is None else [listed]
        if not values:
            return
        if None in values and schema.get("type") in _JSON_TYPES:
            schema["nullable"] = True
        if "type" not in schema:
            schema |= _type_of(values)
        known = ", ".join(f"`{value}`" for value in values if value is not None)
        said = str(schema.get("description") or "").rstrip()
        schema["description"] = f"{said} Known values: {known}; more may come.".lstrip()
        texts = [value for value in values if isinstance(value, str)]
        if texts:
            had = self._known_values.get(name, [])
            self._known_values[name] = [*had, *(text for text in texts if text not in had)]


def _type_of(values: list[JsonValue]) -> JsonObject:
    """Return what to say of the type of listed values; nothing where they have several."""
    if all(isinstance(value, str) for value in values):
        return {"type": "string"}
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return {"type": "integer"}
    return {}


def _apply(document: JsonObject, entry: OverlayEntry) -> bool:
    """Allow what an entry says at its place; tell whether the spec has the place."""
    *path, last = entry.at.removeprefix("/").split("/")
    schemas = as_object(as_object(document.get("components")).get("schemas"))
    owner: JsonValue = schemas.get(entry.record)
    for step in path:
        owner = _step(document, owner, step)
    for holder in _with_parts(document, owner):
        fields = as_object(holder.get("properties"))
        if last not in fields:
            continue
        if "missing" in entry.also and last in as_list(holder.get("required")):
            left = [name for name in as_list(holder["required"]) if name != last]
            holder["required"] = cast("JsonValue", left)
        is_new = str(document.get("openapi")).startswith("3.1")
        fields[last] = _allowing(document, fields[last], entry.also, is_new=is_new)
        return True
    return False


def _allowing(
    document: JsonObject, node: JsonValue, also: tuple[str, ...], *, is_new: bool
) -> JsonValue:
    """Return a schema that takes more; `is_new` is the language of OpenAPI 3.1."""
    schema = _resolve(document, node)
    types = schema.get("type")
    has = {str(one) for one in (types if isinstance(types, list) else [types])}
    for word in _COMBINED[1:]:
        has |= {str(as_object(part).get("type")) for part in as_list(schema.get(word))}
    more = [one for one in also if one in _JSON_TYPES and one not in has]
    result: JsonValue = node
    if more:
        described = {"description": schema["description"]} if "description" in schema else {}
        options = [node, *(cast("JsonValue", {"type": one}) for one in more)]
        result = {"anyOf": options, **described}
    if "null" in also and not (schema.get("nullable") or "null" in has):
        if is_new:
            result = {"anyOf": [result, {"type": "null"}]}
        elif "$ref" in as_object(result):
            result = {"allOf": [result], "nullable": True}
        else:
            result = {**as_object(result), "nullable": True}
    return result


def _step(document: JsonObject, node: JsonValue, step: str) -> JsonValue:
    """Return the schema of a field, or of an array's elements where the step is `*`."""
    for schema in _with_parts(document, node):
        found = (
            schema.get("items") if step == "*" else as_object(schema.get("properties")).get(step)
        )
        if found is not None:
            return found
    return None


def _with_parts(document: JsonObject, node: JsonValue) -> Iterator[JsonObject]:
    """Yield a schema and those that it is combined of."""
    schema = _resolve(document, node)
    yield schema
    for word in _COMBINED:
        for part in as_list(schema.get(word)):
            yield from _with_parts(document, part)


def _children(schema: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    """Yield the schemas within one, each with the field's name; empty where it has none."""
    yield from as_object(schema.get("properties")).items()
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            yield "", schema[word]
    for word in (*_COMBINED, "prefixItems"):
        for part in as_list(schema.get(word)):
            yield "", part


def _resolve(document: JsonObject, node: JsonValue) -> JsonObject:
    found = as_object(node)
    while isinstance(reference := found.get("$ref"), str):
        target: JsonValue = document
        for step in reference.removeprefix("#/").split("/"):
            target = as_object(target).get(step.replace("~1", "/").replace("~0", "~"))
        found = as_object(target)
    return found


def _type_name(name: str) -> str:
    """Return a field's name as a type is named: `end_reason` as `EndReason`."""
    words = re.findall(r"[A-Za-z0-9]+", name)
    return "".join(word[0].upper() + word[1:] for word in words)
