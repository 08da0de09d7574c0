"""What the words of a command line are read as; each refuses with what to type instead."""

from __future__ import annotations

import difflib
import math
import re
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

_HIGHEST_PORT = 65535
_LONGEST_ID = 1000
_LONGEST_WAIT = 7 * 24 * 3600
_URL = re.compile(r"https?://|[\w-]+(\.[\w-]+)*\.[a-z]{2,}/", re.IGNORECASE)
# How alike a word and a known status must be for a typing error. A longer word that holds one is
# another word, such as `restarted`.
_ALIKE = 0.8


def did_you_mean(word: str, known: Iterable[str], *, alike: float = 0.6) -> str:
    """Return `; did you mean …?` where a known word is like this one, else nothing."""
    close = difflib.get_close_matches(word, [*known], n=1, cutoff=alike)
    return f"; did you mean {close[0]}?" if close else ""


def _an_id(kind: str, prefix: str, in_path: str) -> Callable[[str], str]:
    """Return what reads an id, or finds it in a URL."""
    of_kind = re.compile(rf"(?<![\w-]){prefix}[\w-]+")
    behind = re.compile(rf"/{in_path}/([^/?#]+)")

    def read(text: str) -> str:
        text = text.strip()
        if _URL.match(text):
            url = unquote(text)
            if found := of_kind.findall(url) or behind.findall(url):
                return str(found[-1])
            raise ArgumentTypeError(
                f"there is no {kind} in the URL {text!r}; pass the id, such as {prefix}123"
            )
        if text in {"", ".", ".."} or len(text) > _LONGEST_ID or not text.isprintable():
            raise ArgumentTypeError(
                f"{text[:40]!r} is no {kind}{' (it is empty)' * (not text)}; pass one such as "
                f"{prefix}123"
            )
        return text

    return read


call_id = _an_id("call id", "ac_", "calls?")
agent_id = _an_id("agent id", "agent_", "agents?")
batch_id = _an_id("batch id", "batch_", "(?:call-)?batch(?:es)?")


def seconds(text: str) -> float:
    """Read a span of time."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= _LONGEST_WAIT:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to {_LONGEST_WAIT}")
    return value


def offset(text: str) -> float:
    """Read a number of seconds, which may be negative."""
    try:
        value = float(text)
    except ValueError:
        value = math.inf
    if not math.isfinite(value):
        raise ArgumentTypeError(f"{text!r} is not a number of seconds, such as -3600")
    return value


def moment(text: str) -> datetime:
    """Read a time as `read_moment` does."""
    # dateutil takes its time to load, and most commands are typed without a time.
    from cartesia_calls import read_moment  # noqa: PLC0415

    try:
        return read_moment(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error).removeprefix("the time ")) from error


def pattern(text: str) -> re.Pattern[str]:
    """Read a regular expression."""
    try:
        return re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ArgumentTypeError(
            f"{text!r} is no regular expression: {error}; write \\ before ( [ . * + ? to mean them"
        ) from error


def levels() -> tuple[str, ...]:
    """Return the names of the log levels."""
    from cartesia_calls import LEVELS  # noqa: PLC0415 - only for `logs`

    return tuple(LEVELS)


def level(text: str) -> str:
    """Read the name of a log level, in capitals or not."""
    known = levels()
    if text.upper() not in known:
        suggestion = did_you_mean(text.upper(), known) or f"; use one of {', '.join(known)}"
        raise ArgumentTypeError(f"{text!r} is no level{suggestion}")
    return text.upper()


def statuses() -> tuple[str, ...]:
    """Return the known statuses of calls."""
    from cartesia_calls import AgentCallStatus  # noqa: PLC0415 - only for commands that list

    return get_args(AgentCallStatus)


def status(text: str) -> str:
    """Read a call's status: a known one or a new one, but none that is a typing error."""
    known = statuses()
    close = difflib.get_close_matches(text.lower(), known, n=1, cutoff=_ALIKE)
    if text in known or not close or (close[0] in text and len(text) > len(close[0]) + 1):
        return text
    raise ArgumentTypeError(f"{text!r} is no status; did you mean {close[0]}?")


def path(text: str) -> str:
    """Read the name of a file or a folder; `~` is the home, which a shell may have left."""
    return str(Path(text).expanduser()) if text.startswith("~") else text


def count_from(least: int, most: int | None = None) -> Callable[[str], int]:
    """Return what reads a whole number that is not less than `least`, nor more than `most`."""
    bound = "" if most is None else f" to {most}"

    def count(text: str) -> int:
        plain = text.isascii() and text.isdecimal() and len(text) < 19  # noqa: PLR2004 - 64 bits
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


def one_of(*known: str) -> Callable[[str], str]:
    """Return what reads one of the known words."""

    def one(text: str) -> str:
        if text not in known:
            suggestion = did_you_mean(text, known) or f"; use one of {', '.join(known)}"
            raise ArgumentTypeError(f"{text!r} is not known{suggestion}")
        return text

    return one


def words(*known: str) -> Callable[[str], tuple[str, ...]]:
    """Return what reads one or more of the known words, with commas between them."""

    def several(text: str) -> tuple[str, ...]:
        found = tuple(word.strip() for word in text.split(","))
        for word in found:
            if word not in known:
                suggestion = did_you_mean(word, known)
                raise ArgumentTypeError(
                    f"{text!r} is not one or more of {','.join(known)}{suggestion}"
                )
        return found

    return several


def port(text: str) -> int:
    """Read a TCP port; 0 is any that is free."""
    if not (text.isascii() and text.isdecimal()) or int(text) > _HIGHEST_PORT:
        raise ArgumentTypeError(f"{text!r} is not a port; use 0 to {_HIGHEST_PORT}")
    return int(text)
