"""A normal form of constructs that OpenAPI allows in several forms, and prose apart from contracts."""

from collections.abc import Mapping

from _yaml_text import JsonObject, JsonValue, as_list, as_object, canonical

PROSE_KEYS = frozenset(
    {"description", "summary", "example", "examples", "externalDocs", "title", "$comment"}
)
# Mappings whose keys are names, not keywords.
_BY_NAME = frozenset(
    {
        "$defs", "callbacks", "content", "definitions", "dependentSchemas", "encoding", "flows",
        "headers", "links", "mapping", "parameters", "pathItems", "paths", "patternProperties",
        "properties", "requestBodies", "responses", "schemas", "scopes", "securitySchemes",
        "variables", "webhooks",
    }
)  # fmt: skip
_VALUES = frozenset({"const", "default", "enum", "example", "examples"})
_UNORDERED = frozenset({"enum", "required"})
_LIMITS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def is_prose(key: str) -> bool:
    """Return whether a key of an OpenAPI object is only text for people."""
    return key in PROSE_KEYS or key.startswith("x-")


def normalised(value: JsonValue, version: object) -> JsonValue:
    """Rewrite a part of a document so that equal contracts have equal text.

    A lone `allOf` around a reference becomes the reference, `anyOf` and `type` with null become
    `nullable`, limits are written as OpenAPI 3.1 writes them, and media types lose their charset.
    From OpenAPI 3.1 on, `nullable` has no meaning.
    """
    return _Writer(is_new=not str(version).startswith("3.0"), keeps_prose=True).any(value)


def structure(value: JsonValue, version: object) -> JsonValue:
    """Return the contract of a part of a document: normalised, without prose and order."""
    return _Writer(is_new=not str(version).startswith("3.0"), keeps_prose=False).any(value)


def without_titles(value: JsonValue) -> JsonValue:
    """Remove titles that cannot be class names, such as those in another language.

    The generator names a class after the title of a schema, or after its component if it has none.
    """
    if isinstance(value, list):
        return [without_titles(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inner if key in _VALUES or key == "mapping" else without_titles(inner)
        for key, inner in value.items()
        if key != "title" or not isinstance(inner, str) or is_name(inner)
    }


def is_name(title: str) -> bool:
    """Return whether the title of a schema can be the name of a class."""
    return title.isascii() and title.isidentifier()


class _Writer:
    """Walks a document and distinguishes names from keywords, so that a field may be called `title`."""

    def __init__(self, *, is_new: bool, keeps_prose: bool) -> None:
        self._is_new = is_new
        self._keeps_prose = keeps_prose

    def any(self, value: JsonValue) -> JsonValue:
        """Return the normal form of a value."""
        if isinstance(value, list):
            return [self.any(item) for item in value]
        return self._object(value) if isinstance(value, dict) else value

    def _object(self, given: JsonObject) -> JsonObject:
        result: JsonObject = {}
        for key, inner in self._schema_forms(given).items():
            if is_prose(key) and not self._keeps_prose:
                continue
            if key in _BY_NAME and isinstance(inner, dict):
                named = {name: self.any(one) for name, one in inner.items()}
                result[key] = _plain_media_types(named) if key == "content" else named
            elif key in _UNORDERED and isinstance(inner, list) and not self._keeps_prose:
                result[key] = sorted(inner, key=canonical)
            else:
                result[key] = inner if key in _VALUES or is_prose(key) else self.any(inner)
        return result

    def _schema_forms(self, given: JsonObject) -> JsonObject:
        result = dict(given)
        if self._is_new:
            result.pop("nullable", None)
            self._nullable_type(result)
            self._nullable_choice(result)
        elif "$ref" in result:
            result.pop("nullable", None)  # OpenAPI 3.0 ignores the keys beside a reference
        members = as_list(result.get("allOf"))
        if len(members) == 1 and "$ref" in as_object(members[0]) and _is_wrapper(result, "allOf"):
            del result["allOf"]
            result = {**as_object(members[0]), **result}
        for exclusive, limit in _LIMITS:
            if result.get(exclusive) is True and limit in result:
                result[exclusive] = result.pop(limit)
        return result

    def _nullable_type(self, schema: JsonObject) -> None:
        names = schema.get("type")
        if isinstance(names, list) and "null" in names:
            others = [name for name in names if name != "null"]
            schema["nullable"] = True
            schema["type"] = others[0] if len(others) == 1 else list(others)

    def _nullable_choice(self, schema: JsonObject) -> None:
        for key in ("anyOf", "oneOf"):
            members = [as_object(member) for member in as_list(schema.get(key))]
            others = [member for member in members if member.get("type") != "null"]
            if len(others) == 1 and len(members) > 1 and _is_wrapper(schema, key):
                del schema[key]
                schema.update({**self._schema_forms(others[0]), **schema, "nullable": True})


def _is_wrapper(schema: JsonObject, key: str) -> bool:
    """Return whether a schema has only one keyword, prose aside."""
    return all(other in (key, "nullable") or is_prose(other) for other in schema)


def _plain_media_types(content: Mapping[str, JsonValue]) -> JsonObject:
    result: JsonObject = {}
    for name, value in content.items():
        first, *parameters = name.split(";")
        kept = [one for one in parameters if not one.strip().lower().startswith("charset=")]
        result[";".join([first.strip(), *kept])] = value
    return result
