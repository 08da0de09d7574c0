"""The differences between two versions of an operation."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace

from _spec_document import METHODS, Operation, escaped
from _spec_forms import is_prose, structure
from _yaml_text import JsonObject, JsonValue, as_list, as_object, canonical

from .differences import Difference, Kind, Part, Place
from .nodes import Node, component, moved
from .schemas import Scene, compare_schemas, key_difference

_PLACEHOLDER = re.compile(r"\{([^}]*)\}")
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_COMPARED_HERE = {
    "operationId", "tags", "parameters", "requestBody", "responses", "security", "servers"
}  # fmt: skip


@dataclass(frozen=True)
class _Exchange:
    """An operation before and after."""

    before: Operation
    after: Operation

    @property
    def place(self) -> Place:
        return Place(self.before.title, self.before.operation_id)

    @property
    def nodes(self) -> tuple[Node, Node]:
        return _node(self.before), _node(self.after)

    def inherited(self, key: str) -> tuple[Node, Node]:
        return _inherited(self.before, key), _inherited(self.after, key)


def compare_operations(before: Operation, after: Operation) -> Iterator[Difference]:
    """Yield every difference between two operations, and between the targets of their references."""
    exchange = _Exchange(before, after)
    yield from _address(exchange)
    yield from _names(exchange)
    yield from _parameters(exchange)
    yield from _body(exchange)
    yield from _responses(exchange)
    yield from _servers(exchange)
    yield from _security(exchange)
    one, other = exchange.nodes
    yield from _other_keys(one, other, exchange.place, _COMPARED_HERE)
    left_out = {"parameters", "servers", *METHODS}
    yield from _other_keys(_item(before), _item(after), exchange.place, left_out)


def _other_keys(
    before: Node, after: Node, place: Place, left_out: Collection[str]
) -> Iterator[Difference]:
    """Compare two mappings apart from some keys."""
    for key in sorted((before.fields.keys() | after.fields.keys()) - {*left_out}):
        kind = Kind.NOTE_CHANGED if key == "deprecated" else Kind.KEYWORD_CHANGED
        yield from key_difference(before, after, key, place, kind)


def operation_pointer(operation: Operation) -> str:
    """Return the pointer of an operation in its document."""
    return f"#/paths/{escaped(operation.path)}/{operation.method}"


def _item(operation: Operation) -> Node:
    pointer = f"#/paths/{escaped(operation.path)}"
    return Node(operation.document, pointer, operation.path_fields)


def _node(operation: Operation) -> Node:
    return Node(operation.document, operation_pointer(operation), operation.definition)


def _address(exchange: _Exchange) -> Iterator[Difference]:
    before, after = exchange.before, exchange.after
    pointers = _item(before).pointer, _item(after).pointer
    place = replace(exchange.place, part=Part.REQUEST)
    if before.wire != after.wire:
        yield Difference(Kind.PATH_CHANGED, "path", place, *pointers, before.path, after.path)
    else:
        yield from _renamed_path_parameters(exchange, place)
    if before.method != after.method:
        pointers = operation_pointer(before), operation_pointer(after)
        yield Difference(
            Kind.METHOD_CHANGED, "method", place, *pointers, before.method, after.method
        )


def _renamed_path_parameters(exchange: _Exchange, place: Place) -> Iterator[Difference]:
    before, after = exchange.before, exchange.after
    names = (_PLACEHOLDER.findall(operation.path) for operation in (before, after))
    for position, (old, new) in enumerate(zip(*names, strict=True)):
        if old != new:
            key = ("path", str(position))
            defined = [_parameters_of(operation).get(key) for operation in (before, after)]
            yield Difference(
                Kind.PATH_PARAMETER_RENAMED, old, place,
                _item(before).pointer, _item(after).pointer, old, new,
                also=tuple(f"{node.pointer}/name" for node in defined if node is not None),
            )  # fmt: skip


def _names(exchange: _Exchange) -> Iterator[Difference]:
    one, other = exchange.nodes
    yield from key_difference(one, other, "operationId", exchange.place, Kind.OPERATION_ID_CHANGED)
    old, new = as_list(one.fields.get("tags")), as_list(other.fields.get("tags"))
    kind = Kind.FIRST_TAG_CHANGED if old[:1] != new[:1] else Kind.NOTE_CHANGED
    yield from key_difference(one, other, "tags", exchange.place, kind)


def _parameters(exchange: _Exchange) -> Iterator[Difference]:
    old, new = _parameters_of(exchange.before), _parameters_of(exchange.after)
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        location, name = key[0], str((one or new[key]).fields.get("name"))
        place = replace(exchange.place, part=Part.REQUEST, carrier=f"{location} {name}")
        if one is None:
            yield moved(Kind.PARAMETER_ADDED, name, place, None, new[key])
        elif other is None:
            yield moved(Kind.PARAMETER_REMOVED, name, place, one, None)
        else:
            yield from _compare_parameters(one, other, place)


def _parameters_of(operation: Operation) -> dict[tuple[str, str], Node]:
    """Return the parameters by location and name; those in the path by their position."""
    shared, own = _item(operation).child("parameters"), _node(operation).child("parameters")
    positions = {name: str(n) for n, name in enumerate(_PLACEHOLDER.findall(operation.path))}
    found: dict[tuple[str, str], Node] = {}
    for node in (*shared.children(), *own.children()):
        parameter = node.target()
        location, name = (str(parameter.fields.get(key)) for key in ("in", "name"))
        if location == "path":
            name = positions.get(name, name)
        found[location, name] = parameter
    return found


def _compare_parameters(before: Node, after: Node, place: Place) -> Iterator[Difference]:
    location = str(before.fields.get("in"))
    style = _STYLES.get(location, "form")
    absent: dict[str, JsonValue] = {
        "required": False, "style": style, "deprecated": False, "allowReserved": False,
        "allowEmptyValue": False,
    }  # fmt: skip
    for key in sorted(before.fields.keys() | after.fields.keys()):
        old, new = (node.fields.get(key, absent.get(key)) for node in (before, after))
        if key == "explode":
            styles = (node.fields.get("style", style) for node in (before, after))
            defaults = [chosen == "form" for chosen in styles]
            old, new = before.fields.get(key, defaults[0]), after.fields.get(key, defaults[1])
        is_same = key not in ("schema", "content") and canonical(old) == canonical(new)
        if key == "name" or is_same:
            continue
        if key == "required":
            yield from _requiredness(before, after, key, place)
        elif key == "schema":
            yield from compare_schemas(before.child(key), after.child(key), Scene(place))
        elif key == "content":
            yield from _content(before.child(key), after.child(key), place)
        else:
            kind = Kind.NOTE_CHANGED if key == "deprecated" else Kind.KEYWORD_CHANGED
            yield from key_difference(before, after, key, place, kind)


def _requiredness(before: Node, after: Node, key: str, place: Place) -> Iterator[Difference]:
    old, new = (node.fields.get(key) is True for node in (before, after))
    if old != new:
        words = {True: "required", False: "optional"}
        yield Difference(
            Kind.REQUIREDNESS_CHANGED, place.carrier, place,
            before.at(key), after.at(key), words[old], words[new], is_required=new,
        )  # fmt: skip


def _body(exchange: _Exchange) -> Iterator[Difference]:
    place = replace(exchange.place, part=Part.REQUEST, carrier="body")
    one, other = (node.child("requestBody").target() for node in exchange.nodes)
    if one.value is None and other.value is None:
        return
    if one.value is None:
        yield moved(Kind.BODY_ADDED, "body", place, None, other)
    elif other.value is None:
        yield moved(Kind.BODY_REMOVED, "body", place, one, None)
    else:
        yield from _requiredness(one, other, "required", place)
        yield from _content(one.child("content"), other.child("content"), place)
        yield from _other_keys(one, other, place, {"required", "content"})


def _content(before: Node, after: Node, place: Place) -> Iterator[Difference]:
    """Compare bodies by media type."""

    def compare(one: Node, other: Node, inner: Place) -> Iterator[Difference]:
        for key in sorted(one.fields.keys() | other.fields.keys()):
            if key == "schema" and key in one.fields and key in other.fields:
                yield from compare_schemas(one.child(key), other.child(key), Scene(inner))
            else:
                yield from key_difference(one, other, key, inner)

    def placed(name: str) -> Place:
        return replace(place, carrier=f"{place.carrier} {name}")

    yield from _by_name(
        before, after, (Kind.MEDIA_TYPE_ADDED, Kind.MEDIA_TYPE_REMOVED), placed, compare
    )


def _by_name(
    before: Node,
    after: Node,
    kinds: tuple[Kind, Kind],
    placed: Callable[[str], Place],
    compare: Callable[[Node, Node, Place], Iterator[Difference]],
) -> Iterator[Difference]:
    """Compare two mappings by name: the new, the removed and the common entries."""
    added, removed = kinds
    for name in sorted(before.fields.keys() | after.fields.keys()):
        one, other = before.child(name), after.child(name)
        if name not in before.fields:
            yield moved(added, name, placed(name), None, other)
        elif name not in after.fields:
            yield moved(removed, name, placed(name), one, None)
        else:
            yield from compare(one, other, placed(name))


def _responses(exchange: _Exchange) -> Iterator[Difference]:
    one, other = (node.child("responses") for node in exchange.nodes)

    def placed(status: str) -> Place:
        return replace(exchange.place, part=Part.RESPONSE, carrier=status, status=status)

    extensions = {key for key in one.fields.keys() | other.fields.keys() if is_prose(key)}
    for key in sorted(extensions):
        yield from key_difference(one, other, key, exchange.place)
    one, other = (
        replace(node, value={k: v for k, v in node.fields.items() if k not in extensions})
        for node in (one, other)
    )
    yield from _by_name(
        one, other, (Kind.RESPONSE_ADDED, Kind.RESPONSE_REMOVED), placed, _compare_responses
    )


def _compare_responses(before: Node, after: Node, place: Place) -> Iterator[Difference]:
    one, other = before.target(), after.target()
    yield from _content(one.child("content"), other.child("content"), place)
    yield from _by_name(
        one.child("headers"),
        other.child("headers"),
        (Kind.HEADER_ADDED, Kind.HEADER_REMOVED),
        lambda name: replace(place, carrier=f"{place.carrier} header {name}"),
        lambda old, new, inner: _compare_parameters(old.target(), new.target(), inner),
    )
    yield from _other_keys(one, other, place, {"content", "headers"})


def _servers(exchange: _Exchange) -> Iterator[Difference]:
    one, other = exchange.inherited("servers")
    if canonical(one.value) != canonical(other.value):
        promises = {canonical(structure(node.value, "3.1")) for node in (one, other)}
        kind = Kind.PROSE if len(promises) == 1 else Kind.SERVERS_CHANGED
        place = replace(exchange.place, part=Part.REQUEST, carrier="server")
        yield moved(kind, "servers", place, one, other)


def _inherited(operation: Operation, key: str) -> Node:
    """Return a field of an operation, else of its path, else of its document."""
    for node in (_node(operation), _item(operation)):
        if key in node.fields:
            return node.child(key)
    return Node(operation.document, f"#/{key}", operation.document.header.get(key))


def _security(exchange: _Exchange) -> Iterator[Difference]:
    place = replace(exchange.place, part=Part.REQUEST, carrier="security")
    one, other = exchange.inherited("security")
    old, new = (sorted(canonical(item) for item in _alternatives(node)) for node in (one, other))
    if old == new:
        names = sorted({name for item in _alternatives(one) for name in item})
        for name in names:
            scheme, counterpart = (_scheme(node, name) for node in (one, other))
            for key in sorted(scheme.fields.keys() | counterpart.fields.keys()):
                kind = Kind.NOTE_CHANGED if key == "bearerFormat" else Kind.SECURITY_CHANGED
                yield from key_difference(scheme, counterpart, key, place, kind)
    elif _requirements(one) != _requirements(other):
        yield moved(Kind.SECURITY_CHANGED, "security", place, one, other)


def _alternatives(node: Node) -> list[JsonObject]:
    """Return the requirements, of which a request must meet one; an empty one needs no key."""
    return [as_object(item) for item in as_list(node.value)] or [{}]


def _scheme(node: Node, name: str) -> Node:
    return component(node.document, f"#/components/securitySchemes/{escaped(name)}")


def _requirements(node: Node) -> list[str]:
    """Return the alternatives with each name replaced by its scheme."""
    requirements: list[str] = []
    for alternative in _alternatives(node):
        schemes = [
            canonical([_without_note(_scheme(node, name)), scopes])
            for name, scopes in alternative.items()
        ]
        requirements.append("\n".join(sorted(schemes)))
    return sorted(requirements)


def _without_note(scheme: Node) -> JsonValue:
    kept = {key: value for key, value in scheme.fields.items() if key != "bearerFormat"}
    return structure(kept, "3.1")
