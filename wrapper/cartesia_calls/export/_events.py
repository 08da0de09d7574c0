"""What an export tells while it runs, and what came of it at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, ClassVar

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


ExportEvent = CallsListed | CallExported | CallSkipped | Paused
OnEvent = Callable[[ExportEvent], object]
"""Is told of what happens, in the event loop's thread; it must not block."""


@dataclass(slots=True)
class ExportResult:
    """What came of an export: each call that was found is exported, present or skipped.

    Attributes:
        target: Where to.
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

    @property
    def is_complete(self) -> bool:
        """Whether all that was asked for is in the target."""
        return not (self.interrupted or self.skipped.total() or self.unknown_agents)


def as_dict(event: ExportEvent) -> dict[str, object]:
    """Return an event as it is written for machines."""
    return {"event": event.event, **asdict(event)}
