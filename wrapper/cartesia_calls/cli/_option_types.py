"""What the words behind options are read as; each refuses with what to type instead."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cartesia_calls._arguments import check_id, check_seconds
from cartesia_calls._log_lines import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

_HIGHEST_PORT = 65535


def an_id(text: str) -> str:
    """Read the id of a call, an agent or a batch."""
    try:
        return check_id(text, "the id")
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def seconds(text: str) -> float:
    """Read a span of time."""
    try:
        return check_seconds(float(text), "the time-out")
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds from 0") from error


def moment(text: str) -> datetime:
    """Read a time as `Calls.list` does; what has no zone is local time."""
    # dateutil takes its time to load, and most commands are typed without a time.
    from cartesia_calls._times import read_moment  # noqa: PLC0415

    try:
        return read_moment(text, datetime.now(UTC), "the time")
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def pattern(text: str) -> re.Pattern[str]:
    """Read a regular expression."""
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ArgumentTypeError(f"{text!r} is no regular expression: {error}") from error


def level(text: str) -> str:
    """Read the name of a log level, in capitals or not."""
    if text.upper() not in LEVELS:
        raise ArgumentTypeError(f"{text!r} is no level; use one of {', '.join(LEVELS)}")
    return text.upper()


def count_from(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return what reads a whole number that is not less than `least`, nor more than `most`."""
    bound = "" if most is None else f" to {most}"

    def count(text: str) -> int:
        plain = text.isascii() and text.isdecimal()
        if not plain or int(text) < least or (most is not None and int(text) > most):
            raise ArgumentTypeError(f"{text!r} is not a whole number from {least}{bound}")
        return int(text)

    return count


def rate(text: str) -> float:
    """Read how many requests a second there may be."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ArgumentTypeError(f"{text!r} is not a number of requests a second, above 0")
    return value


def shard(text: str) -> str:
    """Read which part of how many to export."""
    # The export takes its time to load, and most commands are typed without a shard.
    from cartesia_calls.export import check_shard  # noqa: PLC0415

    try:
        return check_shard(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error


def words(*known: str) -> Callable[[str], tuple[str, ...]]:
    """Return what reads one or more of the known words, with commas between them."""

    def several(text: str) -> tuple[str, ...]:
        found = tuple(word.strip() for word in text.split(","))
        if not set(found) <= set(known):
            raise ArgumentTypeError(f"{text!r} is not one or more of {','.join(known)}")
        return found

    return several


def port(text: str) -> int:
    """Read a TCP port; 0 is any that is free."""
    if not text.isdecimal() or int(text) > _HIGHEST_PORT:
        raise ArgumentTypeError(f"{text!r} is not a port; use 0 to {_HIGHEST_PORT}")
    return int(text)
