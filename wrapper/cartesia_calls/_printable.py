"""Text of unknown origin, made safe to show.

Log lines and error texts are written by other programs. They can hold sequences that a terminal
executes: colours, cursor moves, clipboard writes, text that runs backwards.
"""

import unicodedata

# Cc: control characters. Cf: invisible ones, the bidirectional overrides among them. Cs: half a
# surrogate pair, which no encoding can write. Zl and Zp: line and paragraph separators.
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Joins the parts of one emoji or of one word in several scripts; alone it does nothing.
_ZERO_WIDTH_JOINERS = frozenset({"\u200c", "\u200d"})


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
