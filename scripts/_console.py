"""How the scripts talk: results on stdout, one well-formed error on stderr."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

NOT_INSTALLED = 3
"""The exit code where the environment lacks what a script needs."""


class ScriptError(Exception):
    """Bad input or a refused step, explained for the person at the terminal.

    Attributes:
        what: One line on what happened.
        next_step: One line on what to do about it.
        exit_code: The exit code that the script should end with.
    """

    def __init__(self, what: str, next_step: str, *, exit_code: int = 1) -> None:
        super().__init__(f"{what} {next_step}")
        self.what = what
        self.next_step = next_step
        self.exit_code = exit_code


def say(line: str) -> None:
    """Write one line of result to stdout, at once.

    Raises:
        ScriptError: It can't be written.
    """
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError as error:
        _give_up_stdout()
        raise ScriptError(
            f"Cannot write to standard output: {error.strerror}.",
            "What it reports on is done; only the report is lost.",
        ) from error


def complain(error: ScriptError) -> int:
    """Write the error's two lines to stderr.

    Returns:
        The exit code to end with.
    """
    sys.stderr.write(f"error: {error.what}\n       {error.next_step}\n")
    return error.exit_code


def _give_up_stdout() -> None:
    """Let what could not be written go, or Python tries again when it ends, and complains."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def needed_libraries(hint: str) -> Generator[None]:
    """Say what to run where an import in the block fails.

    Raises:
        ScriptError: A library is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ScriptError(
            f"{error.name} is not installed.", hint, exit_code=NOT_INSTALLED
        ) from error
