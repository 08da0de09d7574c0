"""Slots for the tasks of one event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import ConfigurationError

from . import _pool
from ._attempt import without_frames

if TYPE_CHECKING:
    from ._attempt import Attempt


class LoopSlots(_pool.Slots):
    """Bounds how many tasks send at once, all of them in one event loop."""

    def __init__(self) -> None:
        self._semaphore = asyncio.Semaphore(_pool.MOST_CONNECTIONS)
        self._loop: asyncio.AbstractEventLoop | None = None

    def time(self) -> float:
        """Return the running event loop's time."""
        return asyncio.get_running_loop().time()

    def check_loop(self) -> None:
        """Refuse another event loop than the first.

        Raises:
            ConfigurationError: Another one is running, or none of asyncio.
        """
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            raise ConfigurationError(
                "AsyncClient runs on asyncio, and no asyncio event loop is running here.",
                hint="In trio, use Client in a thread: "
                "`await trio.to_thread.run_sync(client.calls.logs, call_id)`.",
            ) from None
        if self._loop is None:
            self._loop = running
        elif self._loop is not running:
            raise ConfigurationError(
                "This AsyncClient was used in another event loop, which its connections belong to.",
                hint="Make one in each asyncio.run(…), with `async with AsyncClient() as client:`.",
            )

    async def take(self, attempt: Attempt) -> None:
        """Wait for a slot."""
        if not self._semaphore.locked():
            await self._semaphore.acquire()  # which does not suspend then
            return
        try:
            async with asyncio.timeout_at(attempt.moment):
                await self._semaphore.acquire()
        except TimeoutError as error:
            raise attempt.timed_out() from without_frames(error)

    def release(self) -> None:
        """Give a slot back."""
        self._semaphore.release()
