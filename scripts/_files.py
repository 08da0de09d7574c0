"""Replace files and folders as a whole, so that readers see the old or the new; compare folders."""

import contextlib
import difflib
import shutil
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_MAX_FILES = 20
_MAX_LINES = 30


def replace_files(contents: dict[Path, bytes]) -> None:
    """Replace several files, all or none as far as a file system allows.

    Files that already hold the wanted bytes are not touched. Each new content is first written
    beside its target. If a replacement fails, the earlier ones are undone.

    Raises:
        OSError: A file could not be written; the old contents are kept.
    """
    old = {path: path.read_bytes() if path.exists() else None for path in contents}
    changed = [path for path, content in contents.items() if content != old[path]]
    prepared: dict[Path, Path] = {}
    replaced: list[Path] = []
    try:
        for path in changed:
            path.parent.mkdir(parents=True, exist_ok=True)
            prepared[path] = path.with_name(f".{path.name}.new")
            prepared[path].write_bytes(contents[path])
        for path in changed:
            prepared[path].replace(path)
            replaced.append(path)
    except OSError:
        for path in replaced:
            _restore(path, old[path])
        raise
    finally:
        for temporary in prepared.values():
            temporary.unlink(missing_ok=True)


def replace_folder(new: Path, target: Path) -> None:
    """Replace the folder `target` with a copy of `new`.

    Raises:
        OSError: It failed; the old folder is unchanged.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # On the file system of the target, so that a rename is one step.
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside:
        incoming, outgoing = Path(beside, "new"), Path(beside, "old")
        shutil.copytree(new, incoming)
        had_target = target.exists()
        if had_target:
            target.rename(outgoing)
        try:
            incoming.rename(target)
        except OSError:
            if had_target:
                outgoing.rename(target)
            raise


def _restore(path: Path, content: bytes | None) -> None:
    with contextlib.suppress(OSError):
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content)


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
