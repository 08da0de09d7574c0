"""What can be typed: commands, arguments and options."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cartesia_calls._arguments import check_id, check_seconds
from cartesia_calls._version import __version__

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers() returns.
    _Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

_HIGHEST_PORT = 65535
_EXIT_CODES = """\
exit codes:
  0  done                          5  the call's logs are not available
  1  a local failure               6  rate limited
  2  wrong usage                   7  network or time-out
  3  configuration or API key      8  server error or invalid answer
  4  not found                   130  interrupted

environment:
  CARTESIA_API_KEY    the API key, sk_car_…; there is no option for it, so that it stays
                      out of the shell's history and the list of processes
  CARTESIA_BASE_URL   where the API is (https://api.cartesia.ai)
  CARTESIA_VERSION    the API version, a date
"""


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="cartesia-calls",
        description="What happened in a Cartesia voice-agent call.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cartesia-calls {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_logs(commands)
    _add_doctor(commands)
    _add_sandbox(commands)
    _add_demo(commands)
    _add_completion(commands)
    return parser


def _add_logs(commands: _Commands) -> None:
    parser = commands.add_parser(
        "logs",
        help="show a call's runtime logs",
        description="Show the lines that an agent's code logged during a call: text on a terminal, "
        "one JSON object a line (NDJSON) when piped.",
    )
    parser.add_argument("call_id", metavar="CALL_ID", type=_call_id, help="such as ac_123")
    parser.add_argument("--wait", action="store_true", help="wait for logs that are not there yet")
    parser.add_argument(
        "--timeout",
        type=_seconds,
        metavar="S",
        help="with --wait: how long at the most, in seconds (120)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="NDJSON, also on a terminal")
    form.add_argument(
        "--raw", action="store_true", help="lines as they came, control characters and all"
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", help="write the lines to FILE, whole or not at all"
    )
    _add_api_options(parser)


def _add_doctor(commands: _Commands) -> None:
    parser = commands.add_parser(
        "doctor",
        help="show what is configured and whether the server answers",
        description="Show each setting, where it came from, and whether the server answers and "
        "takes the key. The key is shown masked.",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")
    _add_api_options(parser)


def _add_sandbox(commands: _Commands) -> None:
    parser = commands.add_parser(
        "sandbox",
        help="serve the API's spec on this machine, with example calls",
        description="Start a local server that behaves as the API's spec says, to try things "
        "against and to test your own code against. Ctrl-C stops it.",
    )
    parser.add_argument("--port", type=_port, default=0, metavar="N", help="a free one by default")
    parser.add_argument(
        "--json", action="store_true", help="say where it is as one JSON object on one line"
    )


def _add_demo(commands: _Commands) -> None:
    commands.add_parser(
        "demo",
        help="see it work, without a key or an account",
        description="Start the sandbox and show, over real HTTP, a call's logs, logs that come "
        "later, and each way of there being none.",
    )


def _add_completion(commands: _Commands) -> None:
    parser = commands.add_parser(
        "completion",
        help="print a completion script for your shell",
        description="Print a script that completes this command's words. For bash: "
        'eval "$(cartesia-calls completion bash)"',
    )
    parser.add_argument("shell", choices=("bash", "zsh"))


def _add_api_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base-url", metavar="URL", help="where the API is")
    parser.add_argument("--api-version", metavar="DATE", help="the API version, YYYY-MM-DD")
    parser.add_argument(
        "-v", "--verbose", action="store_true", help="tell of retries, and more of an error"
    )


def _call_id(text: str) -> str:
    try:
        return check_id(text, "the call id")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _seconds(text: str) -> float:
    try:
        return check_seconds(float(text), "the time-out")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0") from error


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; use 0 to {_HIGHEST_PORT}")
    return int(text)
