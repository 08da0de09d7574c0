"""The record of each call's outcome, in the target beside the data.

Below `_manifest/` each shard has a file of its own, `1-of-4.ndjson`, one line a call, and while it runs
what was added since: in a folder a journal that each outcome is appended to, in an object store, which
can't append, segments that are written whole. A run that comes to its end folds them into the file.
"""

from __future__ import annotations

import json
import os
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol, cast

from cartesia_calls._exceptions import ConfigurationError

from ._entry import Exported
from ._errors import TargetError
from ._paths import MANIFEST
from ._schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from io import FileIO
    from pathlib import Path

    from cartesia_calls._clock import Clock

    from ._entry import Entry, Outcome
    from ._index import Index
    from ._job import Job, Shard
    from ._target import Target

_ABOUT = f"{MANIFEST}/about.json"
_LARGEST_SEGMENT = 100
FLUSH_EVERY = 1.0
"""How long an outcome may wait to be recorded in an object store, in seconds."""


def check_about(target: Target, job: Job) -> None:
    """Write what the target holds, or check that it fits what is there.

    Raises:
        ConfigurationError: It holds another format, or another version of the schema.
    """
    mine = {"schema": SCHEMA_VERSION, "format": job.format}
    if target.create(_ABOUT, json.dumps(mine).encode() + b"\n"):
        return
    try:
        theirs: object = json.loads(target.read(_ABOUT) or b"")
    except ValueError:
        # A run was stopped while it wrote this.
        target.write(_ABOUT, json.dumps(mine).encode() + b"\n")
        return
    version = cast("dict[str, object]", theirs).get("schema") if isinstance(theirs, dict) else None
    if version != SCHEMA_VERSION:
        raise ConfigurationError(
            f"The target {target.name} holds an export with version {version} of the schema; this "
            f"release writes version {SCHEMA_VERSION}.",
            hint="Export to another target, such as a new folder, and keep the old one: calls whose data "
            "the provider has removed since are only there.",
        )
    if theirs != mine:
        raise ConfigurationError(
            f"The target {target.name} holds an export of another kind: {json.dumps(theirs)}, "
            f"not {json.dumps(mine)}.",
            hint="Name another target, or the format that this one has.",
        )


def load(target: Target, shard: Shard, index: Index) -> None:
    """Take in what earlier runs have recorded, checking what a run that was stopped has left."""
    for name in target.names(MANIFEST):
        if not name.endswith(".ndjson"):
            continue
        own = name.startswith(f"{shard.name}.")
        unsure = own and name.endswith(".journal.ndjson")
        index.load(target.lines(f"{MANIFEST}/{name}"), own=own, unsure=unsure)
    for entry in index.unsure():
        if not all(_is_there(target, part) for part in entry.parts.values()):
            index.drop(entry.call_id)


def fold(target: Target, shard: Shard, index: Index) -> None:
    """Write the shard's file anew, whole, and remove what it takes the place of."""
    added = (f"{shard.name}.journal.", f"{shard.name}.segment.")
    superseded = [name for name in target.names(MANIFEST) if name.startswith(added)]
    if not superseded:
        return
    if target.folder is not None and hasattr(os, "sync"):
        # The data must be on the disk before nothing tells any more that they may not be.
        os.sync()
    target.write_lines(f"{MANIFEST}/{shard.name}.ndjson", index.own_lines())
    for name in superseded:
        target.remove(f"{MANIFEST}/{name}")


def parts_there(
    target: Target, parts: Mapping[str, Outcome], names: Iterable[str]
) -> dict[str, Outcome]:
    """Return what is recorded of a call without those named parts whose files are not as recorded."""
    lost = {name for name in names if not _is_there(target, parts.get(name))}
    return {name: part for name, part in parts.items() if name not in lost}


def _is_there(target: Target, part: object) -> bool:
    if not isinstance(part, Exported):
        return True
    digest = sha256()
    size = 0
    for block in target.blocks(part.path):
        digest.update(block)
        size += len(block)
    return size == part.size and digest.hexdigest() == part.sha256


class Journal(Protocol):
    """Takes outcomes as they come."""

    def add(self, entries: Iterable[Entry]) -> None:
        """Record outcomes whose data are in place."""
        ...

    @property
    def is_waiting(self) -> bool:
        """Whether there is something that `flush` would record."""
        ...

    def flush(self) -> None:
        """Record what waits."""
        ...

    def close(self) -> None:
        """Close what is open; `flush` first."""
        ...


def open_journal(target: Target, shard: Shard, clock: Clock) -> Journal:
    """Return the journal of a shard whose lock is held.

    Raises:
        TargetError: It can't be opened.
    """
    if target.folder is not None:
        return _AppendingJournal(target.folder / MANIFEST / f"{shard.name}.journal.ndjson")
    return _SegmentJournal(target, f"{MANIFEST}/{shard.name}.segment", clock)


class _AppendingJournal:
    """A file that lines are appended to, at once."""

    is_waiting = False

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    def add(self, entries: Iterable[Entry]) -> None:
        """See `Journal.add`."""
        lines = b"".join(entry.line for entry in entries)
        try:
            file = self._file = self._file or self._open()
            while lines:
                lines = lines[file.write(lines) :]
        except OSError as error:
            raise TargetError(
                f"The manifest {self._path} can't be written: {error.strerror or error}.",
                hint="Mend it, then run the same export again: it goes on from there.",
            ) from error

    def flush(self) -> None:
        """See `Journal.flush`."""

    def close(self) -> None:
        """See `Journal.close`."""
        if self._file:
            self._file.close()

    def _open(self) -> FileIO:
        file = self._path.open("ab+", buffering=0)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                # The last run was stopped while it wrote a line.
                file.write(b"\n")
        return file


class _SegmentJournal:
    """Objects of up to 100 lines, or of what came within a second."""

    def __init__(self, target: Target, beginning: str, clock: Clock) -> None:
        self._target = target
        self._clock = clock
        self._beginning = f"{beginning}.{clock.now():%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"
        self._lines: list[bytes] = []
        self._count = 0
        self._flushed_at = clock.monotonic()

    @property
    def is_waiting(self) -> bool:
        """See `Journal.is_waiting`."""
        return bool(self._lines)

    def add(self, entries: Iterable[Entry]) -> None:
        """See `Journal.add`."""
        self._lines += [entry.line for entry in entries]
        overdue = self._clock.monotonic() - self._flushed_at >= FLUSH_EVERY
        if overdue or len(self._lines) >= _LARGEST_SEGMENT:
            self.flush()

    def flush(self) -> None:
        """See `Journal.flush`."""
        if self._lines:
            self._target.write(f"{self._beginning}-{self._count:06d}.ndjson", b"".join(self._lines))
            self._count += 1
            self._lines = []
        self._flushed_at = self._clock.monotonic()

    def close(self) -> None:
        """See `Journal.close`."""
