"""What a run must remember of all calls, and what is left to do, on disk so that memory stays flat.

It is a temporary SQLite database that goes with the run; the truth is the manifest in the target. One
transaction holds everything, and nothing is ever committed. Methods raise a `TargetError` if the disk is
full.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from cartesia_calls import is_over

from ._manifest import Exported, Skipped, read_entry
from ._ndjson import json_line
from ._tables import in_utc
from ._target import day_of, temporary_failure

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cartesia_calls import AgentCall

    from ._job import Job
    from ._manifest import Entry, Outcome, SkipReason

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE entry (
    call_id TEXT PRIMARY KEY, recorded_at TEXT, own INTEGER, unsure INTEGER, line BLOB
) WITHOUT ROWID;
CREATE TABLE work (number INTEGER PRIMARY KEY, fields BLOB);
CREATE TABLE seen (call_id TEXT PRIMARY KEY) WITHOUT ROWID;
BEGIN;
"""
_PUT = """
INSERT INTO entry VALUES (?, ?, ?, ?, ?)
ON CONFLICT (call_id) DO UPDATE SET
    recorded_at = excluded.recorded_at, own = excluded.own, unsure = excluded.unsure,
    line = excluded.line
WHERE excluded.recorded_at >= recorded_at
"""
# Work that failed in an earlier run is numbered from here, and so comes last.
_LATE = 1 << 62
_NOT_OVER = frozenset({"created", "started", "active"})
# What is erased when a call is deleted, and never kept under zero data retention.
_SENSITIVE = frozenset({"logs", "transcript", "tools", "audio"})


@dataclass(frozen=True, slots=True)
class Work:
    """A call that has parts to fetch.

    Attributes:
        final: Whether it ended so long ago that its data no longer change.
        has_failed: Whether it failed in an earlier run: then it comes last, and is requested once.
        skipped: Parts that need no request, with the reason.
        record: Its record, if it is requested and known already.
        before: Its entry in the manifest so far.
    """

    call_id: str
    agent_id: str
    day: str
    final: bool
    parts: Sequence[str]
    has_failed: bool = False
    skipped: dict[str, SkipReason] = field(default_factory=dict[str, "SkipReason"])
    record: dict[str, object] | None = None
    before: Entry | None = None

    @property
    def recorded(self) -> Mapping[str, Outcome]:
        """The outcomes of its parts so far."""
        return self.before.parts if self.before else {}


# In the order of the class; its entry is in the index already.
_FIELDS = attrgetter(
    *("call_id", "agent_id", "day", "final", "parts", "has_failed", "skipped", "record")
)


def work_on(
    call: AgentCall, entry: Entry | None, job: Job, now: datetime, grace: float
) -> Work | None:
    """Return what to do about a call with this entry; None if the target has everything there is.

    `grace` is how long after its end a call's data may still change, in seconds.
    """
    recorded: Mapping[str, Outcome] = entry.parts if entry else {}
    lacking = [
        part
        for part in job.include
        if (job.refresh or entry is None or entry.lacks(part))
        # The API has nothing better than the target if the data of the call were deleted.
        and not (call.redacted_at and isinstance(recorded.get(part), Exported))
    ]
    known: dict[str, SkipReason] = {
        part: reason for part in lacking if (reason := _known_reason(call, part))
    }
    parts = tuple(part for part in lacking if part not in known)
    if not parts and all(_is_recorded(recorded.get(part), known[part]) for part in known):
        return None
    ended = call.end_time or None
    # A call without an end time is checked again in each run.
    final = ended is not None and (now - ended).total_seconds() > grace
    is_listed_whole = "record" in parts and not {"transcript", "tools"} & set(parts)
    return Work(
        call_id=call.id,
        agent_id=call.agent_id,
        day=day_of(in_utc(call.start_time or None), in_utc(ended)),
        final=final,
        parts=parts,
        has_failed=any(part in recorded and recorded[part].has_failed for part in parts),
        before=entry,
        skipped=known,
        record=call.to_dict() if is_listed_whole else None,
    )


def _is_recorded(outcome: Outcome | None, reason: SkipReason) -> bool:
    # What is in the target stays there.
    if isinstance(outcome, Skipped):
        return outcome.reason == reason
    return outcome is not None


def _known_reason(call: AgentCall, part: str) -> SkipReason | None:
    if not is_over(call) and call.status in _NOT_OVER:
        return "in_progress"
    if part in _SENSITIVE:
        if call.redacted_at:
            return "deleted"
        if call.zdr_enabled:
            return "zero_retention"
    return None


@contextmanager
def failing_as_target() -> Generator[None]:
    """Raise a failure of SQLite with its file as a `TargetError`."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        named = (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"))
        folders = (*filter(None, named), "/var/tmp", "/usr/tmp", "/tmp")  # noqa: S108 - SQLite's
        usable = (folder for folder in folders if os.access(folder, os.W_OK | os.X_OK))
        folder = next(usable, os.curdir)
        raise temporary_failure(folder, str(error), "SQLITE_TMPDIR or TMPDIR") from error


class Index:
    """The entries of the manifest and the work that is left; for one thread at a time."""

    @failing_as_target()
    def __init__(self) -> None:
        # An empty name makes a private file that goes when it is closed.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_SCHEMA)
        self._numbers = {False: count(1), True: count(_LATE)}

    @failing_as_target()
    def put(self, entries: Iterable[Entry], *, own: bool = True, unsure: bool = False) -> None:
        """Add entries; the last recorded one of a call counts.

        `own` says whether this run's shard has recorded them, `unsure` whether to check them.
        """
        rows = ((one.call_id, one.recorded_at, own, unsure, one.line) for one in entries)
        self._database.executemany(_PUT, rows)

    @failing_as_target()
    def get(self, call_id: str) -> Entry | None:
        query = "SELECT line FROM entry WHERE call_id = ?"
        found = self._database.execute(query, (call_id,)).fetchone()
        return read_entry(found[0]) if found else None

    def of(self, call: AgentCall) -> Entry | None:
        """Return the entry of a call that was listed."""
        return self.get(call.id)

    @failing_as_target()
    def drop(self, call_id: str) -> None:
        self._database.execute("DELETE FROM entry WHERE call_id = ?", (call_id,))

    def unsure(self) -> Iterator[Entry]:
        """Yield the entries to check; `drop` may be called meanwhile."""
        with failing_as_target():
            ids = self._database.execute("SELECT call_id FROM entry WHERE unsure").fetchall()
        yield from filter(None, (self.get(call_id) for (call_id,) in ids))

    def own_lines(self) -> Iterator[bytes]:
        """Yield the lines that this run's shard has recorded, by call id."""
        query = "SELECT line FROM entry WHERE own ORDER BY call_id"
        with failing_as_target():
            for (line,) in self._database.execute(query):
                yield line

    @failing_as_target()
    def see(self, call_id: str) -> bool:
        """Remember that a call was listed; return whether for the first time."""
        query = "INSERT OR IGNORE INTO seen VALUES (?)"
        return bool(self._database.execute(query, (call_id,)).rowcount)

    @failing_as_target()
    def add_work(self, work: Iterable[Work]) -> None:
        self._database.executemany(
            "INSERT INTO work VALUES (?, ?)",
            ((next(self._numbers[one.has_failed]), json_line(_FIELDS(one))) for one in work),
        )

    @failing_as_target()
    def take_work(self, most: int, *, late: bool = False, at_random: bool = False) -> list[Work]:
        """Remove and return up to `most` pieces of work: those that failed before if `late`, or others."""
        order = "random()" if at_random else "number"
        query = f"SELECT number, fields FROM work WHERE (number >= ?) = ? ORDER BY {order} LIMIT ?"  # noqa: S608 - one of two words
        rows: list[Any] = self._database.execute(query, (_LATE, late, most)).fetchall()
        self._database.executemany(
            "DELETE FROM work WHERE number = ?", ((number,) for number, _ in rows)
        )
        found = [Work(*json.loads(line)) for _, line in rows]
        return [replace(one, before=self.get(one.call_id)) for one in found]

    def close(self) -> None:
        self._database.close()
