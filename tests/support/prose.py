"""Whether a text is one that can be shown to a user."""

from __future__ import annotations


def is_prose(text: str) -> bool:
    """Tell whether a text begins with a capital letter, ends with a full stop, and does not shout."""
    return text[:1].isupper() and text.endswith(".") and not text.isupper()
