"""`docs/internals/faults.md`: the laboratory's tables and their results."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from situation import Situation

DOCUMENT = Path(__file__).parents[2] / "docs" / "internals" / "faults.md"
_BEGIN = "<!-- written by tests/faults -->"
_END = "<!-- end of what tests/faults writes -->"
_COLUMN = re.compile(r"\| (\w+), (sync|async) (?=\|)")
Column = tuple[str, str]
"""An engine's name and a flavour."""
Verdict = Callable[[Situation, Column], bool]


def table_of(
    situations: Sequence[Situation], columns: Sequence[Column], as_it_must_be: Verdict
) -> str:
    """Return the table, a part for each family, in Markdown."""
    return "\n".join([_BEGIN, *_lines(situations, columns, as_it_must_be), "", _END])


def written_table() -> str:
    """Return the table in the document."""
    return _parts()[1]


def written_columns() -> list[Column]:
    """Return the engines and flavours that the document was written with."""
    header = next(line for line in written_table().splitlines() if line.startswith("| situation"))
    return [(engine, flavour) for engine, flavour in _COLUMN.findall(header)]


def write_table(table: str) -> None:
    """Write a table into the document, and leave the rest of it as it is."""
    before, _, after = _parts()
    DOCUMENT.write_text(before + table + after, encoding="utf-8")


def _parts() -> tuple[str, str, str]:
    text = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    table, _, after = rest.partition(_END)
    return before, _BEGIN + table + _END, after


def _lines(
    situations: Sequence[Situation], columns: Sequence[Column], as_it_must_be: Verdict
) -> Iterator[str]:
    heading = [f"{engine}, {flavour}" for engine, flavour in columns]
    family = ""
    for situation in situations:
        if situation.family != family:
            family = situation.family
            yield from ("", f"### {family}", "")
            yield _row(["situation", "what the user sees", *heading])
            yield _row(["---"] * (2 + len(columns)))
        seen = ["yes" if as_it_must_be(situation, column) else "**no**" for column in columns]
        yield _row([_cell(situation.name), _cell(situation.describe()), *seen])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
