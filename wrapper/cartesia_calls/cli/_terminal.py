"""Text for people: what a stream shows, text laid out for its width, times, and progress."""

from __future__ import annotations

import os
import sys
import textwrap
import unicodedata
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, cycle, islice
from threading import Event, Thread
from typing import TYPE_CHECKING, ClassVar

from cartesia_calls import json_text, printable

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from typing import TextIO, TypeVar

    T = TypeVar("T")

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
# Empties the line of the cursor.
_ERASE = "\r\x1b[K"
_FRAME_SECONDS = 0.1
# A text that has less room beside its label stands below it.
_NARROWEST_TEXT = 16
# After a character that takes two columns; `printable` leaves none in a text.
_FILLER = "\0"


@dataclass(frozen=True, slots=True)
class Screen:
    """What a stream or a file shows; its width is None if it is unknown or unbounded."""

    is_terminal: bool = False
    colour: bool = False
    width: int | None = None

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """Return what a stream shows."""
        is_terminal = stream.isatty()
        is_forced = os.environ.get("FORCE_COLOR", "0") != "0"
        colour = is_forced or (is_terminal and os.environ.get("TERM") != "dumb")
        colour = colour and not os.environ.get("NO_COLOR")
        return cls(is_terminal, colour, _width(stream) if is_terminal else None)

    def paint(self, text: str, style: str) -> str:
        """Return the text in a style, where there are colours."""
        if not (self.colour and style and text):
            return text
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m"

    def hang(
        self, label: str, text: str, *, style: str = "", indent: int | None = None
    ) -> Iterator[str]:
        """Yield the lines of `label text`, printable and wrapped; the label has the style.

        Further lines stand beside the label, or are indented: by so much, or by 2 if room is short.
        """
        beside = cells(label) + 1 if label else 0
        indent = beside if indent is None else indent
        if self.width is not None and self.width - indent < _NARROWEST_TEXT:
            indent = min(indent, 2)
        text = printable(text)
        whole = f"{label} {text}" if label else text
        first, *rest = [whole] if self.width is None else wrap(whole, self.width, indent=indent)
        # Where a line ends with the label, it ends without the spaces after it.
        label = label.rstrip()
        if first.startswith(label):
            first = self.paint(label, style) + first[len(label) :]
        yield first.rstrip()
        yield from rest


def _width(stream: TextIO) -> int | None:
    with suppress(OSError, ValueError):
        columns = os.environ.get("COLUMNS") or os.get_terminal_size(stream.fileno()).columns
        return int(columns) or None
    return None


def cells(text: str) -> int:
    """Return how many columns a text takes on a terminal."""
    return len(_with_fillers(text))


def cut(text: str, width: int) -> str:
    """Return the text, or its beginning with an ellipsis where it is wider than this."""
    filled = _with_fillers(text)
    if len(filled) <= width:
        return text
    end = width - 1 - (filled[width - 1] == _FILLER)
    return filled[:end].replace(_FILLER, "") + "…"


def wrap(text: str, width: int, *, indent: int = 0) -> list[str]:
    """Return the text as lines of at most this width, broken at spaces; all but the first are indented.

    A word is broken only where it is longer than a line.
    """
    filled = _with_fillers(text.expandtabs())
    if len(filled) <= width:
        return [text]
    if _FILLER in filled:
        width -= 1  # a break may fall between a wide character and its filler
    lines = textwrap.wrap(
        filled,
        max(width, 2),
        subsequent_indent=" " * min(indent, max(0, width - 2)),
        break_on_hyphens=False,
        replace_whitespace=False,
    )
    return [line.replace(_FILLER, "") for line in lines]


def _with_fillers(text: str) -> str:
    """Return a text in which each character takes one column: a wide one has a filler after it.

    A letter and its accents count as one; what joins emoji counts too, as few terminals join them.
    """
    if text.isascii():
        return text
    return "".join(
        character + _FILLER if unicodedata.east_asian_width(character) in {"W", "F"} else character
        for character in unicodedata.normalize("NFC", text)
    )


def write_object(value: Mapping[str, object]) -> None:
    """Write an object as a line of JSON, at once; a terminal may obey what is not ASCII."""
    print(json_text(value, as_ascii=sys.stdout.isatty()), flush=True)


def counted(count: int, noun: str) -> str:
    """Return a count and what is counted: `1 line`, `2 lines`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def local_time(moment: datetime) -> datetime:
    """Return a moment in local time, unchanged where the calendar has no such time.

    A server's zero time, `0001-01-01T00:00:00Z`, is none west of Greenwich.
    """
    try:
        return moment.astimezone()
    except OverflowError:
        return moment


def moment_text(moment: object) -> str:
    """Return a moment as people read it, with the name of its zone: `2026-03-01 11:00:00 CET`."""
    if not isinstance(moment, datetime):
        return ""
    time = local_time(moment)
    return f"{time.replace(tzinfo=None).isoformat(' ', 'seconds')} {time:%Z}"


def drop(stream: TextIO) -> None:
    """Discard what is still written to a stream whose reader is gone."""
    # Python would complain at exit about what it can't flush.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@dataclass
class Progress:
    """A text that is shown while something runs; assign another to replace it."""

    text: str
    # In the last line of stderr, where there is one at most.
    is_shown: ClassVar[bool] = False


@contextmanager
def progress(text: str, *, quiet: float = 1.0) -> Generator[Progress]:
    """Show a text that moves while the block runs, after `quiet` seconds, if stderr is a terminal."""
    shown = Progress(text)
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield shown
        return
    over = Event()

    def move() -> None:
        pause = quiet
        for mark in cycle("|/-\\"):  # pragma: no branch - it has no end
            if over.wait(pause):
                return
            Progress.is_shown = True
            width = Screen.of(sys.stderr).width or 80
            line = cut(f"{mark} {printable(shown.text)}", width - 1)
            print(f"{_ERASE}{line}", end="", file=sys.stderr, flush=True)
            pause = _FRAME_SECONDS

    thread = Thread(target=move, daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        over.set()
        thread.join()
        if Progress.is_shown:
            Progress.is_shown = False
            print(_ERASE, end="", file=sys.stderr, flush=True)


def started(items: Iterator[T], text: str) -> Iterator[T]:
    """Return the items when the first one has come; until then, show a text."""
    with progress(text):
        return chain([*islice(items, 1)], items)


def say(text: str, label: str = "") -> None:
    """Write a line for people to stderr, wrapped to its width; a failure is ignored."""
    erase = _ERASE if Progress.is_shown else ""
    try:
        lines = Screen.of(sys.stderr).hang(label, text, style="error", indent=2)
        # In one piece, so that progress cannot be drawn before the line break.
        print(erase + "\n".join([*lines, ""]), end="", file=sys.stderr, flush=True)
    except OSError:
        drop(sys.stderr)
