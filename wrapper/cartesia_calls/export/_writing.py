"""Writes fetched calls and records them: first the data, then the outcome."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import file_digest, sha256
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol, TypeAlias

from cartesia_calls import ConfigurationError

from ._fetching import Recording
from ._manifest import Entry, Exported, Skipped, parts_there
from ._tables import TABLES
from ._target import TargetError, data_path

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cartesia_calls import CartesiaError

    from ._fetching import Fetched, FetchedCall
    from ._index import Work
    from ._job import Format
    from ._manifest import Journal, Outcome
    from ._tables import Row, Table
    from ._target import Target


Encode: TypeAlias = "Callable[[Table, Sequence[Row]], bytes]"
"""Returns rows as the bytes of a file."""


def encode_of(name: Format) -> Encode:
    """Return the function that encodes tables in a format."""
    if name == "parquet" and find_spec("pyarrow") is None:
        raise ConfigurationError(
            "The format parquet needs the package pyarrow, which is not installed.",
            hint="Install it with: pip install 'cartesia-calls[export]'",
        )
    encode: Encode = import_module(f"{__package__}._{name}").encode
    return encode


@dataclass(frozen=True, slots=True)
class Written:
    """A call with its new entry and the parts that were written.

    Attributes:
        left: Files to remove, since the call now has another day.
        failed: Why a part in the target could not be checked for changes.
    """

    entry: Entry
    parts: tuple[str, ...]
    left: tuple[str, ...]
    failed: Skipped | None = None


class Writer(Protocol):
    """Writes fetched calls; for one thread at a time."""

    def flush(self) -> None: ...
    def write(self, calls: Sequence[FetchedCall], /) -> tuple[list[Written], CartesiaError | None]:
        """Write and record calls; return them, and the failure that ended it, if any."""
        ...


class Store:
    """Writes calls to a target, `at_once` files at once; for one thread at a time.

    With `verify`, it writes a part again if its file is not as recorded.
    """

    def __init__(
        self, writer: PartWriter, journal: Journal, *, at_once: int, verify: bool = False
    ) -> None:
        self._writer = writer
        self._target = writer.target
        self._journal = journal
        self._verify = verify
        self._pool = ThreadPoolExecutor(at_once) if at_once > 1 else None
        self.flush = journal.flush

    def write(self, calls: Sequence[FetchedCall]) -> tuple[list[Written], TargetError | None]:
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

    def close(self) -> None:
        if self._pool:
            self._pool.shutdown()
        self._journal.close()

    def _try(self, call: FetchedCall) -> Written | TargetError:
        try:
            return self._write(call)
        except TargetError as error:
            return error

    def _write(self, call: FetchedCall) -> Written:
        if self._verify and (before := call.work.before):
            # Parts that other workers have written were checked by them.
            parts = call.parts
            names = [name for name in parts if not isinstance(parts[name], Exported)]
            there = parts_there(self._target, before.parts, names)
            work = replace(call.work, before=replace(before, parts=there))
            call = replace(call, work=work)
        one = written(call, self._writer.write)
        # Before the new entry is recorded: if the run ended between the two, both files would stay.
        for path in one.left:
            self._target.remove(path)
        return one


@dataclass(frozen=True, slots=True)
class PartWriter:
    """Writes parts of calls to a target; several threads may use it."""

    target: Target
    suffix: str
    encode: Encode

    def write(self, name: str, work: Work, fetched: Fetched, old: Outcome | None) -> Outcome:
        """Write a part unless the target has it unchanged; `old` is its previous outcome."""
        if isinstance(fetched, Exported | Skipped):
            return fetched
        if isinstance(fetched, Recording):
            try:
                return self._recording(name, work, fetched, old)
            except OSError as error:
                why = error.strerror or error
                raise TargetError(f"A recording can't be read: {why}.") from error
        data = self.encode(TABLES[name], fetched.rows)
        digest, size = sha256(data).hexdigest(), len(data)
        path = data_path(name, work.agent_id, work.day, work.call_id, self.suffix)
        new = Exported(path, len(fetched.rows), size, digest, work.final, fetched.updated_at)
        if not _is_same(new, old):
            self.target.write(path, data)
        return new

    def _recording(self, name: str, work: Work, fetched: Recording, old: Outcome | None) -> Outcome:
        with fetched.file.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        path = data_path(name, work.agent_id, work.day, work.call_id, "wav")
        new = Exported(path, None, fetched.file.stat().st_size, digest, work.final)
        if _is_same(new, old):
            fetched.file.unlink()
        else:
            self.target.adopt(path, fetched.file)
        return new


def written(
    call: FetchedCall, write: Callable[[str, Work, Fetched, Outcome | None], Outcome]
) -> Written:
    """Write the parts of a call with `write`, see `PartWriter`, and return what to record."""
    work = call.work
    parts: dict[str, Outcome] = dict(work.recorded)
    changed: list[str] = []
    left: list[str] = []
    failed: Skipped | None = None
    for name, fetched in call.parts.items():
        old = work.recorded.get(name)
        new = write(name, work, fetched, old)
        if isinstance(new, Skipped) and isinstance(old, Exported):
            # What is in the target stays there.
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
    if work.before and work.before.recorded_at >= now:
        # The later entry wins, even if the clock of the earlier one was ahead.
        ahead = datetime.fromisoformat(work.before.recorded_at)
        now = (ahead + timedelta(microseconds=1)).isoformat(timespec="microseconds")
    entry = Entry(work.call_id, work.agent_id, now, parts)
    return Written(entry, tuple(changed), tuple(left), failed)


def _is_same(new: Exported, old: Outcome | None) -> bool:
    return isinstance(old, Exported) and (old.path, old.sha256) == (new.path, new.sha256)
