"""Logs read once, waited for, followed and streamed: coroutines for sync and async clients."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import _log
from ._arguments import check_id, check_seconds
from ._error_responses import status_error
from ._exceptions import (
    APIConnectionError,
    APIStatusError,
    CallLogsNotAvailableError,
    CartesiaError,
    LogsRewrittenError,
    LogsWaitTimeoutError,
)
from ._http import Response, is_success
from ._missing_logs import CallRecord, explain, is_over
from ._operations import GET_CALL, GET_CALL_LOGS, SPEC_VERSION
from ._retry import LONGEST_RETRY_AFTER, draw, is_passing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import datetime

    from cartesia_api.models import AgentCallLogs

    from ._exceptions import MissingLogsReason
    from ._http import Request
    from ._retry import Failure
    from ._sending import Opening, Sender


# Between two looks for logs that are not there yet, in seconds: the pause doubles from the first to
# the last, and each is shortened by up to half so that many waiters do not ask in step.
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 5.0
_DOUBLINGS_TO_LONGEST = 4
# What is kept of the time for the last look, in seconds, where the next pause would use it all up.
_LAST_LOOK = 0.25
# How many looks without a change end following, once the call is over: lines may come late.
_QUIET_LOOKS_AT_THE_END = 3
# How many looks in a row may fail before following fails.
_FAILED_LOOKS = 5
# What is kept of a log's beginning, in bytes, for an error to quote from.
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
    # With no time at all, the one look has the client's own timeout.
    looking = sender.once_before(deadline if seconds else None)
    reason: MissingLogsReason = "unknown"
    look = 0
    while True:
        look += 1
        failure: Failure
        try:
            return await get_logs(looking, call_id)
        except CallLogsNotAvailableError as error:
            if error.may_become_available is False:
                raise
            failure, reason = error, error.reason
        except (APIConnectionError, APIStatusError) as error:
            if not is_passing(error):
                raise
            failure = error
        pause = _pause_before_deadline(_pause(look), failure, deadline - now())
        if pause is None:
            raise _waited_in_vain(call_id, seconds, reason, failure) from failure
        _log.info("%s Looking again in %.2f s.", failure.summary, pause)
        await sender.sleep(pause)


async def follow_logs(sender: Sender, call_id: str) -> AsyncGenerator[str, None]:
    """See `AsyncCalls.follow_logs`."""
    seen = _Seen(check_id(call_id, "call_id"))
    failed_looks = 0
    while True:
        pause = _pause(seen.quiet_looks + failed_looks + 1)
        lines: list[str] = []
        try:
            logs = await get_logs(sender, call_id)
            lines = seen.take(logs)
            if not lines and not seen.over:
                seen.over = is_over(await _get_record(sender, call_id))
            failed_looks = 0
        except CallLogsNotAvailableError as error:
            # Where nothing shows that they may come, a few looks are enough.
            failed_looks += error.may_become_available is None
            if error.may_become_available is False or failed_looks == _FAILED_LOOKS:
                raise
            _log.info("%s Looking again in %.2f s.", error.summary, pause)
        except (APIConnectionError, APIStatusError) as error:
            failed_looks += 1
            if not is_passing(error) or failed_looks == _FAILED_LOOKS:
                raise
            pause = max(pause, _retry_after(error) or 0)
            if pause > LONGEST_RETRY_AFTER:
                raise
            _log.info("%s Looking again in %.2f s.", error.summary, pause)
        for line in lines:
            yield line
        if seen.quiet_looks_at_the_end >= _QUIET_LOOKS_AT_THE_END:
            return
        await sender.sleep(pause)


async def stream_logs(sender: Sender, call_id: str) -> AsyncGenerator[str, None]:
    """See `AsyncCalls.stream_logs`."""
    try:
        opening = await sender.stream(_logs_request(sender, call_id))
    except CallLogsNotAvailableError as error:
        await _find_reason(sender, call_id, error)
        raise
    try:
        stream = _LineStream(sender, opening)
        while lines := await stream.next_lines():
            for line in lines:
                yield line
    finally:
        await opening.response.close()


async def stream_logs_restarting(sender: Sender, call_id: str) -> AsyncGenerator[str | None, None]:
    """Yield lines as `stream_logs`; where it would break off, start over as often as requests are retried.

    None says that the lines come from the first again: the previous ones no longer count.
    """
    request = _logs_request(sender, call_id)
    retries = sender.retries(request, repeatable=True)
    beginnings = 0
    while True:
        failure: Failure
        opening: Opening | None = None
        try:
            response, opening = await sender.open(retries.bounded(), request.timeout)
            if is_success(response.status_code):
                beginnings += 1
                if beginnings > 1:
                    yield None
                stream = _LineStream(sender, opening)
                while lines := await stream.next_lines():
                    for line in lines:
                        yield line
                return
            failure = status_error(request, response, sender.clock.now())
        except APIConnectionError as error:
            failure = error
        finally:
            if opening is not None:
                await opening.response.close()
        try:
            await retries.pause_after(failure)
        except CallLogsNotAvailableError as error:
            await _find_reason(sender, call_id, error)
            raise


class _LineStream:
    """The lines of a response that is read piece by piece."""

    def __init__(self, sender: Sender, opening: Opening) -> None:
        from ._logs_reader import LogsReader  # noqa: PLC0415 - only for streams

        response = opening.response
        self._piece = self._beginning = opening.first_piece
        self._head = Response(response.status_code, response.headers, b"")
        self._response = response
        self._key = sender.settings.api_key
        self._reader = LogsReader(sender.settings.max_response_bytes)
        self._is_over = False
        self._is_first = True
        self._error: CartesiaError | None = None
        GET_CALL_LOGS.check_status(self._head._replace(body=self._beginning))

    async def next_lines(self) -> list[str]:
        """Return the next lines, none at the end."""
        lines: list[str] = []
        while not (lines or self._is_over or self._error):
            if not self._is_first:
                self._piece = await self._response.read()
                if len(self._beginning) < _LONGEST_BEGINNING:
                    self._beginning += self._piece[:_LONGEST_BEGINNING]
            self._is_first, self._is_over = False, not self._piece
            self._feed(lines)
        if self._error and not lines:
            raise self._error
        return lines

    def _feed(self, lines: list[str]) -> None:
        from ._logs_reader import MalformedLogsError  # noqa: PLC0415 - only for streams

        try:
            lines.extend(self._reader.feed(self._piece))
        except MalformedLogsError as error:
            wrong = self._head._replace(body=self._beginning)
            self._error = GET_CALL_LOGS.invalid(wrong, error.pointer, error.problem)
            self._key.mask(self._error)


def _logs_request(sender: Sender, call_id: str) -> Request:
    call_id = check_id(call_id, "call_id")
    parts = GET_CALL_LOGS.request_parts(call_id, cartesia_version=SPEC_VERSION)
    return sender.request(GET_CALL_LOGS, parts)


async def _get_record(sender: Sender, call_id: str) -> CallRecord:
    record = await sender.get_object(GET_CALL, call_id, cartesia_version=SPEC_VERSION)
    return CallRecord.of(call_id, record)


async def _find_reason(sender: Sender, call_id: str, error: CallLogsNotAvailableError) -> None:
    """Look at the call's record, once, for why its logs are missing."""
    try:
        record = await _get_record(sender.once_before(sender.deadline), call_id)
    except CartesiaError as unexplained:
        _log.info("No reason found for missing logs: %s", unexplained.summary)
        return
    found = explain(record, sender.clock.now(), sender.settings.logs_grace_period)
    error.reason, error.may_become_available = found.reason, found.may_become_available
    error.summary, error.hint = found.summary, found.hint


def _pause(look: int) -> float:
    longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(look - 1, _DOUBLINGS_TO_LONGEST))
    return longest * (1 + draw()) / 2


def _pause_before_deadline(pause: float, failure: Failure, remaining: float) -> float | None:
    """Return the seconds until the next look, None where no time is left for one."""
    if (retry_after := _retry_after(failure)) is not None:
        pause = max(pause, retry_after)
        return pause if pause < remaining else None
    if pause + _LAST_LOOK <= remaining:
        return pause
    return remaining - _LAST_LOOK if remaining > 2 * _LAST_LOOK else None


@dataclass(slots=True)
class _Seen:
    """What a follower has seen of a call.

    Attributes:
        call_id: The call.
        lines: All lines so far.
        updated_at: When they had last changed.
        over: Whether the call's record has said that it is over.
        quiet_looks: How many looks in a row showed no change.
        quiet_looks_at_the_end: How many of them since the call was known to be over.
    """

    call_id: str
    lines: list[str] = field(default_factory=list[str])
    updated_at: datetime | None = None
    over: bool = False
    quiet_looks: int = 0
    quiet_looks_at_the_end: int = 0

    def take(self, logs: AgentCallLogs) -> list[str]:
        """Return the lines that are new."""
        before = len(self.lines)
        if logs.updated_at == self.updated_at and len(logs.logs) == before:
            self.quiet_looks += 1
            self.quiet_looks_at_the_end += self.over
            return []
        if logs.logs[:before] != self.lines:
            raise LogsRewrittenError(
                f"The logs of call {self.call_id!r} were rewritten: the {before} lines given so far "
                f"are not how its {len(logs.logs)} lines begin now.",
                hint="Read them again with logs; the previous lines may be gone from the server.",
                call_id=self.call_id,
                lines_given=before,
            )
        self.lines, self.updated_at = logs.logs, logs.updated_at
        self.quiet_looks = self.quiet_looks_at_the_end = 0
        return logs.logs[before:]


def _retry_after(failure: Failure) -> float | None:
    return failure.retry_after if isinstance(failure, APIStatusError) else None


def _waited_in_vain(
    call_id: str, timeout: float, reason: MissingLogsReason, last: Failure
) -> LogsWaitTimeoutError:
    summary = (
        f"The logs of call {call_id!r} did not appear within {timeout:g} s; last: {last.summary}"
    )
    hint = "Wait longer, or check that the call is over: logs may come only after its end."
    if (retry_after := _retry_after(last)) is not None:
        summary = (
            f"The wait for the logs of call {call_id!r} was given up: the server asks for a pause of "
            f"{retry_after:g} s, longer than what is left of {timeout:g} s; last: {last.summary}"
        )
        hint = "Try again after that pause."
    return LogsWaitTimeoutError(
        summary,
        hint=hint,
        call_id=call_id,
        timeout=timeout,
        reason=reason,
    )
