"""One export at a time on a target, or on one shard of it.

Shards of the same split may run side by side; anything else would write the same files. A lock in a
folder is the operating system's, which frees it when its process ends, however that happens. An object
store has none: there a lock is an object with the time of its last sign of life.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol, cast

from ._errors import TargetBusyError, target_failure
from ._paths import LOCKS

# Not on Windows.
fcntl: Any = import_module("fcntl") if find_spec("fcntl") else None

if TYPE_CHECKING:
    from io import BufferedRandom
    from pathlib import Path

    from cartesia_calls._clock import Clock

    from ._job import Shard
    from ._target import Target

HEARTBEAT = 15.0
"""How often a lock in an object store is renewed, in seconds."""
_LIFE = timedelta(seconds=6 * HEARTBEAT)


class Lock(Protocol):
    """A lock that is held; its methods may be called from several threads."""

    def renew(self) -> None:
        """Show that its holder is alive, unless it has been given up.

        Raises:
            TargetBusyError: Another export has taken it over.
        """
        ...

    def release(self) -> None:
        """Give it up."""
        ...


def acquire(target: Target, shard: Shard, clock: Clock) -> Lock:
    """Take the lock of a target's shard.

    Raises:
        TargetBusyError: Another export is at work there.
        TargetError: The target can't be locked.
    """
    if target.folder is not None and fcntl is not None:
        target.create(f"{LOCKS}/guard.lock", b"")
        try:
            return _FolderLock(target.folder / LOCKS, target.name, shard)
        except OSError as error:
            # Such as another user's file.
            where = f" ({error.filename})" if error.filename else ""
            why = f"{error.strerror or error}{where}"
            raise target_failure(target.name, "locked", why) from error
    return _ObjectLock(target, shard, clock)


class _FolderLock:
    """A lock of the operating system's (flock)."""

    def __init__(self, folder: Path, name: str, shard: Shard) -> None:
        mine = f"{shard.name}.lock"
        # The guard makes taking a lock and looking at the others one step.
        with (folder / "guard.lock").open("rb+") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            for path in sorted(folder.glob("*-of-*.lock")):
                if path.name != mine and shard.excludes(path.stem) and (who := _holder(path)):
                    raise _busy(name, path.stem, who)
            self._file = (folder / mine).open("ab+")
            if not _try_flock(self._file):
                self._file.close()
                raise _busy(name, shard.name, _holder(folder / mine) or {})
            self._file.truncate(0)
            self._file.write(json.dumps(_about_me()).encode())
            self._file.flush()

    def renew(self) -> None:
        """Do nothing: the operating system knows whether the process is alive."""

    def release(self) -> None:
        """See `Lock.release`."""
        # The file stays: to remove it would take it from under one who waits for it.
        self._file.close()


class _ObjectLock:
    """An object with the time of the last sign of life."""

    def __init__(self, target: Target, shard: Shard, clock: Clock) -> None:
        self._target = target
        self._clock = clock
        self._path = f"{LOCKS}/{shard.name}.json"
        self._run = os.urandom(16).hex()
        self._using = threading.Lock()
        self._is_released = False
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
        """See `Lock.renew`."""
        with self._using:
            if self._is_released:
                return
            held = self._read(self._path)
            if held.get("run") != self._run:
                raise _busy(self._target.name, "the same part", held)
            self._target.write(self._path, self._content())

    def release(self) -> None:
        """See `Lock.release`."""
        # A renewal in another thread that is under way would bring it back.
        with self._using:
            self._is_released = True
            if self._is_mine():
                self._target.remove(self._path)

    def _try(self) -> bool:
        # Made already, and the answer lost: then the store's own repetition of it found it there.
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


def _try_flock(file: BufferedRandom) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> dict[str, object] | None:
    """Return what a lock's holder wrote about itself, None where nobody holds it."""
    with path.open("ab+") as file:
        if _try_flock(file):
            return None
        file.seek(0)
        return _parsed(file.read())


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
        f"Another export is at work on {target} ({part}): process {who.get('pid', '?')} on "
        f"{who.get('host', '?')}, since {who.get('started_at', '?')}.",
        hint="Wait for its end, stop it, or name another target; shards of one split, such as 1/4 and "
        f"2/4, may run side by side. A dead export's lock is free at once in a folder, and after "
        f"{_LIFE.seconds} s in an object store.",
    )
