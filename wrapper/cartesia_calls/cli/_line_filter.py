"""The lines of a log: which ones to show, and each as text or as JSON."""

from __future__ import annotations

import json
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cartesia_calls import LEVELS, LogLine, log_line, printable

from ._terminal import wrap

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from cartesia_calls import Redactor

    from ._terminal import Screen

_STYLES = ((LEVELS["ERROR"], "red"), (LEVELS["WARNING"], "yellow"), (LEVELS["INFO"], ""))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log: its place in it (from 0), its text to show, and its level and time."""

    index: int
    text: str
    facts: LogLine


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Picks lines.

    Attributes:
        pattern: Those that match it, or with `invert` those that don't.
        invert: See there.
        level: Those of this level or a more severe one. A line whose level is unknown, or can't be
            compared, is always picked.
        since: Those written at this moment or later. A line without a time counts as written with
            the last previous one that has one; where none has, it is picked.
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
        pattern: re.Pattern[str] | None = arguments.grep
        if pattern and arguments.ignore_case:
            pattern = re.compile(pattern.pattern, pattern.flags | re.IGNORECASE)
        return cls(
            pattern=pattern,
            invert=arguments.invert,
            level=arguments.level,
            since=arguments.since,
            until=arguments.until,
        )

    def pick(self, texts: Iterable[str], redactor: Redactor | None = None) -> Iterator[Line]:
        """Yield the lines to show, each as soon as it comes.

        Args:
            texts: All lines of the log. The ones to show are picked before anything is redacted.
            redactor: What redacts the lines. It reads all of them, since a value in a traceback is
                redacted by its name on an earlier line.
        """
        last_time: datetime | None = None
        for index, text in enumerate(texts):
            facts = log_line(text)
            last_time = facts.time or last_time
            shown = redactor.redact(text) if redactor else text
            if self._matches(text) and self._is_severe(facts.level) and self._is_within(last_time):
                yield Line(index, shown, facts)

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


def as_text(line: Line, screen: Screen) -> str:
    """Return the line for people: in the colour of its level, wrapped where a width is known.

    On what is no terminal and has no colours, it is the line unchanged.
    """
    if not screen.escapes:
        return as_is(line)
    text = printable(line.text)
    lines = [text] if screen.width is None else wrap(text, screen.width, indent=4)
    style = _style(line.facts.level)
    return "".join(f"{screen.paint(part, style)}\n" for part in lines)


def _style(level: str | None) -> str:
    if level not in LEVELS:
        return ""
    return next((style for least, style in _STYLES if LEVELS[level] >= least), "dim")


def as_is(line: Line) -> str:
    """Return the line unchanged, ended by a line feed."""
    return f"{line.text}\n"


def ndjson(
    line: Line, call_id: str, *, updated_at: datetime | None = None, ascii_only: bool = False
) -> str:
    """Return the line as a JSON object on one line.

    `call_id`; `index`, from 0; `text`, the line unchanged unless it is redacted; `level` and `time` (RFC 3339), null where
    they are unknown; `updated_at` (RFC 3339), when the logs last changed, null while they are
    followed.

    Args:
        line: What to write.
        call_id: The call whose line it is.
        updated_at: When the call's logs last changed.
        ascii_only: Escape all other characters, as a terminal may obey some that JSON allows.
    """
    row = {
        "call_id": call_id,
        "index": line.index,
        "text": line.text,
        "level": line.facts.level,
        "time": line.facts.time and line.facts.time.isoformat(),
        "updated_at": updated_at and updated_at.isoformat(),
    }
    return json.dumps(row, ensure_ascii=ascii_only) + "\n"
