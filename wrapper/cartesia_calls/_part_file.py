"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from typing import BinaryIO


@contextmanager
def whole_file(path: str | os.PathLike[str], *, overwrite: bool = False) -> Generator[BinaryIO]:
    """Open a file for bytes that appears when the block ends without an error, or not at all.

    Until then the bytes are in a file beside it. A link is written through. A pipe or a device, such
    as `/dev/stdout`, is written to directly.

    Args:
        path: The file.
        overwrite: Whether an existing file may be replaced.

    Raises:
        FileExistsError: The file exists, and `overwrite` is not set.
        IsADirectoryError: The path is a folder.
        FileNotFoundError: There is no folder to hold the file.
        OSError: The file cannot be written.
    """
    target = Path(path)
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        mode = 0
    except OSError as error:
        what = f"{target} cannot be written: {error.strerror}; name another file."
        raise type(error)(what) from error
    if stat.S_ISDIR(mode) or os.fspath(path).endswith(os.sep):
        raise IsADirectoryError(f"{target} is a folder; name a file in it.")
    if mode and not stat.S_ISREG(mode):
        with target.open("wb") as file:
            yield file
        return
    if mode and not overwrite:
        raise FileExistsError(f"{target} exists; allow overwriting, or name another file.")
    real = target.resolve()
    if not real.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {real.parent}; make it first.")
    # Not the file's own name, with which this one might be too long.
    part = real.with_name(f".cartesia-calls-{os.urandom(8).hex()}.part")
    try:
        # "x": a file or link that another user has put there is not written to.
        with part.open("xb") as file:
            if mode:
                part.chmod(stat.S_IMODE(mode))
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

    @property
    def is_rewritable(self) -> bool:
        """Whether an attempt can replace what the previous one wrote: not in a pipe or a device."""
        return Path(self._file.name).is_file()

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
