"""Values of a spec with their pointers and the targets of their references."""

from collections.abc import Iterator
from dataclasses import dataclass

from _spec_document import SpecDocument, escaped
from _yaml_text import JsonObject, JsonValue, as_list, as_object

from .differences import Difference, Kind, Place


@dataclass(frozen=True)
class Node:
    """A value at a place of a document; None if there is no value."""

    document: SpecDocument
    pointer: str
    value: JsonValue

    @property
    def fields(self) -> JsonObject:
        """The value if it is a mapping, else an empty one."""
        return as_object(self.value)

    @property
    def reference(self) -> str | None:
        """The target of the value, if it is a reference."""
        reference = self.fields.get("$ref")
        return reference if isinstance(reference, str) else None

    def child(self, key: str) -> "Node":
        """Return the value under a key of this mapping."""
        return Node(self.document, f"{self.pointer}/{escaped(key)}", self.fields.get(key))

    def at(self, key: str) -> str:
        """Return the pointer of a key, or of the mapping if it lacks the key."""
        return self.child(key).pointer if key in self.fields else self.pointer

    def children(self) -> Iterator["Node"]:
        """Yield the items of this list."""
        for index, item in enumerate(as_list(self.value)):
            yield Node(self.document, f"{self.pointer}/{index}", item)

    def target(self) -> "Node":
        """Return the value with references followed."""
        node, seen = self, set[str]()
        while (reference := node.reference) is not None and reference not in seen:
            seen.add(reference)
            node = component(self.document, reference)
        return node

    def inlined(self, followed: set[str] | None = None) -> JsonValue:
        """Return the value with each reference replaced by its target.

        A component is inserted once; further references become its name. So the result stays
        small. `followed` holds the references followed already.
        """
        followed = set[str]() if followed is None else followed
        reference = self.reference
        if reference is not None and reference not in followed:
            followed.add(reference)
            return component(self.document, reference).inlined(followed)
        if reference is None and isinstance(self.value, dict):
            return {key: self.child(key).inlined(followed) for key in sorted(self.value)}
        if isinstance(self.value, list):
            return [item.inlined(followed) for item in self.children()]
        return self.value


def component(document: SpecDocument, reference: str) -> Node:
    """Return the target of a reference."""
    return Node(document, reference, document.resolve(reference))


def moved(
    kind: Kind, subject: str, place: Place, before: Node | None, after: Node | None
) -> Difference:
    """Return the difference between two values, either of which may be missing."""
    is_required = after is not None and after.fields.get("required") is True
    return Difference(
        kind,
        subject,
        place,
        before.pointer if before else None,
        after.pointer if after else None,
        before.value if before else None,
        after.value if after else None,
        is_required=is_required,
    )
