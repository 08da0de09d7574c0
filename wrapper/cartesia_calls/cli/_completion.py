"""`cartesia-calls completion`: a script that completes the command's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._exit_codes import ExitCode
from ._extras import require
from ._parser import build_parser

if TYPE_CHECKING:
    import argparse


def run(arguments: argparse.Namespace) -> int:
    """Print the script."""
    require("cli")
    import shtab  # noqa: PLC0415 - an extra, checked for just above

    print(shtab.complete(build_parser(), shell=arguments.shell))
    return ExitCode.DONE
