"""What can be asked about calls, as flows that sync and async clients both run."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from ._arguments import check_id, check_seconds
from ._exceptions import (
    APIConnectionError,
    APIStatusError,
    CallLogsNotAvailableError,
    LogsWaitTimeoutError,
)
from ._flow import Sleep
from ._operations import GET_CALL_LOGS, SPEC_VERSION
from ._retry import is_passing

if TYPE_CHECKING:
    from cartesia_api.models import AgentCallLogs

    from ._exceptions import MissingLogsReason
    from ._flow import Flow
    from ._retry import Failure
    from ._sending import Sender

_log = logging.getLogger("cartesia_calls")

# Between two looks for logs that are not there yet, in seconds: the pause doubles from the first to
# the last, and each is shortened by up to half so that many waiters do not ask in step.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 5.0
_DOUBLINGS_TO_LONGEST = 4
# What is kept of the time for the last look, in seconds, where the next pause would use it all up.
_LAST_LOOK = 0.25


@dataclass(frozen=True, slots=True)
class CallFlows:
    """The flows behind `client.calls`."""

    sender: Sender

    def logs(self, call_id: str) -> Flow[AgentCallLogs]:
        """See `Calls.logs`."""
        return (yield from self._get_logs(self.sender, check_id(call_id, "call_id")))

    def wait_for_logs(self, call_id: str, timeout: float) -> Flow[AgentCallLogs]:
        """See `Calls.wait_for_logs`."""
        check_id(call_id, "call_id")
        clock = self.sender.clock
        deadline = clock.monotonic() + check_seconds(timeout, "timeout")
        # The first look has the client's own time-out, so that timeout=0 can be asked for.
        remaining = timeout or self.sender.settings.timeout
        reason: MissingLogsReason = "unknown"
        for look in count(1):
            failure: Failure
            try:
                return (yield from self._get_logs(self.sender.once_within(remaining), call_id))
            except CallLogsNotAvailableError as error:
                if error.may_become_available is False:
                    raise
                failure, reason = error, error.reason
            except (APIConnectionError, APIStatusError) as error:
                if not is_passing(error):
                    raise
                failure = error
            pause = self._pause_between_looks(look, failure, deadline - clock.monotonic())
            if pause is None:
                raise _waited_in_vain(call_id, timeout, reason, failure) from failure
            _log.info("%s Looking again in %.2f s.", failure.summary, pause)
            yield Sleep(pause)
            remaining = deadline - clock.monotonic()
        raise AssertionError("count() does not end")

    def _get_logs(self, sender: Sender, call_id: str) -> Flow[AgentCallLogs]:
        return sender.call(GET_CALL_LOGS, call_id, cartesia_version=SPEC_VERSION)

    def _pause_between_looks(self, look: int, failure: Failure, remaining: float) -> float | None:
        """Return the seconds until the next look, None where no time is left for one."""
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(look - 1, _DOUBLINGS_TO_LONGEST))
        pause = longest * (1 + self.sender.policy.draw()) / 2
        if isinstance(failure, APIStatusError) and failure.retry_after is not None:
            pause = max(pause, failure.retry_after)
            return pause if pause < remaining else None
        if pause + _LAST_LOOK <= remaining:
            return pause
        return remaining - _LAST_LOOK if remaining > 2 * _LAST_LOOK else None


def _waited_in_vain(
    call_id: str, timeout: float, reason: MissingLogsReason, last: Failure
) -> LogsWaitTimeoutError:
    return LogsWaitTimeoutError(
        f"The logs of call {call_id!r} did not appear within {timeout:g} s; last: {last.summary}",
        hint="Wait longer, or check that the call is over: logs may come only after its end.",
        call_id=call_id,
        timeout=timeout,
        reason=reason,
    )
