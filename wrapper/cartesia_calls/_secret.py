"""An API key that does not show itself."""

from __future__ import annotations

_PREFIX = "sk_car_"
# With fewer characters than this after the prefix, four of them would be too much to show.
_SHORTEST_TO_HINT_AT = 12


def concealed(key: str | None) -> ApiKey | None:
    """Return a key as one that does not show itself; None for None."""
    return None if key is None else ApiKey(key)


class ApiKey:
    """Holds an API key and shows only its prefix and last four characters.

    Only the code that writes the request calls `reveal()`.
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
        """Return a text, such as a server's error, with the key in it masked."""
        return text.replace(self._value, str(self))

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError(
            "an API key cannot be pickled or copied; make a new client where you need it"
        )
