"""Every way to change one thing in a spec, and a sample of them from a fixed seed."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from operation_mutations import operation_changes
from schema_mutations import schema_changes
from spec_places import Spec

Edit = Callable[[Spec], None]


@dataclass(frozen=True)
class Mutant:
    """A spec with one thing changed.

    Attributes:
        category: The sort of change, such as `field added`.
        part: The changed part: a request, a response or the document.
        name: A readable name of the change.
        is_prose: Whether it changes only text for people.
        spec: The changed spec.
    """

    category: str
    part: str
    name: str
    is_prose: bool
    spec: Spec


def mutants(spec: Spec, *, seed: int, each: int) -> Iterator[Mutant]:
    """Yield mutants: of each category and part as many as requested, or all if there are fewer."""
    groups: dict[tuple[str, str], list[tuple[str, bool, Edit]]] = {}
    for category, place, is_prose, edit in (*schema_changes(spec), *operation_changes(spec)):
        groups.setdefault((category, place.part), []).append((str(place), is_prose, edit))
    chooser = random.Random(seed)  # noqa: S311 - to choose tests by
    for (category, part), edits in groups.items():
        for name, is_prose, edit in chooser.sample(edits, min(each, len(edits))):
            changed = copy.deepcopy(spec)
            edit(changed)
            if json.dumps(changed, sort_keys=True) != json.dumps(spec, sort_keys=True):
                yield Mutant(category, part, f"{category}: {name}", is_prose, changed)
