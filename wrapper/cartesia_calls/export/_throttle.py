"""One pace and one retry budget for all requests of an export.

The pace is how many requests run at once and per second: fewer after a 429, more again with each success.
"""

from __future__ import annotations

import asyncio
import logging
import random
from dataclasses import dataclass, field
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
# After so many 429s in a row, each after a longer pause, the server counts as failing.
_MOST_REFUSALS = 10
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
# A longer pause is not waited for: the error is raised.
_LONGEST_RETRY_AFTER = 300.0
# The retry budget: at the start, for each request at once; what a success adds; the most.
_RETRIES_AT_FIRST = 4
_LEAST_RETRIES = 20
_EARNED = 0.25
_MOST_RETRIES = 400
# What is left of the pace after a 429, and by how many requests a second each success raises it. What
# runs at once grows by one request with each round of successes.
_CUT = 0.5
_EARNED_RATE = 0.05
_LEAST_RATE = 0.1
# The pause after a 429 that names none; it doubles with each further one that no success precedes.
_FIRST_429_PAUSE = 1.0
_LONGEST_429_PAUSE = 30.0
_MOST_DOUBLINGS = 10
# A pause that was reported is reported again only if it grows by as much.
_REPORTED = 1.0
# So many calls in a row must fail, or so many for each request at once, before others are tried.
_LEAST_STREAK = 20
_STREAK_FOR_EACH_AT_ONCE = 2


class StopExportError(Exception):
    """Ends an export; its cause, a `CartesiaError`, says why."""

    def __init__(self, cause: CartesiaError) -> None:
        super().__init__(str(cause))
        self.cause = cause

    def __reduce__(self) -> tuple[object, ...]:
        # With the text alone it could not be sent between processes.
        return type(self), (self.cause,)


@dataclass(slots=True)
class Pace:
    """The pace of all workers: so many requests run at once, and start per second, at most.

    `refusals` is how many times the pace was cut since the last success.
    """

    concurrency: int
    rate: float | None = None
    running: int = 0
    started: int = 0
    refusals: int = 0
    # The part of `concurrency` that is allowed now, and the requests per second; a cut lowers both.
    _level: float = 1.0
    _rate_now: float | None = field(init=False)
    _paused_until: float = 0.0
    _next_start: float = 0.0
    _cut_at: float = float("-inf")
    # Whether a request had to wait for its turn, which shows that the rate is the limit.
    _rate_holds: bool = False
    _successes: int = 0
    _began_at: float | None = None

    def __post_init__(self) -> None:
        self._rate_now = self.rate

    @property
    def allowed(self) -> int:
        """How many requests may be in flight now; at least one."""
        return max(1, int(self._level * self.concurrency))

    def wait(self, now: float) -> float | None:
        """Return the seconds until another request may start; None until one has ended."""
        if self.running >= self.allowed:
            return None
        pause, space = self._paused_until - now, self._next_start - now
        self._rate_holds |= space > max(0.0, pause)
        return max(0.0, pause, space)

    def start(self, now: float) -> None:
        """Count a request that starts now."""
        self.running += 1
        self.count(now)

    def count(self, now: float) -> None:
        """Count a request that the client sent by itself, against the rate alone."""
        self.started += 1
        if self._began_at is None:
            self._began_at = now
        if self._rate_now is not None:
            # An unused turn is not saved up.
            self._next_start = max(self._next_start, now) + 1 / self._rate_now

    def end(self) -> None:
        """Count a request that has ended, in success or failure."""
        self.running -= 1

    def succeeded(self) -> None:
        """Take a success into account, which restores a part of what a 429 has cut."""
        self.refusals = 0
        self._successes += 1
        if self._level < 1:
            self._level = min(1.0, self._level + 1 / (self.concurrency * self.allowed))
        if self._rate_now is not None and self._rate_holds:
            self._rate_holds = False
            most = float("inf") if self.rate is None else self.rate
            self._rate_now = min(most, self._rate_now + _EARNED_RATE)

    def refused(self, now: float, started_at: float, retry_after: float | None) -> float | None:
        """Take a 429 into account; requests that were in flight at the last cut do not cut again.

        Return for how many seconds nothing may start, None if that was reported already.
        """
        cuts = started_at >= self._cut_at
        if cuts:
            self._cut(now)
        doublings = min(self.refusals - 1, _MOST_DOUBLINGS)
        pause = min(_LONGEST_429_PAUSE, _FIRST_429_PAUSE * 2.0**doublings)
        if retry_after is not None:
            pause = retry_after
        before = self._paused_until
        self._paused_until = max(before, now + pause)
        is_new = cuts or self._paused_until - before >= _REPORTED
        return self._paused_until - now if is_new else None

    def _cut(self, now: float) -> None:
        if self._rate_now is None and self.allowed == 1:
            # No fewer can run at once, so what the server has accepted so far becomes the rate.
            seconds = now - (now if self._began_at is None else self._began_at)
            self._rate_now = self._successes / max(1.0, seconds)
        if self._rate_now is not None:
            least = _LEAST_RATE if self.rate is None else min(_LEAST_RATE, self.rate)
            self._rate_now = max(least, self._rate_now * _CUT)
        self._level = max(1 / self.concurrency, self._level * _CUT)
        self._cut_at = now
        self.refusals += 1


@dataclass
class Throttle:
    """Starts requests as the pace allows, and retries them while the budget lasts.

    Attributes:
        on_pause: Called with the seconds of a pause of all workers.
        draw: Returns a number from 0 to 1, for the length of pauses.
    """

    pace: Pace
    clock: Clock
    on_pause: Callable[[float], object] = lambda _: None
    draw: Callable[[], float] = random.random
    retries: int = 0

    def __post_init__(self) -> None:
        self._turn = asyncio.Lock()
        self._ended = asyncio.Event()
        self._budget = float(max(_LEAST_RETRIES, _RETRIES_AT_FIRST * self.pace.concurrency))
        self._most_budget = max(_MOST_RETRIES, self._budget)

    @property
    def requests(self) -> int:
        """How many requests have been sent."""
        return self.pace.started

    async def ask(
        self, request: Callable[[], Awaitable[T]], *, essential: bool = False, once: bool = False
    ) -> T:
        """Return the result of a request, with retries, or never with any if `once`.

        An `essential` request is retried even when the budget is used up.
        """
        sent = 0
        while True:
            started_at = self.clock.monotonic()
            try:
                started_at = await self._start()
                try:
                    result = await request()
                finally:
                    self.pace.end()
                    self._ended.set()
            except CartesiaError as error:
                if is_not_there(error):
                    self._succeeded()
                    if isinstance(error, CallLogsNotAvailableError):
                        # The client has requested the call's record by itself.
                        self.pace.count(self.clock.monotonic())
                    raise
                if isinstance(error, RateLimitError):
                    self._refused(error, started_at)
                else:
                    sent += 1
                    most = 1 if once else _MOST_ATTEMPTS
                    can_retry = sent < most and (essential or self._budget >= 1)
                    await self._bear(error, sent, can_retry=can_retry)
                self.retries += 1
            else:
                self._succeeded()
                return result

    async def _start(self) -> float:
        """Wait until a request may start, one after the other, and return the time."""
        async with self._turn:
            while (wait := self.pace.wait(now := self.clock.monotonic())) != 0:
                if wait is None:
                    self._ended.clear()
                    await self._ended.wait()
                else:
                    await self.clock.sleep_async(wait)
            self.pace.start(now)
        return now

    def _succeeded(self) -> None:
        self._budget = min(self._most_budget, self._budget + _EARNED)
        self.pace.succeeded()

    def _refused(self, error: RateLimitError, started_at: float) -> None:
        """Pause all workers."""
        if error.retry_after is not None and error.retry_after > _LONGEST_RETRY_AFTER:
            raise StopExportError(error)
        pause = self.pace.refused(self.clock.monotonic(), started_at, error.retry_after)
        if self.pace.refusals >= _MOST_REFUSALS:
            raise keeps_failing(error)
        if pause is not None:
            self.on_pause(pause)

    async def _bear(self, error: CartesiaError, sent: int, *, can_retry: bool) -> None:
        """Wait before a retry, or raise the error."""
        if isinstance(error, _FATAL):
            raise StopExportError(error) from error
        asked = error.retry_after if isinstance(error, APIStatusError) else None
        is_too_long = asked is not None and asked > _LONGEST_RETRY_AFTER
        if not can_retry or is_too_long or isinstance(error, PermissionDeniedError):
            raise error
        self._budget = max(0.0, self._budget - 1)
        pause = self.draw() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (sent - 1))
        if asked is not None:
            pause = asked
        _log.info("%s Sending again in %.2f s (retry %d).", error.summary, pause, sent)
        await self.clock.sleep_async(pause)


def keeps_failing(error: CartesiaError) -> StopExportError:
    """Return what ends an export whose server fails on every request, with the last failure."""
    if not isinstance(error, PermissionDeniedError):  # which waiting does not change
        error.summary = f"The server keeps failing; the last failure: {error.summary}"
        error.hint = "Run the same export again later. It resumes where it stopped."
    return StopExportError(error)


def is_not_there(error: CartesiaError) -> bool:
    """Return whether the API itself says that there is no such thing; a gateway's 404 does not count."""
    return isinstance(error, NotFoundError) and isinstance(error.body, dict)


class Streak:
    """Counts calls that failed in a row: is it the calls that fail, or the server?"""

    def __init__(self, concurrency: int) -> None:
        self._long = max(_LEAST_STREAK, _STREAK_FOR_EACH_AT_ONCE * concurrency)
        self._failures = 0
        self.last: CartesiaError | None = None

    def take(self, failure: CartesiaError | None) -> None:
        """Count a call with its failure, or None for a success."""
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
