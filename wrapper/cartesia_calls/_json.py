"""JSON read strictly, by the fastest reader installed, with the same result from each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Where orjson gives a float for a whole number that is too large for 64 bits.
_LARGEST_EXACT = 2.0**63
_NESTING = frozenset({dict, list})


def _find_fast_reader() -> Callable[[bytes], object] | None:
    """Return orjson's reader, None where orjson is not installed or broken."""
    try:
        import orjson  # noqa: PLC0415 - it may not be installed

        read: Callable[[bytes], object] = orjson.loads
    except Exception:  # noqa: BLE001 - a broken one may raise anything
        return None
    return read


_read_fast = _find_fast_reader()


def read_json(body: bytes, number_free: frozenset[str] = frozenset()) -> object:
    """Return the JSON value that a body holds; of equal keys of an object the last one counts.

    Args:
        body: In UTF-8.
        number_free: Fields of the outermost object, in which a number is not read exactly: whoever
            reads them refuses one.

    Raises:
        ValueError: It is not JSON in UTF-8: NaN and infinities are refused.
        RecursionError: It is nested too deep.
    """
    if _read_fast is not None:
        try:
            value = _read_fast(body)
        except ValueError:
            pass  # the other reader says what is wrong, and takes some more: see below
        else:
            if not _has_inexact_number(value, number_free):
                return value
    return _read_exactly(body)


def _read_exactly(body: bytes) -> object:
    value: object = json.loads(body.decode("utf-8-sig"), parse_constant=refuse_constant)
    return value


def refuse_constant(name: str) -> None:
    """Refuse what Python's reader takes besides JSON."""
    raise ValueError(f"{name} is no number in JSON")


def _has_inexact_number(value: object, number_free: frozenset[str]) -> bool:
    pending = [value]
    if type(value) is dict:
        fields = cast("dict[str, object]", value)
        pending = [fields[name] for name in fields if name not in number_free]
    while pending:
        one = pending.pop()
        if type(one) is dict:
            items: Iterable[object] = cast("dict[str, object]", one).values()
        elif type(one) is list:
            items = cast("list[object]", one)
        else:
            items = (one,)
        kinds = set(map(type, items))
        if float in kinds and any(map(_is_inexact, items)):
            return True
        if not kinds.isdisjoint(_NESTING):
            pending += [item for item in items if type(item) in _NESTING]
    return False


def _is_inexact(value: object) -> bool:
    return isinstance(value, float) and abs(value) >= _LARGEST_EXACT
