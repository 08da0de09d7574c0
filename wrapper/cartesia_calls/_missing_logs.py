"""Why a call has no logs: read from the call's record, without a clock or a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from cartesia_api.types import parse_rfc3339

if TYPE_CHECKING:
    from datetime import datetime

    from cartesia_api.models import AgentCall

    from ._exceptions import MissingLogsReason

# The statuses of all API versions; any other status is unknown.
_NOT_OVER = frozenset({"created", "started", "active"})
_OVER = frozenset({"completed", "failed", "cancelled"})


class Explanation(NamedTuple):
    """Why logs are missing.

    Attributes:
        reason: As in `CallLogsNotAvailableError`.
        may_become_available: Whether waiting can help; None where that is unknown.
        summary: What happened, in a sentence.
        hint: What to do, in a sentence.
    """

    reason: MissingLogsReason
    may_become_available: bool | None
    summary: str
    hint: str


class CallRecord(NamedTuple):
    """What a call's record says of its logs.

    It is taken from the JSON, since the rest of a record may be too odd for `AgentCall`.

    Attributes:
        call_id: The call.
        status: Its status; empty where the record has none.
        start_time: When it started, None if that is not known.
        end_time: When it ended, likewise.
        is_redacted: Whether its data were deleted.
        redacted_at: When, None if that is not known.
        zdr_enabled: Whether zero data retention is on.
    """

    call_id: str
    status: str
    start_time: datetime | None
    end_time: datetime | None
    is_redacted: bool
    redacted_at: datetime | None
    zdr_enabled: bool

    @classmethod
    def of(cls, call_id: str, record: dict[str, object]) -> Self:
        """Return what a decoded record says."""
        status, redacted_at = record.get("status"), record.get("redacted_at")
        return cls(
            call_id,
            status if isinstance(status, str) else "",
            parse_rfc3339(record.get("start_time")),
            parse_rfc3339(record.get("end_time")),
            is_redacted=bool(redacted_at),
            redacted_at=parse_rfc3339(redacted_at),
            zdr_enabled=record.get("zdr_enabled") is True,
        )


def is_over(call: CallRecord | AgentCall) -> bool:
    """Return whether a call has ended, as far as its record says."""
    return bool(call.end_time) or call.status in _OVER


def explain(call: CallRecord, now: datetime, grace: float) -> Explanation:
    """Return why a call whose logs are not available has none.

    Args:
        call: Its record.
        now: The present moment, aware.
        grace: How many seconds after its end a call's logs may still be written.
    """
    name = f"Call {call.call_id!r}"
    if call.is_redacted:
        on = f" on {call.redacted_at:%Y-%m-%d}" if call.redacted_at else ""
        return Explanation(
            "deleted",
            may_become_available=False,
            summary=f"{name} has no logs: its data were deleted{on}.",
            hint="Deleted logs cannot be recovered.",
        )
    if call.zdr_enabled:
        return Explanation(
            "zero_retention",
            may_become_available=False,
            summary=f"{name} has no logs: zero data retention is on, so none are kept.",
            hint="Log from the agent's code to a place of your own, or turn zero retention off.",
        )
    ended = call.end_time
    if ended is None and call.status in _NOT_OVER:
        return Explanation(
            "in_progress",
            may_become_available=True,
            summary=f"{name} has no logs yet: it is not over ({call.status}).",
            hint="Wait for them (wait_for_logs, or --wait), or follow them (follow_logs, or --follow).",
        )
    if ended is None and call.status not in _OVER:
        why = (
            f"its status {call.status!r} is not known here"
            if call.status
            else "its record has no status"
        )
        return _unknown(name, why)
    # A call that failed before it began has neither time; then it is unknown how long ago it was.
    last_seen = ended or call.start_time
    if last_seen is None:
        return _unknown(name, "its record does not say when it ended")
    if (now - last_seen).total_seconds() <= grace:
        return Explanation(
            "not_written_yet",
            may_become_available=True,
            summary=f"{name} has no logs yet: it ended at {last_seen:%Y-%m-%d %H:%M:%S %Z}, a "
            "short while ago.",
            hint="Wait for them (wait_for_logs, or --wait).",
        )
    return Explanation(
        "expired_or_never_written",
        may_become_available=False,
        summary=f"{name} has no logs: it ended on {last_seen:%Y-%m-%d}, so retention has removed "
        "them, or they were never written; the API does not show which.",
        hint="Check the retention period, and export logs before it is over.",
    )


def _unknown(name: str, why: str) -> Explanation:
    return Explanation(
        "unknown",
        may_become_available=None,
        summary=f"{name} has no logs, and {why}.",
        hint="If the call is running or has just ended, wait for them (wait_for_logs, or --wait).",
    )
