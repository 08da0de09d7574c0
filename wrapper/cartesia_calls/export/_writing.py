"""What was fetched, written and recorded: first the data, then that they are there."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import file_digest, sha256
from typing import TYPE_CHECKING, Protocol

from ._entry import Entry, Exported, Skipped
from ._errors import TargetError
from ._fetching import Recording
from ._manifest import parts_there
from ._paths import data_path
from ._schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cartesia_calls._exceptions import CartesiaError

    from ._entry import Outcome
    from ._fetching import Fetched, FetchedCall
    from ._index import Work
    from ._manifest import Journal
    from ._schema import Row, Table
    from ._target import Target


class Encoder(Protocol):
    """A file format of tables."""

    SUFFIX: str

    def encode(self, table: Table, rows: Sequence[Row], /) -> bytes:
        """Return rows as a file's bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Written:
    """A call that is recorded.

    Attributes:
        entry: What the manifest has of it now.
        attempted: The parts that were fetched or found missing this time.
        parts: The parts that were written.
        left: Files whose parts are elsewhere now, since the call's day was not known before.
        failed: Why what is in the target could not be compared with what there is now.
    """

    entry: Entry
    parts: tuple[str, ...]
    left: tuple[str, ...]
    failed: Skipped | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A call to be written, with what the manifest has of it so far."""

    fetched: FetchedCall
    before: Entry | None


class Writer(Protocol):
    """Takes what was fetched to where it is wanted; for one thread at a time."""

    def write(self, calls: Sequence[Pending], /) -> tuple[list[Written], CartesiaError | None]:
        """Write calls, then record them; return these, and the failure that ended it, if any."""
        ...

    def flush(self) -> None:
        """Record what waits."""
        ...

    @property
    def is_waiting(self) -> bool:
        """Whether there is something that `flush` would record."""
        ...


class Store:
    """Writes calls to a target; for one thread at a time.

    Args:
        target: Where to.
        encoder: How tables are written.
        journal: Takes the outcomes.
        at_once: How many files to write at once, which pays off where each takes its time.
        verify: Whether to write anew what is recorded, but no longer in the target as it was.
    """

    def __init__(
        self,
        target: Target,
        encoder: Encoder,
        journal: Journal,
        *,
        at_once: int,
        verify: bool = False,
    ) -> None:
        self._target = target
        self._writer = PartWriter(target, encoder)
        self._journal = journal
        self._verify = verify
        self._pool = ThreadPoolExecutor(at_once) if at_once > 1 else None

    def write(self, calls: Sequence[Pending]) -> tuple[list[Written], TargetError | None]:
        """Write calls, then record them.

        Returns:
            The calls that were written and recorded, and the failure that ended it, if there is one.
        """
        done: list[Written] = []
        failure: TargetError | None = None
        for outcome in self._pool.map(self._try, calls) if self._pool else map(self._try, calls):
            if isinstance(outcome, Written):
                done.append(outcome)
            else:
                failure = outcome
                if self._pool is None:
                    break
        try:
            self._journal.add(one.entry for one in done)
        except TargetError as error:
            return [], failure or error
        return done, failure

    def flush(self) -> None:
        """Record what the journal still holds.

        Raises:
            TargetError: It can't be written.
        """
        self._journal.flush()

    @property
    def is_waiting(self) -> bool:
        """Whether the journal holds something."""
        return self._journal.is_waiting

    def close(self) -> None:
        """End the threads and close the journal."""
        if self._pool:
            self._pool.shutdown()
        self._journal.close()

    def _try(self, call: Pending) -> Written | TargetError:
        try:
            return self._write(call)
        except TargetError as error:
            return error

    def _write(self, call: Pending) -> Written:
        if self._verify and call.before:
            # What others have written, they have looked at.
            parts = call.fetched.parts
            names = [name for name in parts if not isinstance(parts[name], Exported)]
            there = parts_there(self._target, call.before.parts, names)
            call = replace(call, before=replace(call.before, parts=there))
        one = written(call, self._writer.write)
        # Before it is recorded: a run that ended in between would leave both for good.
        for path in one.left:
            self._target.remove(path)
        return one


class PartWriter:
    """Writes parts of calls to a target; its methods may be called from several threads.

    Args:
        target: Where to.
        encoder: How tables are written.
    """

    def __init__(self, target: Target, encoder: Encoder) -> None:
        self._target = target
        self._encoder = encoder

    def write(self, name: str, work: Work, fetched: Fetched, old: Outcome | None) -> Outcome:
        """Write what was fetched of a part, unless that is there as it is.

        Args:
            name: The part.
            work: Its call.
            fetched: What there is of it.
            old: What became of it before.

        Raises:
            TargetError: It can't be written.
        """
        if isinstance(fetched, Exported | Skipped):
            return fetched
        if isinstance(fetched, Recording):
            try:
                return self._recording(name, work, fetched, old)
            except OSError as error:
                raise TargetError(
                    f"A recording can't be read: {error.strerror or error}."
                ) from error
        data = self._encoder.encode(TABLES[name], fetched.rows)
        new = Exported(
            path=data_path(name, work.agent_id, work.day, work.call_id, self._encoder.SUFFIX),
            rows=len(fetched.rows),
            size=len(data),
            sha256=sha256(data).hexdigest(),
            final=work.final,
            updated_at=fetched.updated_at,
        )
        if not _is_same(new, old):
            self._target.write(new.path, data)
        return new

    def _recording(self, name: str, work: Work, fetched: Recording, old: Outcome | None) -> Outcome:
        with fetched.file.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        new = Exported(
            path=data_path(name, work.agent_id, work.day, work.call_id, "wav"),
            rows=None,
            size=fetched.file.stat().st_size,
            sha256=digest,
            final=work.final,
        )
        if _is_same(new, old):
            fetched.file.unlink()
        else:
            self._target.adopt(new.path, fetched.file)
        return new


def written(
    call: Pending, part: Callable[[str, Work, Fetched, Outcome | None], Outcome]
) -> Written:
    """Return what is to be recorded of a call once its parts are written.

    Args:
        call: What was fetched.
        part: Writes a part, given its name and what was recorded of it.
    """
    work = call.fetched.work
    before: Mapping[str, Outcome] = call.before.parts if call.before else {}
    parts: dict[str, Outcome] = dict(before)
    changed: list[str] = []
    left: list[str] = []
    failed: Skipped | None = None
    for name, fetched in call.fetched.parts.items():
        old = before.get(name)
        new = part(name, work, fetched, old)
        if isinstance(new, Skipped) and isinstance(old, Exported):
            # What is there stays there.
            if new.has_failed:
                failed = new
                parts[name] = replace(old, has_failed=True)
            continue
        parts[name] = new
        if isinstance(new, Exported) and not _is_same(new, old):
            changed.append(name)
            if isinstance(old, Exported) and old.path != new.path:
                left.append(old.path)
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    if call.before and call.before.recorded_at >= now:
        # The later record counts, also where the clock of an earlier one was ahead.
        ahead = datetime.fromisoformat(call.before.recorded_at)
        now = (ahead + timedelta(microseconds=1)).isoformat(timespec="microseconds")
    entry = Entry(work.call_id, work.agent_id, now, parts)
    return Written(entry, tuple(changed), tuple(left), failed)


def _is_same(new: Exported, old: Outcome | None) -> bool:
    return isinstance(old, Exported) and (old.path, old.sha256) == (new.path, new.sha256)


def rows_of(written: Written) -> tuple[int, int]:
    """Return how many rows and bytes were written of a call."""
    parts = [written.entry.parts[name] for name in written.parts]
    exported = [part for part in parts if isinstance(part, Exported)]
    return sum(part.rows or 0 for part in exported), sum(part.size for part in exported)
