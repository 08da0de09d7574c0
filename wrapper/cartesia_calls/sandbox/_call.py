"""One call, and its state at a given moment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from ._story import Story

RETENTION = timedelta(days=30)
"""How long after a call's end its logs and its recording are kept."""


class CallStatus(StrEnum):
    """The status of a call: the values that the spec names."""

    CREATED = "created"
    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Phone:
    """The phone side of a call; deleting the call erases the numbers."""

    caller: str | None
    called: str | None
    direction: str
    call_sid: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """All that the sandbox knows about a call, including its future.

    Attributes:
        deployment: The agent and the deployment that ran, as in its record.
        created_at: When it was set up; calls are listed by it.
        starts_at: When it is picked up; `None` if it never is.
        ends_at: When it is over; `None` if that is not known yet.
        logs_appear_at: When its logs are first written; `None` if that is not known yet, or they never are.
        make_story: Makes the story, which takes too long to do for every call in advance.
        log_while_watched: Level, source and message of the lines that it writes once a client requests
            its logs.
        outcome: Its status once it is over; `end_reason` and the like apply from then on too.
        phone: `None` if no phone was involved.
        zero_retention: Whether its transcript, recording and logs are never kept.
        redacted_at: When its data were deleted.
        without_offset: Whether its start and end have no offset from UTC, which the spec does not
            allow.
    """

    call_id: str
    agent_id: str
    deployment: Mapping[str, str]
    created_at: datetime
    make_story: Callable[[], Story]
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    logs_appear_at: datetime | None = None
    log_while_watched: Sequence[Sequence[str]] = ()
    outcome: CallStatus = CallStatus.COMPLETED
    end_reason: str | None = None
    error_message: str | None = None
    batch_id: str | None = None
    phone: Phone | None = None
    summary: str | None = None
    metadata: Mapping[str, object] | None = None
    dynamic_variables: Mapping[str, object] | None = None
    zero_retention: bool = False
    redacted_at: datetime | None = None
    without_offset: bool = False

    def status(self, now: datetime) -> CallStatus:
        """Return its status at that moment."""
        if self.ends_at is not None and self.ends_at <= now:
            return self.outcome
        if self.starts_at is not None and self.starts_at <= now:
            return CallStatus.STARTED
        return CallStatus.CREATED

    def start_time(self, now: datetime) -> datetime | None:
        """Return when it started; `None` where it has not."""
        return None if self.status(now) is CallStatus.CREATED else self.starts_at

    def is_over(self, now: datetime) -> bool:
        """Return whether it has ended, successfully or not."""
        return self.ends_at is not None and self.ends_at <= now

    def has_transcript(self, now: datetime) -> bool:
        """Return whether it has a transcript, which is written when the call is over."""
        was_picked_up = self.starts_at is not None
        return was_picked_up and self.is_over(now) and self._keeps_data()

    def has_recording(self, now: datetime) -> bool:
        """Return whether it has a recording."""
        return self.has_transcript(now) and not self._is_past_retention(now)

    def has_logs(self, now: datetime) -> bool:
        """Return whether it has logs."""
        written = self.logs_appear_at is not None and self.logs_appear_at <= now
        return written and self._keeps_data() and not self._is_past_retention(now)

    def redacted(self, now: datetime) -> Self:
        """Return the call without the data that deleting it erases."""
        phone = self.phone and replace(self.phone, caller=None, called=None)
        return replace(
            self,
            phone=phone,
            summary=None,
            metadata=None,
            dynamic_variables=None,
            make_story=Story,
            redacted_at=now,
        )

    def _keeps_data(self) -> bool:
        return self.redacted_at is None and not self.zero_retention

    def _is_past_retention(self, now: datetime) -> bool:
        return self.ends_at is not None and self.ends_at + RETENTION <= now
