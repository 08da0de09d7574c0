"""Put new files and folders in place whole: readers see the old or the new, never a half."""

import contextlib
import shutil
import tempfile
from pathlib import Path


def replace_files(contents: dict[Path, bytes]) -> None:
    """Replace several files, all or none as far as a file system allows.

    Files that hold the wanted bytes already are not touched. Each new content is written
    beside its target first; if a replacement fails, those already made are taken back.

    Raises:
        OSError: A file could not be written; the old contents stand.
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
    """Put a copy of the folder `new` in the place of `target`.

    Raises:
        OSError: It could not be done; the old folder stands where it stood.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    # On the target's own file system, where a rename is one step.
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
