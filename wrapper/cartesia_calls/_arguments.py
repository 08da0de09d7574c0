"""Checks of a method's arguments, made before anything is sent."""

from __future__ import annotations

# Sockets and event loops can wait so many seconds.
_LONGEST = 7 * 24 * 3600
# Far longer than any real id. A much longer one makes a URL that proxies refuse.
_LONGEST_ID = 1000


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
