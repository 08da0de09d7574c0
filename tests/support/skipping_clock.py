"""Clocks on which real time passes, and which a test can move forward.

They are for servers that are slow in real time, where pauses between attempts must not be.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta


class SkippingClock:
    def __init__(self) -> None:
        self.sleeps: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=sum(self.sleeps))

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.sleeps)

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)


class SkippingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be moved forward."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = 0.0

    def time(self) -> float:
        return super().time() + self._skipped

    async def skip(self, seconds: float) -> None:
        """Move the clock forward, and run everything that is due by then."""
        self._skipped += seconds
        await let_happen()


async def let_happen() -> None:
    """Let the event loop run everything that is due, and its consequences."""
    for _ in range(10):
        await asyncio.sleep(0)
