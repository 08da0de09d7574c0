"""What a run must remember of all calls, kept on disk so that memory stays flat.

A temporary SQLite database, gone with the run; the truth is the manifest in the target. All is one
transaction without an end: there is nothing to commit. Where its folder is full, methods raise a
`TargetError`.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import ContextDecorator
from dataclasses import dataclass, field, fields
from itertools import count
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from ._entry import read_entry
from ._errors import temporary_failure
from ._json_line import json_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cartesia_api.models import AgentCall

    from ._entry import Entry, SkipReason

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


@dataclass(frozen=True, slots=True)
class Work:
    """A call of which something is to be fetched.

    Attributes:
        call_id: The call.
        agent_id: Its agent.
        day: The day on which it started, as its partition's name.
        final: Whether it has been over for so long that nothing of it changes any more.
        has_failed: Whether an earlier run failed at it: then it comes last, and is asked for once.
        kept: What of it is in the target.
        parts: What to fetch.
        skipped: What there is no need to ask for, with the reason.
        record: Its record, where that is to be written and the list gave it whole.
    """

    call_id: str
    agent_id: str
    day: str
    final: bool
    parts: tuple[str, ...]
    has_failed: bool = False
    kept: tuple[str, ...] = ()
    skipped: dict[str, SkipReason] = field(default_factory=dict[str, "SkipReason"])
    record: dict[str, object] | None = None


# What is to come last is numbered from here.
_LATE = 1 << 62

_FIELDS = attrgetter(*(field.name for field in fields(Work)))


def _work(line: bytes) -> Work:
    call_id, agent_id, day, final, parts, has_failed, kept, *others = json.loads(line)
    return Work(call_id, agent_id, day, final, tuple(parts), has_failed, tuple(kept), *others)


class _Telling(ContextDecorator):
    """Tells of what SQLite can't do with its file; without state, so that one serves all."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        # After a first failure SQLite may find its file malformed, which is of the more general kind.
        if isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError:
            failure = temporary_failure(_folder(), str(error), "SQLITE_TMPDIR or TMPDIR")
            raise failure from error


telling = _Telling()


def _folder() -> str:
    """Return the folder in which SQLite makes its temporary files."""
    named = (os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"))
    folders = (*filter(None, named), "/var/tmp", "/usr/tmp", "/tmp")  # noqa: S108 - as SQLite has it
    usable = (folder for folder in folders if os.access(folder, os.W_OK | os.X_OK))
    return next(usable, os.curdir)


class Index:
    """The manifest's entries and the work that is left; for one thread at a time."""

    @telling
    def __init__(self) -> None:
        # An empty name: a private file that is gone when it is closed.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_SCHEMA)
        self._numbers = {False: count(1), True: count(_LATE)}

    @telling
    def load(self, lines: Iterable[bytes], *, own: bool, unsure: bool = False) -> None:
        """Take entries in; of one call the one recorded last counts.

        Args:
            lines: Of a manifest file.
            own: Whether this run's shard has recorded them.
            unsure: Whether what they say is to be checked, since their run did not come to its end.
        """
        entries = (entry for line in lines if (entry := read_entry(line)))
        self._database.executemany(_PUT, (_values(entry, own, unsure) for entry in entries))

    @telling
    def put(self, entries: Iterable[Entry]) -> None:
        """Take in entries of this run."""
        self._database.executemany(
            _PUT, (_values(entry, own=True, unsure=False) for entry in entries)
        )

    @telling
    def get(self, call_id: str) -> Entry | None:
        """Return what is recorded of a call."""
        query = "SELECT line FROM entry WHERE call_id = ?"
        found = self._database.execute(query, (call_id,)).fetchone()
        return read_entry(found[0]) if found else None

    def of(self, call: AgentCall) -> Entry | None:
        """Return what is recorded of a call that has been listed."""
        return self.get(call.id)

    @telling
    def drop(self, call_id: str) -> None:
        """Forget what is recorded of a call."""
        self._database.execute("DELETE FROM entry WHERE call_id = ?", (call_id,))

    def unsure(self) -> Iterator[Entry]:
        """Yield the entries that are to be checked; `drop` may be called meanwhile."""
        with telling:
            ids = self._database.execute("SELECT call_id FROM entry WHERE unsure").fetchall()
        yield from filter(None, (self.get(call_id) for (call_id,) in ids))

    def own_lines(self) -> Iterator[bytes]:
        """Yield the lines of what this run's shard has recorded, by call id."""
        query = "SELECT line FROM entry WHERE own ORDER BY call_id"
        with telling:
            for (line,) in self._database.execute(query):
                yield line

    @telling
    def see(self, call_id: str) -> bool:
        """Remember that a call was listed; tell whether it was for the first time."""
        query = "INSERT OR IGNORE INTO seen VALUES (?)"
        return bool(self._database.execute(query, (call_id,)).rowcount)

    @telling
    def add_work(self, work: Iterable[Work]) -> None:
        """Remember work that is to be done."""
        self._database.executemany(
            "INSERT INTO work VALUES (?, ?)",
            ((next(self._numbers[one.has_failed]), json_line(_FIELDS(one))) for one in work),
        )

    @telling
    def take_work(self, most: int, *, late: bool = False, at_random: bool = False) -> list[Work]:
        """Return the next pieces of work, which are then gone.

        Args:
            most: How many, at the most.
            late: Whether of what failed in an earlier run, or of all else.
            at_random: Whether from anywhere, instead of in the order in which they were added.
        """
        order = "random()" if at_random else "number"
        query = f"SELECT number, fields FROM work WHERE (number >= ?) = ? ORDER BY {order} LIMIT ?"  # noqa: S608 - one of two words
        rows: list[Any] = self._database.execute(query, (_LATE, late, most)).fetchall()
        self._database.executemany(
            "DELETE FROM work WHERE number = ?", ((number,) for number, _ in rows)
        )
        return [_work(line) for _, line in rows]

    def close(self) -> None:
        """Remove it."""
        self._database.close()


def _values(entry: Entry, own: bool, unsure: bool) -> tuple[object, ...]:  # noqa: FBT001 - private
    return entry.call_id, entry.recorded_at, own, unsure, entry.line
