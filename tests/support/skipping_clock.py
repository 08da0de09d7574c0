"""Clocks on which real time passes, and more where a test wants it.

For servers that are slow in real time, where the pauses between attempts must cost none.
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
    """An event loop whose time can continue at once."""

    def __init__(self) -> None:
        super().__init__()
        self._skipped = 0.0

    def time(self) -> float:
        return super().time() + self._skipped

    async def skip(self, seconds: float) -> None:
        """Let time pass, and what was to happen meanwhile."""
        self._skipped += seconds
        await let_happen()


async def let_happen() -> None:
    """Let the event loop do what is due, and what follows from that."""
    for _ in range(10):
        await asyncio.sleep(0)
