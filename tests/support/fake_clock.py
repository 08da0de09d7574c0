"""A clock that moves only when it is slept on or moved forward, and event loops that follow it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")


class FakeClock:
    def __init__(self) -> None:
        self.elapsed = 0.0
        self.sleeps: list[float] = []
        self._moving = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.skip(seconds)

    async def sleep_async(self, seconds: float) -> None:
        self.sleep(seconds)

    def skip(self, seconds: float) -> None:
        """Move the clock forward, from any thread, and wake its event loop."""
        with self._moving:
            self.elapsed += seconds
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # it is closed
                self._loop.call_soon_threadsafe(lambda: None)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in an event loop whose time is this clock's."""
        with asyncio.Runner(loop_factory=self._make_loop) as runner:
            return runner.run(work)

    def _make_loop(self) -> asyncio.AbstractEventLoop:
        self._loop = _LoopOfAClock(self)
        return self._loop


class _LoopOfAClock(asyncio.SelectorEventLoop):
    def __init__(self, clock: FakeClock) -> None:
        super().__init__()
        self._clock = clock

    def time(self) -> float:
        return self._clock.monotonic()


async def let_happen() -> None:
    """Let the event loop run everything that is due, and its consequences."""
    for _ in range(10):
        await asyncio.sleep(0)
