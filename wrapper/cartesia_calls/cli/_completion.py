"""Print a script that completes the words of this command.

SHELL

completion bash >> ~/.bash_completion
completion zsh > "${fpath[1]}/_cartesia-calls"
completion fish | source
"""

from __future__ import annotations

from functools import partial

from ._arguments import COMMANDS, command_parser, top_parser
from ._options import Arguments, CommandParser


def add_options(parser: CommandParser) -> None:
    parser.add_argument("shell", metavar="SHELL", choices=("bash", "zsh", "fish"))


def run(arguments: Arguments) -> None:
    import shtab  # noqa: PLC0415 - an extra

    parser = top_parser()
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=CommandParser)
    for name, brief in COMMANDS.items():
        command_parser(name, partial(commands.add_parser, name, help=brief))
    print(shtab.complete(parser, shell=arguments.shell))
