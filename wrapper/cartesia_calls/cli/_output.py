"""Where a command's output goes: people at a terminal, or machines."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from ._extras import require

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import TextIO

    from rich.console import Console, RenderableType

_BOUNDLESS = 10_000


def is_for_people(arguments: argparse.Namespace) -> bool:
    """Tell whether to show what people read: on a terminal, unless `--json` asks for NDJSON.

    Raises:
        ConfigurationError: It is, and what shows it is not installed.
    """
    if arguments.json or not sys.stdout.isatty():
        return False
    require("cli")
    return True


def console() -> Console:
    """Return what shows tables and colours on stdout."""
    from rich.console import Console  # noqa: PLC0415 - of the extra `cli`

    class CommandConsole(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # for main, which knows what to do; rich would exit with 1

    return CommandConsole(highlight=False, soft_wrap=False)


def print_uncut(terminal: Console, table: RenderableType) -> None:
    """Print a table whose cells are there to be copied: too wide a row is wrapped, not cut."""
    from rich.measure import Measurement  # noqa: PLC0415 - of the extra `cli`

    boundless = terminal.options.update(max_width=_BOUNDLESS)
    width = Measurement.get(terminal, boundless, table).maximum
    terminal.width = max(terminal.width, width)
    terminal.print(table)


def write_object(value: Mapping[str, object]) -> None:
    """Write an object as a line of JSON, at once; on a terminal all but ASCII is escaped."""
    print(json.dumps(value, ensure_ascii=sys.stdout.isatty()), flush=True)


def drop(stream: TextIO) -> None:
    """Let what is still written to a stream go nowhere, as its reader is gone."""
    # Python would complain when it flushes, at the end, what can't be written.
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
