"""What Ctrl-C and SIGTERM do to what should be ended well."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import contextmanager, suppress
from select import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

_LAST_WORDS = b"Interrupted.\n"
_SHOW_CURSOR = b"\x1b[?25h"
_BETWEEN_LOOKS = 0.2


@contextmanager
def signals_end(end_well: Callable[[], object]) -> Generator[None]:
    """Have the first Ctrl-C or SIGTERM call a function, and the next one end the process at once.

    Args:
        end_well: Is called in the event loop where one runs.
    """
    heard = 0

    def hear(number: int, _frame: FrameType | None) -> None:
        nonlocal heard
        heard += 1
        if heard > 1:
            _end_at_once(number)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            end_well()
        else:
            loop.call_soon_threadsafe(end_well)

    before = {number: signal.signal(number, hear) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def wake_for_signals() -> None:
    """Wake the event loop now and then, until cancelled.

    The system may hand a signal to another thread. Python then calls its handler when the main
    thread next runs, which an event loop that waits for nothing but that thread never does.
    """
    while True:  # noqa: ASYNC110 - it waits for nothing
        await asyncio.sleep(_BETWEEN_LOOKS)


def _end_at_once(number: int) -> None:
    # Any other way out waits for threads, and one may wait for an object store without end. What of
    # ours is on its way to stderr is there already; by way of its buffer this could wait, too.
    with suppress(OSError, ValueError):
        stderr = sys.stderr.fileno()
        for writable in select([], [stderr], [], 0)[1]:
            os.write(writable, (_SHOW_CURSOR + b"\n" if os.isatty(stderr) else b"") + _LAST_WORDS)
    os._exit(128 + number)
