"""`client.calls`: what can be asked about calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from cartesia_api.models import AgentCallLogs

    from ._call_flows import CallFlows
    from ._flow import Flow

T = TypeVar("T")

DEFAULT_WAIT = 120.0
"""How long `wait_for_logs` waits unless told otherwise, in seconds."""


class _Run(Protocol):
    def __call__(self, flow: Flow[T], /) -> T: ...


class _RunAsync(Protocol):
    def __call__(self, flow: Flow[T], /) -> Awaitable[T]: ...


class Calls:
    """Voice-agent calls, asked about one request at a time."""

    def __init__(self, flows: CallFlows, run: _Run) -> None:
        self._flows = flows
        self._run = run

    def logs(self, call_id: str) -> AgentCallLogs:
        """Return the runtime logs of a call (operation `agents_get-call-logs`).

        Args:
            call_id: The call's id, such as `ac_123`.

        Returns:
            `call_id`; `logs`, the lines that the agent's code wrote, oldest first; and
            `updated_at`, when they last changed, an aware datetime.

        Raises:
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call has no logs, or none yet.
            APIStatusError: The server refused for another reason; the class tells which.
            APIConnectionError: No whole answer came back.
            ResponseValidationError: The answer is not what the spec says.
            TypeError: `call_id` is not a string.
            ValueError: `call_id` can't be an id.
        """
        return self._run(self._flows.logs(call_id))

    def wait_for_logs(self, call_id: str, timeout: float = DEFAULT_WAIT) -> AgentCallLogs:
        """Return the runtime logs of a call as soon as there are any to return.

        Asks again with growing pauses (`agents_get-call-logs`, 0.25 to 5 s apart), goes on through
        failures that may pass, and never goes past the time given. Every look in vain leaves a
        record in the logger `cartesia_calls`, level INFO.

        Args:
            call_id: The call's id, such as `ac_123`.
            timeout: How long to wait at the most, in seconds; 0 asks once.

        Returns:
            As `logs`.

        Raises:
            LogsWaitTimeoutError: The logs did not appear in time.
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call's logs can never come.
            APIStatusError: The server refused for a reason that waiting does not change.
            ResponseValidationError: The answer is not what the spec says.
            TypeError: An argument has the wrong type.
            ValueError: An argument has an impossible value.
        """
        return self._run(self._flows.wait_for_logs(call_id, timeout))


class AsyncCalls:
    """`Calls`, to be awaited."""

    def __init__(self, flows: CallFlows, run: _RunAsync) -> None:
        self._flows = flows
        self._run = run

    async def logs(self, call_id: str) -> AgentCallLogs:
        """Return the runtime logs of a call (operation `agents_get-call-logs`).

        Arguments, result and errors are those of `Calls.logs`.
        """
        return await self._run(self._flows.logs(call_id))

    async def wait_for_logs(self, call_id: str, timeout: float = DEFAULT_WAIT) -> AgentCallLogs:  # noqa: ASYNC109 - the whole wait's bound, as in Calls
        """Return the runtime logs of a call as soon as there are any to return.

        Arguments, result and errors are those of `Calls.wait_for_logs`. Cancelling the task ends
        the wait at once.
        """
        return await self._run(self._flows.wait_for_logs(call_id, timeout))
