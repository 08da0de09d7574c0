"""`cartesia-calls completion`: a script that completes the command's words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ._arguments import COMMANDS, CommandParser, command_parser, top_parser
from ._errors import ExitCode
from ._options import one_of

if TYPE_CHECKING:
    import argparse

HELP = """\
SHELL

Print a script that completes the words of this command.

completion bash >> ~/.bash_completion
completion zsh > "${fpath[1]}/_cartesia-calls"
completion fish | source
"""
_SHELLS = ("bash", "zsh", "fish")


def add_options(parser: CommandParser) -> None:
    """Add what can be typed."""
    parser.add_argument("shell", metavar="SHELL", type=one_of(*_SHELLS), choices=_SHELLS)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    import shtab  # noqa: PLC0415 - an extra

    parser = top_parser()
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=CommandParser)
    for name, brief in COMMANDS.items():
        command_parser(name, partial(commands.add_parser, name, help=brief))
    print(shtab.complete(parser, shell=arguments.shell))
    return ExitCode.DONE
