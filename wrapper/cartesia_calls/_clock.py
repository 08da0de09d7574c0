"""Time, as something that can be passed in.

Tests pass a clock that moves when it is slept on; nothing else reads the time or sleeps.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, from any beginning."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let `seconds` pass."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Let `seconds` pass without blocking the event loop."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        return datetime.now(UTC)

    monotonic = staticmethod(time.monotonic)

    def sleep(self, seconds: float) -> None:
        """Block this thread for `seconds`."""
        time.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Suspend this task for `seconds`."""
        import asyncio  # noqa: PLC0415 - a sync client does without it

        await asyncio.sleep(seconds)
