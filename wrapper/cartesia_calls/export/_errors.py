"""What can go wrong with a target; all else is an error of the client."""

from __future__ import annotations

from cartesia_calls._exceptions import CartesiaError


class TargetError(CartesiaError):
    """The target can't be read or written, or what a run keeps beside it in a temporary folder.

    What the target holds is whole, and the export can go on.
    """


class TargetBusyError(CartesiaError):
    """Another export is writing to the target."""


def target_failure(name: str, done: str, why: str) -> TargetError:
    """Return the error of a target that can't be opened, read or written.

    Args:
        name: What to call the target; holds no secret.
        done: What could not be done, as in "can't be written".
        why: The reason.
    """
    return TargetError(
        f"The target {name} can't be {done}: {why}.",
        hint="What it holds is whole. Mend it, then run the same export again: it goes on from there.",
    )


def temporary_failure(folder: str, why: str, settings: str = "TMPDIR") -> TargetError:
    """Return the error of a temporary folder that can't be used.

    Args:
        folder: The folder.
        why: The reason.
        settings: Which environment variables name another one.
    """
    return TargetError(
        f"The temporary folder {folder} can't be written: {why}.",
        hint=f"Make room there, or name another folder with {settings}; then run the same again.",
    )
