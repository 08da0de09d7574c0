"""Merge operations from several documents into one, or say exactly where they disagree."""

from collections.abc import Iterable
from typing import NoReturn

from _console import ScriptError
from _spec_document import METHODS, ComponentKey, Operation
from _yaml_text import JsonObject, JsonValue, as_object, canonical

_FIRST_FIELDS = ("openapi", "info", "externalDocs", "servers", "tags", "security")


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Sort operations by path, then method, then source, so that no result depends on chance."""
    return sorted(
        operations,
        key=lambda operation: (
            operation.path,
            METHODS.index(operation.method),
            operation.source,
        ),
    )


def merge(operations: Iterable[Operation]) -> JsonObject:
    """Merge operations and all that they reach into one OpenAPI document.

    The result holds nothing that no operation reaches. Its paths, methods, tags and components
    are sorted; inside a definition the source's order of keys stays.

    Raises:
        ScriptError: Two sources define the same thing differently.
    """
    merged = _Merger()
    for operation in in_order(operations):
        merged.add(operation)
    return merged.document()


class _Merger:
    """Collects definitions, and remembers which source each came from."""

    def __init__(self) -> None:
        self._header: dict[str, JsonValue] = {}
        self._paths: dict[str, JsonObject] = {}
        self._tags: dict[str, JsonValue] = {}
        self._components: dict[ComponentKey, JsonValue] = {}
        self._seen: dict[str, tuple[str, str]] = {}

    def add(self, operation: Operation) -> None:
        """Add an operation with its document's header, its tags and its components."""
        self._add_header(operation)
        self._unify(f"The operationId {operation.operation_id}", operation.title, operation.source)
        self._unify(
            f"The fields that {operation.path} has for all its methods",
            operation.path_fields,
            operation.source,
        )
        self._unify(f"The operation {operation.title}", operation.definition, operation.source)
        item = self._paths.setdefault(operation.path, dict(operation.path_fields))
        item.setdefault(operation.method, operation.definition)
        for tag in operation.tags():
            name = str(tag.get("name"))
            self._unify(f"The tag {name}", tag, operation.source)
            self._tags.setdefault(name, tag)
        for key, definition in operation.components().items():
            self._unify(f"The component {'.'.join(key)}", definition, operation.source)
            self._components.setdefault(key, definition)

    def _add_header(self, operation: Operation) -> None:
        header = operation.document.header
        if not self._header:
            self._header = header
        for field in sorted(self._header.keys() | header.keys()):
            # A field that only one of two documents has is a disagreement as well.
            stated = {field: header[field]} if field in header else None
            self._unify(f"The document's {field}", stated, operation.source)
        for key, definition in operation.document.reach([header], None).items():
            self._unify(f"The component {'.'.join(key)}", definition, operation.source)
            self._components.setdefault(key, definition)

    def _unify(self, what: str, definition: JsonValue, source: str) -> None:
        text = canonical(definition)
        first_text, first_source = self._seen.setdefault(what, (text, source))
        if text != first_text:
            _refuse(what, first_source, source)

    def document(self) -> JsonObject:
        """Return the merged document in its fixed order."""
        fields = dict(self._header)
        fields["tags"] = [self._tags[name] for name in sorted(self._tags)]
        others = sorted(fields.keys() - set(_FIRST_FIELDS))
        result: JsonObject = {
            field: fields[field]
            for field in (*_FIRST_FIELDS, *others)
            if field in fields and (field != "tags" or self._tags)
        }
        result["paths"] = dict(sorted(self._paths.items()))
        components: JsonObject = {}
        for section, name in sorted(self._components):
            names = as_object(components.setdefault(section, {}))
            names[name] = self._components[section, name]
        if components:
            result["components"] = components
        return result


def _refuse(what: str, first: str, second: str) -> NoReturn:
    raise ScriptError(
        f"{what} is defined differently by {first} and {second}; nothing was written.",
        "Vendor the newest copies of both together, or correct the one that is wrong.",
    )
