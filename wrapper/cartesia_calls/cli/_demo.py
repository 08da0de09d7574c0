"""`cartesia-calls demo`: the main job, shown against the sandbox over real HTTP."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError, Client
from cartesia_calls._printable import printable

from ._errors import exit_code_of
from ._exit_codes import ExitCode
from ._extras import require
from ._output import console

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from rich.console import Console, RenderableType

    from cartesia_calls.sandbox import Sandbox

_WAIT = 30.0
_FEW = 6
_PYTHON = """\
from cartesia_calls import Client
with Client() as client:  # reads CARTESIA_API_KEY
    print(*client.calls.logs("ac_...").logs, sep="\\n")"""


def run(_: argparse.Namespace) -> int:
    """Start the sandbox on a free port and show each case, each with the command to type."""
    require("cli", "sandbox")
    from cartesia_calls.sandbox import Sandbox  # noqa: PLC0415 - an extra, checked for just above

    show = _Show(console())
    with (
        Sandbox() as sandbox,
        Client(sandbox.api_key, base_url=sandbox.url) as client,
        Client(sandbox.refused_api_key, base_url=sandbox.url) as refused,
    ):
        show.text(
            f"A sandbox answers at {sandbox.url}: a server on this machine that behaves as the "
            "API's spec says."
        )
        _find_and_read(show, sandbox, client)
        _wait_and_follow(show, sandbox, client)
        _see_why_there_are_none(show, sandbox, client, refused)
    show.python(_PYTHON)
    return ExitCode.DONE


def _find_and_read(show: _Show, sandbox: Sandbox, client: Client) -> None:
    from ._views import call_sheet, calls_table  # noqa: PLC0415 - needs the extra `cli`

    agent, call = sandbox.agents.busy, sandbox.calls.finished
    show.heading("An agent's latest calls that are over")
    show.view(
        f"list --agent {agent} --status completed --limit {_FEW}",
        lambda: calls_table(client.calls.list(agent_id=agent, status="completed", limit=_FEW)),
    )
    show.heading("What happened during a call")
    show.view(f"show {call}", lambda: call_sheet(client.calls.get(call)))
    show.heading("What its agent's code logged")
    show.lines(f"logs {call}", lambda: client.calls.logs(call).logs)


def _wait_and_follow(show: _Show, sandbox: Sandbox, client: Client) -> None:
    call = sandbox.calls.running
    show.heading("Logs that are not there yet")
    show.failure(f"logs {call}", lambda: client.calls.logs(call))
    show.lines(f"logs {call} --wait", lambda: client.calls.wait_for_logs(call, timeout=_WAIT).logs)
    show.heading("Each line as it appears, to the end of the call")
    show.lines(f"logs {call} --follow", lambda: client.calls.follow_logs(call))


def _see_why_there_are_none(show: _Show, sandbox: Sandbox, client: Client, refused: Client) -> None:
    calls = sandbox.calls
    show.heading("No logs, and why")
    for call in (
        calls.created,
        calls.just_ended,
        calls.deleted,
        calls.zero_retention,
        calls.expired,
        calls.unknown,
    ):
        show.failure(f"logs {call}", partial(client.calls.logs, call))
    show.heading("A key that is not accepted")
    show.failure(f"logs {calls.finished}", lambda: refused.calls.logs(calls.finished))


class _Show:
    """Prints the demo: coloured on a terminal, plain when piped."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def text(self, text: str, style: str = "") -> None:
        # Not wrapped: a long line can be copied whole.
        self._console.print(text, style=style, markup=False, soft_wrap=True)

    def heading(self, text: str) -> None:
        self.text("")
        self.text(text, "bold cyan")

    def view(self, command: str, make: Callable[[], RenderableType]) -> None:
        from rich.padding import Padding  # noqa: PLC0415 - an extra

        self._command(command)
        self._console.print(Padding.indent(make(), 2))

    def lines(self, command: str, fetch: Callable[[], Iterable[str]]) -> None:
        self._command(command)
        for line in fetch():
            self.text(f"  {printable(line)}")

    def failure(self, command: str, fetch: Callable[[], object]) -> None:
        self._command(command)
        try:
            fetch()
        except CartesiaError as error:
            self.text(f"  Error: {error.summary}", "red")
            self.text(f"  {error.hint}", "yellow")
            self.text(f"  exit code {exit_code_of(error):d}", "dim")

    def python(self, source: str) -> None:
        from rich.syntax import Syntax  # noqa: PLC0415 - an extra, and only for the last lines

        self.heading("The same in Python, against the real API")
        self._console.print(Syntax(source, "python", background_color="default"))

    def _command(self, words: str) -> None:
        self.text(f"$ cartesia-calls {words}", "bold green")
