"""What the sandbox remembers, and how it moves with the time and with what is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from ._call import Call, CallStatus
from ._clock import Clock
from ._example_agents import example_agents
from ._example_calls import LOGS_WRITTEN_AFTER, busy_calls, quiet_calls
from ._example_ids import ExampleCalls
from ._example_stories import STEPS_WHILE_WATCHED, running_watched
from ._logs import CallLogs, logs_of
from ._named_calls import named_calls
from ._recording import recording

SECONDS_UNTIL_FIRST_LINES = 2.0
"""How long the running call has no logs, from the first request for them, in seconds."""

SECONDS_BETWEEN_LINES = 0.5
"""How often the running call writes one more line after that, in seconds."""

SECONDS_UNTIL_LATE_LOGS = 5.0
"""How long the call that just ended has no logs, from the first request for them, in seconds."""


class WrongStatusError(Exception):
    """The call's status does not allow what was asked."""


class State:
    """The agents and calls of one server, for use on the server's event loop."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        born = clock.now()
        calls = [*named_calls(born), *busy_calls(born), *quiet_calls(born)]
        calls.sort(key=lambda call: call.created_at, reverse=True)
        self._calls = {call.call_id: call for call in calls}
        self._ids = ExampleCalls()
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
        """Return the call; `None` where there is none of that id."""
        if call_id == self._ids.just_ended:
            self._end_just_ended()
        return self._calls.get(call_id)

    def logs(self, call: Call) -> CallLogs | None:
        """Return the call's logs as of now; `None` where there are none to give.

        The first request for them is what the running call and the one that just ended wait for.
        """
        if call.logs_appear_at is None and call.redacted_at is None:
            call = self._keep(self._with_logs_to_come(call))
        return logs_of(call, self.now())

    def recording(self, call: Call) -> bytes | None:
        """Return the call's recording, a WAV file; `None` where there is none to give."""
        if not call.has_recording(self.now()) or call.starts_at is None or call.ends_at is None:
            return None
        return recording((call.ends_at - call.starts_at).total_seconds())

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
        """Erase the call's data and return what is left; once erased, it stays as it is.

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
        call = self._calls[self._ids.just_ended]
        if call.ends_at is None:
            self._keep(replace(call, ends_at=self.now()))

    def _with_logs_to_come(self, call: Call) -> Call:
        now = self.now()
        if call.call_id == self._ids.just_ended:
            late = timedelta(seconds=SECONDS_UNTIL_LATE_LOGS)
            return replace(call, logs_appear_at=now + late)
        if call.call_id == self._ids.running and call.starts_at is not None:
            first_lines = now + timedelta(seconds=SECONDS_UNTIL_FIRST_LINES)
            step = timedelta(seconds=SECONDS_BETWEEN_LINES)
            return replace(
                call,
                logs_appear_at=first_lines,
                ends_at=first_lines + STEPS_WHILE_WATCHED * step,
                tell=partial(running_watched, since=first_lines - call.starts_at, step=step),
            )
        return call
