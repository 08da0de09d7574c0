"""Why a call has no logs: read from the call's record, without a clock or a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cartesia_api.models import AgentCall

    from ._exceptions import MissingLogsReason

# The statuses of all API versions; any other status is unknown.
_NOT_OVER = frozenset({"created", "started", "active"})
_OVER = frozenset({"completed", "failed", "cancelled"})


def is_over(call: AgentCall) -> bool:
    """Return whether a call has ended, as far as its record shows."""
    return bool(call.end_time) or call.status in _OVER


def explain(call: AgentCall, now: datetime, grace: float) -> tuple[MissingLogsReason, str, str]:
    """Return why a call has no logs: the reason, what happened, and what to do.

    Args:
        call: Its record.
        now: The present moment, aware.
        grace: How many seconds after its end a call's logs may still be written.
    """
    name = f"Call {call.id!r}"
    # Data with a malformed time of deletion are deleted too.
    if call.redacted_at or call.additional_properties.get("redacted_at"):
        on = f" on {call.redacted_at:%Y-%m-%d}" if call.redacted_at else ""
        return (
            "deleted",
            f"{name} has no logs: its data were deleted{on}.",
            "Deleted logs cannot be recovered.",
        )
    if call.zdr_enabled:
        return (
            "zero_retention",
            f"{name} has no logs: zero data retention is on, so none are kept.",
            "Log from the agent's code to a place of your own, or turn zero retention off.",
        )
    ended = call.end_time or None
    if ended is None and call.status in _NOT_OVER:
        return (
            "in_progress",
            f"{name} has no logs yet: it is not over ({call.status}).",
            "Wait for them (wait_for_logs, or --wait), or follow them (follow_logs, or --follow).",
        )
    if ended is None and call.status not in _OVER:
        is_new = f"its status {call.status!r} is not known here"
        return _unknown(name, is_new if call.status else "its record has no status")
    # A call that failed before it began has neither time.
    last_seen = ended or call.start_time or None
    if last_seen is None:
        return _unknown(name, "its record does not say when it ended")
    if (now - last_seen).total_seconds() <= grace:
        at = f"{last_seen:%Y-%m-%d %H:%M:%S %Z}"
        return (
            "not_written_yet",
            f"{name} has no logs yet: it ended at {at}, a short while ago.",
            "Wait for them (wait_for_logs, or --wait).",
        )
    why = "retention has removed them, or they were never written; the API does not show which"
    return (
        "expired_or_never_written",
        f"{name} has no logs: it ended on {last_seen:%Y-%m-%d}, so {why}.",
        "Check the retention period, and export logs before it ends.",
    )


def _unknown(name: str, why: str) -> tuple[MissingLogsReason, str, str]:
    return (
        "unknown",
        f"{name} has no logs, and {why}.",
        "If the call is running or has just ended, wait for them (wait_for_logs, or --wait).",
    )
