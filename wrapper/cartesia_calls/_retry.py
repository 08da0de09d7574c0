"""When to retry, and after how long: pure decisions, no clock and no sleeping."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from ._exceptions import APIConnectionError, APIStatusError

if TYPE_CHECKING:
    from collections.abc import Callable

Failure = APIConnectionError | APIStatusError


@dataclass(frozen=True, slots=True)
class RetryEvent:
    """A request that failed and is about to be retried.

    Attributes:
        method: The request's method.
        url: The request's URL.
        attempt: The number of the attempt that failed; 1 for the first.
        pause: How long until the retry, in seconds.
        error: How it failed.
    """

    method: str
    url: str
    attempt: int
    pause: float
    error: APIConnectionError | APIStatusError


_PASSING_STATUSES = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS}
)
# Past this many doublings a pause is at its cap anyway, and 2**n would grow without end.
_MOST_DOUBLINGS = 30


def is_passing(failure: Failure) -> bool:
    """Return whether the same request may succeed later: no response, 408, 409, 429, or 5xx."""
    if isinstance(failure, APIConnectionError):
        return True
    status = failure.status_code
    return status in _PASSING_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def was_not_acted_on(failure: Failure) -> bool:
    """Return whether the server surely did nothing: it was not reached, or is too busy (429)."""
    if isinstance(failure, APIConnectionError):
        return not failure.may_have_arrived
    return failure.status_code == HTTPStatus.TOO_MANY_REQUESTS


def _draw() -> float:
    import random  # noqa: PLC0415 - slow to import, and needed for retries alone

    return random.random()  # noqa: S311 - no secret


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How a failed request is retried.

    The pause before retry n is drawn evenly from 0 to `first_pause * 2**(n - 1)`, at most
    `longest_pause` ("full jitter"), unless the server names one.

    Attributes:
        max_retries: How often a request is retried.
        first_pause: The longest pause before the first retry, in seconds.
        longest_pause: The cap of a pause that we choose, in seconds.
        longest_retry_after: The cap of a pause that the server may choose, in seconds; a longer one
            is not slept but raised, with its value in `retry_after`.
        draw: Gives a number from 0 to 1.
    """

    max_retries: int
    first_pause: float = 0.5
    longest_pause: float = 8.0
    longest_retry_after: float = 60.0
    draw: Callable[[], float] = _draw

    def pause(
        self,
        failure: Failure,
        attempt: int,
        *,
        repeatable: bool = True,
        remaining: float = float("inf"),
    ) -> float | None:
        """Return how many seconds to wait before the retry, or None to give up.

        Args:
            failure: How attempt number `attempt` failed.
            attempt: 1 for the first.
            repeatable: Whether a request that was acted on may be sent again.
            remaining: How many seconds the operation has left; a pause that would leave none is
                not begun.
        """
        may_repeat = is_passing if repeatable else was_not_acted_on
        if attempt > self.max_retries or not may_repeat(failure):
            return None
        pause = failure.retry_after if isinstance(failure, APIStatusError) else None
        if pause is None:
            doublings = min(attempt - 1, _MOST_DOUBLINGS)
            pause = self.draw() * min(self.longest_pause, self.first_pause * 2.0**doublings)
        elif pause > self.longest_retry_after:
            return None
        return pause if pause < remaining else None
