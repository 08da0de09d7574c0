"""What is to be done about a call that was listed: decided from its record, without a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartesia_calls._missing_logs import is_over

from ._entry import Exported, Skipped
from ._index import Work
from ._paths import day_of
from ._rows import in_utc

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cartesia_api.models import AgentCall

    from ._entry import Entry, Outcome, SkipReason
    from ._job import Job

_NOT_OVER = frozenset({"created", "started", "active"})
# What deleting a call erases, and zero data retention never keeps.
_SENSITIVE = frozenset({"logs", "transcript", "audio"})


def work_on(
    call: AgentCall, entry: Entry | None, job: Job, now: datetime, grace: float
) -> Work | None:
    """Return what is to be done about a call, None where the manifest has all that can be had.

    Args:
        call: Its record.
        entry: What the manifest has of it.
        job: What was asked for.
        now: The present moment, aware.
        grace: How long after its end a call's data may still change, in seconds.
    """
    recorded: Mapping[str, Outcome] = entry.parts if entry else {}
    kept = tuple(part for part in job.include if isinstance(recorded.get(part), Exported))
    lacking = [
        part
        for part in job.include
        if (job.refresh or entry is None or entry.lacks(part))
        # Nothing better than what is there comes of a call whose data were deleted.
        and not (call.redacted_at and part in kept)
    ]
    known: dict[str, SkipReason] = {
        part: reason for part in lacking if (reason := _known_reason(call, part))
    }
    parts = tuple(part for part in lacking if part not in known)
    if not parts and all(_is_recorded(recorded.get(part), known[part]) for part in known):
        return None
    ended = call.end_time or None
    # Where no time tells how long ago the end was, the call is looked at again each time.
    final = ended is not None and (now - ended).total_seconds() > grace
    given = call.to_dict() if "record" in parts and "transcript" not in parts else None
    day = day_of(in_utc(call.start_time or None), in_utc(ended))
    has_failed = any(part in recorded and recorded[part].has_failed for part in parts)
    return Work(
        call_id=call.id,
        agent_id=call.agent_id,
        day=day,
        final=final,
        parts=parts,
        has_failed=has_failed,
        kept=kept,
        skipped=known,
        record=given,
    )


def _is_recorded(outcome: Outcome | None, reason: SkipReason) -> bool:
    # What is in the target stays there, whatever became of the call since.
    return isinstance(outcome, Exported) or _reason(outcome) == reason


def _reason(outcome: Outcome | None) -> SkipReason | None:
    return outcome.reason if isinstance(outcome, Skipped) else None


def _known_reason(call: AgentCall, part: str) -> SkipReason | None:
    if not is_over(call) and call.status in _NOT_OVER:
        return "in_progress"
    if part in _SENSITIVE:
        if call.redacted_at:
            return "deleted"
        if call.zdr_enabled:
            return "zero_retention"
    return None
