"""The differences between two schemas, with references followed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from _spec_forms import is_name, is_prose
from _yaml_text import JsonValue, as_list, as_object, canonical

from .differences import Difference, Kind, Part, Place
from .nodes import Node, moved

_ENUMS = ("enum", "x-extensible-enum")
_COMBINERS = ("allOf", "anyOf", "oneOf")
_FALSE_IF_ABSENT = frozenset(
    {"readOnly", "writeOnly", "uniqueItems", "deprecated", "exclusiveMinimum", "exclusiveMaximum"}
)
_CLASS_MAKING = frozenset({"enum", "allOf", "anyOf", "oneOf"})


@dataclass(frozen=True)
class Scene:
    """The state of a comparison.

    Attributes:
        place: The place in the terms of the API.
        visited: The pairs of components that were already compared, and are not reported twice.
    """

    place: Place
    visited: set[tuple[str, str, Part]] = field(default_factory=set[tuple[str, str, Part]])

    def inside(self, *fields: str) -> "Scene":
        """Return the scene of a field below this one."""
        return replace(self, place=self.place.inside(*fields))


_Compare = Callable[[Node, Node, str, Scene], Iterator[Difference]]


def key_difference(
    before: Node, after: Node, key: str, place: Place, kind: Kind = Kind.KEYWORD_CHANGED
) -> Iterator[Difference]:
    """Yield the difference between the values that two mappings have under a key, if any."""
    one, other = before.child(key), after.child(key)
    if canonical(one.inlined()) != canonical(other.inlined()):
        yield Difference(
            Kind.PROSE if is_prose(key) else kind,
            key,
            place,
            before.at(key),
            after.at(key),
            one.value,
            other.value,
        )


def compare_schemas(before: Node, after: Node, scene: Scene) -> Iterator[Difference]:
    """Yield every difference between two schemas, prose included."""
    one, other = before.target(), after.target()
    yield from _names(before, after, scene.place)
    yield from _types((before, one), (after, other), scene.place)
    if before.reference and after.reference:
        for key in sorted((before.fields.keys() | after.fields.keys()) - {"$ref", "nullable"}):
            compare: _Compare = _title if key == "title" else _any_keyword
            yield from compare(before, after, key, scene)
        pair = (before.reference, after.reference, scene.place.part)
        if pair in scene.visited:
            return
        scene.visited.add(pair)
    if not isinstance(one.value, dict) or not isinstance(other.value, dict):
        if canonical(one.value) != canonical(other.value):
            yield moved(Kind.KEYWORD_CHANGED, "schema", scene.place, one, other)
        return
    for key in sorted((one.fields.keys() | other.fields.keys()) - {"type", "nullable", "$ref"}):
        compare = _KEYWORDS.get(key, _any_keyword)
        yield from compare(one, other, key, scene)


def makes_class(schema: Node) -> bool:
    """Return whether the generator makes a class of a schema."""
    target = schema.target()
    return "object" in _type_names(target) or not _CLASS_MAKING.isdisjoint(target.fields)


def _names(before: Node, after: Node, place: Place) -> Iterator[Difference]:
    """Compare the names of generated classes, which come from components or titles."""
    old, new = before.reference, after.reference
    if old == new or not (makes_class(before) or makes_class(after)):
        return
    pointers = old or before.pointer, new or after.pointer
    names = _last_step(old), _last_step(new)
    yield Difference(Kind.SCHEMA_RENAMED, "$ref", place, *pointers, *names)


def _last_step(reference: str | None) -> str | None:
    return None if reference is None else reference.rpartition("/")[2]


def _title(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    """Compare titles, after which the generator names classes."""
    is_name = makes_class(before) and makes_class(after)
    old, new = (_class_name(node) for node in (before, after))
    for difference in key_difference(before, after, key, scene.place):
        yield (
            replace(difference, kind=Kind.SCHEMA_RENAMED) if is_name and old != new else difference
        )


def _class_name(schema: Node) -> JsonValue:
    title = schema.fields.get("title")
    return title if isinstance(title, str) and is_name(title) else _last_step(schema.pointer)


def _types(
    before: tuple[Node, Node], after: tuple[Node, Node], place: Place
) -> Iterator[Difference]:
    """Compare the types of schemas with their targets, since a reference may be nullable."""
    old, new = _type_names(*before), _type_names(*after)
    if old != new:
        key = "nullable" if old - {"null"} == new - {"null"} else "type"
        old_holder, new_holder = (
            next((node for node in pair if key in node.fields), pair[1]) for pair in (before, after)
        )
        pointers = old_holder.at(key), new_holder.at(key)
        was, is_now = (" or ".join(sorted(names)) or None for names in (old, new))
        yield Difference(Kind.KEYWORD_CHANGED, key, place, *pointers, was, is_now)


def _type_names(*nodes: Node) -> set[str]:
    stated = nodes[-1].fields.get("type")
    names = {str(name) for name in (stated if isinstance(stated, list) else [stated]) if name}
    is_nullable = any(node.fields.get("nullable") is True for node in nodes)
    return names | ({"null"} if is_nullable else set())


def _any_keyword(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    values = {canonical(node.fields.get(key)) for node in (before, after)}
    if key not in _FALSE_IF_ABSENT or values != {"false", "null"}:
        kind = Kind.NOTE_CHANGED if key == "deprecated" else Kind.KEYWORD_CHANGED
        yield from key_difference(before, after, key, scene.place, kind)


def _properties(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    old, new = before.child(key), after.child(key)
    for name in sorted(old.fields.keys() | new.fields.keys()):
        one, other = old.child(name), new.child(name)
        inner = scene.inside(name)
        if name not in old.fields:
            is_required = name in as_list(after.fields.get("required"))
            added = moved(Kind.FIELD_ADDED, name, inner.place, None, other)
            yield replace(added, is_required=is_required, also=(f"{after.pointer}/required",))
        elif name not in new.fields:
            removed = moved(Kind.FIELD_REMOVED, name, inner.place, one, None)
            yield replace(removed, also=(f"{before.pointer}/required",))
        else:
            yield from compare_schemas(one, other, inner)


def _required(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    old, new = ({str(n) for n in as_list(node.fields.get(key))} for node in (before, after))
    properties = [as_object(node.fields.get("properties")).keys() for node in (before, after)]
    for name in sorted(old ^ new):
        if (name in properties[0]) != (name in properties[1]):
            continue  # reported as a field that is new or gone
        was, is_now = ("required" if name in names else "optional" for names in (old, new))
        yield Difference(
            Kind.REQUIREDNESS_CHANGED, name, scene.inside(name).place,
            before.at(key), after.at(key), was, is_now, is_required=name in new,
        )  # fmt: skip


def _enum(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    old, new = before.child(key), after.child(key)
    if not isinstance(old.value, list) or not isinstance(new.value, list):
        yield from key_difference(before, after, key, scene.place)
        return
    before_values = {canonical(value): value for value in old.value}
    after_values = {canonical(value): value for value in new.value}
    for text in sorted(before_values.keys() ^ after_values.keys()):
        kind = Kind.VALUE_ADDED if text in after_values else Kind.VALUE_REMOVED
        values = before_values.get(text), after_values.get(text)
        yield Difference(kind, key, scene.place, old.pointer, new.pointer, *values)


def _items(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    if key in before.fields and key in after.fields:
        yield from compare_schemas(before.child(key), after.child(key), scene.inside("[]"))
    else:
        yield from key_difference(before, after, key, scene.place)


def _additional(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    old, new = before.child(key), after.child(key)
    if old.fields and new.fields:
        yield from compare_schemas(old, new, scene.inside("{}"))
    elif {canonical(old.value), canonical(new.value)} - {"null", "true", "{}"}:
        yield from key_difference(before, after, key, scene.place)


def _combined(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    old, new = list(before.child(key).children()), list(after.child(key).children())
    if len(old) != len(new):
        yield from key_difference(before, after, key, scene.place)
    elif sorted(canonical(node.value) for node in old) != sorted(canonical(n.value) for n in new):
        for index, (one, other) in enumerate(zip(old, new, strict=True)):
            yield from compare_schemas(one, other, scene.inside(f"{key} {index + 1}"))
    else:
        # The same members in any order; their targets may still differ.
        by_text = {canonical(node.value): node for node in new}
        for one in old:
            yield from compare_schemas(one, by_text[canonical(one.value)], scene.inside(key))


def _maps(before: Node, after: Node, key: str, scene: Scene) -> Iterator[Difference]:
    old, new = before.child(key), after.child(key)
    if old.fields.keys() != new.fields.keys():
        yield from key_difference(before, after, key, scene.place)
        return
    for name in sorted(old.fields):
        yield from compare_schemas(old.child(name), new.child(name), scene.inside(name))


_KEYWORDS: dict[str, _Compare] = {
    "title": _title,
    "properties": _properties,
    "required": _required,
    "items": _items,
    "additionalProperties": _additional,
    "patternProperties": _maps,
    **dict.fromkeys(_ENUMS, _enum),
    **dict.fromkeys(_COMBINERS, _combined),
}
