"""Where an export goes: what is written appears whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import AbstractContextManager, contextmanager, suppress
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from cartesia_calls._exceptions import ConfigurationError

from ._errors import TargetError
from ._paths import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

# Of these, a put is seen whole or not at all.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "memory"})
_SCHEME = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]+)://?", re.IGNORECASE)


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
        """A folder of this machine for files to adopt."""
        ...

    def clean(self) -> None:
        """Remove what a run that was killed has left; only for the holder of the lock."""
        ...

    def close(self) -> None:
        """Remove what this run has left."""
        ...


def open_target(to: str | os.PathLike[str], run: str) -> Target:
    """Return the target of that name: a folder, which is made, or any fsspec URL.

    Args:
        to: The folder or the URL.
        run: A file name that no other run uses at the same time, for what is not whole yet.

    Raises:
        ConfigurationError: It can't be one, or what it needs is not installed.
        TargetError: The folder can't be made.
    """
    text = os.fspath(to)
    if not text:
        raise ConfigurationError(
            "The target is empty.", hint="Name a folder, or a URL such as s3://bucket/calls."
        )
    if (found := _SCHEME.match(text)) is None or found["scheme"].lower() in {"file", "local"}:
        return LocalTarget(Path(text[found.end() - 1 :] if found else text), run)
    return FsspecTarget(text, run)


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
        with self._telling("read"):
            try:
                with (self.folder / path).open("rb") as file:
                    yield from file
            except FileNotFoundError:
                return

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
            raise _failure(self.name, "written", error.strerror or str(error)) from error

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
        with self._telling("written"):
            self.scratch.mkdir(parents=True, exist_ok=True)
            for file in self.scratch.iterdir():
                file.unlink()

    def close(self) -> None:
        """See `Target.close`."""
        with suppress(OSError):
            for file in self.scratch.iterdir():
                file.unlink()
            self.scratch.rmdir()
            self.scratch.parent.rmdir()

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
            raise _failure(self.name, done, error.strerror or str(error)) from error


def _write_new(path: str, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(file, rest) :]
    finally:
        os.close(file)


class _FileSystem(Protocol):
    """What is used of `fsspec.AbstractFileSystem`, which has no types."""

    protocol: str | tuple[str, ...]

    def cat_file(self, path: str) -> bytes: ...
    def pipe_file(self, path: str, value: bytes, mode: str = ...) -> object: ...
    def put_file(self, lpath: str, rpath: str) -> object: ...
    def open(self, path: str, mode: str) -> AbstractContextManager[BinaryIO]: ...
    def exists(self, path: str) -> bool: ...
    def makedirs(self, path: str, exist_ok: bool) -> object: ...  # noqa: FBT001 - theirs
    def mv(self, path1: str, path2: str) -> object: ...
    def rm_file(self, path: str) -> object: ...
    def ls(self, path: str, detail: bool) -> list[str]: ...  # noqa: FBT001 - theirs
    def invalidate_cache(self, path: str) -> object: ...


class FsspecTarget:
    """Any file system that fsspec knows (extra `export`)."""

    def __init__(self, url: str, run: str) -> None:
        self.name = _without_secrets(url)
        self.folder = None
        self._fs, root = _open(url, self.name)
        self._root = root.rstrip("/")
        self._run = run
        self._puts_whole = not _OBJECT_STORES.isdisjoint(
            (self._fs.protocol,) if isinstance(self._fs.protocol, str) else self._fs.protocol
        )
        self._scratch = tempfile.TemporaryDirectory(prefix="cartesia-calls-")
        self.scratch = Path(self._scratch.name)

    def read(self, path: str) -> bytes | None:
        """See `Target.read`."""
        with self._telling("read"):
            try:
                return self._fs.cat_file(self._at(path))
            except FileNotFoundError:
                return None

    def lines(self, path: str) -> Iterator[bytes]:
        """See `Target.lines`."""
        with self._telling("read"):
            try:
                with self._fs.open(self._at(path), "rb") as file:
                    yield from file
            except FileNotFoundError:
                return

    def write(self, path: str, data: bytes) -> None:
        """See `Target.write`."""
        with self._telling("written"), self._whole(path) as place:
            self._fs.pipe_file(place, data)

    def write_lines(self, path: str, lines: Iterable[bytes]) -> None:
        """See `Target.write_lines`."""
        with tempfile.TemporaryFile() as file:
            file.writelines(lines)
            file.seek(0)
            with (
                self._telling("written"),
                self._whole(path) as place,
                self._fs.open(place, "wb") as there,
            ):
                while piece := file.read(1 << 20):
                    there.write(piece)

    def adopt(self, path: str, file: Path) -> None:
        """See `Target.adopt`."""
        with self._telling("written"), self._whole(path) as place:
            self._fs.put_file(str(file), place)
        file.unlink()

    def create(self, path: str, data: bytes) -> bool:
        """See `Target.create`."""
        with self._telling("written"):
            if self._fs.exists(self._at(path)):
                return False
            try:
                self._make_folder(self._at(path))
                # Where the store has a put that fails if the object is there, it is used.
                self._fs.pipe_file(self._at(path), data, mode="create")
            except FileExistsError:
                return False
            return True

    def remove(self, path: str) -> None:
        """See `Target.remove`."""
        with self._telling("changed"), suppress(FileNotFoundError):
            self._fs.rm_file(self._at(path))

    def names(self, folder: str) -> list[str]:
        """See `Target.names`."""
        with self._telling("read"):
            self._fs.invalidate_cache(self._at(folder))
            try:
                found = self._fs.ls(self._at(folder), detail=False)
            except FileNotFoundError:
                return []
            return sorted(name for path in found if (name := path.rpartition("/")[2]))

    def clean(self) -> None:
        """See `Target.clean`."""
        for name in self.names(f"{PARTIAL}/{self._run}"):
            self.remove(f"{PARTIAL}/{self._run}/{name}")

    def close(self) -> None:
        """See `Target.close`."""
        self._scratch.cleanup()

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _make_folder(self, place: str) -> None:
        if not self._puts_whole:
            self._fs.makedirs(place.rpartition("/")[0], exist_ok=True)

    @contextmanager
    def _whole(self, path: str) -> Generator[str]:
        """Give a name to write to; at the end the file is at its place."""
        place = self._at(path)
        if self._puts_whole:
            yield place
            return
        part = self._at(f"{PARTIAL}/{self._run}/{os.urandom(8).hex()}.part")
        self._make_folder(part)
        yield part
        self._make_folder(place)
        self._fs.mv(part, place)

    @contextmanager
    def _telling(self, done: str) -> Generator[None]:
        try:
            yield
        # Every file system has errors of its own kind.
        except Exception as error:
            raise _failure(self.name, done, str(error) or type(error).__name__) from error


def _open(url: str, name: str) -> tuple[_FileSystem, str]:
    try:
        core: Any = import_module("fsspec.core")
    except ModuleNotFoundError:
        raise ConfigurationError(
            f"The target {name} needs the package fsspec, which is not installed.",
            hint="Install it with: pip install 'cartesia-calls[export]'",
        ) from None
    try:
        file_system: _FileSystem
        file_system, path = core.url_to_fs(url)
    except ImportError as error:
        raise ConfigurationError(
            f"The target {name} needs a package that is not installed: {error}.",
            hint="Install what it names with pip, such as s3fs for s3://, gcsfs for gs://, "
            "adlfs for az://.",
        ) from None
    except ValueError as error:
        raise ConfigurationError(
            f"The target {name} is no folder and no URL that fsspec knows: {error}.",
            hint="Name a folder, or a URL such as s3://bucket/calls.",
        ) from None
    # As above: each file system has errors of its own kind.
    except Exception as error:
        raise _failure(name, "opened", str(error) or type(error).__name__) from error
    return file_system, str(path)


def _failure(name: str, done: str, why: str) -> TargetError:
    return TargetError(
        f"The target {name} can't be {done}: {why}.",
        hint="What it holds is whole. Mend it, then run the same export again: it goes on from there.",
    )


def _without_secrets(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}".split("?")[0]
