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
    """Check that a file of this name may be written.

    Raises:
        Failure: It may not.
    """
    if not name or name.endswith("/"):
        raise Failure(f"{name!r} is no file name.", "Name the file to write.")
    target = Path(name)
    try:
        if target.is_dir():
            raise Failure(f"{name} is a folder.", "Name a file in it.")
        if not target.resolve().parent.is_dir():
            raise Failure(f"There is no folder {target.resolve().parent}.", "Make it first.")
        exists = target.is_file()
    except (OSError, RuntimeError) as error:
        raise Failure(f"{name[:80]} can't be written: {error}.", "Name another file.") from error
    if exists and not force:
        raise Failure(f"{name} exists.", "Overwrite it with --force, or name another file.")


@contextmanager
def writing(name: str) -> Generator[None]:
    """Report a failure to write the file of this name.

    Raises:
        Failure: It could not be written.
    """
    try:
        yield
    except CartesiaError:  # of which a timeout is an OSError too
        raise
    except OSError as error:
        raise Failure(
            f"{name} was not written: {error.strerror or error}.",
            "Free space there, or name another file with -o.",
            ExitCode.LOCAL_FAILURE,
        ) from error


def is_rewritable(target: Path) -> bool:
    """Return whether what was written can be replaced, unlike in a pipe or a device."""
    return target.is_file() or not target.exists()


@contextmanager
def whole_file(target: Path) -> Generator[BinaryIO]:
    """Open a file next to the target; it takes the target's place when the block ends well.

    A link is written through. A device or a pipe is written to directly.

    Raises:
        Failure: It could not be written; the target is as it was.
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
