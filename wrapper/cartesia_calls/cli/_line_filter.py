"""Which lines of a log to show."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartesia_calls import LogLine, log_line
from cartesia_calls._log_lines import LEVELS

if TYPE_CHECKING:
    import argparse
    import re
    from collections.abc import Iterable, Iterator
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log: its place in it (from 0), the line unchanged, and what it tells."""

    index: int
    text: str
    facts: LogLine


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Picks lines.

    Attributes:
        pattern: Those that match it, or with `invert` those that don't.
        invert: See there.
        level: Those of this level or a more severe one. A line whose level can't be told, or can't
            be compared, is always picked.
        since: Those written at this moment or later. A line without a time counts as written with
            the last one before it that has one; where none has, it is picked.
        until: Those written before this moment; likewise.
    """

    pattern: re.Pattern[str] | None = None
    invert: bool = False
    level: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> LineFilter:
        """Return the filter that the options of `logs` ask for."""
        return cls(
            pattern=arguments.grep,
            invert=arguments.invert,
            level=arguments.level,
            since=arguments.since,
            until=arguments.until,
        )

    def pick(self, texts: Iterable[str]) -> Iterator[Line]:
        """Yield the lines to show, each as soon as it comes."""
        last_time: datetime | None = None
        for index, text in enumerate(texts):
            facts = log_line(text)
            last_time = facts.time or last_time
            if self._matches(text) and self._is_severe(facts.level) and self._is_within(last_time):
                yield Line(index, text, facts)

    def _matches(self, text: str) -> bool:
        return self.pattern is None or bool(self.pattern.search(text)) != self.invert

    def _is_severe(self, level: str | None) -> bool:
        if self.level is None or level not in LEVELS:
            return True
        return LEVELS[level] >= LEVELS[self.level]

    def _is_within(self, time: datetime | None) -> bool:
        if time is None:
            return True
        return (self.since is None or time >= self.since) and (
            self.until is None or time < self.until
        )


def last(lines: Iterable[Line], count: int | None) -> list[Line]:
    """Return the last `count` lines, all by default."""
    return list(deque(lines, maxlen=count))
