"""Files that a command is asked to write."""

from __future__ import annotations

from pathlib import Path

from cartesia_calls._part_file import check_target


def problem_with(name: str, *, overwrite: bool) -> str | None:
    """Return what stands against writing a file of this name, None if nothing does."""
    if not name or name.endswith("/"):
        return f"{name!r} is no file name; name the file to write."
    try:
        check_target(Path(name), overwrite=overwrite)
    except (OSError, RuntimeError) as error:
        return str(error)
    return None
