"""Progress, shown to people at a terminal when a command takes its time."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.util import find_spec
from threading import Timer
from typing import TYPE_CHECKING

from cartesia_calls import printable

from ._terminal import say

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from typing import TypeVar

    from rich.status import Status
    from rich.text import Text

    T = TypeVar("T")


class Progress:
    """A text on stderr. With rich it moves, and is gone at the end; without, it is written once."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.status: Status | None = None

    def update(self, text: str) -> None:
        """Replace the text."""
        self._text = text
        if self.status is not None:
            self.status.update(_as_text(text))

    def say(self, text: str) -> None:
        """Write a line that stays, above the text."""
        if self.status is not None:
            self.status.console.print(_as_text(text))
        else:
            say(text)

    def start(self) -> None:
        """Show the text."""
        if find_spec("rich") is None:
            print(printable(self._text), file=sys.stderr, flush=True)
            return
        # What takes less than a second does not load it.
        from rich.console import Console  # noqa: PLC0415
        from rich.status import Status  # noqa: PLC0415

        status = Status(_as_text(self._text), console=Console(stderr=True))
        status.start()
        self.status = status


@contextmanager
def progress(text: str, *, quiet: float = 1.0) -> Generator[Progress]:
    """Show a text on stderr, if it is a terminal, once the block has run for `quiet` seconds."""
    shown = Progress(text)
    if not sys.stderr.isatty():
        yield shown
        return
    timer = Timer(quiet, shown.start)
    timer.daemon = True
    timer.start()
    if not quiet:
        # Otherwise it might hide the cursor after a signal's handler has shown it.
        timer.join()
    try:
        yield shown
    finally:
        timer.cancel()
        # It may be starting at this very moment.
        timer.join()
        if shown.status is not None:
            shown.status.stop()


def until_first(items: Iterator[T], text: str) -> Iterator[T]:
    """Yield the items; until the first one comes, show a text."""
    with progress(text):
        first = next(items, None)
    if first is not None:
        yield first
        yield from items


def _as_text(text: str) -> Text:
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(printable(text))
