"""When to retry, and after which pause: pure decisions, without a clock or sleeping."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from ._exceptions import APIConnectionError, APIStatusError

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
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_MOST_DOUBLINGS = 4
LONGEST_RETRY_AFTER = 60.0
"""The longest pause that a server may request, in seconds. A longer one ends the retries."""


def is_passing(failure: Failure) -> bool:
    """Return whether the same request may succeed later: no response, 408, 409, 429, or 5xx."""
    if isinstance(failure, APIConnectionError):
        return True
    status = failure.status_code
    return status in _PASSING_STATUSES or status >= HTTPStatus.INTERNAL_SERVER_ERROR


def was_not_acted_on(failure: Failure) -> bool:
    """Return whether the server cannot have acted: it was not reached, or is too busy (429)."""
    if isinstance(failure, APIConnectionError):
        return not failure.may_have_arrived
    return failure.status_code == HTTPStatus.TOO_MANY_REQUESTS


def retry_after(failure: Failure) -> float | None:
    """Return the seconds that the server asks to wait; None if it names none."""
    return failure.retry_after if isinstance(failure, APIStatusError) else None


def doubled_pause(attempt: int, longest: float = _LONGEST_PAUSE) -> float:
    """Return the longest pause after an attempt: 0.5 s, doubled for each after the first."""
    return min(longest, _FIRST_PAUSE * 2.0 ** min(attempt - 1, _MOST_DOUBLINGS))


def draw() -> float:
    """Return a random number from 0 to 1."""
    import random  # noqa: PLC0415 - slow to import, and needed for retries alone

    return random.random()  # noqa: S311 - no secret


def pause_before_retry(
    failure: Failure, attempt: int, *, max_retries: int, repeatable: bool, remaining: float
) -> float | None:
    """Return how many seconds to wait after a failed attempt, or None to give up.

    The pause before retry n is drawn evenly from 0 to 0.5 s doubled n - 1 times, at most 8 s ("full
    jitter"), unless the server requests one.

    Args:
        failure: How attempt number `attempt` failed.
        attempt: 1 for the first.
        max_retries: How often the request is retried.
        repeatable: Whether a request that was acted on may be retried.
        remaining: How many seconds the operation has left. A pause must end before that.
    """
    may_repeat = is_passing if repeatable else was_not_acted_on
    if attempt > max_retries or not may_repeat(failure):
        return None
    pause = retry_after(failure)
    if pause is None:
        pause = draw() * doubled_pause(attempt)
    elif pause > LONGEST_RETRY_AFTER:
        return None
    return pause if pause < remaining else None
