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
_FATAL = (AuthenticationError, PermissionDeniedError, ConfigurationError)
# How often one request is sent; refusals (429) do not count, since they wait for all workers.
_MOST_ATTEMPTS = 5
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
        self.retries = 0

    @property
    def requests(self) -> int:
        """How many requests have been sent."""
        return self._pace.started

    async def ask(self, request: Callable[[], Awaitable[T]]) -> T:
        """Return what a request brings, sending it as often as is sound.

        Raises:
            StopExportError: The server refuses the key, or keeps failing whatever is asked.
            CartesiaError: This request has failed for good.
        """
        attempts = 0
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
                if _is_the_answer(error):
                    self._succeeded()
                    if isinstance(error, CallLogsNotAvailableError):
                        # The client has looked at the call's record on its own.
                        self._pace.count(self._clock.monotonic())
                    raise
                if isinstance(error, RateLimitError):
                    self._refused(error, started_at)
                    continue
                attempts += 1
                await self._bear(error, attempts)
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
        self._budget = min(_MOST_RETRIES, self._budget + _EARNED)
        self._pace.succeeded()

    def _refused(self, error: RateLimitError, started_at: float) -> None:
        if error.retry_after is not None and error.retry_after > _LONGEST_RETRY_AFTER:
            raise StopExportError(error)
        self._spend(error)
        pause = self._pace.refused(self._clock.monotonic(), started_at, error.retry_after)
        self._on_pause(pause)

    async def _bear(self, error: CartesiaError, attempts: int) -> None:
        """Wait before a request is sent again, or raise what ends it."""
        if isinstance(error, _FATAL):
            raise StopExportError(error) from error
        if attempts >= _MOST_ATTEMPTS:
            raise error
        self._spend(error)
        pause = self._draw() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempts - 1))
        if isinstance(error, APIStatusError) and error.retry_after is not None:
            if error.retry_after > _LONGEST_RETRY_AFTER:
                raise StopExportError(error)
            pause = error.retry_after
        _log.info("%s Sending again in %.2f s (retry %d).", error.summary, pause, attempts)
        await self._clock.sleep_async(pause)

    def _spend(self, error: CartesiaError) -> None:
        if self._budget < 1:
            error.summary = f"The server keeps failing; the last failure: {error.summary}"
            error.hint = "Run the same export again later: it goes on from there."
            raise StopExportError(error) from error
        self._budget -= 1
        self.retries += 1


def _is_the_answer(error: CartesiaError) -> bool:
    """Tell whether there is nothing of that name, as the API says it; a gateway's 404 says nothing."""
    return isinstance(error, NotFoundError) and isinstance(error.body, dict)
