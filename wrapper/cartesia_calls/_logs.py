"""Logs fetched once, waited for, followed and streamed: coroutines for sync and async clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
from ._missing_logs import call_of, explain, is_over
from ._operations import GET_CALL_AS_IT_CAME, GET_CALL_LOGS, SPEC_VERSION
from ._retry import LONGEST_RETRY_AFTER, draw, is_passing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from cartesia_api.models import AgentCall, AgentCallLogs

    from ._exceptions import MissingLogsReason
    from ._retry import Failure
    from ._sending import Sender

# The pauses between two polls, in seconds: they double from the first to the longest, and each is
# shortened by up to half, so that many waiters do not poll in step.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 5.0
_DOUBLINGS_TO_LONGEST = 4
# The seconds that stay for the last poll, if the next pause would use up all the time.
_LAST_POLL = 0.25
# After so many polls without a change, following ends if the call is over: lines may come late.
_QUIET_POLLS_AT_THE_END = 3
# After so many failed polls in a row, following fails.
_FAILED_POLLS = 5
# How many bytes of a streamed document are kept for an error to quote from.
_LONGEST_BEGINNING = 1000


async def get_logs(sender: Sender, call_id: str) -> AgentCallLogs:
    """See `AsyncCalls.logs`."""
    call_id = check_id(call_id, "call_id")
    try:
        return await sender.call(GET_CALL_LOGS, call_id, cartesia_version=SPEC_VERSION)
    except CallLogsNotAvailableError as error:
        await _find_reason(sender, call_id, error)
        raise


async def wait_for_logs(sender: Sender, call_id: str, seconds: float) -> AgentCallLogs:
    """See `AsyncCalls.wait_for_logs`."""
    check_id(call_id, "call_id")
    now = sender.clock.monotonic
    deadline = now() + check_seconds(seconds, "timeout")
    # A wait of 0 s is one poll with the client's own timeout.
    polling = sender.once_before(deadline if seconds else float("inf"))
    reason: MissingLogsReason = "unknown"
    poll = 0
    while True:
        poll += 1
        failure: Failure
        try:
            return await get_logs(polling, call_id)
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
            raise _wait_timeout(call_id, seconds, reason, failure) from failure
        _log_pause(failure, pause)
        await sender.sleep(pause)


async def follow_logs(sender: Sender, call_id: str) -> AsyncGenerator[str, None]:
    """See `AsyncCalls.follow_logs`."""
    seen = _Seen(check_id(call_id, "call_id"))
    failed_polls = 0
    while True:
        pause = _pause(seen.quiet_polls + failed_polls + 1)
        lines: list[str] = []
        try:
            logs = await get_logs(sender, call_id)
            lines = seen.take(logs)
            if not lines and not seen.over:
                seen.over = is_over(await _get_call(sender, call_id))
            failed_polls = 0
        except CallLogsNotAvailableError as error:
            # If nothing shows that logs may come, a few polls are enough.
            failed_polls += error.may_become_available is None
            if error.may_become_available is False or failed_polls == _FAILED_POLLS:
                raise
            _log_pause(error, pause)
        except (APIConnectionError, APIStatusError) as error:
            failed_polls += 1
            pause = max(pause, _retry_after(error) or 0)
            gives_up = failed_polls == _FAILED_POLLS or pause > LONGEST_RETRY_AFTER
            if gives_up or not is_passing(error):
                raise
            _log_pause(error, pause)
        for line in lines:
            yield line
        if seen.quiet_polls_at_the_end >= _QUIET_POLLS_AT_THE_END:
            return
        await sender.sleep(pause)


async def stream_logs(sender: Sender, call_id: str) -> AsyncGenerator[str, None]:
    """See `AsyncCalls.stream_logs`."""
    from ._logs_reader import LogsReader  # noqa: PLC0415 - only for streams

    call_id = check_id(call_id, "call_id")
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
    record = await sender.call(GET_CALL_AS_IT_CAME, call_id, cartesia_version=SPEC_VERSION)
    return call_of(call_id, record)


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
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(poll - 1, _DOUBLINGS_TO_LONGEST))
    return longest * (1 + draw()) / 2


def _pause_before_deadline(pause: float, failure: Failure, remaining: float) -> float | None:
    """Return the seconds until the next poll; None if no time is left for one."""
    if (retry_after := _retry_after(failure)) is not None:
        pause = max(pause, retry_after)
        return pause if pause < remaining else None
    if pause + _LAST_POLL <= remaining:
        return pause
    return remaining - _LAST_POLL if remaining > 2 * _LAST_POLL else None


@dataclass(slots=True)
class _Seen:
    """What a follower has seen of a call.

    Attributes:
        call_id: The call.
        lines: All lines so far.
        updated_at: When they had last changed.
        over: Whether the call's record has shown that it is over.
        quiet_polls: How many polls in a row showed no change.
        quiet_polls_at_the_end: How many of them since the call was known to be over.
    """

    call_id: str
    lines: list[str] = field(default_factory=list[str])
    updated_at: datetime | None = None
    over: bool = False
    quiet_polls: int = 0
    quiet_polls_at_the_end: int = 0

    def take(self, logs: AgentCallLogs) -> list[str]:
        """Return the lines that are new."""
        count = len(self.lines)
        if logs.updated_at == self.updated_at and len(logs.logs) == count:
            self.quiet_polls += 1
            self.quiet_polls_at_the_end += self.over
            return []
        if logs.logs[:count] != self.lines:
            raise LogsRewrittenError(
                f"The logs of call {self.call_id!r} were rewritten: its {len(logs.logs)} lines no "
                f"longer begin with the {count} lines yielded so far.",
                hint="Read them again with logs; the previous lines may be gone from the server.",
                call_id=self.call_id,
                lines_given=count,
            )
        self.lines, self.updated_at = logs.logs, logs.updated_at
        self.quiet_polls = self.quiet_polls_at_the_end = 0
        return logs.logs[count:]


def _retry_after(failure: Failure) -> float | None:
    return failure.retry_after if isinstance(failure, APIStatusError) else None


def _wait_timeout(
    call_id: str, timeout: float, reason: MissingLogsReason, last: Failure
) -> LogsWaitTimeoutError:
    summary = (
        f"The logs of call {call_id!r} did not appear within {timeout:g} s; last: {last.summary}"
    )
    hint = "Wait longer, or check that the call is over: logs may come only after its end."
    if (retry_after := _retry_after(last)) is not None:
        summary = (
            f"The wait for the logs of call {call_id!r} ended: the server requests a pause of "
            f"{retry_after:g} s, longer than what is left of {timeout:g} s; last: {last.summary}"
        )
        hint = "Try again after that pause."
    return LogsWaitTimeoutError(summary, hint=hint, call_id=call_id, timeout=timeout, reason=reason)
