"""Changes as they are reported: one for each thing that moved, wherever it is used."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from _yaml_text import JsonValue, canonical

from .differences import Difference, Kind, Place
from .policy import Judgement, judge, worst


@dataclass(frozen=True)
class Change:
    """A change, judged.

    Attributes:
        kind: What sort of difference it is.
        subject: What differs.
        pointer: Where it stands: in the vendored spec, or in the other one if it is new.
        before_pointer: Where it stands in the vendored spec; None if it is new.
        after_pointer: Where it stands in the other spec; None if it is gone.
        before: What the vendored spec says.
        after: What the other spec says.
        places: Every place of the API where it shows.
        judgement: The worst verdict of those places, with its rule.
    """

    kind: Kind
    subject: str
    pointer: str
    before_pointer: str | None
    after_pointer: str | None
    before: JsonValue
    after: JsonValue
    places: tuple[Place, ...]
    judgement: Judgement


def changes_of(
    differences: Iterable[Difference], judging: Callable[[Difference], Judgement] = judge
) -> list[Change]:
    """Judge differences, and report once what many operations share; worst first."""
    groups: dict[str, list[Difference]] = {}
    for difference in differences:
        groups.setdefault(_identity(difference), []).append(difference)
    changes = [_change(group, judging) for group in groups.values()]
    return sorted(changes, key=lambda change: (-change.judgement.verdict, change.pointer))


def _identity(difference: Difference) -> str:
    return canonical(
        [
            difference.kind,
            difference.subject,
            difference.before_pointer,
            difference.after_pointer,
            difference.before,
            difference.after,
        ]
    )


def _change(group: list[Difference], judging: Callable[[Difference], Judgement]) -> Change:
    first = group[0]
    return Change(
        first.kind,
        first.subject,
        first.pointer,
        first.before_pointer,
        first.after_pointer,
        first.before,
        first.after,
        tuple(dict.fromkeys(difference.place for difference in group)),
        worst(judging(difference) for difference in group),
    )
