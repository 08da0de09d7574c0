"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from typing import BinaryIO


def check_target(target: Path, *, overwrite: bool) -> None:
    """Check that a file of this name can be written, before anything is fetched for it."""
    if target.is_dir():
        raise IsADirectoryError(f"{target} is a folder; name a file in it.")
    if not target.resolve().parent.is_dir():
        raise FileNotFoundError(f"There is no folder {target.resolve().parent}; make it first.")
    if not overwrite and target.exists():
        raise FileExistsError(f"{target} exists; allow overwriting, or name another file.")


def is_rewritable(target: Path) -> bool:
    """Return whether a second attempt can replace what was written: not in a pipe or a device."""
    return target.is_file() or not target.exists()


@contextmanager
def whole_file(target: Path) -> Generator[BinaryIO]:
    """Open a file beside the target, and move it to the target if the block succeeds.

    A link is written through. Other than regular files, such as `/dev/stdout` or a pipe, are written
    directly.
    """
    if not is_rewritable(target):
        with target.open("wb") as file:
            yield file
        return
    real = target.resolve()
    part = real.with_name(f".{real.name}.{os.getpid()}.part")
    try:
        # "x": a file or link that another user has put there is not written to.
        with part.open("xb") as file:
            if real.exists():
                part.chmod(stat.S_IMODE(real.stat().st_mode))
            yield file
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)


class FileSink:
    """Writes a body to a file, from its beginning at every attempt.

    Attributes:
        written: How many bytes the present attempt has written.
    """

    def __init__(self, file: BinaryIO, progress: Callable[[int, int | None], None] | None) -> None:
        self._file = file
        self._progress = progress
        self._total: int | None = None
        self.written = 0

    def start(self, length: int | None) -> None:
        """Start over, with this length if the server sent it: an attempt may have broken off."""
        if self.written:
            self._file.seek(0)
            self._file.truncate()
        self._total, self.written = length, 0

    def write(self, piece: bytes) -> None:
        """Write the next bytes."""
        self._file.write(piece)
        self.written += len(piece)
        if self._progress is not None:
            self._progress(self.written, self._total)
