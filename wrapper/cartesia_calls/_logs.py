"""The methods of `client.calls` that read logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartesia_api.models import AgentCall
from cartesia_api.types import Misfit

from ._arguments import check_id, check_seconds
from ._exceptions import (
    APIConnectionError,
    APIStatusError,
    CallLogsNotAvailableError,
    CartesiaError,
    LogsRewrittenError,
    LogsWaitTimeoutError,
)
from ._log import logger
from ._missing_logs import explain, is_over
from ._operations import GET_CALL_AS_IT_CAME, GET_CALL_LOGS, SPEC_VERSION
from ._retry import LONGEST_RETRY_AFTER, doubled_pause, draw, is_passing, retry_after

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cartesia_api.models import AgentCallLogs

    from ._exceptions import MissingLogsReason
    from ._retry import Failure
    from ._sending import Sender

# In seconds.
DEFAULT_WAIT = 120.0
# The longest pause between two polls, in seconds.
_LONGEST_PAUSE = 5.0
# The seconds that stay for the last poll, if the next pause would use up all the time.
_LAST_POLL = 0.25
# After so many polls without a change, following ends if the call is over: lines may come late.
_QUIET_POLLS_AT_THE_END = 3
# After so many failed polls in a row, following fails.
_FAILED_POLLS = 5
# How many bytes of a streamed document are kept for an error to quote from.
_LONGEST_BEGINNING = 1000


class AsyncLogs:
    """The logs of calls: fetched once, waited for, followed and streamed."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def logs(self, call_id: str) -> AgentCallLogs:
        """Return the runtime logs of a call (operation `agents_get-call-logs`).

        If there are none, the client fetches the call's record once (`agents_get-call`) for the reason.

        Args:
            call_id: The call's id, such as `ac_123`.

        Returns:
            `call_id`; `logs`, the lines that the agent's code wrote, oldest first; and
            `updated_at`, when they last changed, an aware datetime.

        Raises:
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call has no logs, or none yet; `reason` says why.
        """
        call_id = check_id(call_id, "call_id")
        try:
            return await self._sender.call(GET_CALL_LOGS, call_id, cartesia_version=SPEC_VERSION)
        except CallLogsNotAvailableError as error:
            await _find_reason(self._sender, call_id, error)
            raise

    async def wait_for_logs(self, call_id: str, timeout: float = DEFAULT_WAIT) -> AgentCallLogs:  # noqa: ASYNC109 - the bound of the whole wait
        """Return the runtime logs of a call as soon as there are any to return.

        Polls every 0.25 to 5 s (`agents_get-call-logs` and `agents_get-call`), continues after
        failures that may pass, and never exceeds `timeout`. Each attempt without logs is logged to
        `cartesia_calls`, level INFO. Cancelling the task of an `AsyncClient` ends the wait.

        Args:
            call_id: The call's id, such as `ac_123`.
            timeout: How long to wait at most, in seconds; 0 sends one request.

        Returns:
            As `logs`.

        Raises:
            LogsWaitTimeoutError: The logs did not appear in time.
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call will never have logs.
        """
        check_id(call_id, "call_id")
        now = self._sender.clock.monotonic
        deadline = now() + check_seconds(timeout, "timeout")
        # A wait of 0 s is one poll with the client's own timeout.
        polling = AsyncLogs(self._sender.once_before(deadline if timeout else float("inf")))
        reason: MissingLogsReason = "unknown"
        poll = 0
        while True:
            poll += 1
            failure: Failure
            try:
                return await polling.logs(call_id)
            except CallLogsNotAvailableError as error:
                if error.may_become_available is False:
                    raise
                failure, reason = error, error.reason
            except (APIConnectionError, APIStatusError) as error:
                if not is_passing(error):
                    raise
                failure = error
            pause = _pause_before_deadline(_pause(poll), failure, deadline - now())
            if pause is None:
                raise _wait_timeout(call_id, timeout, reason, failure) from failure
            _log_pause(failure, pause)
            await self._sender.sleep(pause)

    async def follow_logs(self, call_id: str) -> AsyncGenerator[str, None]:
        """Yield each line of a call's logs once, in order, as it appears.

        Polls every 0.25 to 5 s (`agents_get-call-logs`; `agents_get-call` while nothing changes),
        waits for logs that are not there yet, continues after failures that may pass, and ends when
        three requests after the call's end brought no change.

        Args:
            call_id: The call's id, such as `ac_123`.

        Yields:
            Lines, unchanged; repeated lines too.

        Raises:
            LogsRewrittenError: Lines that were yielded are gone or changed.
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call will never have logs.
        """
        check_id(call_id, "call_id")
        seen: list[str] = []
        has_ended = False
        quiet_polls = quiet_polls_at_the_end = failed_polls = 0
        while True:
            pause = _pause(quiet_polls + failed_polls + 1)
            lines: list[str] = []
            try:
                logs = await self.logs(call_id)
                lines, seen = _new_lines(call_id, seen, logs.logs), logs.logs
                quiet_polls = 0 if lines else quiet_polls + 1
                quiet_polls_at_the_end = 0 if lines else quiet_polls_at_the_end + has_ended
                if not lines and not has_ended:
                    has_ended = is_over(await _get_call(self._sender, call_id))
                failed_polls = 0
            except CallLogsNotAvailableError as error:
                # If nothing shows that logs may come, a few polls are enough.
                failed_polls += error.may_become_available is None
                if error.may_become_available is False or failed_polls == _FAILED_POLLS:
                    raise
                _log_pause(error, pause)
            except (APIConnectionError, APIStatusError) as error:
                failed_polls += 1
                pause = max(pause, retry_after(error) or 0)
                gives_up = failed_polls == _FAILED_POLLS or pause > LONGEST_RETRY_AFTER
                if gives_up or not is_passing(error):
                    raise
                _log_pause(error, pause)
            for line in lines:
                yield line
            if quiet_polls_at_the_end >= _QUIET_POLLS_AT_THE_END:
                return
            await self._sender.sleep(pause)

    async def stream_logs(self, call_id: str) -> AsyncGenerator[str, None]:
        """Yield the lines of a call's logs while they arrive (operation `agents_get-call-logs`).

        For logs of any size: memory use does not grow with them. `max_response_bytes` bounds each
        line, and the client's `timeout` bounds each wait for more. `total_timeout` bounds the time
        until the first piece of the body arrives, and failures that may pass are retried until then.
        Lines that were yielded before a later failure are good.

        A yielded line cannot be taken back. So a document that names `logs` twice, or has a value of
        `call_id`, `logs` or `updated_at` that the spec does not allow, is an error.

        Args:
            call_id: The call's id, such as `ac_123`.

        Yields:
            Lines, unchanged, oldest first.

        Raises:
            CallNotFoundError: There is no such call, or it belongs to another account.
            CallLogsNotAvailableError: The call has no logs, or none yet; `reason` says why.
        """
        from ._logs_reader import LogsReader  # noqa: PLC0415 - only for streams

        call_id, sender = check_id(call_id, "call_id"), self._sender
        reader = LogsReader(sender.settings.max_response_bytes)
        beginning = b""
        pieces = sender.stream(GET_CALL_LOGS, call_id, cartesia_version=SPEC_VERSION)
        try:
            async for piece in pieces:
                if len(beginning) < _LONGEST_BEGINNING:
                    beginning += piece[:_LONGEST_BEGINNING]
                for lines in reader.feed(piece):
                    for line in lines:
                        yield line
        except CallLogsNotAvailableError as error:
            await _find_reason(sender, call_id, error)
            raise
        except Misfit as misfit:
            raise sender.invalid(GET_CALL_LOGS.operation_id, beginning, misfit) from None
        finally:
            await pieces.aclose()


async def _get_call(sender: Sender, call_id: str) -> AgentCall:
    """Return a call's record, even if it lacks what every call has."""
    record = await sender.call(GET_CALL_AS_IT_CAME, call_id, cartesia_version=SPEC_VERSION)
    status = record.get("status")
    needed = {"id": call_id, "agent_id": "", "status": status if isinstance(status, str) else ""}
    return AgentCall.from_dict({**record, **needed})


async def _find_reason(sender: Sender, call_id: str, error: CallLogsNotAvailableError) -> None:
    """Fetch the call's record once, and add to the error why the logs are missing."""
    try:
        call = await _get_call(sender.once_before(sender.deadline), call_id)
    except CartesiaError as unexplained:
        logger().info("No reason found for missing logs: %s", unexplained.summary)
        return
    error.reason, error.summary, error.hint = explain(
        call, sender.clock.now(), sender.settings.logs_grace_period
    )


def _log_pause(failure: Failure, pause: float) -> None:
    logger().info("%s Polling again in %.2f s.", failure.summary, pause)


def _pause(poll: int) -> float:
    # Each is shortened by up to half, so that many waiters do not poll in step.
    return doubled_pause(poll, _LONGEST_PAUSE) * (1 + draw()) / 2


def _pause_before_deadline(pause: float, failure: Failure, remaining: float) -> float | None:
    """Return the seconds until the next poll; None if no time is left for one."""
    if (requested := retry_after(failure)) is not None:
        pause = max(pause, requested)
        return pause if pause < remaining else None
    pause = min(pause, remaining - _LAST_POLL)
    return pause if pause > 0 else None


def _new_lines(call_id: str, seen: list[str], lines: list[str]) -> list[str]:
    count = len(seen)
    if lines[:count] != seen:
        raise LogsRewrittenError(
            f"The logs of call {call_id!r} were rewritten: its {len(lines)} lines no longer begin "
            f"with the {count} lines yielded so far.",
            hint="Read them again with logs; the previous lines may be gone from the server.",
            call_id=call_id,
            lines_given=count,
        )
    return lines[count:]


def _wait_timeout(
    call_id: str, timeout: float, reason: MissingLogsReason, last: Failure
) -> LogsWaitTimeoutError:
    summary = (
        f"The logs of call {call_id!r} did not appear within {timeout:g} s; last: {last.summary}"
    )
    hint = "Wait longer, or check that the call is over: logs may come only after its end."
    if (requested := retry_after(last)) is not None:
        summary = (
            f"The wait for the logs of call {call_id!r} ended: the server requests a pause of "
            f"{requested:g} s, longer than what is left of {timeout:g} s; last: {last.summary}"
        )
        hint = "Try again after that pause."
    return LogsWaitTimeoutError(summary, hint=hint, call_id=call_id, timeout=timeout, reason=reason)
