"""Any file system that fsspec knows, object stores among them (extra `export`)."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, TypeAlias

from cartesia_calls._exceptions import CartesiaError, ConfigurationError

from ._errors import target_failure, temporary_failure
from ._paths import PARTIAL

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator

# Of these, a put is seen whole or not at all.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "memory"})

_USER = re.compile(r"(?<=//)[^\s/@]+@|[^\s/@\"']+:[^\s/@\"']+@")
_QUERY = re.compile(r"(\w://[^\s\"'?]+)\?[^\s\"']*")


Cut: TypeAlias = "Callable[[BinaryIO], Iterator[bytes]]"
"""Cuts a file into pieces."""
_BLOCK = 1 << 20


def blocks_of(file: BinaryIO) -> Iterator[bytes]:
    """Return the rest of a file in blocks."""
    return iter(partial(file.read, _BLOCK), b"")


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
        self.name = without_secrets(url)
        self.folder = None
        with self._telling("opened"):
            self._fs, root = _open(url, self.name)
        self._root = root.rstrip("/")
        self._run = run
        self._puts_whole = not _OBJECT_STORES.isdisjoint(
            (self._fs.protocol,) if isinstance(self._fs.protocol, str) else self._fs.protocol
        )
        with _telling_of_temporary_files():
            temporary = tempfile.gettempdir()
        self.scratch = Path(temporary, f"cartesia-calls-{os.urandom(8).hex()}")

    def read(self, path: str) -> bytes | None:
        """See `Target.read`."""
        with self._telling("read"):
            try:
                return self._fs.cat_file(self._at(path))
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
        with self._telling("written"), self._whole(path) as place:
            self._fs.pipe_file(place, data)

    def write_lines(self, path: str, lines: Iterable[bytes]) -> None:
        """See `Target.write_lines`."""
        with _telling_of_temporary_files(), tempfile.TemporaryFile() as file:
            file.writelines(lines)
            file.seek(0)
            with (
                self._telling("written"),
                self._whole(path) as place,
                self._fs.open(place, "wb") as there,
            ):
                for block in blocks_of(file):
                    there.write(block)

    def adopt(self, path: str, file: Path) -> None:
        """See `Target.adopt`."""
        with self._telling("written"), self._whole(path) as place:
            self._fs.put_file(str(file), place)
        file.unlink()

    def create(self, path: str, data: bytes) -> bool:
        """See `Target.create`."""
        with self._telling("written"):
            place = self._at(path)
            self._fs.invalidate_cache(place)
            if self._fs.exists(place):
                return False
            try:
                self._make_folder(place)
                # Where the store has a put that fails if the object is there, it is used.
                self._fs.pipe_file(place, data, mode="create")
            except FileExistsError:
                return False
            except Exception:
                # Stores refuse it in different ways, and it may be there by an earlier attempt of this.
                self._fs.invalidate_cache(place)
                if self._fs.exists(place):
                    return False
                raise
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
        for run in self.names(PARTIAL):
            if run == self._run or run.startswith(f"{self._run}."):
                for name in self.names(f"{PARTIAL}/{run}"):
                    self.remove(f"{PARTIAL}/{run}/{name}")
        with _telling_of_temporary_files():
            self.scratch.mkdir(mode=0o700, exist_ok=True)

    def close(self) -> None:
        """See `Target.close`."""
        shutil.rmtree(self.scratch, ignore_errors=True)

    def _pieces(self, path: str, cut: Cut) -> Iterator[bytes]:
        with self._telling("read"):
            try:
                with self._fs.open(self._at(path), "rb") as file:
                    yield from cut(file)
            except FileNotFoundError:
                return

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
        except CartesiaError:
            raise
        # Every file system has errors of its own kind.
        except Exception as error:
            said = " ".join((str(error) or type(error).__name__).split()).rstrip(".")
            failure = target_failure(self.name, done, without_secrets(said))
            if said not in failure.summary:
                # With `--verbose`, and in a traceback, its cause would be shown.
                raise failure from None
            raise failure from error


@contextmanager
def _telling_of_temporary_files() -> Generator[None]:
    try:
        yield
    except OSError as error:
        folder = tempfile.tempdir or os.curdir
        raise temporary_failure(folder, error.strerror or str(error)) from error


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
            f"The target {name} is no folder and no URL that fsspec knows: {without_secrets(str(error))}.",
            hint="Name a folder, or a URL such as s3://bucket/calls.",
        ) from None
    return file_system, str(path)


def without_secrets(text: str) -> str:
    """Return an address, or a message with addresses in it, without credentials and queries."""
    return _QUERY.sub(r"\1", _USER.sub("", text))
