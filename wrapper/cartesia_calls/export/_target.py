"""The target of an export: a folder, or any fsspec URL. Files appear whole or not at all.

Folders do not use fsspec: its local file system is slower, creates a file in two steps, and needs a
package that the core install does not have.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias, cast
from urllib.parse import quote

from cartesia_calls import CartesiaError, ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from datetime import datetime

MANIFEST = "_manifest"
LOCKS = "_locks"
PARTIAL = "_partial"
# A date, so that readers agree on the type; pandas cannot read Hive's name for null.
NO_DAY = "1970-01-01"
# File systems allow 255 bytes, with the suffix.
_LONGEST_NAME = 200
_KEPT_OF_LONG_NAME = 100
_LONGEST_ID = 1000
# One letter and a colon is a drive of Windows.
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):(.*)", re.IGNORECASE | re.DOTALL)
# In these, a file appears whole.
_OBJECT_STORES = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "memory"})
_USER = re.compile(r"(?<=//)[^\s/@]+@|[^\s/@\"']+:[^\s/@\"']+@")
_QUERY = re.compile(r"(\w://[^\s\"'?]+)\?[^\s\"']*")

# One of fsspec's, which has no types, or `_LocalFiles`.
FileSystem: TypeAlias = Any
RESUMES = "Fix the problem and run the same export again. It resumes where it stopped."


class TargetError(CartesiaError):
    """The target, or a temporary folder of the export, cannot be read or written.

    What the target holds is intact, and the export can be resumed.
    """


class TargetBusyError(CartesiaError):
    """Another export is writing to the target."""


def target_failure(name: str, done: str, why: str) -> TargetError:
    """Return the error of a target that cannot be `done`, such as opened or written."""
    return TargetError(f"The target {name} can't be {done}: {why}.", hint=RESUMES)


def temporary_failure(folder: str, why: str, settings: str = "TMPDIR") -> TargetError:
    """Return the error of a temporary folder, which the environment variables `settings` name."""
    return TargetError(
        f"The temporary folder {folder} can't be written: {why}.",
        hint=f"Free some space there, or set {settings} to another folder; then run the same export "
        "again.",
    )


def open_target(to: str | os.PathLike[str], run: str) -> Target:
    """Open a folder, which is created if needed, or any fsspec URL.

    Args:
        to: The folder or the URL.
        run: A name that no other run uses at the same time, for partial files. The name of a worker
            starts with that of its run and a full stop.

    Raises:
        ConfigurationError: It can't be a target, or needs a package that is not installed.
        TargetError: It can't be created or opened.
    """
    text = os.fspath(to)
    if not text:
        raise ConfigurationError(
            "The target is empty.", hint="Name a folder, or a URL such as s3://bucket/calls."
        )
    found = _SCHEME.match(text)
    scheme, rest = (found[1].lower(), found[2]) if found else ("", text)
    if scheme in {"file", "local"}:
        return _open_folder(_path_of(text, rest), run)
    if found and "://" in text:
        return _open_url(text, run)
    if scheme in _OBJECT_STORES:
        raise ConfigurationError(
            f"The target {without_secrets(text)} is no URL, since two slashes are missing.",
            hint=f"Write {scheme}://bucket/calls. If it is the name of a folder, write its whole path.",
        )
    return _open_folder(Path(text), run)


def _path_of(url: str, rest: str) -> Path:
    """Return the folder of a URL whose scheme is followed by `rest`."""
    path = rest.removeprefix("//")
    if not path.startswith("/"):
        raise ConfigurationError(
            f"The target {without_secrets(url)} is no folder of this machine.",
            hint="Write file:///tmp/x, with three slashes, or the plain path: /tmp/x.",
        )
    return Path("/" + path.lstrip("/"))


def _open_folder(folder: Path, run: str) -> Target:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        what = f"The target {folder} can't be made: a file has its name."
        raise TargetError(what, hint="Name a folder, or a new name.") from error
    except OSError as error:
        raise _failure(str(folder), "made", error) from error
    return Target(str(folder), _LocalFiles(), str(folder), run, folder=folder)


def _open_url(url: str, run: str) -> Target:
    name = without_secrets(url)
    try:
        core: Any = import_module("fsspec.core")
    except ModuleNotFoundError:
        raise ConfigurationError(
            f"The target {name} needs the package fsspec, which is not installed.",
            hint="Install it with: pip install 'cartesia-calls[export]'",
        ) from None
    try:
        files, root = core.url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise ConfigurationError(
            f"The target {name} can't be opened: {without_secrets(str(error))}.",
            hint="Name a folder, or a URL such as s3://bucket/calls, whose package is installed: s3fs "
            "for s3://, gcsfs for gs://, adlfs for az://.",
        ) from None
    except Exception as error:  # noqa: BLE001 - each file system has its own
        raise _failure(name, "opened", error) from None
    return Target(name, files, str(root), run)


def without_secrets(text: str) -> str:
    """Return a URL, or a message with URLs, without credentials and queries."""
    return _QUERY.sub(r"\1", _USER.sub("", text))


def _failure(name: str, done: str, error: Exception) -> TargetError:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return target_failure(name, done, without_secrets(" ".join(said.split()).rstrip(".")))


class _LocalFiles:
    """The files of this machine, by the system's own functions and with the names of fsspec's."""

    protocol = "file"
    exists = staticmethod(os.path.exists)
    makedirs = staticmethod(os.makedirs)
    mv = put_file = staticmethod(os.replace)
    rm_file = staticmethod(os.unlink)

    def cat_file(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite") -> None:
        with Path(path).open("xb" if mode == "create" else "wb") as file:
            file.write(value)

    def open(self, path: str, mode: str) -> BinaryIO:
        return cast("BinaryIO", Path(path).open(mode))

    def ls(self, path: str, *, detail: bool) -> list[str]:  # noqa: ARG002 - as fsspec's
        return os.listdir(path)  # noqa: PTH208 - as above

    def invalidate_cache(self, path: str) -> None:
        """Do nothing: there is no cache."""


class Target:
    """A place for files, whose paths are relative to it, with `/` between their parts.

    Methods raise only `TargetError`, and may be called from several threads.

    Attributes:
        name: The target's name in messages, without credentials.
        folder: The folder that it is; None for other kinds.
        scratch: A folder of this machine for files to `adopt`; it exists from `clean` to `close`.
    """

    def __init__(
        self, name: str, files: FileSystem, root: str, run: str, *, folder: Path | None = None
    ) -> None:
        self.name = name
        self.folder = folder
        self._files = files
        self._root = root.rstrip("/")
        self._run = run
        protocols = (files.protocol,) if isinstance(files.protocol, str) else files.protocol
        self._puts_whole = not _OBJECT_STORES.isdisjoint(protocols)
        self._known: set[str] = set()
        self._count = count()
        if folder is not None:
            self.scratch = folder / PARTIAL / run
        else:
            with self._failing_scratch():
                self.scratch = Path(tempfile.gettempdir(), f"cartesia-calls-{os.urandom(8).hex()}")

    def read(self, path: str) -> bytes | None:
        with self._failing("read"):
            try:
                data: bytes = self._files.cat_file(self._at(path))
            except FileNotFoundError:
                return None
            return data

    @contextmanager
    def reader(self, path: str) -> Generator[BinaryIO]:
        """Open a file that may be larger than memory; an empty one if there is none."""
        with self._failing("read"):
            try:
                opened = self._files.open(self._at(path), "rb")
            except FileNotFoundError:
                opened = BytesIO()
            with opened as file:
                yield file

    def write(self, path: str, data: bytes) -> None:
        with self._failing("written"), self._whole(path) as place:
            self._files.pipe_file(place, data)

    def write_lines(self, path: str, lines: Iterable[bytes]) -> None:
        """Write a file from its lines, which may be larger than memory."""
        file = self.scratch / f"{next(self._count)}.lines"
        with self._failing_scratch(), file.open("wb") as there:
            there.writelines(lines)
        self.adopt(path, file)

    def adopt(self, path: str, file: Path) -> None:
        """Move a file from `scratch` to its place."""
        with self._failing("written"), self._whole(path) as place:
            self._files.put_file(str(file), place)
        file.unlink(missing_ok=True)

    def create(self, path: str, data: bytes) -> bool:
        """Write a file unless it exists; return whether it was written."""
        with self._failing("written"):
            place = self._at(path)
            self._files.invalidate_cache(place)
            if self._files.exists(place):
                return False
            self._make_folder(place)
            try:
                # Stores that can refuse to replace an object do so.
                self._files.pipe_file(place, data, mode="create")
            except FileExistsError:
                return False
            except Exception:
                # Stores refuse in different ways, and an earlier attempt of this put may have succeeded.
                self._files.invalidate_cache(place)
                if self.folder is None and self._files.exists(place):
                    return False
                raise
            return True

    def remove(self, path: str) -> None:
        with self._failing("changed"), suppress(FileNotFoundError):
            self._files.rm_file(self._at(path))

    def names(self, folder: str) -> list[str]:
        """Return the names of the files in a folder, sorted; none if there is no folder."""
        with self._failing("read"):
            self._files.invalidate_cache(self._at(folder))
            try:
                found = self._files.ls(self._at(folder), detail=False)
            except FileNotFoundError:
                return []
            return sorted(name for path in found if (name := path.rpartition("/")[2]))

    def clean(self) -> None:
        """Remove the partial files of a killed run and of its workers, and make `scratch`.

        Only the holder of the lock may call it, and a worker for its own files.
        """
        self._sweep()
        with self._failing_scratch():
            if self.folder is not None:
                self.scratch.mkdir(parents=True, exist_ok=True)
            else:
                self.scratch.mkdir(mode=0o700, exist_ok=True)

    def close(self) -> None:
        """Remove the partial files of this run and of its workers; only after `clean`."""
        if self.folder is None:
            shutil.rmtree(self.scratch, ignore_errors=True)
        else:
            self._sweep()
            with suppress(OSError):
                self.scratch.parent.rmdir()

    def _sweep(self) -> None:
        if self.folder is not None:
            for left in (self.scratch, *self.scratch.parent.glob(f"{self._run}.*")):
                shutil.rmtree(left, ignore_errors=True)
            return
        for run in self.names(PARTIAL):
            if run == self._run or run.startswith(f"{self._run}."):
                for name in self.names(f"{PARTIAL}/{run}"):
                    self.remove(f"{PARTIAL}/{run}/{name}")

    def _at(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _make_folder(self, place: str) -> None:
        folder = place.rpartition("/")[0]
        if not self._puts_whole and folder not in self._known:
            self._files.makedirs(folder, exist_ok=True)
            self._known.add(folder)

    @contextmanager
    def _whole(self, path: str) -> Generator[str]:
        """Yield a path to write to, and move the file to its place at the end."""
        place = self._at(path)
        if self._puts_whole:
            yield place
            return
        part = self._at(f"{PARTIAL}/{self._run}/{next(self._count)}.part")
        self._make_folder(part)
        self._make_folder(place)
        try:
            yield part
            self._files.mv(part, place)
        except BaseException:
            with suppress(Exception):
                self._files.rm_file(part)
            raise

    @contextmanager
    def _failing(self, done: str) -> Generator[None]:
        try:
            yield
        except CartesiaError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            # `--verbose` and tracebacks show the cause, which may hold credentials.
            is_clean = without_secrets(str(error)) == str(error)
            raise _failure(self.name, done, error) from (error if is_clean else None)

    @contextmanager
    def _failing_scratch(self) -> Generator[None]:
        try:
            yield
        except OSError as error:
            if self.folder is not None:
                raise _failure(self.name, "written", error) from error
            folder = tempfile.tempdir or os.curdir
            raise temporary_failure(folder, error.strerror or str(error)) from error


def is_id(text: str) -> bool:
    """Return whether a text can be an id: the client refuses others."""
    has_no_half_pair = text == text.encode(errors="ignore").decode()
    is_name = bool(text.strip()) and text not in {".", ".."}
    return is_name and has_no_half_pair and len(text) <= _LONGEST_ID


def day_of(start: datetime | None, end: datetime | None) -> str:
    """Return the name of a call's day, in UTC: when it started, or ended if it never started."""
    moment = start or end
    return moment.date().isoformat() if moment else NO_DAY


def data_path(part: str, agent_id: str, day: str, call_id: str, suffix: str) -> str:
    # Not `agent_id=`: readers guess the type of a partition, and the files have a column of that name.
    return f"{part}/agent={safe_name(agent_id)}/day={day}/{safe_name(call_id)}.{suffix}"


def safe_name(text: str) -> str:
    """Return an id as a file name: percent-encoded, and not hidden by a leading `_` or `.`.

    A very long id is cut; the digest after `~` tells it from others.
    """
    name = quote(text, safe="").replace("~", "%7E")
    if name[0] in "._":
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if len(name) <= _LONGEST_NAME:
        return name
    start = name[:_KEPT_OF_LONG_NAME].rpartition("%")[0] or name[:_KEPT_OF_LONG_NAME]
    return f"{start}~{sha256(text.encode()).hexdigest()}"
