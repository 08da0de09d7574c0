"""A server with calls, and file systems that fail, for the tests of targets."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator

import fsspec  # type: ignore[import-untyped]  # fsspec has no types
import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # fsspec has no types

from faulty_file_systems import (
    BrokenFileSystem,
    ContestedFileSystem,
    ForgetfulFileSystem,
    LateFileSystem,
    StubbornFileSystem,
    TalkativeFileSystem,
)
from many_calls import ManyCalls


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(60) as server:
        yield server


@pytest.fixture
def file_systems() -> Iterator[None]:
    """Register file systems with fsspec that fail in ways of their own."""
    for cls in (
        StubbornFileSystem,
        ContestedFileSystem,
        LateFileSystem,
        BrokenFileSystem,
        ForgetfulFileSystem,
        TalkativeFileSystem,
    ):
        fsspec.register_implementation(cls.protocol, cls, clobber=True)
    fsspec.register_implementation(
        "absent", "no_such_package.FileSystem", clobber=True, errtxt="Install it"
    )
    yield
    StubbornFileSystem.writes_left = 1_000_000
    MemoryFileSystem.store.clear()
    MemoryFileSystem.pseudo_dirs[:] = [""]
