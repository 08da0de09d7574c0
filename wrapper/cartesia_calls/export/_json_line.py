"""JSON as a line of a file, by the fastest writer installed, with the same bytes from each."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def _find_orjson() -> Callable[[object], bytes] | None:
    try:
        import orjson  # noqa: PLC0415 - it may not be installed
    except ImportError:
        return None
    return partial(orjson.dumps, option=orjson.OPT_APPEND_NEWLINE)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")


_write_fast = _find_orjson()
_as_it_is = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_text).encode
_escaped = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), default=_text).encode


def json_line(value: object) -> bytes:
    """Return a value as a line: of text, whole numbers, booleans, null, and times in UTC.

    Fractions would be written in different ways: see `exact_json_line`.
    """
    if _write_fast is not None:
        try:
            return _write_fast(value)
        except TypeError:
            pass  # half a surrogate pair, or a number of more than 64 bits
    return exact_json_line(value)


def exact_json_line(value: object) -> bytes:
    """Return any value as a line."""
    try:
        return f"{_as_it_is(value)}\n".encode()
    except UnicodeEncodeError:
        # Half a surrogate pair: JSON can say it, UTF-8 can't.
        return f"{_escaped(value)}\n".encode()
