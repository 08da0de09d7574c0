"""An API key that does not show itself."""

from __future__ import annotations

import re

_PREFIX = "sk_car_"
# With fewer characters than this behind the prefix, four of them would be too much to show.
_SHORTEST_TO_HINT_AT = 12
# With more of its beginning than this, behind the prefix, what a cut has left of a key is masked.
_SHORTEST_TO_MASK = 4
# Where an excerpt of a text ends, be it in the middle of one of JSON's escapes.
_CUT = r"\\{0,4}(?:u[0-9A-Fa-f]{0,3})?(?=…|\Z)"


def concealed(key: str | None) -> ApiKey | None:
    """Return a key as one that does not show itself; None for None."""
    return None if key is None else ApiKey(key)


class ApiKey:
    """Holds an API key and shows only its prefix and last four characters.

    Use `reveal()` at the one place where the key goes on the wire.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the key itself."""
        return self._value

    def __repr__(self) -> str:
        prefix = _PREFIX if self._value.startswith(_PREFIX) else ""
        secret = self._value.removeprefix(prefix)
        return f"{prefix}…{secret[-4:] if len(secret) >= _SHORTEST_TO_HINT_AT else ''}"

    __str__ = __repr__

    def masked_in(self, text: str) -> str:
        """Return a text, such as a server's error, with the key in it masked.

        It may be spelled with JSON's escapes, and cut off where the text or an excerpt in it ends.
        """
        if "\\" not in text and self._value[: self._shown()] not in text:
            return text  # found out in a fraction of the time, which counts for long ones
        return re.sub(self._spellings(), lambda _: str(self), text)

    def mask(self, error: Exception) -> None:
        """Mask the key in every text of an error that quotes a server."""
        texts = {name: text for name, text in vars(error).items() if isinstance(text, str)}
        vars(error).update({name: self.masked_in(text) for name, text in texts.items()})
        error.args = tuple(map(self.masked_in, map(str, error.args)))

    def _shown(self) -> int:
        """Return how much of the key's beginning may be left where it is cut off."""
        return _SHORTEST_TO_MASK + (len(_PREFIX) if self._value.startswith(_PREFIX) else 0)

    def _spellings(self) -> str:
        """Return a regular expression for the key as texts have it."""
        shown = self._shown()
        spelled = [
            rf"(?:\\{{0,4}}{re.escape(character)}|\\{{1,4}}u(?i:{ord(character):04x}))"
            for character in self._value
        ]
        rest = (f"(?:{character}|{_CUT})" for character in spelled[shown:])
        return "".join([*spelled[:shown], *rest])

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(
            "an API key is not pickled or copied; make the client anew where it is used"
        )
