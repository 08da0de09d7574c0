"""What the asyncio transports share: slots, and a guard against a second event loop."""

from __future__ import annotations

import asyncio

from cartesia_calls._exceptions import ConfigurationError

from . import _guards
from ._failures import timed_out, without_frames


class AsyncSlots:
    """Bounds how many tasks send at once."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(_guards.MOST_CONNECTIONS)

    async def take(self, deadline: _guards.Deadline) -> None:
        """Wait for a slot; errors as `Slots.take`."""
        if not self._free.locked():
            await self._free.acquire()  # which does not suspend then
            return
        try:
            async with asyncio.timeout_at(deadline.moment):
                await self._free.acquire()
        except TimeoutError as error:
            raise timed_out(deadline.request, may_have_arrived=False) from without_frames(error)

    def release(self) -> None:
        """Give a slot back."""
        self._free.release()


class LoopGuard:
    """Remembers the event loop that a transport was first used in."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    def check(self) -> None:
        """Refuse another event loop than the first."""
        running = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = running
        elif self._loop is not running:
            raise ConfigurationError(
                "This AsyncClient was used in another event loop, which its connections belong to.",
                hint="Make one in each asyncio.run(…), with `async with AsyncClient() as client:`.",
            )


def loop_time() -> float:
    """Return the running event loop's time."""
    return asyncio.get_running_loop().time()
