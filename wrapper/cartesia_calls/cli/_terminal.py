"""What a stream shows: whether it is a terminal, its colours and its width, and text laid out for it."""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

_STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "magenta": "35",
    "cyan": "36",
    "error": "1;31",
    "heading": "1;36",
}
_USUAL_WIDTH = 80
# Narrower than this, words are broken anyway.
_NARROWEST_TEXT = 8
_PARTS = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Screen:
    """What a stream shows.

    Attributes:
        is_terminal: Whether people look at it.
        colour: Whether to colour what is written: on a terminal, unless `NO_COLOR` is set or `TERM`
            is `dumb`; elsewhere, if `FORCE_COLOR` is set.
        width: How many columns it has; None where that is unknown or unbounded.
    """

    is_terminal: bool
    colour: bool
    width: int | None

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """Return what a stream shows."""
        is_terminal = stream.isatty()
        return cls(is_terminal, _has_colour(is_terminal), _width(stream) if is_terminal else None)

    @property
    def columns(self) -> int | None:
        """How wide text may be: 80 on a terminal of unknown width, None for no bound."""
        return (self.width or _USUAL_WIDTH) if self.is_terminal else None

    @property
    def escapes(self) -> bool:
        """Whether control characters are shown as escapes, since a terminal would obey them."""
        return self.is_terminal or self.colour

    def paint(self, text: str, style: str) -> str:
        """Return the text in a style, where there are colours."""
        if not (self.colour and style and text):
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"

    def hang(self, label: str, text: str, *, style: str = "", indent: int = 2) -> Iterator[str]:
        """Yield the lines of `label text`, wrapped with a hanging indent on a terminal.

        Args:
            label: How the first line begins; it has the style.
            text: The rest.
            style: The label's style.
            indent: How far the next lines are indented.
        """
        width = self.columns
        whole = f"{label} {text}" if label else text
        first, *rest = [whole] if width is None else wrap(whole, width, indent=indent)
        if first.startswith(label):
            first = self.paint(label, style) + first[len(label) :]
        yield first
        yield from rest


def _has_colour(is_terminal: bool) -> bool:  # noqa: FBT001 - the one argument
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") != "0":
        return True
    return is_terminal and os.environ.get("TERM") != "dumb"


def _width(stream: TextIO) -> int | None:
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        return int(columns)
    with suppress(OSError, ValueError):
        return os.get_terminal_size(stream.fileno()).columns or None
    return None


def cells(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_cells_of, text))


def _cells_of(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def cut(text: str, width: int) -> str:
    """Return the text, or its beginning with an ellipsis where it is wider than this."""
    if cells(text) <= width:
        return text
    return _head(text, width - 1) + "…"


def _head(text: str, width: int) -> str:
    taken = 0
    for index, character in enumerate(text):
        taken += _cells_of(character)
        if taken > width:
            return text[:index]
    return text


def wrap(text: str, width: int, *, indent: int = 0) -> list[str]:
    """Return the text as lines of at most this width, broken at spaces.

    A word is broken only where it is longer than a line.

    Args:
        text: A text without line breaks.
        width: The width of all lines.
        indent: How far all lines but the first are indented.
    """
    text = text.expandtabs()
    if cells(text) <= width:
        return [text]
    indent = min(indent, max(0, width - _NARROWEST_TEXT))
    lines = [""]
    room = width
    for part in _PARTS.findall(text):
        word: str = part
        if cells(word) > room and lines[-1].strip():
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            room = width - indent
            if word.isspace():
                continue
        elif word.isspace() and not lines[-1] and len(lines) > 1:
            continue
        while cells(word) > room:
            # Of a character that is wider than the line, nothing would fit.
            head = _head(word, room) or word[:1]
            lines[-1] += head
            word = word[len(head) :]
            lines.append("")
            room = width - indent
        lines[-1] += word
        room -= cells(word)
    if not lines[-1]:
        del lines[-1]
    return [lines[0].rstrip(), *(" " * indent + line.rstrip() for line in lines[1:])]


def drop(stream: TextIO) -> None:
    """Discard what is still written to a stream whose reader is gone."""
    # Python would complain at exit about what it can't flush.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def say(text: str) -> None:
    """Write a line for people to stderr, wrapped to its width."""
    print("\n".join(Screen.of(sys.stderr).hang("", text)), file=sys.stderr, flush=True)
