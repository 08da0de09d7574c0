"""How many requests at once and a second: bounded, less after a refusal, more again with successes.

Pure decisions on times that are handed in; `_throttle.py` waits by them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

# What is left of the pace after a refusal (429), and what each success gives back of a request.
_CUT = 0.5
# A refusal that names no pause: this one, doubled with each that follows without a success between.
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 30.0
_MOST_DOUBLINGS = 10


@dataclass(slots=True)
class Pace:
    """The pace of all workers together.

    Attributes:
        concurrency: How many requests at once, at the most.
        rate: How many requests a second, at the most; None for no bound.
        level: The part of both that is allowed now, above 0 and up to 1.
        running: How many requests are under way.
        started: How many have been started.
        refusals: How many refusals came since the last success.
    """

    concurrency: int
    rate: float | None = None
    level: float = 1.0
    running: int = 0
    started: int = 0
    refusals: int = field(default=0)
    _paused_until: float = 0.0
    _next_start: float = 0.0
    _cut_at: float = float("-inf")

    @property
    def allowed(self) -> int:
        """How many requests may be under way now; at least one."""
        return max(1, int(self.level * self.concurrency))

    def wait(self, now: float) -> float | None:
        """Return the seconds until another request may start; None until one has ended."""
        if self.running >= self.allowed:
            return None
        return max(0.0, self._paused_until - now, self._next_start - now)

    def start(self, now: float) -> None:
        """Count a request that starts now."""
        self.running += 1
        self.count(now)

    def count(self, now: float) -> None:
        """Count a request against the rate alone, such as one that the client sent on its own."""
        self.started += 1
        if self.rate is not None:
            # What was not used is not saved up.
            self._next_start = max(self._next_start, now) + 1 / (self.rate * self.level)

    def end(self) -> None:
        """Count a request that has ended, well or not."""
        self.running -= 1

    def succeeded(self) -> None:
        """Take a success into account: each round of them allows one request more at once."""
        self.refusals = 0
        if self.level < 1:
            self.level = min(1.0, self.level + 1 / (self.concurrency * self.allowed))

    def refused(self, now: float, started_at: float, retry_after: float | None) -> float:
        """Take a refusal (429) into account, and return the seconds that nothing may start.

        Args:
            now: The present moment.
            started_at: When the refused request was started. What was under way at the last cut
                does not cut again.
            retry_after: The seconds that the server asks for, if it does.
        """
        if started_at >= self._cut_at:
            self.level = max(1 / self.concurrency, self.level * _CUT)
            self._cut_at = now
            self.refusals += 1
        doublings = min(self.refusals - 1, _MOST_DOUBLINGS)
        pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**doublings)
        if retry_after is not None:
            pause = retry_after
        self._paused_until = max(self._paused_until, now + pause)
        return self._paused_until - now
