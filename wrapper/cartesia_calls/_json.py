"""JSON read strictly, by the fastest reader installed, with the same result from each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Where orjson gives a float for a whole number that is too large for 64 bits.
_LARGEST_EXACT = 2.0**63


def _find_orjson() -> Callable[[bytes], object] | None:
    try:
        import orjson  # noqa: PLC0415 - it may not be installed
    except ImportError:
        return None
    return orjson.loads


_read_fast = _find_orjson()


def read_json(body: bytes) -> object:
    """Return the JSON value that a body holds; of equal keys of an object the last one counts.

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
            if not _has_inexact_number(value):
                return value
    return _read_exactly(body)


def _read_exactly(body: bytes) -> object:
    value: object = json.loads(body.decode("utf-8-sig"), parse_constant=refuse_constant)
    return value


def refuse_constant(name: str) -> None:
    """Refuse what Python's reader takes besides JSON.

    Raises:
        ValueError: Always.
    """
    raise ValueError(f"{name} is no number in JSON")


def _has_inexact_number(value: object) -> bool:
    if isinstance(value, dict):
        items: Iterable[object] = cast("dict[str, object]", value).values()
    elif isinstance(value, list):
        items = cast("list[object]", value)
    else:
        items = (value,)
    kinds = set(map(type, items))
    if float in kinds and any(
        isinstance(item, float) and abs(item) >= _LARGEST_EXACT for item in items
    ):
        return True
    if dict not in kinds and list not in kinds:
        return False
    return any(_has_inexact_number(item) for item in items if isinstance(item, dict | list))
