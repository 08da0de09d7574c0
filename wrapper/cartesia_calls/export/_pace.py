"""How many requests at once and a second: bounded, less after a refusal, more again with successes.

Pure decisions on times that are handed in; `_throttle.py` waits by them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# What is left of the pace after a refusal (429), and what each success gives back of it: of what runs at
# once a part, so that each round of them allows one request more; of a second's requests this many.
_CUT = 0.5
_EARNED_RATE = 0.05
_LEAST_RATE = 0.1
# A refusal that names no pause: this one, doubled with each that follows without a success between.
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_MOST_DOUBLINGS = 10
# The pause of one that is told of already grows by less.
_TOLD = 1.0


@dataclass(slots=True)
class Pace:
    """The pace of all workers together.

    Attributes:
        concurrency: How many requests at once, at the most.
        rate: How many requests a second, at the most; None for no bound.
        running: How many requests are under way.
        started: How many have been started.
        refusals: How many times in a row the pace was cut, with no success between.
    """

    concurrency: int
    rate: float | None = None
    running: int = 0
    started: int = 0
    refusals: int = 0
    # The part of `concurrency` that is allowed now, and the requests a second; both less after a cut.
    _level: float = 1.0
    _rate_now: float | None = field(init=False)
    _paused_until: float = 0.0
    _next_start: float = 0.0
    _cut_at: float = float("-inf")
    # Whether a request had to wait for its second, which shows that the rate is what bounds them.
    _rate_holds: bool = False
    _successes: int = 0
    _began_at: float | None = None

    def __post_init__(self) -> None:
        self._rate_now = self.rate

    @property
    def allowed(self) -> int:
        """How many requests may be under way now; at least one."""
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
        """Count a request against the rate alone, such as one that the client sent on its own."""
        self.started += 1
        if self._began_at is None:
            self._began_at = now
        if self._rate_now is not None:
            # What was not used is not saved up.
            self._next_start = max(self._next_start, now) + 1 / self._rate_now

    def end(self) -> None:
        """Count a request that has ended, well or not."""
        self.running -= 1

    def succeeded(self) -> None:
        """Take a success into account: what a refusal has cut comes back step by step."""
        self.refusals = 0
        self._successes += 1
        if self._level < 1:
            self._level = min(1.0, self._level + 1 / (self.concurrency * self.allowed))
        if self._rate_now is not None and self._rate_holds:
            self._rate_holds = False
            most = float("inf") if self.rate is None else self.rate
            self._rate_now = min(most, self._rate_now + _EARNED_RATE)

    def refused(self, now: float, started_at: float, retry_after: float | None) -> float | None:
        """Take a refusal (429) into account.

        Args:
            now: The present moment.
            started_at: When the refused request was started. What was under way at the last cut
                does not cut again.
            retry_after: The seconds that the server asks for, if it does.

        Returns:
            The seconds that nothing may start; None where that had been told already.
        """
        cuts = started_at >= self._cut_at
        if cuts:
            self._cut(now)
        doublings = min(self.refusals - 1, _MOST_DOUBLINGS)
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**doublings)
        if retry_after is not None:
            pause = retry_after
        told = self._paused_until
        self._paused_until = max(told, now + pause)
        return self._paused_until - now if cuts or self._paused_until - told >= _TOLD else None

    def _cut(self, now: float) -> None:
        if self._rate_now is None and self.allowed == 1:
            # No fewer can run at once; so what the server has taken so far becomes the rate.
            seconds = now - (now if self._began_at is None else self._began_at)
            self._rate_now = self._successes / max(1.0, seconds)
        if self._rate_now is not None:
            least = _LEAST_RATE if self.rate is None else min(_LEAST_RATE, self.rate)
            self._rate_now = max(least, self._rate_now * _CUT)
        self._level = max(1 / self.concurrency, self._level * _CUT)
        self._cut_at = now
        self.refusals += 1
