"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def check_target(name: str) -> str | None:
    """Return why a file of this name can't be written, None if nothing speaks against it."""
    target = Path(name)
    if target.is_dir():
        return f"{name} is a folder; name a file in it."
    if not target.resolve().parent.is_dir():
        return f"there is no folder {target.parent}; make it first."
    return None


def write_whole(name: str, content: bytes) -> None:
    """Write a file beside its target, then put it in the target's place.

    What is no regular file, such as `/dev/stdout` or a pipe, is written to directly.

    Raises:
        OSError: It could not be written; the target is as it was.
    """
    named = Path(name)
    if named.exists() and not named.is_file():
        named.write_bytes(content)
        return
    target = named.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
