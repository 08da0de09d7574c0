"""The outcome that the user must see in a situation, compared with the outcome that was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

Range = tuple[float, float]
"""The least and the most, in seconds."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of a situation.

    Attributes:
        kind: The class of the returned value, or of the raised exception.
        having: The attributes of it to compare, by name.
        says: Phrases that the exception's text contains.
        equals: The returned value, if it is no object with attributes.
        requests: The number of requests that arrive at the server.
        all_arrive: Whether fewer are wrong: on a busy machine a request may time out before the server
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
        """Return each difference as a phrase; an empty list if there is none."""
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
    """What was seen: a value or an exception, the requests' paths, and the pauses."""

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
        # In a mapping, such as headers, only the named items are compared.
        items = cast("Mapping[object, object]", found)
        return all(items.get(k) == v for k, v in cast("Mapping[object, object]", expected).items())
    return of_one_type and found == expected


def _shown(value: object) -> str:
    text = ascii(value)
    return f"`{text}`" if len(text) <= 60 else f"`{text[:40]}…`"
