"""Locks, so that one export at a time writes to a target, or to one shard of it.

Shards of the same split may run at the same time; any other two would write the same files. The lock of a
folder is one of the operating system, which releases it when the process ends for any reason. The lock of
an object store is an object with the time of its last renewal.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

from ._target import LOCKS, TargetBusyError, TargetError, target_failure

# Not on Windows.
fcntl: Any = import_module("fcntl") if find_spec("fcntl") else None

if TYPE_CHECKING:
    from io import BufferedRandom
    from pathlib import Path

    from cartesia_calls import Clock

    from ._job import Shard
    from ._target import Target

HEARTBEAT = 15.0
"""How often to renew a lock, in seconds."""
_LIFE = timedelta(seconds=6 * HEARTBEAT)


def acquire(target: Target, shard: Shard, clock: Clock) -> Lock:
    if target.folder is not None and fcntl is not None:
        target.create(f"{LOCKS}/guard.lock", b"")
        try:
            return _FolderLock(target.folder / LOCKS, target.name, shard)
        except OSError as error:
            # Such as for another user's file.
            where = f" ({error.filename})" if error.filename else ""
            why = f"{error.strerror or error}{where}"
            raise target_failure(target.name, "locked", why) from error
    return _ObjectLock(target, shard, clock)


class _FolderLock:
    """A lock of the operating system (flock)."""

    def __init__(self, folder: Path, name: str, shard: Shard) -> None:
        mine = f"{shard.name}.lock"
        # The guard makes it one step to check the other locks and take this one.
        with (folder / "guard.lock").open("rb+") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            for path in sorted(folder.glob("*-of-*.lock")):
                if path.name != mine and shard.excludes(path.stem):
                    _flock(path, name).close()
            self._file = _flock(folder / mine, name)
            self._file.truncate(0)
            self._file.write(json.dumps(_about_me()).encode())
            self._file.flush()

    def renew(self) -> None:
        """Do nothing: the operating system knows whether the process is alive."""

    def release(self) -> None:
        # The file stays, since another process may have opened it.
        self._file.close()


class _ObjectLock:
    """An object with the time of its last renewal."""

    def __init__(self, target: Target, shard: Shard, clock: Clock) -> None:
        self._target = target
        self._clock = clock
        self._path = f"{LOCKS}/{shard.name}.json"
        self._run = os.urandom(16).hex()
        for file in target.names(LOCKS):
            other = file.removesuffix(".json")
            if other != shard.name and shard.excludes(other) and (who := self._alive(file)):
                raise _busy(target.name, other, who)
        if not self._try():
            if who := self._alive(f"{shard.name}.json"):
                raise _busy(target.name, shard.name, who)
            target.remove(self._path)
            if not self._try():
                raise _busy(target.name, shard.name, self._read(self._path))
        self.renew()

    def renew(self) -> None:
        held = self._read(self._path)
        if held.get("run") != self._run:
            raise _busy(self._target.name, "the same part", held)
        self._target.write(self._path, self._content())

    def release(self) -> None:
        with suppress(TargetError):  # what made it fail was raised already, or the lock expires
            if self._is_mine():
                self._target.remove(self._path)

    def _try(self) -> bool:
        # If the response was lost, the store's own retry found the object of the first attempt.
        return self._target.create(self._path, self._content()) or self._is_mine()

    def _is_mine(self) -> bool:
        return self._read(self._path).get("run") == self._run

    def _content(self) -> bytes:
        about = _about_me() | {"run": self._run, "alive_at": self._clock.now().isoformat()}
        return json.dumps(about).encode()

    def _read(self, path: str) -> dict[str, object]:
        return _parsed(self._target.read(path) or b"")

    def _alive(self, file: str) -> dict[str, object] | None:
        held = self._read(f"{LOCKS}/{file}")
        try:
            alive_at = datetime.fromisoformat(str(held["alive_at"]))
        except (KeyError, ValueError):
            return None
        return held if self._clock.now() - alive_at < _LIFE else None


def _flock(path: Path, target: str) -> BufferedRandom:
    """Open and lock a file, in which its holder writes about itself."""
    file = path.open("ab+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            raise _busy(target, path.stem, _parsed(file.read())) from None
    return file


def _about_me() -> dict[str, object]:
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _parsed(data: bytes) -> dict[str, object]:
    try:
        value: object = json.loads(data)
    except ValueError:
        return {}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _busy(target: str, part: str, who: dict[str, object]) -> TargetBusyError:
    return TargetBusyError(
        f"Another export is running on {target} ({part}): process {who.get('pid', '?')} on "
        f"{who.get('host', '?')}, since {who.get('started_at', '?')}.",
        hint="Wait until it ends, stop it, or name another target. Shards of one split, such as 1/4 "
        "and 2/4, may run at the same time. The lock of a killed export is released at once in a "
        f"folder, and after {_LIFE.seconds} s in an object store.",
    )


Lock = _FolderLock | _ObjectLock
