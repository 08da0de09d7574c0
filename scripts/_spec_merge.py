"""Merge operations from several documents into one, or report exactly where they disagree."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NoReturn

from _console import ScriptError
from _spec_document import METHODS, ComponentKey, Operation, SpecDocument, check_document, escaped
from _spec_forms import structure
from _yaml_text import JsonObject, JsonValue, as_list, as_object, canonical

_FIRST_FIELDS = ("openapi", "info", "externalDocs", "servers", "tags", "security")
_SHOWN_VALUE = 80


@dataclass(frozen=True)
class Standing:
    """The precedence of one definition among others of the same thing.

    Attributes:
        is_page: Whether it comes from a reference page, which replaces facts.
        retrieved: The day on which its source was read.
        is_new: Whether its source was read for the first time in this run.
    """

    is_page: bool = True
    retrieved: str = ""
    is_new: bool = False


@dataclass(frozen=True)
class _Offer:
    """A definition, its place, and the operation that needs it."""

    definition: JsonValue
    pointer: str
    operation: Operation
    standing: Standing

    @property
    def promise(self) -> JsonValue:
        return structure(self.definition, self.operation.document.header.get("openapi"))

    def place(self, pointer: str) -> str:
        document = self.operation.document
        source = self.operation.source
        name = source if source == document.name else f"{source} (vendored in {document.name})"
        return f"{name}, line {document.line_of(pointer)}"


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Sort operations by path, then method, then source, so that the result is always the same."""
    return sorted(operations, key=lambda one: (one.path, METHODS.index(one.method), one.source))


def merge(
    operations: Iterable[tuple[Operation, Standing]], before: SpecDocument | None = None
) -> JsonObject:
    """Merge operations and the components they need into one OpenAPI document.

    If two definitions are equal apart from prose, the prose of the newest page stays. Components that
    no operation needs are left out. Paths, methods, tags and components are sorted; inside a
    definition, keys keep their order.

    Args:
        operations: The operations to merge.
        before: The document that the result replaces; its prose stays if the other is not newer.

    Raises:
        ScriptError: Two sources define the same thing differently.
    """
    merger = _Merger(before)
    for operation, standing in operations:
        merger.add(operation, standing)
    return merger.document()


class _Merger:
    """Collects the definitions of all sources, then chooses."""

    def __init__(self, before: SpecDocument | None) -> None:
        self._before = before
        self._offers: dict[tuple[str, ...], list[_Offer]] = {}

    def add(self, operation: Operation, standing: Standing) -> None:
        """Add an operation with its document's header, its tags and its components."""
        document, path = operation.document, f"#/paths/{escaped(operation.path)}"

        def offer(key: tuple[str, ...], definition: JsonValue, pointer: str) -> None:
            one = _Offer(definition, pointer, operation, standing)
            self._offers.setdefault(key, []).append(one)

        offer(("header",), document.header, "#")
        offer(("operationId", operation.operation_id), operation.title, path)
        offer(("fields shared under", operation.path), operation.path_fields, path)
        pointer = f"{path}/{operation.method}"
        offer(("operation", operation.path, operation.method), operation.definition, pointer)
        for tag in operation.tags():
            offer(("tag", str(tag.get("name"))), tag, "#/tags")
        reached = operation.components() | document.reach([document.header], None)
        for (section, name), definition in reached.items():
            pointer = f"#/components/{section}/{escaped(name)}"
            offer(("component", section, name), definition, pointer)

    def document(self) -> JsonObject:
        """Choose, and return the merged document in its fixed order."""
        chosen = {key: self._chosen(key, offers) for key, offers in self._offers.items()}
        fields: JsonObject = {}
        paths: dict[str, JsonObject] = {}
        tags: JsonObject = {}
        components: dict[ComponentKey, JsonValue] = {}
        for key, definition in chosen.items():
            match key:
                case ("header",):
                    fields = dict(as_object(definition))
                case ("fields shared under", path):
                    paths.setdefault(path, {}).update(as_object(definition))
                case ("operation", path, method):
                    paths.setdefault(path, {})[method] = definition
                case ("tag", name):
                    tags[name] = definition
                case ("component", section, name):
                    components[section, name] = definition
                case _:
                    pass
        if tags:
            fields["tags"] = [tags[name] for name in sorted(tags)]
        return _pruned(_in_fixed_order(fields, paths, components))

    def _chosen(self, key: tuple[str, ...], offers: list[_Offer]) -> JsonValue:
        pages = [offer for offer in offers if offer.standing.is_page] or offers
        known = self._before.components if self._before and key[0] == "component" else {}
        before = canonical(known.get((key[1], key[2])) if known else None)
        best = max(
            pages,
            key=lambda offer: (
                offer.standing.retrieved,
                offer.standing.is_new,
                canonical(offer.definition) == before,
                offer.operation.source,
            ),
        )
        promise = canonical(best.promise)
        seen: set[str] = {canonical(best.definition)}
        for other in pages:
            text = canonical(other.definition)
            if text not in seen and canonical(other.promise) != promise:
                _refuse(key, *sorted((best, other), key=lambda one: one.operation.source))
            seen.add(text)
        return best.definition


def _in_fixed_order(
    fields: JsonObject,
    paths: dict[str, JsonObject],
    components: dict[ComponentKey, JsonValue],
) -> JsonObject:
    others = sorted(fields.keys() - set(_FIRST_FIELDS))
    result: JsonObject = {
        field: fields[field] for field in (*_FIRST_FIELDS, *others) if field in fields
    }
    result["paths"] = {
        path: {
            key: item[key]
            for key in (*(key for key in item if key not in METHODS), *METHODS)
            if key in item
        }
        for path, item in sorted(paths.items())
    }
    sections: JsonObject = {}
    for section, name in sorted(components):
        as_object(sections.setdefault(section, {}))[name] = components[section, name]
    if sections:
        result["components"] = sections
    return result


def _pruned(merged: JsonObject) -> JsonObject:
    """Leave out the components that the chosen definitions do not need."""
    reached = check_document(merged, "The merged spec").reached()
    sections: JsonObject = {
        section: dict(kept)
        for section, names in as_object(merged.get("components")).items()
        if (kept := {n: one for n, one in as_object(names).items() if (section, n) in reached})
    }
    fields = {key: value for key, value in merged.items() if key != "components"}
    return fields | {"components": sections} if sections else fields


def _refuse(key: tuple[str, ...], one: _Offer, other: _Offer) -> NoReturn:
    kind, *names = key
    step, mine, theirs = next(_differences(one.promise, other.promise, ""))
    pointer = one.pointer + step
    what = {
        "header": f"The document's {step[1:].partition('/')[0]}",
        "operation": f"The operation {one.operation.title}",
    }.get(kind, f"The {kind} {'.'.join(names)}")
    raise ScriptError(
        f"{what} is defined differently by {one.place(pointer)} ({_shown(mine)}) and by "
        f"{other.place(other.pointer + step)} ({_shown(theirs)}), at {pointer}; nothing was written.",
        "Vendor the newest copies of both together, or correct the wrong one.",
    )


def _differences(
    one: JsonValue, other: JsonValue, pointer: str
) -> Iterator[tuple[str, JsonValue, JsonValue]]:
    """Yield the places where two values differ, with both values."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            inner = f"{pointer}/{escaped(key)}"
            yield from _differences(one.get(key), other.get(key), inner)
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, pair in enumerate(zip(as_list(one), as_list(other), strict=True)):
            yield from _differences(*pair, f"{pointer}/{index}")
    elif canonical(one) != canonical(other):
        yield pointer, one, other


def _shown(value: JsonValue) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_VALUE else f"{text[:_SHOWN_VALUE]}…"
