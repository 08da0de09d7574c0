"""The state of the sandbox, and how time and requests change it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from ._call import Call, CallStatus
from ._example_ids import ExampleCalls
from ._examples import LOGS_WRITTEN_AFTER, example_agents, example_calls
from ._records import Record, call_logs
from ._story import continue_story

SECONDS_UNTIL_FIRST_LINES = 2.0
"""How long the running call has no logs, from the first request for them, in seconds."""

SECONDS_BETWEEN_LINES = 0.5
"""How often the running call writes one more line after that, in seconds."""

SECONDS_UNTIL_LATE_LOGS = 5.0
"""How long the call that just ended has no logs, from the first request for them, in seconds."""


class Clock(Protocol):
    """Tells the time; pass your own to the sandbox to move its calls along at will."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class WrongStatusError(Exception):
    """The call's status does not allow what was requested."""


class State:
    """The agents and calls of one server, for use on the server's event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        born = clock.now()
        self._calls = {call.call_id: call for call in example_calls(born)}
        self._just_ended = ExampleCalls().just_ended
        self.agents: Mapping[str, Mapping[str, object]] = example_agents(born)

    def now(self) -> datetime:
        """Return the present moment."""
        return self._clock.now()

    def calls(self, *, agent_id: str | None, batch_id: str | None) -> Sequence[Call]:
        """Return the calls of the agent, the batch or both, newest first."""
        self._end_just_ended()
        return [
            call
            for call in self._calls.values()
            if agent_id in {None, call.agent_id} and batch_id in {None, call.batch_id}
        ]

    def call(self, call_id: str) -> Call | None:
        """Return the call; `None` if there is none with that id."""
        if call_id == self._just_ended:
            self._end_just_ended()
        return self._calls.get(call_id)

    def logs(self, call: Call) -> Record | None:
        """Return the call's logs as of now; `None` if there are none.

        The running call and the one that just ended wait for the first request for their logs.
        """
        if call.logs_appear_at is None and call.redacted_at is None:
            call = self._keep(self._with_logs_to_come(call))
        return call_logs(call, self.now())

    def cancel(self, call: Call) -> None:
        """End the call now.

        Raises:
            WrongStatusError: It is not `started`.
        """
        now = self.now()
        if call.status(now) is not CallStatus.STARTED:
            raise WrongStatusError
        appear_at = call.logs_appear_at or now + LOGS_WRITTEN_AFTER
        self._keep(replace(call, ends_at=now, end_reason="api_cancelled", logs_appear_at=appear_at))

    def delete(self, call: Call) -> Call:
        """Erase the call's data and return what is left; doing so again changes nothing.

        Raises:
            WrongStatusError: It is not over.
        """
        now = self.now()
        if not call.is_over(now):
            raise WrongStatusError
        return call if call.redacted_at else self._keep(call.redacted(now))

    def _keep(self, call: Call) -> Call:
        self._calls[call.call_id] = call
        return call

    def _end_just_ended(self) -> None:
        call = self._calls[self._just_ended]
        if call.ends_at is None:
            self._keep(replace(call, ends_at=self.now()))

    def _with_logs_to_come(self, call: Call) -> Call:
        now = self.now()
        if call.call_id == self._just_ended:
            late = timedelta(seconds=SECONDS_UNTIL_LATE_LOGS)
            return replace(call, logs_appear_at=now + late)
        if call.log_while_watched and call.starts_at is not None:
            lines = call.log_while_watched
            since = now + timedelta(seconds=SECONDS_UNTIL_FIRST_LINES)
            step = timedelta(seconds=SECONDS_BETWEEN_LINES)
            make_story = partial(
                continue_story, call.make_story(), lines, since=since - call.starts_at, step=step
            )
            # One step after the last line, the call ends.
            ends_at = since + (len(lines) + 1) * step
            return replace(call, logs_appear_at=since, ends_at=ends_at, make_story=make_story)
        return call
