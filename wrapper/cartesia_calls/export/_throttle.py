"""One pace and one retry budget for everything that an export asks of the server."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING, TypeVar

from cartesia_calls._exceptions import (
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

    from cartesia_calls._clock import Clock

    from ._pace import Pace

T = TypeVar("T")

_log = logging.getLogger("cartesia_calls")
# Whatever is asked for would fail by these.
_FATAL = (AuthenticationError, ConfigurationError)
# How often one request is sent; refusals (429) do not count, since they wait for all workers.
_MOST_ATTEMPTS = 5
# So many refusals in a row, each after a longer pause, and none of what was sent came through.
_MOST_REFUSALS = 10
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 8.0
# A longer pause is not waited for but told of.
_LONGEST_RETRY_AFTER = 300.0
# The budget: what there is at first, for each request at once; what a success adds; the most.
_RETRIES_AT_FIRST = 4
_LEAST_RETRIES = 20
_EARNED = 0.25
_MOST_RETRIES = 400


class StopExportError(Exception):
    """Nothing more is to be asked for; the cause, a `CartesiaError`, says why."""

    def __init__(self, cause: CartesiaError) -> None:
        super().__init__(str(cause))
        self.cause = cause

    def __reduce__(self) -> tuple[object, ...]:
        # By way of the text alone it would not come from one process to another.
        return type(self), (self.cause,)


class Throttle:
    """Lets requests start as the pace allows, and repeats what fails as long as the budget lasts.

    Args:
        pace: What bounds them.
        clock: Tells the time and waits.
        on_pause: Is told of a pause of all workers, with its seconds.
        draw: Gives a number from 0 to 1, for pauses.
    """

    def __init__(
        self,
        pace: Pace,
        clock: Clock,
        *,
        on_pause: Callable[[float], object] = lambda _: None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._pace = pace
        self._clock = clock
        self._on_pause = on_pause
        self._draw = draw
        self._turn = asyncio.Lock()
        self._ended = asyncio.Event()
        self._budget = float(max(_LEAST_RETRIES, _RETRIES_AT_FIRST * pace.concurrency))
        self._most_budget = max(_MOST_RETRIES, self._budget)
        self.retries = 0

    @property
    def requests(self) -> int:
        """How many requests have been sent."""
        return self._pace.started

    async def ask(
        self,
        request: Callable[[], Awaitable[T]],
        *,
        essential: bool = False,
        once: bool = False,
    ) -> T:
        """Return what a request brings, sending it as often as is sound.

        Args:
            request: Sends it once.
            essential: Whether it is repeated even when the budget is used up.
            once: Whether it is never repeated.

        Raises:
            StopExportError: The server refuses the key, or refuses all for its amount (429).
            CartesiaError: This request has failed for good.
        """
        sent = 0
        while True:
            started_at = self._clock.monotonic()
            try:
                started_at = await self._start()
                try:
                    answer = await request()
                finally:
                    self._pace.end()
                    self._ended.set()
            except CartesiaError as error:
                if is_the_answer(error):
                    self._succeeded()
                    if isinstance(error, CallLogsNotAvailableError):
                        # The client has looked at the call's record on its own.
                        self._pace.count(self._clock.monotonic())
                    raise
                if isinstance(error, RateLimitError):
                    self._refused(error, started_at)
                else:
                    sent += 1
                    most = 1 if once else _MOST_ATTEMPTS
                    can_repeat = sent < most and (essential or self._budget >= 1)
                    await self._bear(error, sent, can_repeat=can_repeat)
                self.retries += 1
            else:
                self._succeeded()
                return answer

    async def _start(self) -> float:
        """Wait until a request may start, one after the other, and return when that is."""
        async with self._turn:
            while (wait := self._pace.wait(now := self._clock.monotonic())) != 0:
                if wait is None:
                    self._ended.clear()
                    await self._ended.wait()
                else:
                    await self._clock.sleep_async(wait)
            self._pace.start(now)
        return now

    def _succeeded(self) -> None:
        self._budget = min(self._most_budget, self._budget + _EARNED)
        self._pace.succeeded()

    def _refused(self, error: RateLimitError, started_at: float) -> None:
        """Have all wait before anything is sent again."""
        if error.retry_after is not None and error.retry_after > _LONGEST_RETRY_AFTER:
            raise StopExportError(error)
        pause = self._pace.refused(self._clock.monotonic(), started_at, error.retry_after)
        if self._pace.refusals >= _MOST_REFUSALS:
            raise keeps_failing(error)
        if pause is not None:
            self._on_pause(pause)

    async def _bear(self, error: CartesiaError, sent: int, *, can_repeat: bool) -> None:
        """Wait before a request is sent again, or raise what ends it."""
        if isinstance(error, _FATAL):
            raise StopExportError(error) from error
        asked = error.retry_after if isinstance(error, APIStatusError) else None
        is_too_long = asked is not None and asked > _LONGEST_RETRY_AFTER
        if not can_repeat or is_too_long or isinstance(error, PermissionDeniedError):
            raise error
        self._budget = max(0.0, self._budget - 1)
        pause = self._draw() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (sent - 1))
        if asked is not None:
            pause = asked
        _log.info("%s Sending again in %.2f s (retry %d).", error.summary, pause, sent)
        await self._clock.sleep_async(pause)


def keeps_failing(error: CartesiaError) -> StopExportError:
    """Return what ends an export whose server fails whatever is asked for, as it did last."""
    if not isinstance(error, PermissionDeniedError):  # for which waiting is no help
        error.summary = f"The server keeps failing; the last failure: {error.summary}"
        error.hint = "Run the same export again later: it goes on from there."
    return StopExportError(error)


def is_the_answer(error: CartesiaError) -> bool:
    """Tell whether there is nothing of that name, as the API says it; a gateway's 404 says nothing."""
    return isinstance(error, NotFoundError) and isinstance(error.body, dict)
