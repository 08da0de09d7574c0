"""Compare two folders byte for byte, both ways."""

import difflib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_MAX_FILES = 20
_MAX_LINES = 30


def describe_differences(expected: Path, actual: Path) -> list[str]:
    """Describe how `actual` differs from `expected`: missing, extra and changed files.

    Python's `__pycache__` folders do not count. Long differences are shortened.

    Returns:
        Lines for a person to read; none if the folders are equal.
    """
    wanted, found = _files(expected), _files(actual)
    names = sorted(
        name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name)
    )
    lines: list[str] = []
    for name in names[:_MAX_FILES]:
        if name not in found:
            lines.append(f"missing  {name}")
        elif name not in wanted:
            lines.append(f"extra    {name}")
        else:
            lines.append(f"changed  {name}")
            lines += _diff(found[name], wanted[name])
    if len(names) > _MAX_FILES:
        lines.append(f"… and {len(names) - _MAX_FILES} more files")
    return lines


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.relative_to(folder).parts
    }


def _diff(found: bytes, wanted: bytes) -> Iterator[str]:
    lines = difflib.unified_diff(
        found.decode(errors="replace").splitlines(),
        wanted.decode(errors="replace").splitlines(),
        "as it is",
        "as generated",
        n=1,
        lineterm="",
    )
    yield from (f"    {line}" for line in islice(lines, _MAX_LINES))
    if next(lines, None) is not None:
        yield "    …"
