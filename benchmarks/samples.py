"""Measurements, with their medians, their ratios and their spread."""

from __future__ import annotations

import json
import statistics
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path


class Series(NamedTuple):
    """The values of one row of a table or one point of a plot; each round adds one.

    Attributes:
        kind: The kind of measurement: `sync`, `turns`, `async`, `memory` or `cold`.
        peer: The measured peer.
        case: Its input: a body, or a number of calls in flight.
        quantity: The measured quantity, with its unit: `cpu_seconds`, `peak_bytes`…
    """

    kind: str
    peer: str
    case: str
    quantity: str


@dataclass(frozen=True)
class Sample:
    """One value of one round."""

    series: Series
    round: int
    value: float


@dataclass(frozen=True)
class Gap:
    """A failed measurement, and the reason."""

    kind: str
    peer: str
    case: str
    reason: str


@dataclass(frozen=True)
class Spread:
    """A median, and the least and the most of its values."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread | None:
        """Return the spread of some values; None if there are none."""
        found = list(values)
        return cls(statistics.median(found), min(found), max(found)) if found else None


@dataclass
class Results:
    """The results of one run.

    Attributes:
        machine: The properties of the machine: names and values, as text.
        samples: The samples, in the order of measurement.
        gaps: The failed measurements.
    """

    machine: dict[str, str] = field(default_factory=dict[str, str])
    samples: list[Sample] = field(default_factory=list[Sample])
    gaps: list[Gap] = field(default_factory=list[Gap])

    def spread(self, series: Series) -> Spread | None:
        """Return the spread of a series over the rounds; None if nothing was measured."""
        return Spread.of(self._by_round(series).values())

    def ratio(self, over: Series, under: Series) -> Spread | None:
        """Return the ratio of `over` to `under`, for each round that has both."""
        return self._compare(over, under, lambda left, right: left / right)

    def difference(self, over: Series, under: Series) -> Spread | None:
        """Return the difference of `over` and `under`, for each round that has both."""
        return self._compare(over, under, lambda left, right: left - right)

    def series(self, kind: str, quantity: str) -> list[Series]:
        """Return the series of a kind and quantity, in the order in which they were measured."""
        wanted = (s.series for s in self.samples)
        return list(dict.fromkeys(s for s in wanted if (s.kind, s.quantity) == (kind, quantity)))

    def _by_round(self, series: Series) -> dict[int, float]:
        return {s.round: s.value for s in self.samples if s.series == series}

    def _compare(
        self, over: Series, under: Series, how: Callable[[float, float], float]
    ) -> Spread | None:
        left, right = self._by_round(over), self._by_round(under)
        return Spread.of(how(left[n], right[n]) for n in left if n in right)


def write_json(results: Results, path: Path) -> None:
    """Write the results of a run, for other programs and for `read_json`."""
    document = {
        "machine": results.machine,
        "samples": [
            {**s.series._asdict(), "round": s.round, "value": s.value} for s in results.samples
        ],
        "gaps": [asdict(gap) for gap in results.gaps],
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read_json(path: Path) -> Results:
    """Read what `write_json` wrote."""
    document = json.loads(path.read_text(encoding="utf-8"))
    samples = [
        Sample(Series(s["kind"], s["peer"], s["case"], s["quantity"]), s["round"], s["value"])
        for s in document["samples"]
    ]
    return Results(document["machine"], samples, [Gap(**gap) for gap in document["gaps"]])
