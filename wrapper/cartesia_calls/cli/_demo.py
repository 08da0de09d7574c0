"""Start the sandbox and run commands against it.

They list calls, show one of them in detail and its logs, follow logs, and show each reason for
missing logs.

[options]

demo
"""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ._errors import ExitCode
from ._terminal import Screen

if TYPE_CHECKING:
    from cartesia_calls.sandbox import Sandbox


def add_options(_: object) -> None:
    pass


class _QuickClock:
    """A clock that runs four times as fast, to shorten the wait for the running call."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)

    def now(self) -> datetime:
        return self._start + 4 * (datetime.now(UTC) - self._start)


def run(_: object) -> None:
    """Start the sandbox on a free port and run each command, as a user would type it."""
    from cartesia_calls.sandbox import Sandbox  # noqa: PLC0415 - an extra

    from . import main  # noqa: PLC0415 - which imports this module

    screen = Screen.of(sys.stdout)
    before = dict(os.environ)
    with Sandbox(clock=_QuickClock()) as sandbox:
        os.environ.update(CARTESIA_BASE_URL=sandbox.url, CARTESIA_API_KEY=sandbox.api_key)
        print(f"A sandbox is at {sandbox.url}: a server on this machine that behaves as the API's")
        print("spec says.")
        try:
            for heading, commands in _steps(sandbox).items():
                print(screen.paint(f"\n{heading}", "heading"))
                for command in commands:
                    print(screen.paint(f"$ cartesia-calls {command}", "green"), flush=True)
                    # Errors where the output goes.
                    with redirect_stderr(sys.stdout):
                        code = main(command.split())
                    if code > ExitCode.REFUSED:  # a signal
                        sys.exit(code)
                    if code:
                        print(screen.paint(f"exit code {code:d}", "dim"))
        finally:
            os.environ.clear()
            os.environ.update(before)


def _steps(sandbox: Sandbox) -> dict[str, list[str]]:
    """Return what to show: commands by heading."""
    calls, agent = sandbox.calls, sandbox.agents.busy
    without = (calls.created, calls.just_ended, calls.deleted, calls.zero_retention, calls.expired)
    return {
        "An agent's latest calls that are over": [
            f"list --agent {agent} --status completed --limit 6"
        ],
        "What happened during a call, with its logs": [f"show {calls.finished} --logs"],
        "What its agent's code logged": [f"logs {calls.finished}"],
        "Logs that are not there yet, and each line as it appears": [
            f"logs {calls.running}",
            f"logs {calls.running} --follow",
        ],
        "No logs, and why": [f"logs {call}" for call in (*without, calls.unknown)],
    }
