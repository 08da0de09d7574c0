"""Checks of a method's arguments, made before anything is sent."""

from __future__ import annotations

from typing import get_args

from cartesia_api.known_values import AgentCallStatus

# Sockets and event loops can wait so many seconds.
_LONGEST = 7 * 24 * 3600
# Far longer than any real id. A much longer one makes a URL that proxies refuse.
_LONGEST_ID = 1000
# How alike are two words that differ in one letter, or in two that are swapped.
_ALIKE = 0.83


def check_id(value: object, name: str) -> str:
    """Return an id that is safe to put into a path.

    Everything but an empty string, `.` and `..` can be percent-encoded into one path segment.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string such as 'ac_123', not {type(value).__name__}")
    if not value.strip():
        raise ValueError(f"{name} is empty; pass an id such as 'ac_123'")
    if value in {".", ".."}:
        raise ValueError(
            f"{name} is {value!r}, which means a folder in a path; pass an id such as 'ac_123'"
        )
    if len(value) > _LONGEST_ID:
        raise ValueError(f"{name} has {len(value)} characters; pass an id such as 'ac_123'")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} {value!r} holds half a surrogate pair; pass whole characters"
        ) from error
    return value


def check_seconds(value: object, name: str) -> float:
    """Return a span of time."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number of seconds, not {type(value).__name__}")
    if not 0 <= value <= _LONGEST:
        raise ValueError(f"{name} is {value!r}; pass seconds from 0 to {_LONGEST} (a week)")
    return float(value)


def check_limit(value: object) -> int:
    """Return the largest number of items wanted."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"limit must be a whole number, not {type(value).__name__}")
    if value < 1:
        raise ValueError(f"limit is {value}; pass a number from 1, or none for all")
    return value


def read_status(text: object) -> str:
    """Return a status of calls that a user wrote. The API may add any, so unknown ones are accepted.

    Raises:
        TypeError: It is no text.
        ValueError: It is empty, or a known status with a typing error or without its ending, such as
            `complete`. The message suggests the known one.
    """
    if not isinstance(text, str):
        raise TypeError(f"a status must be text such as 'failed', not {type(text).__name__}")
    if not text.strip():
        raise ValueError("a status is empty; pass one such as 'failed'")
    known = get_args(AgentCallStatus)
    if text in known:
        return text
    from difflib import get_close_matches  # noqa: PLC0415 - rarely needed

    # Another first letter makes another word, such as `incomplete` or `restarted`.
    word = text.strip().lower()
    alike = [one for one in known if one[0] == word[0]]
    close = get_close_matches(word, alike, n=1, cutoff=_ALIKE)
    close += [one for one in alike if one.startswith(word)]
    if close:
        raise ValueError(f"{text!r} is no status; did you mean {close[0]}?")
    return text
