"""Checks of texts that a user sees."""

from __future__ import annotations


def is_prose(text: str) -> bool:
    """Return whether a text begins with a capital letter, ends with a full stop, and has lower case."""
    return text[:1].isupper() and text.endswith(".") and not text.isupper()
