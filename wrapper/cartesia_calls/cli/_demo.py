"""`cartesia-calls demo`: the main job, shown by the commands themselves against the sandbox."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, redirect_stderr
from typing import TYPE_CHECKING

from ._exit_codes import ExitCode
from ._output import require
from ._terminal import Screen

if TYPE_CHECKING:
    import argparse
    from collections.abc import Generator

    from cartesia_calls.sandbox import Sandbox

_PYTHON = """\
from cartesia_calls import Client
with Client() as client:  # reads CARTESIA_API_KEY
    print(*client.calls.logs("ac_...").logs, sep="\\n")"""


def run(_: argparse.Namespace) -> int:
    """Start the sandbox on a free port and run each command, as a user would type it."""
    require("sandbox")
    from cartesia_calls.sandbox import Sandbox  # noqa: PLC0415 - an extra, checked for just above

    with Sandbox() as sandbox, _environment(CARTESIA_BASE_URL=sandbox.url):
        _say(f"A sandbox is at {sandbox.url}: a server on this machine that behaves as the API's")
        _say("spec says.")
        _show_calls(sandbox)
        _show_missing_logs(sandbox)
    _heading("The same in Python, against the real API")
    _say(_PYTHON)
    return ExitCode.DONE


def _show_calls(sandbox: Sandbox) -> None:
    agents, calls = sandbox.agents, sandbox.calls
    with _environment(CARTESIA_API_KEY=sandbox.api_key):
        _heading("An agent's latest calls that are over")
        _type("list", "--agent", agents.busy, "--status", "completed", "--limit", "6")
        _heading("What happened during a call")
        _type("show", calls.finished)
        _heading("What its agent's code logged")
        _type("logs", calls.finished)
        _heading("Logs that are not there yet, and each line as it appears")
        _type("logs", calls.running)
        _type("logs", calls.running, "--follow")


def _show_missing_logs(sandbox: Sandbox) -> None:
    calls = sandbox.calls
    with _environment(CARTESIA_API_KEY=sandbox.api_key):
        _heading("No logs, and why")
        for call in (
            calls.created,
            calls.just_ended,
            calls.deleted,
            calls.zero_retention,
            calls.expired,
            calls.unknown,
        ):
            _type("logs", call)
    with _environment(CARTESIA_API_KEY=sandbox.refused_api_key):
        _heading("A key that is not accepted")
        _type("logs", calls.finished)


def _type(*words: str) -> None:
    """Run a command, with its errors where its output goes."""
    from . import main  # noqa: PLC0415 - which imports this module

    _say(f"$ cartesia-calls {' '.join(words)}", "green")
    with redirect_stderr(sys.stdout):
        code = main(words)
    if code:
        _say(f"exit code {code:d}", "dim")


@contextmanager
def _environment(**variables: str) -> Generator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _heading(text: str) -> None:
    _say("")
    _say(text, "heading")


def _say(text: str, style: str = "") -> None:
    print(Screen.of(sys.stdout).paint(text, style), flush=True)
