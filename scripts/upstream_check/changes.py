"""Changes for the report: one for each thing that changed, in all places that use it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from _yaml_text import canonical

from .differences import Difference, Place
from .ours import Impact, impact_of
from .policy import Judgement, judge, worst


@dataclass(frozen=True)
class Change:
    """A change, judged.

    Attributes:
        difference: The difference, at the first of its places.
        places: Every place of the API that it affects.
        judgement: The worst verdict of those places, with its rule.
    """

    difference: Difference
    places: tuple[Place, ...]
    judgement: Judgement

    @property
    def pointer(self) -> str:
        """Its place: in the vendored spec, or in the other one if it is new."""
        return self.difference.pointer

    @property
    def impact(self) -> Impact:
        """The parts of this project that depend on it."""
        return impact_of(self.difference.kind, self.places)


def changes_of(
    differences: Iterable[Difference], judging: Callable[[Difference], Judgement] = judge
) -> list[Change]:
    """Judge differences, worst first; report one that many operations share once."""
    groups: dict[str, list[Difference]] = {}
    for difference in differences:
        pointers = difference.before_pointer, difference.after_pointer
        values = difference.before, difference.after
        identity = canonical([difference.kind, difference.subject, *pointers, *values])
        groups.setdefault(identity, []).append(difference)
    changes = [
        Change(
            group[0],
            tuple(dict.fromkeys(one.place for one in group)),
            worst(judging(one) for one in group),
        )
        for group in groups.values()
    ]
    return sorted(changes, key=lambda change: (-change.judgement.verdict, change.pointer))
