"""Changes as they are reported: one for each thing that moved, wherever it is used."""

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
        difference: What moved, at the first of its places.
        places: Every place of the API where it shows.
        judgement: The worst verdict of those places, with its rule.
    """

    difference: Difference
    places: tuple[Place, ...]
    judgement: Judgement

    @property
    def pointer(self) -> str:
        """Where it stands: in the vendored spec, or in the other one if it is new."""
        return self.difference.pointer

    @property
    def impact(self) -> Impact:
        """What of ours depends on it."""
        return impact_of(self.difference.kind, self.places)


def changes_of(
    differences: Iterable[Difference], judging: Callable[[Difference], Judgement] = judge
) -> list[Change]:
    """Judge differences, and report once what many operations share; worst first."""
    groups: dict[str, list[Difference]] = {}
    for difference in differences:
        groups.setdefault(_identity(difference), []).append(difference)
    changes = [_change(group, judging) for group in groups.values()]
    return sorted(changes, key=lambda change: (-change.judgement.verdict, change.pointer))


def _identity(one: Difference) -> str:
    pointers = one.before_pointer, one.after_pointer
    return canonical([one.kind, one.subject, *pointers, one.before, one.after])


def _change(group: list[Difference], judging: Callable[[Difference], Judgement]) -> Change:
    places = dict.fromkeys(difference.place for difference in group)
    return Change(group[0], tuple(places), worst(judging(difference) for difference in group))
