"""`cartesia-calls demo`: the main job, shown by the commands themselves against the sandbox."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ._errors import ExitCode
from ._extras import require
from ._terminal import Screen

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from cartesia_calls.sandbox import Sandbox

    from ._arguments import CommandParser

USAGE = ""
ABOUT = (
    "Start the sandbox and run commands against it: calls listed, one of them in detail, its logs, "
    "logs followed, and each reason for missing logs."
)
EXAMPLES = ("demo",)
_PYTHON = """\
from cartesia_calls import Client
with Client() as client:  # reads CARTESIA_API_KEY
    print(*client.calls.logs("ac_...").logs, sep="\\n")"""


def add_options(_: CommandParser) -> None:
    """Add nothing."""


class _QuickClock:
    """A clock that runs four times as fast, to shorten the wait for the running call."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the moment on this clock."""
        return self._start + 4 * (datetime.now(UTC) - self._start)


def run(_: argparse.Namespace) -> int:
    """Start the sandbox on a free port and run each command, as a user would type it."""
    require("sandbox")
    from cartesia_calls.sandbox import Sandbox  # noqa: PLC0415 - an extra, checked for just above

    before = dict(os.environ)
    with Sandbox(clock=_QuickClock()) as sandbox:
        print(f"A sandbox is at {sandbox.url}: a server on this machine that behaves as the API's")
        print("spec says.")
        try:
            for heading, key, commands in _steps(sandbox):
                _say(f"\n{heading}", "heading")
                os.environ.update(CARTESIA_BASE_URL=sandbox.url, CARTESIA_API_KEY=key)
                for command in commands:
                    _type(*command.split())
        finally:
            os.environ.clear()
            os.environ.update(before)
    _say("\nThe same in Python, against the real API", "heading")
    print(_PYTHON)
    return ExitCode.DONE


def _steps(sandbox: Sandbox) -> Iterator[tuple[str, str, list[str]]]:
    """Yield what to show: a heading, the key to use, and commands."""
    calls, key = sandbox.calls, sandbox.api_key
    latest = f"list --agent {sandbox.agents.busy} --status completed --limit 6"
    yield "An agent's latest calls that are over", key, [latest]
    yield "What happened during a call, with its logs", key, [f"show {calls.finished} --logs"]
    yield "What its agent's code logged", key, [f"logs {calls.finished}"]
    running = [f"logs {calls.running}", f"logs {calls.running} --follow"]
    yield "Logs that are not there yet, and each line as it appears", key, running
    without = (calls.created, calls.just_ended, calls.deleted, calls.zero_retention)
    missing = [f"logs {call}" for call in (*without, calls.expired, calls.unknown)]
    yield "No logs, and why", key, missing
    refused = [f"logs {calls.finished}"]
    yield "A key that is not accepted", sandbox.refused_api_key, refused


def _type(*words: str) -> None:
    """Run a command, with its errors where its output goes."""
    from . import main  # noqa: PLC0415 - which imports this module

    _say(f"$ cartesia-calls {' '.join(words)}", "green")
    with redirect_stderr(sys.stdout):
        code = main(words)
    if code:
        _say(f"exit code {code:d}", "dim")


def _say(text: str, style: str) -> None:
    print(Screen.of(sys.stdout).paint(text, style), flush=True)
