"""Logs read once, waited for, and followed, as flows that sync and async clients both run."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from ._arguments import check_id, check_seconds
from ._exceptions import (
    APIConnectionError,
    APIStatusError,
    CallLogsNotAvailableError,
    CartesiaError,
    LogsRewrittenError,
    LogsWaitTimeoutError,
)
from ._flow import Emit, Read, Sleep
from ._http import Response
from ._missing_logs import CallRecord, explain, is_over
from ._operations import GET_CALL, GET_CALL_LOGS, SPEC_VERSION
from ._retry import is_passing

if TYPE_CHECKING:
    from datetime import datetime

    from cartesia_api.models import AgentCallLogs

    from ._exceptions import MissingLogsReason
    from ._flow import Flow, ItemFlow
    from ._http import Request
    from ._retry import Failure
    from ._sending import Opening, Sender

_log = logging.getLogger("cartesia_calls")

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


@dataclass(frozen=True, slots=True)
class LogsFlows:
    """The flows behind those methods of `client.calls` that read logs."""

    sender: Sender

    def logs(self, call_id: str) -> Flow[AgentCallLogs]:
        """See `Calls.logs`."""
        return self._get_logs(self.sender, check_id(call_id, "call_id"))

    def wait_for_logs(self, call_id: str, timeout: float) -> Flow[AgentCallLogs]:
        """See `Calls.wait_for_logs`."""
        check_id(call_id, "call_id")
        now = self.sender.clock.monotonic
        deadline = now() + check_seconds(timeout, "timeout")
        # With no time at all, the one look has the client's own time-out.
        sender = self.sender.once_before(deadline if timeout else None)
        reason: MissingLogsReason = "unknown"
        look = 0
        while True:
            look += 1
            failure: Failure
            try:
                return (yield from self._get_logs(sender, call_id))
            except CallLogsNotAvailableError as error:
                if error.may_become_available is False:
                    raise
                failure, reason = error, error.reason
            except (APIConnectionError, APIStatusError) as error:
                if not is_passing(error):
                    raise
                failure = error
            pause = self._pause_before_deadline(look, failure, deadline - now())
            if pause is None:
                raise _waited_in_vain(call_id, timeout, reason, failure) from failure
            _log.info("%s Looking again in %.2f s.", failure.summary, pause)
            yield Sleep(pause)

    def follow_logs(self, call_id: str) -> ItemFlow[str]:
        """See `Calls.follow_logs`."""
        seen = _Seen(check_id(call_id, "call_id"))
        failed_looks = 0
        while True:
            pause = self._pause(seen.quiet_looks + failed_looks + 1)
            lines: list[str] = []
            try:
                logs = yield from self._get_logs(self.sender, call_id)
                lines = seen.take(logs)
                if not lines and not seen.over:
                    seen.over = is_over((yield from self._get_record(self.sender, call_id)))
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
                if pause > self.sender.policy.longest_retry_after:
                    raise
                _log.info("%s Looking again in %.2f s.", error.summary, pause)
            for line in lines:
                yield Emit(line)
            if seen.quiet_looks_at_the_end >= _QUIET_LOOKS_AT_THE_END:
                return
            yield Sleep(pause)

    def stream_logs(self, call_id: str, opening: Opening | None = None) -> ItemFlow[str]:
        """See `Calls.stream_logs`; `opening` is the beginning of the answer, if it is there."""
        from ._logs_reader import LogsReader, MalformedLogsError  # noqa: PLC0415 - only for streams

        if opening is None:
            opening = yield from self._open(call_id)
        answer, piece = opening.answer, opening.first_piece
        beginning = piece
        GET_CALL_LOGS.check_status(Response(answer.status_code, answer.headers, piece))
        reader = LogsReader(self.sender.settings.max_response_bytes)
        while True:
            malformed: MalformedLogsError | None = None
            try:
                for line in reader.feed(piece):
                    yield Emit(line)
            except MalformedLogsError as error:
                malformed = error
            if malformed is not None:
                wrong = Response(answer.status_code, answer.headers, beginning)
                invalid = GET_CALL_LOGS.invalid(wrong, malformed.pointer, malformed.problem)
                self.sender.settings.api_key.mask(invalid)
                raise invalid
            if not piece:
                return
            piece = cast("bytes", (yield Read(answer)))
            if len(beginning) < _LONGEST_BEGINNING:
                beginning += piece[:_LONGEST_BEGINNING]

    def stream_logs_anew(self, call_id: str) -> ItemFlow[str | None]:
        """Yield the lines as `stream_logs`; where it would break off, begin anew as the policy says.

        None says that the lines come from the first again: those before it count no more.
        """
        beginnings = 0

        def read(opening: Opening) -> ItemFlow[str | None]:
            nonlocal beginnings
            beginnings += 1
            if beginnings > 1:
                yield Emit(None)
            yield from self.stream_logs(call_id, opening)

        try:
            yield from self.sender.read(self._logs_request(call_id), read)
        except CallLogsNotAvailableError as error:
            yield from self._find_reason(self.sender, call_id, error)
            raise

    def _open(self, call_id: str) -> Flow[Opening]:
        try:
            return (yield from self.sender.open(self._logs_request(call_id)))
        except CallLogsNotAvailableError as error:
            yield from self._find_reason(self.sender, call_id, error)
            raise

    def _logs_request(self, call_id: str) -> Request:
        call_id = check_id(call_id, "call_id")
        parts = GET_CALL_LOGS.request_parts(call_id, cartesia_version=SPEC_VERSION)
        return self.sender.request(GET_CALL_LOGS, parts)

    def _get_logs(self, sender: Sender, call_id: str) -> Flow[AgentCallLogs]:
        try:
            return (yield from sender.call(GET_CALL_LOGS, call_id, cartesia_version=SPEC_VERSION))
        except CallLogsNotAvailableError as error:
            yield from self._find_reason(sender, call_id, error)
            raise

    def _get_record(self, sender: Sender, call_id: str) -> Flow[CallRecord]:
        record = yield from sender.get_object(GET_CALL, call_id, cartesia_version=SPEC_VERSION)
        return CallRecord.of(call_id, record)

    def _find_reason(
        self, sender: Sender, call_id: str, error: CallLogsNotAvailableError
    ) -> Flow[None]:
        """Look at the call's record, once, for why its logs are missing."""
        try:
            record = yield from self._get_record(sender.once_before(sender.deadline), call_id)
        except CartesiaError as unexplained:
            _log.info("No reason to be found for missing logs: %s", unexplained.summary)
            return
        found = explain(record, sender.clock.now(), sender.settings.logs_grace_period)
        error.reason, error.may_become_available = found.reason, found.may_become_available
        error.summary, error.hint = found.summary, found.hint

    def _pause(self, look: int) -> float:
        longest = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** min(look - 1, _DOUBLINGS_TO_LONGEST))
        return longest * (1 + self.sender.policy.draw()) / 2

    def _pause_before_deadline(self, look: int, failure: Failure, remaining: float) -> float | None:
        """Return the seconds until the next look, None where no time is left for one."""
        pause = self._pause(look)
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
        """Return the lines that are new.

        Raises:
            LogsRewrittenError: Lines that were given before are gone or changed.
        """
        before = len(self.lines)
        if logs.updated_at == self.updated_at and len(logs.logs) == before:
            self.quiet_looks += 1
            self.quiet_looks_at_the_end += self.over
            return []
        if logs.logs[:before] != self.lines:
            raise LogsRewrittenError(
                f"The logs of call {self.call_id!r} were rewritten: the {before} lines given so far "
                f"are not how its {len(logs.logs)} lines begin now.",
                hint="Read them anew with logs; what was given before may be gone from the server.",
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
