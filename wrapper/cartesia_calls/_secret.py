"""An API key that does not show itself."""

from __future__ import annotations

import re

_PREFIX = "sk_car_"
# With fewer characters than this after the prefix, four of them would be too much to show.
_SHORTEST_TO_HINT_AT = 12
# A key that is cut off is masked if more of it than this is left after the prefix.
_SHORTEST_TO_MASK = 4


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

        The end of the text, or of an excerpt in it, may have cut the key off.
        """
        if self._beginning() not in text:
            return text  # most texts hold no key
        return re.sub(self._pattern(), lambda _: str(self), text)

    def _beginning(self) -> str:
        """Return as much of the key's beginning as may be shown where it is cut off."""
        prefix = _PREFIX if self._value.startswith(_PREFIX) else ""
        return self._value[: len(prefix) + _SHORTEST_TO_MASK]

    def _pattern(self) -> str:
        first = len(self._beginning())
        rest = "".join(rf"(?:{re.escape(character)}|(?=…|\Z))" for character in self._value[first:])
        return re.escape(self._beginning()) + rest

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("an API key is not pickled or copied; make a new client where it is used")
