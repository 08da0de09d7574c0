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
_LONGEST_PAUSE = 8.0
_DOUBLINGS_TO_LONGEST = 4
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
    pause = failure.retry_after if isinstance(failure, APIStatusError) else None
    if pause is None:
        halvings = max(0, _DOUBLINGS_TO_LONGEST - (attempt - 1))
        pause = draw() * _LONGEST_PAUSE / 2**halvings
    elif pause > LONGEST_RETRY_AFTER:
        return None
    return pause if pause < remaining else None
