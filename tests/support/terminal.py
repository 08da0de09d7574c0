"""The command as a user runs it: piped or on a terminal, in this process or in one of its own."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING
from unittest.mock import patch

import key_watch
from cartesia_calls.cli import main

if TYPE_CHECKING:
    from typing import Literal, Self, TextIO

COMMAND = (sys.executable, "-m", "cartesia_calls")
LONGEST_RUN = 600


@dataclass(frozen=True)
class Done:
    """The end of a command.

    Attributes:
        drawn: Everything that was written on a terminal, with progress that was erased later.
    """

    code: int
    out: str
    err: str
    drawn: str = ""


@dataclass(frozen=True)
class Streams:
    stdin: TextIO
    out: TextIO
    err: TextIO


Run = Callable[[Sequence[str], Mapping[str, str], Streams], int]
"""Runs the command with these words, variables and streams, and returns its exit code."""


def environment(**variables: str) -> dict[str, str]:
    """Return a small environment: the variables that every process needs, and these."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "PYTHONPATH", "TMPDIR"} or name.startswith("COVERAGE_")
    }
    return {**kept, "PYTHONIOENCODING": "", "TERM": "xterm-256color", **variables}


def here(words: Sequence[str], env: Mapping[str, str], streams: Streams) -> int:
    """Run the command in this process, which has imported everything already."""
    try:
        with (
            patch.dict(os.environ, env, clear=True),
            patch.multiple(sys, stdin=streams.stdin, stdout=streams.out, stderr=streams.err),
        ):
            time.tzset()
            return main(words)
    except SystemExit as ended:
        code = ended.code
        assert isinstance(code, int)
        return code
    finally:
        time.tzset()


def in_a_process(
    words: Sequence[str],
    env: Mapping[str, str],
    streams: Streams,
    command: Sequence[str] = COMMAND,
) -> int:
    """Run the command in a process of its own, for tests of its start or its descriptors."""
    return subprocess.run(
        [*command, *words],
        env=env,
        stdin=streams.stdin,
        stdout=streams.out,
        stderr=streams.err,
        timeout=LONGEST_RUN,
        check=False,
    ).returncode


def piped(*words: str, env: Mapping[str, str], run: Run = here) -> Done:
    """Run the command with stdout and stderr piped."""
    with (
        Path(os.devnull).open(encoding="utf-8") as nothing,
        _Reader(*os.pipe()) as out,
        _Reader(*os.pipe()) as err,
    ):
        code = run(words, env, Streams(nothing, out.open(), err.open()))
    key_watch.check(out.shown, err.shown)
    return Done(code, out.shown, err.shown)


def on_terminal(*words: str, env: Mapping[str, str], run: Run = here) -> Done:
    """Run the command on a pseudo-terminal; `out` is what it shows at the end, `err` is empty."""
    with _Reader(*pty.openpty()) as terminal:
        code = run(words, env, Streams(terminal.open("r"), terminal.open(), terminal.open()))
    key_watch.check(terminal.shown)
    drawn = terminal.shown.replace("\r\n", "\n")
    # A command that takes long shows progress, which it erases.
    return Done(code, re.sub(r"[^\n]*\r\x1b\[K", "", drawn), "", drawn)


class _Reader:
    """Reads from one end of a pipe or a terminal; `shown` is everything read until the block ends."""

    shown = ""

    def __init__(self, ours: int, theirs: int) -> None:
        self._ours = ours
        self._theirs = theirs
        self._streams = ExitStack()
        self._thread = Thread(target=self._read)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._streams.close()
        os.close(self._theirs)
        self._thread.join()
        os.close(self._ours)

    def open(self, mode: Literal["r", "w"] = "w") -> TextIO:
        """Return the other end as a stream."""
        stream = os.fdopen(os.dup(self._theirs), mode, encoding="utf-8")
        return self._streams.enter_context(stream)

    def _read(self) -> None:
        read = bytearray()
        # Linux reports with an error that the other side of a terminal is closed.
        with suppress(OSError):
            while chunk := os.read(self._ours, 65536):
                read += chunk
        self.shown = read.decode()
