"""The events of an export, and its result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, ClassVar

from cartesia_calls import CartesiaError

if TYPE_CHECKING:
    from ._manifest import SkipReason


@dataclass(frozen=True, slots=True)
class CallsListed:
    """More calls have been listed.

    Attributes:
        found: How many calls were found so far.
        present: How many of them are complete in the target already.
        to_fetch: How many of them have a part to fetch.
        complete: Whether all calls have been listed.
    """

    event: ClassVar[str] = "listed"
    found: int
    present: int
    to_fetch: int
    complete: bool


@dataclass(frozen=True, slots=True)
class CallExported:
    """Parts of a call were written, with so many rows; no parts if nothing had changed."""

    event: ClassVar[str] = "exported"
    call_id: str
    agent_id: str
    parts: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class CallSkipped:
    """A requested part of a call is not in the target; `detail` may explain the reason."""

    event: ClassVar[str] = "skipped"
    call_id: str
    agent_id: str
    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    """The server responded with 429; all workers wait for so many seconds."""

    event: ClassVar[str] = "paused"
    seconds: float


@dataclass(slots=True)
class ExportResult:
    """The result of an export: each call that was found is exported, present or skipped.

    The counts of an export that ended early are those up to its end.

    Attributes:
        target: The target; empty if it could not be opened.
        found: How many calls were found.
        exported: How many of them had a part written.
        present: How many were in the target already, unchanged.
        skipped: How many lack a part that was requested, by the reason.
        rows: How many rows were written.
        size: How many bytes were written.
        requests: How many requests were sent.
        retries: How many of them were retries.
        seconds: How long the export took.
        interrupted: Whether it was stopped early.
        unknown_agents: Agents that have no calls, and that the API does not know.
        error: The error that ended it early; it is raised as well.
    """

    target: str
    found: int = 0
    exported: int = 0
    present: int = 0
    skipped: Counter[SkipReason] = field(default_factory=Counter["SkipReason"])
    rows: int = 0
    size: int = 0
    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    interrupted: bool = False
    unknown_agents: list[str] = field(default_factory=list[str])
    error: Exception | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything that was requested is in the target."""
        return self.error is None and not (
            self.interrupted or self.skipped.total() or self.unknown_agents
        )


@dataclass(frozen=True, slots=True)
class ExportFinished:
    """The export has ended, perhaps with an error; this is always the last event."""

    event: ClassVar[str] = "finished"
    result: ExportResult


ExportEvent = CallsListed | CallExported | CallSkipped | Paused | ExportFinished
OnEvent = Callable[[ExportEvent], object]
"""Called with each event, in the thread of the event loop; it must not block."""


def as_dict(event: ExportEvent) -> dict[str, object]:
    """Return an event as JSON, as `export --json` writes it."""
    if not isinstance(event, ExportFinished):
        return {"event": event.event, **asdict(event)}
    result = event.result
    values: dict[str, object] = {one.name: getattr(result, one.name) for one in fields(result)}
    values["skipped"] = dict(result.skipped)
    values["seconds"] = round(result.seconds, 3)
    values["error"] = None if result.error is None else _error_as_dict(result.error)
    return {"event": event.event, **values}


def _error_as_dict(error: Exception) -> dict[str, object]:
    kind = type(error).__name__
    if isinstance(error, CartesiaError):
        return {"type": kind, "summary": error.summary, "hint": error.hint}
    # The text of any other error may hold anything, the key too.
    return {"type": kind, "summary": "An unexpected error ended the export.", "hint": ""}
