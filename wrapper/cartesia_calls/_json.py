"""JSON read strictly by the fastest reader installed, with the same result from each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_ALL_ZEROS = bytes.maketrans(b"123456789", b"000000000")
# The shortest whole numbers that may be too large for 64 bits: orjson reads them as inexact floats.
_TOO_LARGE, _TOO_SMALL = b"0" * 20, b"-" + b"0" * 19


def _find_fast_reader() -> Callable[[bytes], object] | None:
    """Return orjson's reader; None if orjson is missing or broken."""
    try:
        import orjson  # noqa: PLC0415 - it may not be installed

        read: Callable[[bytes], object] = orjson.loads
    except Exception:  # noqa: BLE001 - a broken one may raise anything
        return None
    return read


_read_fast = _find_fast_reader()


def read_json(body: bytes) -> object:
    """Return the JSON value of a body. If an object names a field twice, the last value counts.

    Args:
        body: In UTF-8.

    Raises:
        ValueError: The body is not JSON in UTF-8. NaN and infinities are refused.
        RecursionError: It is nested too deep.
    """
    if _read_fast is not None and not _may_have_large_number(body):
        try:
            return _read_fast(body)
        except ValueError:
            pass  # the standard library describes the error, and reads a few more bodies
    read: Callable[..., object] = json.loads
    return read(body.decode("utf-8-sig"), parse_constant=refuse_constant)


def refuse_constant(name: str) -> None:
    """Refuse a value that Python's reader knows and JSON does not."""
    raise ValueError(f"{name} is no number in JSON")


def _may_have_large_number(body: bytes) -> bool:
    digits = body.translate(_ALL_ZEROS)
    return _TOO_LARGE in digits or _TOO_SMALL in digits
