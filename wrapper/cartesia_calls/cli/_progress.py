"""Progress, shown to people at a terminal when a command takes its time."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from threading import Timer
from typing import TYPE_CHECKING, Protocol, Self

from cartesia_calls import printable

if TYPE_CHECKING:
    from types import TracebackType

    from rich.status import Status
    from rich.text import Text

_QUIET_SECONDS = 1.0


class Progress(Protocol):
    """Where a command says how far it is."""

    def tell(self, text: str) -> None:
        """Replace the text."""
        ...


def progress(text: str, *, quiet: float = _QUIET_SECONDS) -> AbstractContextManager[Progress]:
    """Show a text on stderr, if it is a terminal, once the block has run for `quiet` seconds.

    With rich (the extra `cli`) the text moves, and is gone at the end; without, it is written once.
    """
    if not sys.stderr.isatty():
        return nullcontext(_Silence())
    return _Shown(text, quiet)


class _Silence:
    def tell(self, text: str) -> None:
        pass


class _Shown:
    """Begins to show when the block has gone on for a while."""

    def __init__(self, text: str, quiet: float) -> None:
        self._text = text
        self._status: Status | None = None
        self._timer = Timer(quiet, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        # It may be about to begin at this very moment.
        self._timer.join()
        if self._status is not None:
            self._status.stop()

    def tell(self, text: str) -> None:
        self._text = text
        if self._status is not None:
            self._status.update(_as_text(text))

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


def _as_text(text: str) -> Text:
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(printable(text))
