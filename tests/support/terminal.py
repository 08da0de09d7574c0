"""The command as a user runs it: in its own process, piped or on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import key_watch

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMAND = (sys.executable, "-m", "cartesia_calls")
_LONGEST_RUN = 60


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str


def environment(**variables: str) -> dict[str, str]:
    """Return a small environment: what a process needs here, and the given variables."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "PYTHONPATH", "TMPDIR"} or name.startswith("COVERAGE_")
    }
    return {**kept, "PYTHONIOENCODING": "", "TERM": "xterm-256color", **variables}


def piped(*words: str, env: Mapping[str, str]) -> Done:
    """Run the command with stdout and stderr piped."""
    done = subprocess.run(
        [*COMMAND, *words], env=env, capture_output=True, timeout=_LONGEST_RUN, check=False
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    key_watch.check(out, err)
    return Done(done.returncode, out, err)


def on_terminal(*words: str, env: Mapping[str, str]) -> Done:
    """Run the command on a pseudo-terminal; `out` is all that is shown there, `err` is empty."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *words], env=env, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = bytearray()
        while chunk := _read(ours):
            shown += chunk
        code = process.wait(timeout=_LONGEST_RUN)
    os.close(ours)
    key_watch.check(shown.decode())
    return Done(code, shown.decode().replace("\r\n", "\n"), "")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # Linux's way of saying that the other side is closed
