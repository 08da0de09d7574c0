"""What the manifest says of a call: each part exported, or skipped with the reason."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, cast

from ._json_line import json_line

if TYPE_CHECKING:
    from collections.abc import Mapping

SkipReason = Literal[
    "in_progress",
    "not_written_yet",
    "deleted",
    "zero_retention",
    "expired_or_never_written",
    "no_recording",
    "not_found",
    "unknown",
    "failed",
]
"""Why there is nothing of a call, or of a part of it, in the target."""

FAILED: SkipReason = "failed"
# These stay as they are, so that no later run asks again.
_FOR_GOOD = frozenset({"deleted", "zero_retention", "expired_or_never_written", "no_recording"})


@dataclass(frozen=True, slots=True)
class Exported:
    """A part that is in the target.

    Attributes:
        path: Its file, relative to the target.
        rows: How many rows it has; None for a recording.
        size: The file's size in bytes.
        sha256: The file's digest.
        final: Whether the call had been over for so long that this changes no more.
        updated_at: When the call's logs had last changed, in ISO 8601; None for other parts.
        has_failed: Whether the last look at whether it has changed failed.
    """

    path: str
    rows: int | None
    size: int
    sha256: str
    final: bool
    updated_at: str | None = None
    has_failed: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return it as the manifest has it."""
        return {
            "outcome": "exported",
            "path": self.path,
            "rows": self.rows,
            "size": self.size,
            "sha256": self.sha256,
            "final": self.final,
            "updated_at": self.updated_at,
            **({"has_failed": True} if self.has_failed else {}),
        }


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part that is not in the target.

    Attributes:
        reason: Why.
        detail: The same in words, where there is more to say.
    """

    reason: SkipReason
    detail: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether it is missing since asking for it failed."""
        return self.reason == FAILED

    def to_dict(self) -> dict[str, object]:
        """Return it as the manifest has it."""
        return {"outcome": "skipped", "reason": self.reason, "detail": self.detail}


Outcome = Exported | Skipped


@dataclass(frozen=True)
class Entry:
    """A call in the manifest.

    Attributes:
        call_id: The call.
        agent_id: Its agent.
        recorded_at: When this was recorded, in ISO 8601, UTC.
        parts: What became of each part that was asked for, by its name.
    """

    call_id: str
    agent_id: str
    recorded_at: str
    parts: Mapping[str, Outcome]

    def lacks(self, part: str) -> bool:
        """Tell whether the part is to be fetched: it is new, or may have come or changed since."""
        outcome = self.parts.get(part)
        if isinstance(outcome, Exported):
            return not outcome.final
        return outcome is None or outcome.reason not in _FOR_GOOD

    def first_skip(self, parts: tuple[str, ...]) -> Skipped | None:
        """Return why the first of these parts that is not in the target is not."""
        outcomes = (self.parts.get(part) for part in parts)
        return next((outcome for outcome in outcomes if isinstance(outcome, Skipped)), None)

    @cached_property
    def line(self) -> bytes:
        """It as a line of the manifest."""
        fields = {
            "call_id": self.call_id,
            "agent_id": self.agent_id,
            "recorded_at": self.recorded_at,
            "parts": {name: outcome.to_dict() for name, outcome in self.parts.items()},
        }
        return json_line(fields)


def read_entry(line: bytes) -> Entry | None:
    """Return the entry of a line; None for a line that was not written to its end."""
    try:
        fields = cast("dict[str, Any]", json.loads(line))
        parts = {name: _outcome(dict(part)) for name, part in fields.pop("parts").items()}
        return Entry(**fields, parts=parts)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _outcome(fields: dict[str, Any]) -> Outcome:
    return Exported(**fields) if fields.pop("outcome") == "exported" else Skipped(**fields)
