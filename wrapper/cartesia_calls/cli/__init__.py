"""The command `cartesia-calls`.

`_parser.py` says what can be typed; each command's work is in the module of its name, imported only
when that command runs, so that `--help` is quick.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, cast

from ._exit_codes import ExitCode
from ._parser import build_parser

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from io import TextIOWrapper

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code (`ExitCode` lists them).

    Args:
        argv: The words behind the command's name; those of the process by default.
    """
    arguments = build_parser().parse_args(argv)
    _use_utf8()
    command: Callable[..., int] = import_module(f"{__name__}._{arguments.command}").run
    try:
        code = command(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has what it wanted. Python would complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.DONE
    except Exception as error:
        from cartesia_calls._exceptions import CartesiaError  # noqa: PLC0415 - only when needed

        from ._errors import exit_code_of, report  # noqa: PLC0415 - likewise

        if not isinstance(error, CartesiaError):
            raise
        report(error, verbose=getattr(arguments, "verbose", False))
        return exit_code_of(error)
    return code


def _use_utf8() -> None:
    # Machines read UTF-8 whatever the locale; what a terminal can't show is shown as an escape.
    for stream in (sys.stdout, sys.stderr):
        encoding = None if stream.isatty() else "utf-8"
        cast("TextIOWrapper", stream).reconfigure(encoding=encoding, errors="backslashreplace")
