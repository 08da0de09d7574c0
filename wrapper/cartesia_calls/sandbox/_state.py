"""The sandbox's calls, and what is known of each at a given moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from ._clock import Clock
from ._example_logs import FINISHED_LOGS, FINISHED_UPDATED_AT, RUNNING_LINES

SECONDS_UNTIL_FIRST_LINES = 2.0
"""How long the running call has no logs, from the first request for them, in seconds."""

SECONDS_BETWEEN_LINES = 0.5
"""How often the running call writes one more line after that, in seconds."""

FIRST_LINES = 2
"""How many lines the running call's logs begin with."""


@dataclass(frozen=True, kw_only=True)
class ExampleCalls:
    """The ids of the example calls.

    Attributes:
        finished: Over, and its logs are there.
        running: Has no logs at first; they appear while one watches, from the first request
            for them until the call ends a few seconds later.
        expired: Exists, but its logs were removed by retention.
        unknown: An example of an id that no call has; so is every id not named here.
    """

    finished: str = "ac_finished"
    running: str = "ac_running"
    expired: str = "ac_expired"
    unknown: str = "ac_unknown"


@dataclass(frozen=True, kw_only=True)
class CallLogs:
    """The logs of a call at one moment; `updated_at` is aware, in UTC."""

    call_id: str
    lines: Sequence[str]
    updated_at: datetime


class Missing(Enum):
    """Why there are no logs to give: the two cases that the API tells apart."""

    CALL = auto()
    LOGS = auto()


class State:
    """What the sandbox remembers; one per server, for use on the server's event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._calls = ExampleCalls()
        self._watched_since: datetime | None = None

    def logs(self, call_id: str) -> CallLogs | Missing:
        """Return the call's logs as of now, or why there are none."""
        if call_id == self._calls.finished:
            return CallLogs(call_id=call_id, lines=FINISHED_LOGS, updated_at=FINISHED_UPDATED_AT)
        if call_id == self._calls.running:
            return self._running_logs()
        return Missing.LOGS if call_id == self._calls.expired else Missing.CALL

    def _running_logs(self) -> CallLogs | Missing:
        now = self._clock.now()
        if self._watched_since is None:
            self._watched_since = now
        first_written = self._watched_since + timedelta(seconds=SECONDS_UNTIL_FIRST_LINES)
        if now < first_written:
            return Missing.LOGS
        step = timedelta(seconds=SECONDS_BETWEEN_LINES)
        steps = min((now - first_written) // step, len(RUNNING_LINES) - FIRST_LINES)
        lines = [
            line.written_at(first_written + max(0, index + 1 - FIRST_LINES) * step)
            for index, line in enumerate(RUNNING_LINES[: FIRST_LINES + steps])
        ]
        return CallLogs(
            call_id=self._calls.running, lines=lines, updated_at=first_written + steps * step
        )
