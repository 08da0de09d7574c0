"""How many calls in a row have failed: whether it is the calls that fail, or the server."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cartesia_calls._exceptions import CartesiaError

_LEAST = 20
_FOR_EACH_AT_ONCE = 2


class Streak:
    """Counts calls that failed with no other between.

    Args:
        concurrency: How many are asked for at once.
    """

    def __init__(self, concurrency: int) -> None:
        self._long = max(_LEAST, _FOR_EACH_AT_ONCE * concurrency)
        self._failures = 0
        self.last: CartesiaError | None = None

    def take(self, failure: CartesiaError | None) -> None:
        """Count a call: with its failure, or as one that came."""
        self.last = failure
        self._failures = self._failures + 1 if failure else 0

    @property
    def is_long(self) -> bool:
        """Whether calls from elsewhere are to be tried."""
        return self._failures >= self._long

    @property
    def is_too_long(self) -> bool:
        """Whether as many from elsewhere have failed too."""
        return self._failures >= 2 * self._long
