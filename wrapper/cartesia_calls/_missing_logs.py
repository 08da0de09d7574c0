"""Why a call has no logs: read from the call's record, without a clock or a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from cartesia_api.models import AgentCall

    from ._exceptions import MissingLogsReason

# The statuses of all API versions; a status that is in neither tells nothing.
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


def is_over(call: AgentCall) -> bool:
    """Tell whether a call has ended, as far as its record says."""
    return bool(call.end_time) or call.status in _OVER


def explain(call: AgentCall, now: datetime, grace: float) -> Explanation:
    """Return why a call whose logs are not available has none.

    Args:
        call: Its record.
        now: The present moment, aware.
        grace: How many seconds after its end a call's logs may still be written.
    """
    name = f"Call {call.id!r}"
    if call.redacted_at:
        return Explanation(
            "deleted",
            may_become_available=False,
            summary=f"{name} has no logs: its data were deleted on {call.redacted_at:%Y-%m-%d}.",
            hint="They can't be had back.",
        )
    if call.zdr_enabled:
        return Explanation(
            "zero_retention",
            may_become_available=False,
            summary=f"{name} has no logs: zero data retention is on, so none are kept.",
            hint="Log from the agent's code to a place of your own, or turn zero retention off.",
        )
    ended = call.end_time or None
    if ended is None and call.status in _NOT_OVER:
        return Explanation(
            "in_progress",
            may_become_available=True,
            summary=f"{name} has no logs yet: it is not over ({call.status}).",
            hint="Wait for them (wait_for_logs, or --wait), or follow them (follow_logs, or --follow).",
        )
    if ended is None and call.status not in _OVER:
        return _unknown(name, f"its status {call.status!r} is not known here")
    # A call that failed before it began has neither time; then nothing tells how long ago it was.
    last_seen = ended or call.start_time or None
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
