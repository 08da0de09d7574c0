"""Text to show: times within a call, JSON, and text of unknown origin, made safe.

Log lines and error texts are written by other programs. They can hold sequences that a terminal
executes: colours, cursor moves, clipboard writes, text that runs backwards.
"""

import json
import math
import re
import unicodedata
from datetime import datetime

# Cc: control characters. Cf: invisible ones, the bidirectional overrides among them. Cs: half a
# surrogate pair, which no encoding can write. Zl and Zp: line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Joins the parts of one emoji or of one word in several scripts; alone it does nothing.
_ZERO_WIDTH_JOINERS = frozenset({"\u200c", "\u200d"})
# A string, or the name that Python's writer has for a number without end.
_INFINITY = re.compile(r'("(?:[^"\\]|\\.)*")|Infinity')
# From this on, about 30 years, a time within a call is no clock but a number.
_NO_CLOCK = 1e9


def clock_text(seconds: float | None, *, fraction: bool = True) -> str:
    """Return a time within a call as people read it: `1:09.5`, from an hour on `1:00:09.5`.

    Args:
        seconds: Any float, such as `TimelineEntry.seconds`; None gives an empty text.
        fraction: Whether to give tenths of a second.
    """
    if seconds is None:
        return ""
    if not math.isfinite(seconds) or abs(seconds) >= _NO_CLOCK:
        return f"{seconds!r} s"
    parts = 10 if fraction else 1
    count = round(abs(seconds) * parts)
    whole, tenths = divmod(count, parts)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and count else ""
    beginning = f"{hours}:{minutes:02d}" if hours else f"{minutes}"
    return f"{sign}{beginning}:{rest:02d}" + (f".{tenths}" if fraction else "")


def json_text(value: object, *, as_ascii: bool = False) -> str:
    """Return a record, such as `call.to_dict()`, or what is made of one, as JSON; datetimes in ISO 8601.

    Python reads a number that is too large for a float, such as `2e400`, as infinity. JSON has no name
    for it: `1e999` is valid, and most readers take it for infinity again.

    Args:
        value: JSON, or with datetimes in it.
        as_ascii: Whether to escape all other characters.
    """
    text = json.dumps(value, ensure_ascii=as_ascii, default=datetime.isoformat)
    if "Infinity" not in text:
        return text
    return _INFINITY.sub(lambda found: found[1] or "1e999", text)


def printable(text: str) -> str:
    """Return a text with every character that a terminal would execute shown as an escape.

    A tab stays: it is common in log lines and does no harm.
    """
    if text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def excerpt(text: str, limit: int = 300) -> str:
    """Return the printable beginning of `text`, at most `limit` characters of it."""
    beginning = printable(text[:limit])
    return beginning if len(text) <= limit else f"{beginning}…"


def _escaped(character: str) -> str:
    if (
        character == "\t"
        or character in _ZERO_WIDTH_JOINERS
        or unicodedata.category(character) not in _UNSAFE_CATEGORIES
    ):
        return character
    return character.encode("unicode_escape").decode("ascii")
