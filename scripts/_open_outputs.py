"""Open the outputs of a spec for the generator; the vendored spec stays as it is.

The provider may add fields and values to its responses at any time, and real records are known to
differ from the spec. In schemas that occur in responses, also where a request shares them:

- Closed `enum` and `const` become plain types. The known values move to the description, and to the
  generated module `known_values`.
- Maps take any JSON value, and objects take fields that the spec does not name.
- At the top of a record only the fields of `NEEDED` stay required.
- Formats of text other than times become text, so that a value is written back as it came.
- Defaults are removed, since a field that is missing has no value. `writeOnly` fields are not required.

Everything in `openapi/overlay.yml` is allowed as well. In an operation of `STRICT`, required fields and
lists of values stay as on the page. A schema that the generator cannot express becomes any value
(`_simple_schemas.py`), and so does an object whose class would have another one's name.
"""

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from _console import ScriptError
from _simple_schemas import COMBINED, is_model, replace_children, resolve, simplify, type_name
from _spec_forms import is_name
from _yaml_text import JsonObject, JsonValue, as_list, as_object, canonical, read_value

NEEDED = frozenset(
    {"id", "agent_id", "status", "name", "data", "summaries", "ok", "version", "cancelled"}
)
"""The fields that a record must have."""
STRICT = frozenset({"agents_get-call-logs"})
"""Operations whose responses must match the spec exactly."""

_LISTS = ("data", "summaries")
_VALUES = ("enum", "const", "x-extensible-enum")
_JSON_TYPES = ("string", "number", "integer", "boolean", "object", "array")
_OPAQUE_FORMATS = frozenset({"binary", "byte", "uuid"})
# Names that generated modules import or define; to attrs, each that begins with ClassVar is one.
_RESERVED = frozenset(
    {
        "Any", "AuthenticatedClient", "ClassVar", "Client", "File", "HTTPStatus", "Literal", "Mapping",
        "Response", "T", "TypeVar", "UNSET", "UUID", "Unset",
    }
)  # fmt: skip


@dataclass(frozen=True)
class OverlayEntry:
    """A value that occurs at a place of the responses although the spec does not allow it.

    Attributes:
        record: The component that the place is in.
        at: The place in its JSON, with `*` for an array's elements: `/transcript/*/text`.
        also: The additional forms: `missing`, `null`, or types of JSON.
    """

    record: str
    at: str
    also: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.record} {self.at} (also {', '.join(self.also)})"


@dataclass(frozen=True)
class OpenedSpec:
    """The spec for the generator.

    Attributes:
        document: The opened document.
        known_values: The known values of each output that had a list of them, by the type's name.
    """

    document: JsonObject
    known_values: dict[str, list[str]] = field(default_factory=dict[str, list[str]])


def load_overlay(path: Path) -> list[OverlayEntry]:
    """Read an overlay file."""
    return read_overlay(read_value(path, "Restore it from version control."), path.name)


def read_overlay(value: JsonValue, name: str) -> list[OverlayEntry]:
    """Check the content of an overlay file.

    Raises:
        ScriptError: An entry does not have the form in the file's header.
    """
    entries: list[OverlayEntry] = []
    for number, item in enumerate(as_list(value), start=1):
        entry = as_object(item)
        record, at = entry.get("record"), entry.get("at")
        also = [str(one) for one in as_list(entry.get("also"))]
        if not (isinstance(record, str) and isinstance(at, str) and at.startswith("/")):
            raise ScriptError(
                f"Entry {number} of {name} has no `record` or no place `at` that begins with `/`.",
                "Write it like the other entries.",
            )
        if not also or not {*also} <= {"missing", "null", *_JSON_TYPES}:
            raise ScriptError(
                f"Entry {number} of {name} ({at}) does not say what `also` occurs.",
                f"List some of: missing, null, {', '.join(_JSON_TYPES)}.",
            )
        entries.append(OverlayEntry(record, at, tuple(also)))
    return entries


def overlay_entries_to_drop(document: JsonObject, overlay: list[OverlayEntry]) -> list[str]:
    """Return a line for each overlay entry that the spec makes superfluous."""
    lines: list[str] = []
    for entry in overlay:
        applied = copy.deepcopy(document)
        if not _apply(applied, entry):
            lines.append(f"overlay: {entry}: the spec has no such place; remove the entry")
        elif canonical(applied) == canonical(document):
            lines.append(f"overlay: {entry}: the spec allows this now; remove the entry")
    return lines


def open_outputs(document: JsonObject, overlay: list[OverlayEntry]) -> OpenedSpec:
    """Return the document for the generator, as the module describes.

    Args:
        document: The vendored spec, which is not changed.
        overlay: The additional forms to allow; an entry for a missing place changes nothing.
    """
    opened = OpenedSpec(copy.deepcopy(document))
    for entry in overlay:
        _apply(opened.document, entry)
    _Opening(opened).run()
    return opened


class _Opening:
    """One walk over the schemas of all responses, and then over the other components."""

    def __init__(self, opened: OpenedSpec) -> None:
        self._document = opened.document
        self._known_values = opened.known_values
        self._schemas = as_object(as_object(opened.document.get("components")).get("schemas"))
        self._class_names = {type_name(name).casefold() for name in [*_RESERVED, *self._schemas]}
        self._done: set[int] = set()
        self._later: list[tuple[JsonObject, str, str]] = []
        self._change: Callable[[JsonObject, str], None] = _leave

    def run(self) -> None:
        for name, schema in self._schemas.items():
            self._name_component(as_object(schema), type_name(name))
        responses = list(self._responses())
        for operation_id, name, media in sorted(responses, key=lambda one: one[0] in STRICT):
            self._change = self._open_strictly if operation_id in STRICT else self._open
            if operation_id not in STRICT:
                schema = media["schema"]
                self._ease(schema)
                for list_name in _LISTS:
                    items = _step(self._document, _step(self._document, schema, list_name), "*")
                    self._ease(items)
            self._walk(media, "schema", name)
        self._change = _leave
        for name in self._schemas:
            reference: JsonObject = {"$ref": f"#/components/schemas/{name}"}
            holder: JsonObject = {name: reference}
            self._walk(holder, name, "")
            if holder[name] != reference:
                self._schemas[name] = holder[name]

    def _responses(self) -> Iterator[tuple[str, str, JsonObject]]:
        """Yield the operation's id, a name, and the parent of the schema of each JSON response."""
        for item in as_object(self._document.get("paths")).values():
            for definition in as_object(item).values():
                operation = as_object(definition)
                operation_id = str(operation.get("operationId"))
                for status, response in as_object(operation.get("responses")).items():
                    content = as_object(resolve(self._document, response).get("content"))
                    for media_type, media in content.items():
                        if "json" in media_type and "schema" in as_object(media):
                            name = f"{operation_id} response {status}"
                            yield operation_id, type_name(name), as_object(media)

    def _ease(self, node: JsonValue) -> None:
        """Require only the fields that a record must have."""
        schema = resolve(self._document, node)
        if "required" in schema:
            kept = [name for name in as_list(schema["required"]) if name in NEEDED]
            schema["required"] = cast("JsonValue", kept)
            if not kept:
                del schema["required"]
        for word in COMBINED:
            for part in as_list(schema.get(word)):
                self._ease(part)

    def _name_component(self, schema: JsonObject, place: str) -> None:
        if str(schema.get("title")).casefold() != place.casefold():
            self._takes_title(schema, "")
        if "title" not in schema and (place in _RESERVED or place.startswith("ClassVar")):
            schema["title"] = f"Api{place}"

    def _takes_title(self, schema: JsonObject, owner: str) -> bool:
        """Use a title as the name of a class; remove a title that is no name, or is taken."""
        title = schema.get("title")
        if isinstance(title, str) and is_name(title) and self._takes(owner + title):
            return True
        schema.pop("title", None)
        return False

    def _takes(self, class_name: str) -> bool:
        """Reserve the name of a class, and return whether it was free."""
        folded = type_name(class_name).casefold()
        is_free = folded not in self._class_names
        self._class_names.add(folded)
        return is_free

    def _walk(self, holder: JsonObject, key: str, name: str) -> None:
        """Rewrite a schema and everything that it reaches, one object component at a time."""
        holder[key] = self._opened(holder[key], "", name, frozenset())
        while self._later:
            self._open_below(*self._later.pop(), frozenset())

    def _opened(self, node: JsonValue, owner: str, place: str, within: frozenset[int]) -> JsonValue:
        """Return the schema for the generator.

        `owner` is the class that it is within, and `place` its name there. `within` are the
        components that lead here without an object between them: the generator finds no way back.
        """
        if isinstance(node, bool):
            return {}
        schema = resolve(self._document, node)
        if (reference := as_object(node).get("$ref")) is not None:
            name = str(reference).removeprefix("#/components/schemas/")
            if id(schema) in within or "/" in name or "$ref" in schema:
                return {}
            owner, place, within = "", type_name(name), within | {id(schema)}
        if id(schema) in self._done:
            return node
        simplify(self._document, schema)
        if not is_model(schema):
            self._done.add(id(schema))
            self._open_below(schema, owner, place, within)
        elif reference is not None:
            self._done.add(id(schema))
            self._later.append((schema, "", place))
        elif self._takes_title(schema, owner) or self._takes(owner + place):
            self._done.add(id(schema))
            self._open_below(schema, owner, place, within)
        else:
            return {key: schema[key] for key in ("description",) if key in schema}
        return node

    def _open_below(
        self, schema: JsonObject, owner: str, place: str, within: frozenset[int]
    ) -> None:
        """Rewrite a schema and those within it."""
        self._change(schema, owner + place.partition("~")[0])
        if is_model(schema):
            owner, place = owner + str(schema.get("title") or place).replace("~", ""), ""
        replace_children(schema, lambda node, step: self._opened(node, owner, place + step, within))

    def _open(self, schema: JsonObject, name: str) -> None:
        self._open_values(schema, name)
        if "additionalProperties" in schema:
            schema["additionalProperties"] = True
        self._open_strictly(schema, name)

    def _open_strictly(self, schema: JsonObject, name: str) -> None:
        """Open only schemas that no Python type can express."""
        if "const" in schema or not _type_of(as_list(schema.get("enum"))):
            self._open_values(schema, name)
        if isinstance(schema.get("additionalProperties"), dict):
            schema["additionalProperties"] = True
        if schema.get("format") in _OPAQUE_FORMATS:
            del schema["format"]
        schema.pop("default", None)  # a field that is missing has no value
        if "required" in schema:
            fields = as_object(schema.get("properties"))
            sent = [
                one
                for one in as_list(schema["required"])
                if as_object(fields.get(str(one))).get("writeOnly") is not True
            ]
            schema["required"] = cast("JsonValue", sent)

    def _open_values(self, schema: JsonObject, name: str) -> None:
        values: list[JsonValue] = []
        for word in _VALUES:
            listed = schema.pop(word, None)
            values += listed if isinstance(listed, list) else [] if listed is None else [listed]
        if not values:
            return
        known = [value for value in values if value is not None]
        if "type" not in schema and known:
            schema |= _type_of(known)
        if None in values and "type" in schema:
            schema["nullable"] = True
        said = str(schema.get("description") or "").rstrip()
        listed = ", ".join(f"`{value}`" for value in known)
        schema["description"] = f"{said} Known values: {listed}; more may come.".lstrip()
        texts = [value for value in known if isinstance(value, str)]
        if texts:
            had = self._known_values.get(name, [])
            self._known_values[name] = [*had, *(text for text in texts if text not in had)]


def _leave(_schema: JsonObject, _name: str) -> None:
    """Change nothing, since requests stay as in the spec."""


def _type_of(values: Sequence[JsonValue]) -> JsonObject:
    """Return the type of listed values as schema keywords; none if they have several types."""
    if all(isinstance(value, str) for value in values):
        return {"type": "string"}
    if all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return {"type": "integer"}
    return {}


def _apply(document: JsonObject, entry: OverlayEntry) -> bool:
    """Allow what an entry lists at its place, and return whether the spec has the place."""
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
    """Return a schema that accepts more; `is_new` is whether it is written in OpenAPI 3.1."""
    schema = resolve(document, node)
    types = schema.get("type")
    has = {str(one) for one in (types if isinstance(types, list) else [types])}
    for word in COMBINED[1:]:
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
    """Return the schema of a field, or of an array's elements if the step is `*`."""
    for schema in _with_parts(document, node):
        found = (
            schema.get("items") if step == "*" else as_object(schema.get("properties")).get(step)
        )
        if found is not None:
            return found
    return None


def _with_parts(document: JsonObject, node: JsonValue) -> Iterator[JsonObject]:
    """Yield a schema and its parts."""
    schema = resolve(document, node)
    yield schema
    for word in COMBINED:
        for part in as_list(schema.get(word)):
            yield from _with_parts(document, part)
