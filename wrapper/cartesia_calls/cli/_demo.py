"""`cartesia-calls demo`: the main job, shown against the sandbox over real HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError, Client
from cartesia_calls._printable import printable

from ._errors import exit_code_of
from ._exit_codes import ExitCode
from ._extras import require

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from rich.console import Console

    from cartesia_api.models import AgentCallLogs

_WAIT = 30.0
_PYTHON = """\
from cartesia_calls import Client
with Client() as client:  # reads CARTESIA_API_KEY
    print(*client.calls.logs("ac_...").logs, sep="\\n")"""


def run(_: argparse.Namespace) -> int:
    """Start the sandbox on a free port and show each case, each with the command to type."""
    require("cli", "sandbox")
    # Extras, checked for just above.
    from rich.console import Console  # noqa: PLC0415

    from cartesia_calls.sandbox import Sandbox  # noqa: PLC0415

    class DemoConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # for main, which knows what to do; rich would exit with 1

    show = _Show(DemoConsole(highlight=False, soft_wrap=True))
    with (
        Sandbox() as sandbox,
        Client(sandbox.api_key, base_url=sandbox.url) as client,
        Client(sandbox.refused_api_key, base_url=sandbox.url) as refused,
    ):
        calls = sandbox.calls
        show.text(
            f"A sandbox answers at {sandbox.url}: a server on this machine that behaves as the "
            "API's spec says."
        )
        show.heading("A call's logs")
        show.logs(f"logs {calls.finished}", lambda: client.calls.logs(calls.finished))
        show.heading("Logs that are not there yet")
        show.failure(f"logs {calls.running}", lambda: client.calls.logs(calls.running))
        show.logs(
            f"logs {calls.running} --wait",
            lambda: client.calls.wait_for_logs(calls.running, timeout=_WAIT),
        )
        show.heading("No logs, and why")
        show.failure(f"logs {calls.expired}", lambda: client.calls.logs(calls.expired))
        show.failure(f"logs {calls.unknown}", lambda: client.calls.logs(calls.unknown))
        show.failure(f"logs {calls.finished}", lambda: refused.calls.logs(calls.finished))
    show.python(_PYTHON)
    return ExitCode.DONE


class _Show:
    """Prints the demo: coloured on a terminal, plain when piped."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def text(self, text: str) -> None:
        self._console.print(text, markup=False)

    def heading(self, text: str) -> None:
        self._console.print()
        self._console.print(text, style="bold cyan", markup=False)

    def logs(self, command: str, fetch: Callable[[], AgentCallLogs]) -> None:
        self._command(command)
        for line in fetch().logs:
            self._console.print(f"  {printable(line)}", markup=False)

    def failure(self, command: str, fetch: Callable[[], AgentCallLogs]) -> None:
        self._command(command)
        try:
            fetch()
        except CartesiaError as error:
            self._console.print(f"  Error: {error.summary}", style="red", markup=False)
            self._console.print(f"  {error.hint}", style="yellow", markup=False)
            self._console.print(f"  exit code {exit_code_of(error):d}", style="dim", markup=False)

    def python(self, source: str) -> None:
        from rich.syntax import Syntax  # noqa: PLC0415 - an extra, and only for the last lines

        self.heading("The same in Python, against the real API")
        self._console.print(Syntax(source, "python", background_color="default"))

    def _command(self, words: str) -> None:
        self._console.print(f"$ cartesia-calls {words}", style="bold green", markup=False)
