"""The output of the scripts: results on stdout, one well-formed error on stderr."""

import argparse
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOT_INSTALLED = 3
"""The exit code if the environment lacks a package that a script needs."""


class ScriptError(Exception):
    """Bad input or a refused step, explained for the person at the terminal.

    Attributes:
        what: One line about the problem.
        next_step: One line of advice.
        exit_code: The exit code of the script.
    """

    def __init__(self, what: str, next_step: str, *, exit_code: int = 1) -> None:
        super().__init__(f"{what} {next_step}")
        self.what = what
        self.next_step = next_step
        self.exit_code = exit_code


def add_path(parser: argparse.ArgumentParser, option: str, default: str, what: str) -> None:
    """Add an option for a path whose default is in the repository."""
    shown = f"{what} (default: {default})"
    parser.add_argument(option, type=Path, default=ROOT / default, help=shown)


def say(line: str) -> None:
    """Write one line of result to stdout, at once.

    Raises:
        ScriptError: It can't be written.
    """
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError as error:
        # Discard the rest, or Python tries to write it at exit, and reports an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ScriptError(
            f"Cannot write to standard output: {error.strerror}.",
            "The work is done; only the report is lost.",
        ) from error


def complain(error: ScriptError) -> int:
    """Write the two lines of the error to stderr.

    Returns:
        The exit code of the script.
    """
    sys.stderr.write(f"error: {error.what}\n       {error.next_step}\n")
    return error.exit_code


@contextmanager
def needed_libraries(hint: str) -> Generator[None]:
    """Turn a failed import in the block into an error that names the command to run.

    Raises:
        ScriptError: A library is not installed.
    """
    try:
        yield
    except ImportError as error:
        raise ScriptError(
            f"{error.name} is not installed.", hint, exit_code=NOT_INSTALLED
        ) from error
