"""What earlier runs have loaded, in the state of a dlt pipeline, which stays small.

For each part and agent, the state has the spans of time in which every call is settled: loaded, or skipped
for good. Calls that are open, or too new for a span, are listed by their ids.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from cartesia_calls.export._index import Index, failing_as_target
from cartesia_calls.export._manifest import (
    Entry,
    Exported,
    Skipped,
    mixed_redaction,
    read_entry,
    redaction_of,
)
from cartesia_calls.export._tables import in_utc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cartesia_calls import AgentCall
    from cartesia_calls.export._job import Job, Part
    from cartesia_calls.export._manifest import Outcome

State = dict[str, Any]
"""The state of a part: by the agent's id and the requested statuses, `spans` and `calls`."""
Span = tuple[datetime, datetime]
"""From a time up to another one, which is not in it."""

BEGINNING = datetime.min.replace(tzinfo=UTC)
LATECOMERS = timedelta(days=1)
"""How long after its start a call may first appear in the list."""
SETTLED = Exported(path="", rows=None, size=0, sha256="", final=True)
"""The outcome of a part that is settled; the state does not keep which one."""


class Memory(Index):
    """An index that starts with the state of each part, and returns the next state."""

    def __init__(self, job: Job, states: Mapping[Part, State]) -> None:
        super().__init__()
        self._job = job
        self._scope = scope_of(job)
        self._spans: dict[tuple[str, Part], list[Span]] = {}
        self._listed: tuple[str, datetime | None] = "", None
        self._database.execute(
            "CREATE TABLE started (call_id TEXT PRIMARY KEY, at TEXT) WITHOUT ROWID"
        )
        for agent_id in job.agents:
            self._recall(agent_id, states)

    def _recall(self, agent_id: str, states: Mapping[Part, State]) -> None:
        found: dict[str, dict[str, Outcome]] = {}
        for part in self._job.include:
            saved = states[part].get(agent_id, {}).get(self._scope, {"spans": [], "calls": {}})
            self._spans[agent_id, part] = [
                (datetime.fromisoformat(start), datetime.fromisoformat(end))
                for start, end in saved["spans"]
            ]
            for call_id, call in saved["calls"].items():
                found.setdefault(call_id, {})[part] = _outcome(call)
                self._note(call_id, call["at"])
        self.put(Entry(call_id, agent_id, "", parts) for call_id, parts in found.items())

    def of(self, call: AgentCall) -> Entry | None:
        """See `Index.of`; the calls of an agent come in the order of the list."""
        at = self._place(call)
        self._note(call.id, at.isoformat() if at else None)
        entry = self.get(call.id)
        parts = dict(entry.parts) if entry else {}
        for part in self._job.include:
            if at and _is_within(at, self._spans.get((call.agent_id, part), ())):
                parts.setdefault(part, SETTLED)
        if not parts:
            return None
        entry = Entry(call.id, call.agent_id, "", parts)
        self.put([entry])
        return entry

    @failing_as_target()
    def kept(self, now: datetime) -> dict[Part, dict[str, State]]:
        """Return the next state of each part and agent, after a run that started to list then."""
        # By the hour, so that a run without new calls does not change the state.
        until = (now - LATECOMERS).replace(minute=0, second=0, microsecond=0)
        since = self._job.since or BEGINNING
        if self._job.until is not None:
            until = min(until, self._job.until)
        for key, spans in self._spans.items():
            self._spans[key] = list(_joined([*spans, (since, until)] if since < until else spans))
        kept: dict[Part, dict[str, State]] = {part: {} for part in self._job.include}
        for (agent_id, part), spans in self._spans.items():
            texts = [[start.isoformat(), end.isoformat()] for start, end in spans]
            kept[part][agent_id] = {"spans": texts, "calls": {}}
        query = "SELECT line, at FROM entry JOIN started USING (call_id) ORDER BY call_id"
        for line, at in self._database.execute(query):
            entry = cast("Entry", read_entry(line))  # `Index` wrote it, so it is whole
            for part in self._exceptions(entry, at):
                kept[part][entry.agent_id]["calls"][entry.call_id] = _saved(entry.parts[part], at)
        return kept

    def _exceptions(self, entry: Entry, at: str | None) -> Iterator[Part]:
        for part in self._job.include:
            spans = self._spans.get((entry.agent_id, part))
            if spans is not None and part in entry.parts:
                settled = at and _is_within(datetime.fromisoformat(at), spans)
                if not settled or entry.lacks(part):
                    yield part

    @failing_as_target()
    def _note(self, call_id: str, at: str | None) -> None:
        self._database.execute("INSERT OR REPLACE INTO started VALUES (?, ?)", (call_id, at))

    def _place(self, call: AgentCall) -> datetime | None:
        """Return when a call started, or else when the previous one in the list did, which is newer.

        If the list is filtered by status, the previous one may be far from it.
        """
        agent_id, before = self._listed
        started = in_utc(call.start_time or None)
        if started is None:
            return before if agent_id == call.agent_id and not self._job.status else None
        self._listed = call.agent_id, started
        return started


def check_redaction(job: Job, source: State, parts: Iterable[State]) -> None:
    """Record the redaction of a job in the state of the source, or check that it is the same."""
    mine, theirs = redaction_of(job), source.get("redaction")
    if mine != theirs:
        if theirs or any(parts):
            raise mixed_redaction("pipeline", theirs)
        source["redaction"] = mine


def scope_of(job: Job) -> str:
    """Return the key of the state for the requested statuses."""
    return ",".join(sorted(job.status))


def _is_within(at: datetime, spans: Iterable[Span]) -> bool:
    return any(start <= at < end for start, end in spans)


def _joined(spans: list[Span]) -> Iterator[Span]:
    """Yield spans in order, with those that touch joined."""
    spans = sorted(spans)
    while spans:
        start, end = spans.pop(0)
        while spans and spans[0][0] <= end:
            end = max(end, spans.pop(0)[1])
        yield start, end


def _saved(outcome: Outcome, at: str | None) -> dict[str, str | None]:
    if isinstance(outcome, Skipped):
        return {"at": at, "reason": outcome.reason}
    return {"at": at} if outcome.final else {"at": at, "sha256": outcome.sha256}


def _outcome(saved: dict[str, Any]) -> Outcome:
    if "reason" in saved:
        return Skipped(saved["reason"])
    digest = saved.get("sha256")
    return SETTLED if digest is None else Exported("", None, 0, digest, final=False)
