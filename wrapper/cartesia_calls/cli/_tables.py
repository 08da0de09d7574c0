"""Lists: a table that fits a terminal, or tab-separated values for what reads a pipe."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cartesia_calls import printable

from ._terminal import Screen, cells, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")

_GAP = 2
_USUAL_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """A column of a list.

    Attributes:
        name: Its head.
        text: Returns a row's text in it.
        rank: The columns of low rank stay when a terminal is too narrow for all, those of rank 0
            always; None is for pipes alone.
        least: Texts may be cut to this width, so that more columns fit; 0 is for those never cut.
        right: Whether it is aligned to the right.
        style: Returns the style of a text in it.
    """

    name: str
    text: Callable[[T], str]
    rank: int | None
    least: int = 0
    right: bool = False
    style: Callable[[str], str] = lambda _: ""


class Table(Generic[T]):
    """Lays out rows as they come; the first ones decide about the widths."""

    def __init__(self, columns: Sequence[Column[T]], screen: Screen) -> None:
        self._columns = columns
        self._screen = screen
        self._widths: dict[int, int] = {}

    def lines(self, items: Sequence[T]) -> Iterator[str]:
        """Yield the lines of these rows; on a terminal, with a head above the first."""
        if not self._screen.is_terminal:
            for item in items:
                yield "\t".join(tab_safe(column.text(item)) for column in self._columns)
            return
        rows = [[printable(column.text(item)) for column in self._columns] for item in items]
        rows = [[text.replace("\t", " ") for text in row] for row in rows]
        if not self._widths and rows:
            self._widths = self._fit(rows)
            yield self._line([column.name for column in self._columns], is_head=True)
        for row in rows:
            yield self._line(row)

    def _fit(self, rows: list[list[str]]) -> dict[int, int]:
        """Return the widths of the columns to show, by their place."""
        room = self._screen.width or _USUAL_WIDTH
        wanted = [max(map(cells, texts)) for texts in zip(*rows, strict=True)]
        ranked = sorted(
            (column.rank, place)
            for place, column in enumerate(self._columns)
            if column.rank == 0 or (column.rank and wanted[place])
        )
        widths: dict[int, int] = {}
        for rank, place in ranked:
            column = self._columns[place]
            wanted[place] = max(wanted[place], len(column.name))
            least = min(wanted[place], column.least or wanted[place])
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

    def _line(self, row: list[str], *, is_head: bool = False) -> str:
        parts: list[str] = []
        for place, width in self._widths.items():
            column, text = self._columns[place], row[place]
            text = cut(text, width) if column.least else text
            space = " " * (width - cells(text))
            painted = self._screen.paint(text, "dim" if is_head else column.style(text))
            parts.append(space + painted if column.right else painted + space)
        return (" " * _GAP).join(parts).rstrip()


def tab_safe(text: str) -> str:
    """Return a text as a tab-separated value: tabs, line breaks and the like as escapes."""
    return printable(text.replace("\\", "\\\\")).replace("\t", "\\t")


def write_list(
    batches: Iterable[Sequence[T]], columns: Callable[[Screen], Sequence[Column[T]]]
) -> int:
    """Write rows as they come: a table on a terminal, else tab-separated; return how many."""
    screen = Screen.of(sys.stdout)
    table = Table(columns(screen), screen)
    count = 0
    for batch in batches:
        count += len(batch)
        for line in table.lines(batch):
            print(line)
        sys.stdout.flush()
    return count
