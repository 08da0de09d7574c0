"""What people at a terminal are told on stderr, and progress when a command takes its time."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from itertools import cycle
from threading import Event, Thread
from typing import TYPE_CHECKING

from cartesia_calls import printable

from ._terminal import Screen, cut, drop

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import TypeVar

    T = TypeVar("T")

_ERASE = "\r\x1b[K"
_FRAME_SECONDS = 0.1


class Progress:
    """A text in the last line of stderr, which is gone at the end."""

    # There is one at most.
    is_shown = False

    def __init__(self, text: str) -> None:
        self._text = text

    def update(self, text: str) -> None:
        """Replace the text."""
        self._text = text

    def show(self, mark: str) -> None:
        """Write the text after a mark, in place of the previous one."""
        Progress.is_shown = True
        width = Screen.of(sys.stderr).width or 80
        line = cut(f"{mark} {printable(self._text)}", width - 1)
        print(f"{_ERASE}{line}", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Remove the text."""
        if Progress.is_shown:
            Progress.is_shown = False
            print(_ERASE, end="", file=sys.stderr, flush=True)


@contextmanager
def progress(text: str, *, quiet: float = 1.0) -> Generator[Progress]:
    """Show a text that moves, if stderr is a terminal, once the block has run for `quiet` seconds.

    The block may replace the text.
    """
    shown = Progress(text)
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield shown
        return
    over = Event()

    def move() -> None:
        pause = quiet
        for mark in cycle("|/-\\"):
            if over.wait(pause):
                return
            shown.show(mark)
            pause = _FRAME_SECONDS

    thread = Thread(target=move, daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        over.set()
        thread.join()
        shown.end()


def until_first(items: Iterator[T], text: str) -> Iterator[T]:
    """Yield the items; until the first one comes, show a text."""
    with progress(text):
        first = next(items, None)
    if first is not None:
        yield first
        yield from items


def say(text: str) -> None:
    """Write a line for people to stderr, wrapped to its width; a failure is ignored."""
    erase = _ERASE if Progress.is_shown else ""
    try:
        lines = Screen.of(sys.stderr).hang("", printable(text), indent=2)
        print(erase + "\n".join(lines), file=sys.stderr, flush=True)
    except OSError:
        drop(sys.stderr)
