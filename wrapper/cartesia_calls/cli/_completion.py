"""`cartesia-calls completion`: a script that completes the command's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ._exit_codes import ExitCode
from ._option_types import levels, statuses
from ._output import require
from ._parser import build_parser, build_parsers

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from ._arguments import CommandParser

_HELP = re.compile(r"^  (?:  )?(-\S.*?|\w+)(?: {2,}|\n {10,})(\S.*)", re.MULTILINE)


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    if arguments.shell == "fish":
        print("\n".join(_fish()))
        return ExitCode.DONE
    require("cli")
    import shtab  # noqa: PLC0415 - an extra, checked for just above

    print(shtab.complete(build_parser(), shell=arguments.shell))
    return ExitCode.DONE


def _fish() -> Iterator[str]:
    """Yield the lines of a script for fish, which shtab does not write."""
    parser, commands = build_parsers()
    yield "complete -c cartesia-calls -f"
    alone = "__fish_use_subcommand"
    briefs = dict(_HELP.findall(parser.format_help()))
    for name in commands:
        yield f"complete -c cartesia-calls -n {alone} -a {name} -d {_quoted(briefs[name])}"
    yield from _fish_options(parser, alone)
    for name, command in commands.items():
        yield from _fish_options(command, f"'__fish_seen_subcommand_from {name}'")
    shells = "'__fish_seen_subcommand_from completion'"
    yield f"complete -c cartesia-calls -n {shells} -a 'bash zsh fish'"


def _fish_options(parser: CommandParser, condition: str) -> Iterator[str]:
    values = {"level": levels(), "status": statuses(), "format": ("ndjson", "parquet")}
    for spelled, brief in _HELP.findall(parser.format_help()):
        if not spelled.startswith("-"):
            continue
        words = [f"complete -c cartesia-calls -n {condition}"]
        takes_value = False
        for one in spelled.split(", "):
            option, _, metavar = one.partition(" ")
            takes_value = takes_value or bool(metavar)
            words.append(f"-l {option[2:]}" if option.startswith("--") else f"-s {option[1:]}")
            known = values.get(option[2:])
            if known:
                words.append(f"-a {_quoted(' '.join(known))}")
        if takes_value:
            # Files are completed for what takes one.
            words.append("-rF" if re.search(r"FILE|TARGET", spelled) else "-x")
        yield f"{' '.join(words)} -d {_quoted(brief)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
