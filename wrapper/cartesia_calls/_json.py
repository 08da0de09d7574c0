"""JSON read strictly by the fastest reader installed, with the same result from each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# For a whole number that is too large for 64 bits orjson returns a float.
_LARGEST_EXACT = 2.0**63
_NESTING = frozenset({dict, list})


def _find_fast_reader() -> Callable[[bytes], object] | None:
    """Return orjson's reader; None if orjson is missing or broken."""
    try:
        import orjson  # noqa: PLC0415 - it may not be installed

        read: Callable[[bytes], object] = orjson.loads
    except Exception:  # noqa: BLE001 - a broken one may raise anything
        return None
    return read


_read_fast = _find_fast_reader()


def read_json(body: bytes, skipped: str | None = None) -> object:
    """Return the JSON value of a body. If an object names a field twice, the last value counts.

    Args:
        body: In UTF-8.
        skipped: A field of the outermost object in which large numbers may be inexact.

    Raises:
        ValueError: The body is not JSON in UTF-8. NaN and infinities are refused.
        RecursionError: It is nested too deep.
    """
    if _read_fast is not None:
        try:
            value = _read_fast(body)
        except ValueError:
            pass  # the standard library describes the error, and reads a few more bodies
        else:
            if not _has_inexact_number(value, skipped):
                return value
    read: Callable[..., object] = json.loads
    return read(body.decode("utf-8-sig"), parse_constant=refuse_constant)


def refuse_constant(name: str) -> None:
    """Refuse a value that Python's reader knows and JSON does not."""
    raise ValueError(f"{name} is no number in JSON")


def _has_inexact_number(value: object, skipped: str | None) -> bool:
    if type(value) is dict:
        fields = cast("dict[str, object]", value)
        value = {name: it for name, it in fields.items() if name != skipped}
    pending = [value]
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
