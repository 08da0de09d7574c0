"""The clock of a client. Nothing else reads the time or sleeps, so tests can pass a clock of their own."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    """The interface of `clock=`: it reads the time and waits."""

    def now(self) -> datetime:
        """Return the present moment, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, from any start."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        ...

    async def sleep_async(self, seconds: float) -> None:
        """Wait for `seconds` without blocking the event loop."""
        ...


class SystemClock:
    """The clock of this machine; the default."""

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
