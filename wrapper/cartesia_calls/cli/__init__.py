"""The command `cartesia-calls`.

`_parser.py` says what can be typed; each command's work is in the module of its name, imported only
when that command runs, so that `--help` is quick.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from ._arguments import parse
from ._exit_codes import ExitCode
from ._parser import build_parsers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code (`ExitCode` lists them).

    Args:
        argv: The words that follow the command's name; those of the process by default.

    Raises:
        SystemExit: The words are wrong (2), or `--help` or `--version` is among them (0).
    """
    _open_closed_streams()
    _use_utf8()
    parser, commands = build_parsers()
    arguments = parse(parser, commands, sys.argv[1:] if argv is None else argv)
    if arguments.command is None:
        parser.print_help()
        return ExitCode.DONE
    command: Callable[..., int] = import_module(f"{__name__}._{arguments.command}").run
    try:
        with _logged_to_stderr(arguments.verbose):
            code = command(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has what it wanted.
        from ._terminal import drop  # noqa: PLC0415 - only when needed

        drop(sys.stdout)
        return ExitCode.DONE
    except Exception as error:
        from cartesia_calls import CartesiaError  # noqa: PLC0415 - only when needed

        from ._errors import exit_code_of, fail, report  # noqa: PLC0415 - likewise
        from ._terminal import drop  # noqa: PLC0415 - likewise

        if isinstance(error, CartesiaError):
            report(error, verbose=bool(arguments.verbose))
            return exit_code_of(error)
        if isinstance(error, OSError):
            fail(f"The output can't be written: {error.strerror or error}.")
            drop(sys.stdout)
            return ExitCode.LOCAL_FAILURE
        raise
    return code


@contextmanager
def _logged_to_stderr(verbosity: int) -> Generator[None]:
    if not verbosity:
        yield
        return
    import logging  # noqa: PLC0415 - only when asked for

    from ._terminal import say  # noqa: PLC0415 - likewise

    class ToStderr(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            say(self.format(record))

    log, handler = logging.getLogger("cartesia_calls"), ToStderr()
    level = log.level
    log.addHandler(handler)
    log.setLevel(logging.INFO if verbosity == 1 else logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


def _use_utf8() -> None:
    # Machines read UTF-8 whatever the locale; what a terminal can't show is shown as an escape.
    for stream in (sys.stdout, sys.stderr):
        # Not so where a program has replaced them.
        if isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _open_closed_streams() -> None:
    # A process may start with these closed, and then Python has None for them.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the very end
            setattr(sys, name, nowhere)
