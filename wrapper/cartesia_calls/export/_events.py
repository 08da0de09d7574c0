"""What an export tells while it runs, and what came of it at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, ClassVar

from cartesia_calls._exceptions import CartesiaError

if TYPE_CHECKING:
    from ._entry import SkipReason


@dataclass(frozen=True, slots=True)
class CallsListed:
    """More calls have been listed.

    Attributes:
        found: How many calls were found so far.
        present: How many of them are in the target already, for good.
        to_fetch: For how many of them something is to be fetched.
        complete: Whether these are all.
    """

    event: ClassVar[str] = "listed"
    found: int
    present: int
    to_fetch: int
    complete: bool


@dataclass(frozen=True, slots=True)
class CallExported:
    """Something of a call has been written, or is as it was.

    Attributes:
        call_id: The call.
        agent_id: Its agent.
        parts: What was written; empty where nothing had changed.
        rows: How many rows it has.
    """

    event: ClassVar[str] = "exported"
    call_id: str
    agent_id: str
    parts: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class CallSkipped:
    """Something that was asked for of a call is not in the target.

    Attributes:
        call_id: The call.
        agent_id: Its agent.
        reason: Why.
        detail: The same in words, where there is more to say.
    """

    event: ClassVar[str] = "skipped"
    call_id: str
    agent_id: str
    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    """The server asked for fewer requests (429); no worker asks for anything for a while.

    Attributes:
        seconds: For how long.
    """

    event: ClassVar[str] = "paused"
    seconds: float


@dataclass(slots=True)
class ExportResult:
    """What came of an export: each call that was found is exported, present or skipped.

    Of one that ended before its end, what had come by then.

    Attributes:
        target: Where to; empty where the target could not be opened.
        found: How many calls were found.
        exported: Of how many something was written.
        present: How many were there already, unchanged.
        skipped: How many lack something that was asked for, by the reason.
        rows: How many rows were written.
        size: How many bytes were written.
        requests: How many requests were sent.
        retries: How many of them were repetitions.
        seconds: How long it took.
        interrupted: Whether it was stopped before its end.
        unknown_agents: Those that have no calls, and that the API does not know.
        error: What ended it before its end; it is raised as well.
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
        """Whether all that was asked for is in the target."""
        return self.error is None and not (
            self.interrupted or self.skipped.total() or self.unknown_agents
        )


@dataclass(frozen=True, slots=True)
class ExportFinished:
    """The export has ended, whatever ended it; nothing comes after this.

    Attributes:
        result: What came of it.
    """

    event: ClassVar[str] = "finished"
    result: ExportResult


ExportEvent = CallsListed | CallExported | CallSkipped | Paused | ExportFinished
OnEvent = Callable[[ExportEvent], object]
"""Is told of what happens, in the event loop's thread; it must not block."""


def as_dict(event: ExportEvent) -> dict[str, object]:
    """Return an event as it is written for machines."""
    if isinstance(event, ExportFinished):
        return {"event": event.event, **_result_as_dict(event.result)}
    return {"event": event.event, **asdict(event)}


def _result_as_dict(result: ExportResult) -> dict[str, object]:
    return {
        "target": result.target,
        "found": result.found,
        "exported": result.exported,
        "present": result.present,
        "skipped": dict(result.skipped),
        "rows": result.rows,
        "size": result.size,
        "requests": result.requests,
        "retries": result.retries,
        "seconds": round(result.seconds, 3),
        "interrupted": result.interrupted,
        "unknown_agents": result.unknown_agents,
        "error": None if result.error is None else _error_as_dict(result.error),
    }


def _error_as_dict(error: Exception) -> dict[str, object]:
    kind = type(error).__name__
    if isinstance(error, CartesiaError):
        return {"type": kind, "summary": error.summary, "hint": error.hint}
    # What another error says may hold anything, the key too.
    return {"type": kind, "summary": "An error of another kind ended it.", "hint": ""}
