"""Where an export goes: what is written appears whole or not at all."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cartesia_calls._exceptions import ConfigurationError

from ._errors import target_failure
from ._fsspec_target import FsspecTarget, blocks_of, without_secrets
from ._paths import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from ._fsspec_target import Cut

# One letter and a colon is a drive of Windows. A chain is fsspec's, as in simplecache::s3://bucket.
_SCHEME = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]+)(?P<chain>(::[a-z0-9+.-]+)*):(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_KNOWN_WITHOUT_FSSPEC = frozenset({"s3", "gs", "gcs", "az", "abfs", "memory"})


class Target(Protocol):
    """A place for files. Paths are relative to it, with `/` between their parts.

    Its methods raise `TargetError` and nothing else; they may be called from several threads.
    """

    @property
    def name(self) -> str:
        """What to call it in messages; holds no secret."""
        ...

    @property
    def folder(self) -> Path | None:
        """The folder that it is, where it is one of this machine."""
        ...

    def read(self, path: str) -> bytes | None:
        """Return a file's bytes, None where there is none."""
        ...

    def lines(self, path: str) -> Iterator[bytes]:
        """Yield a file's lines, which need not fit into memory; none where there is no file."""
        ...

    def blocks(self, path: str) -> Iterator[bytes]:
        """Yield a file's bytes, in blocks of a size that fits; none where there is no file."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole, in the place of one that is there."""
        ...

    def write_lines(self, path: str, lines: Iterable[bytes]) -> None:
        """Write a file whole from its lines, which need not fit into memory."""
        ...

    def adopt(self, path: str, file: Path) -> None:
        """Move a file from `scratch` to its place."""
        ...

    def create(self, path: str, data: bytes) -> bool:
        """Write a file if there is none; tell whether it was written."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""
        ...

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted; none where there is no folder."""
        ...

    @property
    def scratch(self) -> Path:
        """A folder of this machine for files to adopt, there from `clean` to `close`."""
        ...

    def clean(self) -> None:
        """Remove what a run that was killed has left, its workers included; make `scratch`.

        Only for the holder of the lock, and for a worker on what is its own.
        """
        ...

    def close(self) -> None:
        """Remove what this run has left, its workers included; for whom `clean` is."""
        ...


def open_target(to: str | os.PathLike[str], run: str) -> Target:
    """Return the target of that name: a folder, which is made, or any fsspec URL.

    Args:
        to: The folder or the URL.
        run: A file name that no other run uses at the same time, for what is not whole yet. A worker's
            has its run's before a full stop.

    Raises:
        ConfigurationError: It can't be one, or what it needs is not installed.
        TargetError: The folder can't be made.
    """
    text = os.fspath(to)
    if not text:
        raise ConfigurationError(
            "The target is empty.", hint="Name a folder, or a URL such as s3://bucket/calls."
        )
    found = _SCHEME.match(text)
    if found is None:
        return LocalTarget(Path(text), run)
    scheme, rest = found["scheme"].lower(), found["rest"]
    if scheme in {"file", "local"}:
        return LocalTarget(_path_of(text, found["chain"] + rest), run)
    if rest.startswith("//"):
        return FsspecTarget(text, run)
    if _is_known(scheme):
        raise ConfigurationError(
            f"The target {without_secrets(text)} is no URL, since two slashes are missing.",
            hint=f"Write them, as in {scheme}://bucket/calls; name a folder that is really called so by "
            "its whole path.",
        )
    return LocalTarget(Path(text), run)


def _path_of(url: str, rest: str) -> Path:
    """Return the folder that a URL names, of which `rest` comes after the scheme."""
    path = rest.removeprefix("//")
    if not path.startswith("/"):
        raise ConfigurationError(
            f"The target {without_secrets(url)} is no folder of this machine.",
            hint="Write file:///tmp/x, with three slashes, or the plain path: /tmp/x.",
        )
    return Path("/" + path.lstrip("/"))


def _is_known(scheme: str) -> bool:
    """Tell whether it is a scheme of fsspec's, as far as can be told without it."""
    try:
        fsspec: Any = import_module("fsspec")
    except ModuleNotFoundError:
        return scheme in _KNOWN_WITHOUT_FSSPEC
    return scheme in fsspec.available_protocols()


class LocalTarget:
    """A folder of this machine: files are written beside, and moved to their place."""

    def __init__(self, root: Path, run: str) -> None:
        self.name = str(root)
        self.folder = root
        self.scratch = root / PARTIAL / run
        self._root = str(root)
        self._scratch = str(self.scratch)
        self._known: set[str] = set()
        self._count = count()
        with self._telling("made"):
            root.mkdir(parents=True, exist_ok=True)

    def read(self, path: str) -> bytes | None:
        """See `Target.read`."""
        with self._telling("read"):
            try:
                return (self.folder / path).read_bytes()
            except FileNotFoundError:
                return None

    def lines(self, path: str) -> Iterator[bytes]:
        """See `Target.lines`."""
        return self._pieces(path, iter)

    def blocks(self, path: str) -> Iterator[bytes]:
        """See `Target.blocks`."""
        return self._pieces(path, blocks_of)

    def write(self, path: str, data: bytes) -> None:
        """See `Target.write`."""
        # Once for each call: by the system's own functions, which take a fraction of pathlib's time.
        place = f"{self._root}/{path}"
        part = self._part()
        try:
            self._make_folder(place.rpartition("/")[0])
            _write_new(part, data)
            os.replace(part, place)  # noqa: PTH105 - as above
        except OSError as error:
            with suppress(OSError):
                os.unlink(part)  # noqa: PTH108 - as above
            raise target_failure(self.name, "written", error.strerror or str(error)) from error

    def write_lines(self, path: str, lines: Iterable[bytes]) -> None:
        """See `Target.write_lines`."""
        part = Path(self._part())
        with self._telling("written"):
            try:
                with part.open("wb") as file:
                    file.writelines(lines)
            except BaseException:
                with suppress(OSError):
                    part.unlink()
                raise
        self.adopt(path, part)

    def adopt(self, path: str, file: Path) -> None:
        """See `Target.adopt`."""
        place = self.folder / path
        with self._telling("written"):
            self._make_folder(str(place.parent))
            file.replace(place)

    def create(self, path: str, data: bytes) -> bool:
        """See `Target.create`."""
        place = self.folder / path
        with self._telling("written"):
            self._make_folder(str(place.parent))
            try:
                with place.open("xb") as file:
                    file.write(data)
            except FileExistsError:
                return False
            return True

    def remove(self, path: str) -> None:
        """See `Target.remove`."""
        with self._telling("changed"):
            (self.folder / path).unlink(missing_ok=True)

    def names(self, folder: str) -> list[str]:
        """See `Target.names`."""
        with self._telling("read"):
            try:
                return sorted(file.name for file in (self.folder / folder).iterdir())
            except FileNotFoundError:
                return []

    def clean(self) -> None:
        """See `Target.clean`."""
        self._sweep()
        with self._telling("written"):
            self.scratch.mkdir(parents=True, exist_ok=True)

    def close(self) -> None:
        """See `Target.close`."""
        self._sweep()
        with suppress(OSError):
            self.scratch.parent.rmdir()

    def _pieces(self, path: str, cut: Cut) -> Iterator[bytes]:
        with self._telling("read"):
            try:
                with (self.folder / path).open("rb") as file:
                    yield from cut(file)
            except FileNotFoundError:
                return

    def _sweep(self) -> None:
        for left in (self.scratch, *self.scratch.parent.glob(f"{self.scratch.name}.*")):
            shutil.rmtree(left, ignore_errors=True)

    def _part(self) -> str:
        return f"{self._scratch}/{next(self._count)}.part"

    def _make_folder(self, folder: str) -> None:
        if folder not in self._known:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._known.add(folder)

    @contextmanager
    def _telling(self, done: str) -> Generator[None]:
        try:
            yield
        except OSError as error:
            raise target_failure(self.name, done, error.strerror or str(error)) from error


def _write_new(path: str, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)
