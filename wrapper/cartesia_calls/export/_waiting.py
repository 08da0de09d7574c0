"""Waiting for what must not be left behind, also when whoever waits is cancelled."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call what may block in a thread, so that the event loop goes on, and hears signals.

    Whoever cancels this waits for its end: what it works with must not be closed meanwhile.
    """
    # A future and no task, since an event loop that ends cancels all of these.
    working = asyncio.get_running_loop().run_in_executor(None, partial(function, *args, **kwargs))
    return await to_its_end(working)


async def to_its_end(working: asyncio.Future[T]) -> T:
    """Wait for a future to be done, and only then be cancelled."""
    cancelled: asyncio.CancelledError | None = None
    while not working.done():
        try:
            await asyncio.wait((working,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from working.exception()
    return working.result()
