"""Progress, shown to people at a terminal when a command takes its time."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from threading import Timer
from typing import TYPE_CHECKING, Self

from cartesia_calls import printable

from ._terminal import say

if TYPE_CHECKING:
    from types import TracebackType

    from rich.status import Status
    from rich.text import Text

_QUIET_SECONDS = 1.0


class Progress:
    """Shows a text on stderr, if it is a terminal, once its block has run for a while.

    With rich (the extra `cli`) the text moves, and is gone at the end; without, it is written once.
    """

    def __init__(self, text: str, quiet: float) -> None:
        self._text = text
        self._status: Status | None = None
        self._timer = Timer(quiet, self._begin) if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            # It may be about to begin at this very moment.
            self._timer.join()
        if self._status is not None:
            self._status.stop()

    def tell(self, text: str) -> None:
        """Replace the text."""
        self._text = text
        if self._status is not None:
            self._status.update(_as_text(text))

    def say(self, text: str) -> None:
        """Write a line that stays, above the text."""
        if self._status is None:
            say(text)
        else:
            self._status.console.print(_as_text(text))

    def _begin(self) -> None:
        if find_spec("rich") is None:
            print(printable(self._text), file=sys.stderr, flush=True)
            return
        # What takes less than a second does not load it.
        from rich.console import Console  # noqa: PLC0415
        from rich.status import Status  # noqa: PLC0415

        status = Status(_as_text(self._text), console=Console(stderr=True))
        status.start()
        self._status = status


def progress(text: str, *, quiet: float = _QUIET_SECONDS) -> Progress:
    """Return what shows a text once its block has run for `quiet` seconds."""
    return Progress(text, quiet)


def _as_text(text: str) -> Text:
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(printable(text))
