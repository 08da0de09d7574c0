"""JSON read strictly by the fastest reader installed, with the same result from each."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable

# For a whole number that is too large for 64 bits orjson returns a float.
_LARGEST_EXACT = 2.0**63


_read_fast: Callable[[bytes], object] | None = None
with suppress(Exception):  # it may be missing, or broken in any way
    import orjson

    _read_fast = orjson.loads


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
    pending = [value]
    if type(value) is dict:
        fields = cast("dict[str, object]", value)
        pending = [item for name, item in fields.items() if name != skipped]
    for one in pending:  # which grows meanwhile
        if type(one) is dict:
            pending += cast("dict[str, object]", one).values()
        elif type(one) is list:
            pending += cast("list[object]", one)
        elif type(one) is float and abs(one) >= _LARGEST_EXACT:
            return True
    return False
