"""Every difference between two OpenAPI documents."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from operator import attrgetter

from _spec_document import ComponentKey, Operation, OperationKey, SpecDocument, escaped
from _spec_forms import is_prose, normalised
from _yaml_text import JsonObject, JsonValue, as_object, canonical

from .differences import Difference, Kind, Part, Place
from .nodes import Node, moved
from .operations import compare_operations, operation_pointer

_COMPARED_WITH_OPERATIONS = {"servers", "security", "info", "openapi"}


class ComparedDocument:
    """A normalised document, with values that several comparisons share."""

    def __init__(self, document: SpecDocument) -> None:
        version = document.header.get("openapi")

        def form(value: JsonValue) -> JsonObject:
            return as_object(normalised(value, version))

        self.document = replace(
            document,
            header=form(document.header),
            components={
                key: normalised(value, version) for key, value in document.components.items()
            },
            paths={path: form(item) for path, item in document.paths.items()},
        )
        self._fingerprints: dict[OperationKey, str] = {}

    @cached_property
    def operations(self) -> dict[OperationKey, Operation]:
        """Its operations by path and method."""
        return {operation.key: operation for operation in self.document.operations()}

    @cached_property
    def reached(self) -> set[ComponentKey]:
        """The components that its operations or its header need."""
        return self.document.reached()

    def fingerprint(self, operation: Operation) -> str:
        """Return text that is equal for operations that are equal once references are followed."""
        if operation.key not in self._fingerprints:
            values = {pointer: node.value for pointer, node in _parts(operation).items()}
            self._fingerprints[operation.key] = canonical(values)
        return self._fingerprints[operation.key]


def compare_documents(
    before: ComparedDocument, after: ComparedDocument, *, is_whole: bool
) -> Iterator[Difference]:
    """Yield every difference between two documents.

    Args:
        before: The vendored spec.
        after: The document that is compared with it.
        is_whole: Whether `after` describes the whole API; else only the operations that it has are
            compared, since a reference page has one.
    """
    pairs = _pairs(before, after)
    for old, new in pairs:
        yield from _compare_pair(before, after, old, new)
    paired_old = {old.key for old, _ in pairs}
    paired_new = {new.key for _, new in pairs}
    for operation in after.operations.values():
        if operation.key not in paired_new:
            yield _whole(Kind.OPERATION_ADDED, operation)
    for operation in before.operations.values():
        if is_whole and operation.key not in paired_old:
            yield _whole(Kind.OPERATION_REMOVED, operation)
    yield from _compare_headers(before, after, is_whole=is_whole)
    yield from _unreached(before, after, is_whole=is_whole)


def _pairs(before: ComparedDocument, after: ComparedDocument) -> list[tuple[Operation, Operation]]:
    """Match operations by path and method, else by id, else by their form on the wire."""
    old, new = dict(before.operations), dict(after.operations)
    found = [(old.pop(key), new.pop(key)) for key in list(old) if key in new]
    for trait in (attrgetter("operation_id"), attrgetter("wire", "method")):
        for one in list(old.values()):
            alike = (candidate for candidate in new.values() if trait(candidate) == trait(one))
            other = next(alike, None)
            if other is not None:
                found.append((old.pop(one.key), new.pop(other.key)))
    return found


def _compare_pair(
    before: ComparedDocument, after: ComparedDocument, old: Operation, new: Operation
) -> Iterator[Difference]:
    if old.key == new.key and before.fingerprint(old) == after.fingerprint(new):
        return
    found = list(compare_operations(old, new))
    yield from found
    if not found:
        # Not equal, and no known difference: report that it is spelled differently.
        place = Place(old.title, old.operation_id)
        parts = _parts(old), _parts(new)
        for pointer in sorted(parts[0].keys() | parts[1].keys()):
            one, other = (
                part.get(pointer, Node(operation.document, pointer, None))
                for part, operation in zip(parts, (old, new), strict=True)
            )
            yield from raw_differences(one, other, place, Kind.REWRITTEN)


def _parts(operation: Operation) -> dict[str, Node]:
    """Return all parts of the text of an operation, by their pointers."""
    document, path = operation.document, f"#/paths/{escaped(operation.path)}"
    nodes = [
        Node(document, path, operation.path_fields),
        Node(document, operation_pointer(operation), operation.definition),
        *(_header_node(document, key) for key in ("servers", "security")),
        *(
            Node(document, f"#/components/{section}/{escaped(name)}", definition)
            for (section, name), definition in operation.components().items()
        ),
    ]
    return {node.pointer: node for node in nodes}


def raw_differences(before: Node, after: Node, place: Place, kind: Kind) -> Iterator[Difference]:
    """Yield the differences between two values as written; references are not followed."""
    if canonical(before.value) == canonical(after.value):
        return
    if isinstance(before.value, dict) and isinstance(after.value, dict):
        for key in sorted(before.fields.keys() | after.fields.keys()):
            yield from raw_differences(before.child(key), after.child(key), place, kind)
        return
    one, other = (node if node.value is not None else None for node in (before, after))
    yield moved(kind, before.pointer.rpartition("/")[2], place, one, other)


def _whole(kind: Kind, operation: Operation) -> Difference:
    place = Place(operation.title, operation.operation_id)
    node = Node(operation.document, operation_pointer(operation), operation.title)
    is_added = kind is Kind.OPERATION_ADDED
    pair = (None, node) if is_added else (node, None)
    return moved(kind, operation.operation_id, place, *pair)


def _header_node(document: SpecDocument, key: str) -> Node:
    return Node(document, f"#/{escaped(key)}", document.header.get(key))


def _compare_headers(
    before: ComparedDocument, after: ComparedDocument, *, is_whole: bool
) -> Iterator[Difference]:
    """Compare fields of whole documents; operations report servers and security."""
    place = Place()
    old, new = before.document, after.document
    for key in sorted((old.header.keys() | new.header.keys()) - _COMPARED_WITH_OPERATIONS):
        one, other = _header_node(old, key), _header_node(new, key)
        if is_prose(key):
            yield from raw_differences(one, other, place, Kind.PROSE)
        elif is_whole or key in new.header:
            one, other = (
                Node(node.document, node.pointer, node.inlined()) for node in (one, other)
            )
            yield from raw_differences(one, other, place, Kind.KEYWORD_CHANGED)
    for key in ("openapi", "info"):
        one, other = _header_node(old, key), _header_node(new, key)
        for difference in raw_differences(one, other, place, Kind.PROSE):
            is_note = difference.subject in ("version", "openapi")
            yield replace(difference, kind=Kind.NOTE_CHANGED) if is_note else difference
    tags = [
        Node(document, "#/tags", {str(tag.get("name")): tag for tag in document.tags})
        for document in (old, new)
    ]
    for name in sorted(tags[0].fields.keys() | tags[1].fields.keys()):
        if is_whole or name in tags[1].fields:
            yield from raw_differences(tags[0].child(name), tags[1].child(name), place, Kind.PROSE)
    for key in ("servers", "security"):
        if not any(_falls_back(one, key) for one in (before, after)):
            one, other = _header_node(old, key), _header_node(new, key)
            yield from raw_differences(one, other, place, Kind.NOTE_CHANGED)


def _falls_back(one: ComparedDocument, key: str) -> bool:
    """Return whether an operation lacks a field, and so inherits it from the document."""
    return any(
        key not in operation.definition and key not in operation.path_fields
        for operation in one.operations.values()
    )


def _unreached(
    before: ComparedDocument, after: ComparedDocument, *, is_whole: bool
) -> Iterator[Difference]:
    """Yield the differences of components that no operation needs."""
    old, new = before.document.components, after.document.components
    for key in sorted(new.keys() | old.keys() if is_whole else new.keys()):
        in_old, in_new = key in old, key in new
        if key in before.reached or key in after.reached:
            continue
        if canonical(old.get(key)) != canonical(new.get(key)) or in_old != in_new:
            pointer = f"#/components/{key[0]}/{escaped(key[1])}"
            one = Node(before.document, pointer, old[key]) if in_old else None
            other = Node(after.document, pointer, new[key]) if in_new else None
            yield moved(Kind.UNREACHED, key[1], Place(part=Part.DOCUMENT), one, other)
