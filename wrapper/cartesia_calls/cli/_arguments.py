"""The commands by name, and how a command line is read."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from cartesia_calls import __version__

from ._options import Arguments, CommandParser, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Each command is a module of this package, imported only when it is typed. Its docstring is its help:
# what it does, what is typed after its name, and examples. Its `add_options` adds what can be
# typed, and its `run` returns an exit code other than 0.
COMMANDS = {
    "logs": "show a call's runtime logs",
    "list": "list the calls of agents or of a batch",
    "show": "show calls' records and what happened during them",
    "report": "write a page of HTML about a call, or about many",
    "stats": "count calls, failures, silences, tools and log errors",
    "audio": "download calls' recordings",
    "export": "keep the logs of agents' calls, in files or object storage",
    "otel": "send calls to an OpenTelemetry receiver",
    "mcp": "let an assistant read calls (Model Context Protocol)",
    "cancel": "end running calls",
    "delete": "erase what calls hold, their logs included",
    "agents": "list the account's agents",
    "doctor": "check the settings and the connection to the server",
    "sandbox": "start a local server with example calls",
    "demo": "see it work, without a key or an account",
    "completion": "print a completion script for your shell",
}
_LOCAL = ("sandbox", "demo", "completion")
_NAME = "cartesia-calls"
_ABOUT = "Know what happened in a Cartesia voice-agent call."
_EXAMPLES = """\
list --agent agent_123 --since yesterday --status failed
show ac_123 --logs
logs ac_123 --follow
logs ac_123 | grep Traceback
"""
_NOTES = """\
exit codes:
  0  done                         6  rate limited
  1  a local failure              7  network error or timeout
  2  wrong usage                  8  server error or invalid response
  3  configuration or API key     9  refused by the server (another 4XX)
  4  not found                  130  interrupted, 143 by SIGTERM
  5  the call's logs are not available

environment:
  CARTESIA_API_KEY    the API key, sk_car_…; there is no option for it, which
                      keeps it out of the shell's history
  CARTESIA_BASE_URL   the address of the API (https://api.cartesia.ai)
  CARTESIA_VERSION    the API version, a date
  CARTESIA_ENGINE     the HTTP engine: auto, fast or httpx
  NO_COLOR            write no colours
  FORCE_COLOR         write colours into pipes and files too

Output is text, on a terminal and in a pipe; --json writes JSON, one object a
line. In a pipe, lists are tab-separated and have no header.
"""


def read(words: Sequence[str]) -> Arguments:
    """Read a command line; its `command` is None if it names none. Exit with 2 if it is wrong."""
    place = _place_of_command(words)
    if place is None:
        top_parser().read(words)
        return Arguments(command=None)
    name = words[place]
    if name not in COMMANDS:
        suggestion = did_you_mean(name, COMMANDS) or f"; use one of {', '.join(COMMANDS)}"
        top_parser().error(f"there is no command {name!r}{suggestion}")
    arguments = command_parser(name).read([*words[:place], *words[place + 1 :]])
    arguments.command = name
    return arguments


def command_parser(name: str, make: Callable[..., CommandParser] = CommandParser) -> CommandParser:
    """Return the parser of a command."""
    command = import_module(f"{__package__}._{name}")
    # Python leaves docstrings out with -OO.
    *parts, usage, examples = (command.__doc__ or "\n\n[options]\n\n").split("\n\n")
    about = " ".join(" ".join(parts).split())
    parser = make(prog=f"{_NAME} {name}", usage=usage, about=about, notes=_examples(examples))
    command.add_options(parser)
    if name not in _LOCAL:
        _add_connection(parser)
    return parser


def top_parser() -> CommandParser:
    """Return the parser of what may stand without a command."""
    listed = "\n".join(f"  {name:<12}{brief}" for name, brief in COMMANDS.items())
    notes = f"{_examples(_EXAMPLES)}\n\n{_NOTES}"
    parser = CommandParser(_NAME, "COMMAND [options]", _ABOUT, notes)
    parser.description = f"{_ABOUT}\n\ncommands:\n{listed}"
    parser.add_argument("--version", action="version", version=f"{_NAME} {__version__}")
    _add_connection(parser)
    return parser


def _add_connection(parser: CommandParser) -> None:
    """Add what all commands that send requests have; it may also stand before the command."""
    parser.section("connection")
    parser.value("--base-url", "URL", str, "the address of the API")
    parser.value("--api-version", "DATE", str, "the API version, YYYY-MM-DD")
    more = "show retries and details of errors; -vv: each request"
    parser.flag("-v", "--verbose", does=more, action="count", default=0)


def _examples(examples: str) -> str:
    return "\n".join(["examples:", *(f"  {_NAME} {one}" for one in examples.splitlines())])


def _place_of_command(words: Sequence[str]) -> int | None:
    takes_value = False
    for place, word in enumerate(words):
        if not word.startswith("-") and not takes_value:
            return place
        takes_value = word in {"--base-url", "--api-version"}
    return None
