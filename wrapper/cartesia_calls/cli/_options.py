"""Options that several commands have."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ._arguments import Once, Suggestions
from ._option_types import agent_id, call_id, moment, path, status, statuses

if TYPE_CHECKING:
    from ._arguments import CommandParser, Options

TIMES = (
    "A TIME is a span back from now (90s, 1h30m, 2d), or a day, a time of day or both: 2026-03-01, "
    "2026-03-01T10:00Z, 'today 09:30', 'yesterday 14:00', 'monday' (the last one), '2026-03-01 10:00 "
    "Europe/Berlin'. Without a zone it is local time."
)


def add_call_ids(parser: CommandParser) -> None:
    """Add the ids of one or more calls."""
    parser.add_argument(
        "call_ids", metavar="CALL_ID", nargs="+", type=call_id, help="such as ac_123, or a URL"
    )


def add_agent(options: Options) -> None:
    """Add whose calls."""
    options.add_argument(
        "--agent",
        type=agent_id,
        action="append",
        metavar="ID",
        help="the calls of this agent; may be given again",
    )


def add_status(options: Options) -> None:
    """Add which statuses; new ones are taken too."""
    options.add_argument(
        "--status",
        action="append",
        type=status,
        choices=Suggestions(statuses()),
        metavar="S",
        help=f"only calls with this status: {', '.join(statuses())}; may be given again",
    )


def add_times(options: Options, what: str) -> None:
    """Add a window of time."""
    options.add_argument(
        "--since", action=Once, type=moment, metavar="TIME", help=f"only {what} at TIME or later"
    )
    options.add_argument(
        "--until", action=Once, type=moment, metavar="TIME", help=f"only {what} before TIME"
    )


def add_json(options: Options) -> None:
    """Add JSON in the place of text."""
    options.add_argument("--json", action="store_true", help="JSON, one object a line")


def add_file(options: Options, what: str) -> None:
    """Add a file to write to."""
    options.add_argument(
        "-o", "--output", action=Once, type=path, metavar="FILE", help=f"{what}; - is stdout"
    )
    options.add_argument("--force", action="store_true", help="overwrite a file that is there")


def add_api_options(parser: CommandParser, *, default: Any = argparse.SUPPRESS) -> None:
    """Add what all commands that send requests have."""
    options = parser.group("connection")
    options.add_argument("--base-url", default=default, metavar="URL", help="where the API is")
    options.add_argument(
        "--api-version", default=default, metavar="DATE", help="the API version, YYYY-MM-DD"
    )
    # These stand in front of a command and behind it: both count.
    options.add_argument(
        "-v",
        "--verbose",
        action="count",
        dest="verbose" if default is None else "more_verbose",
        default=0 if default is None else default,
        help="show retries and more of an error; -vv shows each request",
    )
