"""fsspec file systems that fail, are slow, or report something false."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, cast

from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]  # fsspec has no types
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # fsspec has no types


class StubbornFileSystem(LocalFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Local files; after `writes_left` writes, the next one fails half way."""

    protocol = "stubborn"
    writes_left: ClassVar[int] = 1_000_000
    error: ClassVar[int] = errno.ENOSPC

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        # Older releases of fsspec strip only their own protocol.
        return cast("str", super()._strip_protocol(path.removeprefix("stubborn://")))

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:  # noqa: ANN401 - theirs
        cls = type(self)
        cls.writes_left -= 1
        if cls.writes_left < 0:
            if cls.error == errno.ENOSPC:
                Path(path).write_bytes(value[: len(value) // 2])
            raise OSError(cls.error, os.strerror(cls.error))
        super().pipe_file(path, value, mode=mode, **kwargs)


class ContestedFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """When a file is removed, another process has just written it again."""

    protocol = "contested"
    theirs: ClassVar[bytes] = b'{"pid": 7, "run": "theirs"}'

    def rm_file(self, path: str) -> None:
        super().rm_file(path)
        super().pipe_file(path, self.theirs)


class LateFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Reports an existing file as missing; only a put that must create it fails."""

    protocol = "late"

    def exists(self, *_: Any, **__: Any) -> bool:  # noqa: ANN401 - theirs
        return False

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **_: Any) -> None:  # noqa: ANN401 - theirs
        if mode == "create" and super().exists(path):
            raise FileExistsError(path)
        super().pipe_file(path, value)


class BrokenFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Can't be opened: the file with its credentials is missing."""

    protocol = "broken"

    def __init__(self, **_: Any) -> None:  # noqa: ANN401 - theirs
        raise FileNotFoundError("no credentials")


class ForgetfulFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Creates an object, loses the response, retries by itself, and finds that the object exists."""

    protocol = "forgetful"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return cast("str", super()._strip_protocol(path.removeprefix("forgetful://")))

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:  # noqa: ANN401 - theirs
        super().pipe_file(path, value, mode=mode, **kwargs)
        if mode == "create":
            raise OSError(errno.EINVAL, "At least one of the pre-conditions did not hold.")


class TalkativeFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Fails with an error that quotes the credentials."""

    protocol = "talkative"

    def exists(self, *_: object, **__: object) -> bool:
        raise PermissionError(
            "No bucket 'me:secret@acme':\n  http://me:secret@store.example/a?sig=secret&x=1 said no."
        )


class WatchedFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Calls back after each write, after each read, and before each removal of a file."""

    protocol = ("watched", "memory")
    on_write: ClassVar[Callable[[str], object]] = print
    on_read: ClassVar[Callable[[str], object]] = print
    on_remove: ClassVar[Callable[[str], object]] = print

    def cat_file(
        self,
        path: str,
        start: int | None = None,
        end: int | None = None,
        **kwargs: Any,  # noqa: ANN401 - theirs
    ) -> bytes:
        content: bytes = super().cat_file(path, start, end, **kwargs)
        type(self).on_read(path)
        return content

    def rm_file(self, path: str) -> None:
        type(self).on_remove(path)
        super().rm_file(path)

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:  # noqa: ANN401 - theirs
        super().pipe_file(path, value, mode=mode, **kwargs)
        type(self).on_write(path)


class HangingFileSystem(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
    """Never returns from writing a file whose path contains `word`, and reports that on stderr."""

    protocol = ("hanging", "memory")
    word: ClassVar[str] = ""

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **kwargs: Any) -> None:  # noqa: ANN401 - theirs
        if self.word in path:
            print(f"{self.word} hangs", file=sys.stderr, flush=True)  # noqa: T201 - the test waits for it
            threading.Event().wait()
        super().pipe_file(path, value, mode=mode, **kwargs)
