"""One pace for all requests of an export, and their retries."""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cartesia_calls import (
    APIStatusError,
    AuthenticationError,
    CallLogsNotAvailableError,
    CartesiaError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cartesia_calls import Clock

T = TypeVar("T")

_log = logging.getLogger("cartesia_calls")
# Every request would fail with these.
_FATAL = (AuthenticationError, ConfigurationError)
# How often one request is sent. A 429 does not count, since it pauses all workers.
_MOST_ATTEMPTS = 5
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
# A longer `Retry-After` ends the request, or after a 429 the export.
_LONGEST_RETRY_AFTER = 300.0
# The pause after a 429 without `Retry-After`. It doubles with each further one until a success.
_FIRST_429_PAUSE = 1.0
_LONGEST_429_PAUSE = 30.0
_MOST_429S = 10
# So many calls in a row must fail, or so many for each request in flight, before others are tried.
_LEAST_STREAK = 20
_STREAK_FOR_EACH_IN_FLIGHT = 2


class StopExportError(Exception):
    """Ends an export; its cause, a `CartesiaError`, says why."""

    def __init__(self, cause: CartesiaError) -> None:
        super().__init__(cause)
        self.cause = cause


@dataclass
class Throttle:
    """Starts requests at one pace, and retries them.

    A 429 halves the number in flight and pauses all workers. Each round of successes adds one.

    Attributes:
        concurrency: How many requests are in flight, at most.
        rate: How many requests start per second, at most.
        on_pause: Called with the seconds of a pause of all workers.
        draw: Returns a number from 0 to 1, for the length of pauses.
        requests: How many have started.
        refusals: How many 429s have lowered the pace since the last success.
    """

    concurrency: int
    rate: float | None
    clock: Clock
    on_pause: Callable[[float], object] = lambda _: None
    draw: Callable[[], float] = random.random
    requests: int = 0
    retries: int = 0
    refusals: int = 0

    def __post_init__(self) -> None:
        self._turn = asyncio.Lock()
        self._ended = asyncio.Event()
        self._running = 0
        # The part of `concurrency` that is allowed now.
        self._level = 1.0
        self._paused_until = 0.0
        self._next_start = 0.0
        self._lowered_at = float("-inf")

    async def ask(self, request: Callable[[], Awaitable[T]], *, once: bool = False) -> T:
        """Send a request, retry it, if `once` only after a 429, and return its result."""
        sent = 0
        while True:
            started_at = self.clock.monotonic()
            try:
                started_at = await self._start()
                try:
                    result = await request()
                finally:
                    self._running -= 1
                    self._ended.set()
            except CartesiaError as error:
                if is_not_there(error):
                    self._succeeded()
                    if isinstance(error, CallLogsNotAvailableError):
                        # The client has requested the call's record by itself.
                        self._count(self.clock.monotonic())
                    raise
                if isinstance(error, RateLimitError):
                    self._refused(error, started_at)
                else:
                    sent += 1
                    can_retry = sent < _MOST_ATTEMPTS and not once
                    await self._wait_to_retry(error, sent, can_retry=can_retry)
                self.retries += 1
            else:
                self._succeeded()
                return result

    @property
    def _allowed(self) -> int:
        return max(1, int(self._level * self.concurrency))

    async def _start(self) -> float:
        """Wait until a request may start, one after the other, and return the time."""
        async with self._turn:
            while True:
                now = self.clock.monotonic()
                start = max(self._paused_until, self._next_start)
                if self._running >= self._allowed:
                    self._ended.clear()
                    await self._ended.wait()
                elif now < start:
                    await self.clock.sleep_async(start - now)
                else:
                    break
            self._running += 1
            self._count(now)
        return now

    def _count(self, now: float) -> None:
        self.requests += 1
        if self.rate is not None:
            self._next_start = max(self._next_start, now) + 1 / self.rate

    def _succeeded(self) -> None:
        """Restore a part of what 429s have taken."""
        self.refusals = 0
        self._level = min(1.0, self._level + 1 / (self.concurrency * self._allowed))

    def _refused(self, error: RateLimitError, started_at: float) -> None:
        """Lower the pace after a 429, once for all requests that were in flight, and pause."""
        if error.retry_after is not None and error.retry_after > _LONGEST_RETRY_AFTER:
            raise StopExportError(error)
        now = self.clock.monotonic()
        is_new = started_at >= self._lowered_at
        if is_new:
            self._level = max(1 / self.concurrency, self._level / 2)
            self._lowered_at = now
            self.refusals += 1
        if self.refusals >= _MOST_429S:
            raise keeps_failing(error)
        pause = min(_LONGEST_429_PAUSE, _FIRST_429_PAUSE * 2.0 ** (self.refusals - 1))
        pause = pause if error.retry_after is None else error.retry_after
        self._paused_until = max(self._paused_until, now + pause)
        if is_new:
            self.on_pause(self._paused_until - now)

    async def _wait_to_retry(self, error: CartesiaError, sent: int, *, can_retry: bool) -> None:
        """Wait before a retry, or raise the error."""
        if isinstance(error, _FATAL):
            raise StopExportError(error) from error
        asked = error.retry_after if isinstance(error, APIStatusError) else None
        is_too_long = asked is not None and asked > _LONGEST_RETRY_AFTER
        if not can_retry or is_too_long or isinstance(error, PermissionDeniedError):
            raise error
        pause = self.draw() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (sent - 1))
        if asked is not None:
            pause = asked
        _log.info("%s Retrying in %.2f s (retry %d).", error.summary, pause, sent)
        await self.clock.sleep_async(pause)


def keeps_failing(error: CartesiaError) -> StopExportError:
    """Return what ends an export whose server fails on every request, with the last failure."""
    if not isinstance(error, PermissionDeniedError):  # which waiting does not change
        error.summary = f"The server keeps failing; the last failure: {error.summary}"
        error.hint = "Run the same export again later. It resumes where it stopped."
    return StopExportError(error)


def is_not_there(error: CartesiaError) -> bool:
    """Return whether the API itself says that a thing does not exist; a gateway's 404 does not count."""
    return isinstance(error, NotFoundError) and isinstance(error.body, dict)


class Streak:
    """Counts calls that failed in a row, to tell calls that fail from a server that does."""

    def __init__(self, concurrency: int) -> None:
        self._long = max(_LEAST_STREAK, _STREAK_FOR_EACH_IN_FLIGHT * concurrency)
        self._failures = 0
        self.last: CartesiaError | None = None

    def take(self, failure: CartesiaError | None) -> None:
        self.last = failure
        self._failures = self._failures + 1 if failure else 0

    @property
    def is_long(self) -> bool:
        """Whether to try calls from elsewhere in the list."""
        return self._failures >= self._long

    @property
    def is_too_long(self) -> bool:
        """Whether as many from elsewhere have failed too."""
        return self._failures >= 2 * self._long
