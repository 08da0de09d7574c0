"""The command `cartesia-calls`.

`_arguments.py` has the commands and reads what is typed; each command is in the module of its name,
imported only when it is typed, so that `--help` is quick.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from cartesia_calls import CartesiaError

from ._arguments import read, top_parser
from ._errors import END_SIGNALS, ExitCode, Failure, not_installed, report
from ._options import check_times
from ._terminal import drop, say

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from types import FrameType

__all__ = ["main"]

_received: list[int] = []


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; `cartesia-calls --help` lists them.

    Args:
        argv: The words that follow the command's name; those of the process by default.

    Raises:
        SystemExit: The words are wrong (2), or `--help` or `--version` is among them (0).
    """
    _prepare_streams()
    arguments = read(sys.argv[1:] if argv is None else argv)
    if arguments.command is None:
        top_parser().print_help()
        return ExitCode.DONE
    command: Callable[..., int | None] = import_module(f"{__name__}._{arguments.command}").run
    # In a process of its own, a command cleans up at these as at Ctrl-C.
    for number in END_SIGNALS if argv is None else ():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _interrupt)
    with _logged_to_stderr(getattr(arguments, "verbose", 0)):
        try:
            check_times(arguments)
            code = command(arguments) or ExitCode.DONE
            sys.stdout.flush()
        except KeyboardInterrupt:
            say("Interrupted.")
            return 128 + next(iter(_received), signal.SIGINT)
        except BrokenPipeError:
            # The reader, such as `head`, has what it wanted.
            drop(sys.stdout)
            return ExitCode.DONE
        except (CartesiaError, Failure) as error:
            return report(error)
        except ModuleNotFoundError as error:
            return report(not_installed(error))
        except OSError as error:
            what = f"The output can't be written: {error.strerror or error}."
            to_do = "Make room there, or send the output to another place."
            code = report(Failure(what, to_do, ExitCode.LOCAL_FAILURE))
            drop(sys.stdout)
        return code


@contextmanager
def _logged_to_stderr(verbosity: int) -> Generator[None]:
    """Write what the library logs to stderr: warnings, with -v retries, with -vv each request."""
    import logging  # noqa: PLC0415 - help does without it

    class ToStderr(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            label = "Warning: " if record.levelno >= logging.WARNING else ""
            say(label + self.format(record))

    log, handler = logging.getLogger("cartesia_calls"), ToStderr()
    level = log.level
    handler.setLevel((logging.WARNING, logging.INFO, logging.DEBUG)[min(verbosity, 2)])
    log.addHandler(handler)
    if verbosity:
        log.setLevel(handler.level)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        # A process may start with these closed, and then Python has None for them.
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the very end
            setattr(sys, name, nowhere)
        stream = getattr(sys, name)
        # Machines read UTF-8 whatever the locale; what a terminal can't show is shown as an escape.
        # A program may have replaced the stream by another kind.
        if isinstance(stream, TextIOWrapper):
            encoding = None if stream.isatty() else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _interrupt(number: int, frame: FrameType | None) -> None:
    _received.append(number)
    at_ctrl_c = signal.getsignal(signal.SIGINT)  # asyncio cancels the main task
    if not callable(at_ctrl_c):  # Ctrl-C is ignored
        raise KeyboardInterrupt
    at_ctrl_c(signal.SIGINT, frame)
