"""Text from servers cannot control a terminal."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from cartesia_calls import printable


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x1b]52;c;cm0=\x07", r"\x1b]52;c;cm0=\x07"),
        ("\x1b]8;;http://evil\x1b\\link", r"\x1b]8;;http://evil\x1b\link"),
        ("safe\rgone", r"safe\rgone"),
        ("two\nlines", r"two\nlines"),
        ("nul\x00", r"nul\x00"),
        ("c1 \x9b31m", r"c1 \x9b31m"),
        ("del\x7f", r"del\x7f"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("\u2028", r"\u2028"),
        ("half \ud83c", r"half \ud83c"),
    ],
)
def test_control_characters_are_escaped(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


@pytest.mark.parametrize(
    "harmless",
    [
        "plain",
        "tab\there",
        "Grüße, 日本 🍕",
        "👩\u200d🍳",
        "\u0645\u06cc\u200c\u062e\u0648",
        "",
        "  ",
    ],
)
def test_harmless_text_is_unchanged(harmless: str) -> None:
    assert printable(harmless) == harmless


def test_no_control_or_format_character_gets_through() -> None:
    allowed = {"\t", "\u200c", "\u200d"}
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
            assert character in allowed or printable(character).isascii()
