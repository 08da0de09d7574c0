"""The manifest: the outcome of each call, in the target beside the data.

Below `_manifest/` each shard has its own file, `1-of-4.ndjson`, with one line a call. A run adds its
outcomes to a journal in a folder, and to segments in an object store, which cannot append. At its end
it merges them into the file.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Literal, cast

from cartesia_calls import ConfigurationError

from ._ndjson import json_line
from ._tables import SCHEMA_VERSION
from ._target import MANIFEST, RESUMES, TargetError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from io import FileIO
    from pathlib import Path

    from cartesia_calls import Clock

    from ._index import Index
    from ._job import Job, Shard
    from ._target import Target

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
"""Why a call, or a part of it, is not in the target."""

FAILED: SkipReason = "failed"
# Final: no later run requests it again.
_FINAL = frozenset({"deleted", "zero_retention", "expired_or_never_written", "no_recording"})
_ABOUT = f"{MANIFEST}/about.json"
_LARGEST_SEGMENT = 100
_BLOCK = 1 << 20
_FLUSH_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Exported:
    """A part in the target: a file with that path, size and digest.

    Attributes:
        rows: How many rows it has; None for a recording.
        final: Whether the call had ended so long ago that the part no longer changes.
        updated_at: When the logs of the call last changed, in ISO 8601; None for other parts.
        has_failed: Whether the last check for changes failed.
    """

    path: str
    rows: int | None
    size: int
    sha256: str
    final: bool
    updated_at: str | None = None
    has_failed: bool = False

    def to_dict(self) -> dict[str, object]:
        fields: dict[str, object] = {"outcome": "exported", **asdict(self)}
        if not self.has_failed:
            del fields["has_failed"]
        return fields


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part that is not in the target: the reason, and details if there are any."""

    reason: SkipReason
    detail: str = ""

    @property
    def has_failed(self) -> bool:
        return self.reason == FAILED

    def to_dict(self) -> dict[str, object]:
        return {"outcome": "skipped", **asdict(self)}


Outcome = Exported | Skipped


@dataclass(frozen=True)
class Entry:
    """The outcome of each part of a call, recorded at a time in ISO 8601, UTC."""

    call_id: str
    agent_id: str
    recorded_at: str
    parts: Mapping[str, Outcome]

    def lacks(self, part: str) -> bool:
        """Return whether to fetch the part: it is new, or may have appeared or changed since."""
        outcome = self.parts.get(part)
        if isinstance(outcome, Exported):
            return not outcome.final
        return outcome is None or outcome.reason not in _FINAL

    def first_skip(self, parts: tuple[str, ...]) -> Skipped | None:
        outcomes = (self.parts.get(part) for part in parts)
        return next((outcome for outcome in outcomes if isinstance(outcome, Skipped)), None)

    @cached_property
    def line(self) -> bytes:
        parts = {name: outcome.to_dict() for name, outcome in self.parts.items()}
        ids = {"call_id": self.call_id, "agent_id": self.agent_id}
        return json_line({**ids, "recorded_at": self.recorded_at, "parts": parts})


def read_entry(line: bytes) -> Entry | None:
    """Return the entry of a line; None for a line that was cut off."""
    try:
        fields = cast("dict[str, Any]", json.loads(line))
        parts = {name: _outcome(dict(part)) for name, part in fields.pop("parts").items()}
        return Entry(**fields, parts=parts)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _outcome(fields: dict[str, Any]) -> Outcome:
    return Exported(**fields) if fields.pop("outcome") == "exported" else Skipped(**fields)


def check_about(target: Target, job: Job) -> None:
    """Write the kind of the export to a new target, or check that the target holds the same kind."""
    mine: dict[str, object] = {"schema": SCHEMA_VERSION, "format": job.format}
    if redaction := redaction_of(job):
        mine["redaction"] = redaction
    line = json.dumps(mine).encode() + b"\n"
    if target.create(_ABOUT, line):
        return
    try:
        theirs: object = json.loads(target.read(_ABOUT) or b"")
    except ValueError:
        # A killed run wrote a part of it.
        target.write(_ABOUT, line)
        return
    found = cast("dict[str, object]", theirs) if isinstance(theirs, dict) else {}
    if (version := found.get("schema")) != SCHEMA_VERSION:
        raise ConfigurationError(
            f"The target {target.name} holds an export with version {version} of the schema; this "
            f"release writes version {SCHEMA_VERSION}.",
            hint="Export to another target, such as a new folder, and keep the old one: it may be the "
            "only copy of data that the provider has removed since.",
        )
    if found.get("redaction") != redaction:
        raise mixed_redaction(f"target {target.name}", found.get("redaction"))
    if theirs != mine:
        raise ConfigurationError(
            f"The target {target.name} holds an export of another kind: {json.dumps(theirs)}, "
            f"not {json.dumps(mine)}.",
            hint="Name another target, or use the format of this one.",
        )


def redaction_of(job: Job) -> dict[str, object] | None:
    """Return what identifies the redaction of a job: a digest, since patterns may hold secrets."""
    if job.redact is None:
        return None
    patterns = [[one.pattern, one.flags] for one in job.redact]
    digest = sha256(json.dumps(patterns).encode()).hexdigest()
    return {"patterns": len(job.redact), "sha256": digest}


def mixed_redaction(place: str, theirs: object) -> ConfigurationError:
    """Return the error of a job that would mix data of two redactions, in a target or a pipeline."""
    held = "redacted data" if theirs else "data that are not redacted"
    return ConfigurationError(
        f"The {place} holds {held}. This export does not redact in the same way.",
        hint="Name another one, or use the same redaction and the same patterns.",
    )


def load(target: Target, shard: Shard, index: Index) -> None:
    """Read what earlier runs have recorded, and check what a killed run recorded last."""
    for name in target.names(MANIFEST):
        if not name.endswith(".ndjson"):
            continue
        own = name.startswith(f"{shard.name}.")
        unsure = own and name.endswith(".journal.ndjson")
        with target.reader(f"{MANIFEST}/{name}") as lines:
            index.put(filter(None, map(read_entry, lines)), own=own, unsure=unsure)
    for entry in index.unsure():
        if not all(_is_there(target, part) for part in entry.parts.values()):
            index.drop(entry.call_id)


def fold(target: Target, shard: Shard, index: Index) -> None:
    """Write the shard's file with what the journal or the segments hold, and remove these."""
    added = (f"{shard.name}.journal.", f"{shard.name}.segment.")
    superseded = [name for name in target.names(MANIFEST) if name.startswith(added)]
    if not superseded:
        return
    if target.folder is not None and hasattr(os, "sync"):
        # Without a journal the next run does not check the data: they must be on the disk.
        os.sync()
    target.write_lines(f"{MANIFEST}/{shard.name}.ndjson", index.own_lines())
    for name in superseded:
        target.remove(f"{MANIFEST}/{name}")


def parts_there(
    target: Target, parts: Mapping[str, Outcome], names: Iterable[str]
) -> dict[str, Outcome]:
    """Return the recorded parts of a call, without those of `names` whose files have changed."""
    lost = {name for name in names if not _is_there(target, parts.get(name))}
    return {name: part for name, part in parts.items() if name not in lost}


def _is_there(target: Target, part: object) -> bool:
    if not isinstance(part, Exported):
        return True
    digest = sha256()
    size = 0
    with target.reader(part.path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
    return size == part.size and digest.hexdigest() == part.sha256


class Journal:
    """Records outcomes whose data are in place.

    In a folder it appends each line to a file at once. In an object store it writes an object when 100
    lines wait, or when one is added more than a second after the previous object.
    """

    def __init__(self, target: Target, shard: Shard, clock: Clock) -> None:
        self._target = target
        self._clock = clock
        self._path = f"{MANIFEST}/{shard.name}"
        self._start = f"{clock.now():%Y%m%dT%H%M%S}-{os.urandom(4).hex()}"
        self._lines: list[bytes] = []
        self._count = 0
        self._flushed_at = clock.monotonic()
        self._file: FileIO | None = None

    def add(self, entries: Iterable[Entry]) -> None:
        """Record outcomes, now or with a later `flush`."""
        self._lines += [entry.line for entry in entries]
        overdue = self._clock.monotonic() - self._flushed_at >= _FLUSH_EVERY
        if self._target.folder is not None or overdue or len(self._lines) >= _LARGEST_SEGMENT:
            self.flush()

    def flush(self) -> None:
        """Record what is waiting."""
        lines = b"".join(self._lines)
        self._lines = []
        if lines and self._target.folder is not None:
            self._append(self._target.folder / f"{self._path}.journal.ndjson", lines)
        elif lines:
            segment = f"{self._path}.segment.{self._start}-{self._count:06d}.ndjson"
            self._target.write(segment, lines)
            self._count += 1
        self._flushed_at = self._clock.monotonic()

    def close(self) -> None:
        if self._file:
            self._file.close()

    def _append(self, path: Path, lines: bytes) -> None:
        try:
            if self._file is None:
                self._file = path.open("ab+", buffering=0)
                if self._file.tell():
                    self._file.seek(-1, os.SEEK_END)
                    if self._file.read(1) != b"\n":
                        # A killed run wrote a part of the last line.
                        self._file.write(b"\n")
            while lines:
                lines = lines[self._file.write(lines) :]
        except OSError as error:
            why = error.strerror or error
            raise TargetError(
                f"The manifest {path} can't be written: {why}.", hint=RESUMES
            ) from error
