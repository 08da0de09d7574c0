"""Files that a command writes: whole or not at all, and none that is there without `--force`."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

STDOUT = "-"


def problem_with(name: str, *, force: bool) -> tuple[str, str] | None:
    """Return why a file of this name can't be written, and what to do; None if it can."""
    if not name or name.endswith("/"):
        return f"{name!r} is no file name.", "Name the file to write."
    target = Path(name)
    try:
        if target.is_dir():
            return f"{name} is a folder.", "Name a file in it."
        if not target.resolve().parent.is_dir():
            return f"There is no folder {target.resolve().parent}.", "Make it first."
        if target.is_file() and not force:
            return f"{name} exists.", "Overwrite it with --force, or name another file."
    except (OSError, RuntimeError) as error:
        return f"{name[:80]} can't be written: {error}.", "Name another file."
    return None


def is_rewritable(target: Path) -> bool:
    """Tell whether what was written can be replaced, unlike in a pipe or a device."""
    return target.is_file() or not target.exists()


@contextmanager
def whole_file(target: Path) -> Generator[BinaryIO]:
    """Open a file next to the target; it takes the target's place when the block ends well.

    A link is written through. A device or a pipe is written to directly.

    Raises:
        OSError: It could not be written; the target is as it was.
    """
    if not is_rewritable(target):
        with target.open("wb") as file:
            yield file
        return
    real = target.resolve()
    part = real.with_name(f".{real.name[:200]}.{os.getpid()}.part")
    try:
        # "x": a file or link that somebody else has put there is not written to.
        with part.open("xb") as file:
            if real.exists():
                part.chmod(stat.S_IMODE(real.stat().st_mode))
            yield file
        part.replace(real)
    finally:
        part.unlink(missing_ok=True)


def write_to_stdout(path: Path) -> None:
    """Copy a file to stdout."""
    sys.stdout.flush()
    with path.open("rb") as file:
        while piece := file.read(1 << 16):
            sys.stdout.buffer.write(piece)
