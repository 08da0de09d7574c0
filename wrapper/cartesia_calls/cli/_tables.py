"""Lists: a table that fits a terminal, or tab-separated values for what reads a pipe."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Generic, TypeVar

from cartesia_calls import UNSET, printable

from ._terminal import Screen, cells, cut, local_time, moment_text, write_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cartesia_calls import AgentCall, AgentSummary

    Record = TypeVar("Record", AgentCall, AgentSummary)

T = TypeVar("T")

_GAP = 2
_USUAL_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column of a list.

    Those of low rank stay on a narrow terminal, those of rank 0 always; without a rank they are for
    pipes alone. Texts may be cut to the width `least`, unless that is 0.
    """

    name: str
    text: Callable[[T], object]
    rank: int | None
    least: int = 0
    right: bool = False
    style: Mapping[str, str] = field(default_factory=dict[str, str])


def write_list(
    batches: Iterable[Sequence[Record]], columns: Sequence[Column[Record]], *, as_json: bool
) -> None:
    """Write records as they come: as JSON, as a table on a terminal, or tab-separated."""
    if as_json:
        for record in chain.from_iterable(batches):
            write_object(record.to_dict())
        return
    for line in table_lines(batches, columns, Screen.of(sys.stdout)):
        print(line, flush=True)


def table_lines(
    batches: Iterable[Sequence[T]], columns: Sequence[Column[T]], screen: Screen
) -> Iterator[str]:
    """Yield the lines of rows; on a terminal with a head, and the first rows decide about widths."""
    widths: dict[int, int] = {}
    for batch in batches:
        values = [[column.text(item) for column in columns] for item in batch]
        rows = [[_text(one, screen) for one in row] for row in values]
        if not screen.is_terminal:
            yield from ("\t".join(map(tab_safe, row)) for row in rows)
            continue
        rows = [[printable(text).replace("\t", " ") for text in row] for row in rows]
        if rows and not widths:
            widths = _fit(columns, rows, screen.width or _USUAL_WIDTH)
            head = [column.name for column in columns]
            yield screen.paint(_line(columns, widths, head, screen), "dim")
        yield from (_line(columns, widths, row, screen) for row in rows)


def _text(value: object, screen: Screen) -> str:
    """Return a value as text; a time has the name of its zone on a terminal, else it is ISO 8601."""
    if isinstance(value, datetime):
        time = local_time(value).isoformat(timespec="seconds")
        return moment_text(value) if screen.is_terminal else time
    return "" if value in (None, UNSET) else str(value)


def _fit(columns: Sequence[Column[T]], rows: list[list[str]], room: int) -> dict[int, int]:
    """Return the widths of the columns to show, by their place."""
    wanted = [max(map(cells, texts)) for texts in zip(*rows, strict=True)]
    ranked = sorted(
        (column.rank, place)
        for place, column in enumerate(columns)
        if column.rank == 0 or (column.rank and wanted[place])
    )
    widths: dict[int, int] = {}
    for rank, place in ranked:
        wanted[place] = max(wanted[place], len(columns[place].name))
        least = min(wanted[place], columns[place].least or wanted[place])
        gap = _GAP if widths else 0
        if rank and least + gap > room:
            break
        widths[place] = least
        room -= least + gap
    for place, width in widths.items():
        more = min(wanted[place] - width, max(0, room))
        widths[place] += more
        room -= more
    return dict(sorted(widths.items()))


def _line(
    columns: Sequence[Column[T]], widths: Mapping[int, int], row: Sequence[str], screen: Screen
) -> str:
    parts: list[str] = []
    for place, width in widths.items():
        column = columns[place]
        text = cut(row[place], width) if column.least else row[place]
        space = " " * (width - cells(text))
        painted = screen.paint(text, column.style.get(row[place], ""))
        parts.append(space + painted if column.right else painted + space)
    return (" " * _GAP).join(parts).rstrip()


def tab_safe(text: str) -> str:
    """Return a text as a tab-separated value: tabs, line breaks and the like as escapes."""
    return printable(text.replace("\\", "\\\\")).replace("\t", "\\t")
