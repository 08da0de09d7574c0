"""Files that a command writes: whole or not at all, and no existing one without `--force`."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError

from ._errors import ExitCode, Failure

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import BinaryIO

STDOUT = "-"


def check_writable(name: str, *, force: bool) -> None:
    """Raise `Failure` if no file of this name may be written."""
    target = Path(name)
    try:
        folder, is_folder, exists = target.resolve().parent, target.is_dir(), target.is_file()
        has_folder = folder.is_dir()
    except (OSError, RuntimeError) as error:
        raise Failure(f"{name[:80]} can't be written: {error}.", "Name another file.") from error
    if is_folder or name.endswith("/"):
        raise Failure(f"{name!r} is a folder.", "Name a file in it.")
    if not has_folder:
        raise Failure(f"There is no folder {folder}.", "Make it first.")
    if exists and not force:
        raise Failure(f"{name} exists.", "Overwrite it with --force, or name another file.")


@contextmanager
def writing(name: str) -> Generator[None]:
    """Raise `Failure` if the block fails to write the file of this name."""
    try:
        yield
    except CartesiaError:  # of which a timeout is an OSError too
        raise
    except OSError as error:
        what = f"{name} was not written: {error.strerror or error}."
        to_do = "Free space there, or name another file with -o."
        raise Failure(what, to_do, ExitCode.LOCAL_FAILURE) from error


def is_rewritable(target: Path) -> bool:
    """Return whether what was written can be replaced, unlike in a pipe or a device."""
    return target.is_file() or not target.exists()


@contextmanager
def whole_file(target: Path) -> Generator[BinaryIO]:
    """Open a file next to the target; it takes the target's place when the block ends well.

    A link is written through. A device or a pipe is written to directly. After a `Failure` the
    target is as it was.
    """
    with writing(str(target)):
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
