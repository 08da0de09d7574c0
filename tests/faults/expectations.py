"""What the user must see in a situation, and whether that is what was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

Range = tuple[float, float]
"""The least and the most, in seconds."""


@dataclass(frozen=True)
class Outcome:
    """What must come of a situation.

    Attributes:
        kind: The class of the value that comes back, or of the exception that is raised.
        having: The attributes that it has, by name.
        says: Words that the exception's text has.
        equals: What the value is equal to, where it is no object with attributes.
        requests: How many requests arrive at the server.
        all_arrive: Whether no fewer do: on a busy machine the time of one may be over before the server
            has read it.
        paths: The raw paths of these requests; any if None.
        pauses: The pauses between attempts; any if None.
    """

    kind: type
    having: Mapping[str, object] = field(default_factory=dict[str, object])
    says: tuple[str, ...] = ()
    equals: object = None
    requests: int = 1
    all_arrive: bool = True
    paths: tuple[str, ...] | None = None
    pauses: tuple[Range, ...] | None = None

    def describe(self) -> str:
        """Return what the user sees, in one line of Markdown."""
        attributes = [f"`{name}` {_shown(value)}" for name, value in self.having.items()]
        if self.equals is not None:
            attributes.append(_shown(self.equals))
        attributes += [f"“{word}”" for word in self.says]
        if self.paths is not None and self.requests == 1:
            attributes.append(f"of `{self.paths[0]:.60}`")
        if self.requests != 1:
            attributes.append(f"{self.requests} requests" if self.requests else "nothing is sent")
        return f"`{self.kind.__name__}`" + (": " if attributes else "") + ", ".join(attributes)

    def problems(self, seen: Seen) -> list[str]:
        """Return what is not as it must be, in words; nothing if all is well."""
        result = seen.result
        if not isinstance(result, self.kind):
            return [f"{result!r} is no {self.kind.__name__}"]
        problems = [
            f".{name} is {getattr(result, name, None)!r:.200}, not {value!r:.200}"
            for name, value in self.having.items()
            if not _same(getattr(result, name, None), value)
        ]
        problems += [
            f"{word!r} is not in {str(result)!r}" for word in self.says if word not in str(result)
        ]
        if self.equals is not None and result != self.equals:
            problems.append(f"is {result!r:.200}, not {self.equals!r:.200}")
        return problems + self._traffic_problems(seen)

    def _traffic_problems(self, seen: Seen) -> list[str]:
        problems: list[str] = []
        came = len(seen.paths)
        if came > self.requests or (self.all_arrive and came < self.requests):
            problems.append(f"{came} requests arrived, not {self.requests}")
        if self.paths is not None and tuple(seen.paths) != self.paths:
            problems.append(f"the paths are {seen.paths}, not {self.paths}")
        if self.pauses is not None and not _within(seen.pauses, self.pauses):
            problems.append(f"the pauses are {seen.pauses}, not {self.pauses}")
        return problems


@dataclass(frozen=True)
class Seen:
    """What came of a situation: a value or an exception, the requests' paths, and the pauses."""

    result: object
    paths: Sequence[str]
    pauses: Sequence[float]


def _within(pauses: Sequence[float], expected: Sequence[Range]) -> bool:
    return len(pauses) == len(expected) and all(
        least <= pause <= most for pause, (least, most) in zip(pauses, expected, strict=True)
    )


def _same(found: object, expected: object) -> bool:
    of_one_type = type(found) is type(expected)
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        # Of a mapping, such as headers, the named items count.
        items = cast("Mapping[object, object]", found)
        return all(items.get(k) == v for k, v in cast("Mapping[object, object]", expected).items())
    return of_one_type and found == expected


def _shown(value: object) -> str:
    text = ascii(value)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:40]}…`"
