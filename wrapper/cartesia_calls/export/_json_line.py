"""JSON as a line of a file, by the fastest writer installed, with the same bytes from each."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from cartesia_calls._json import find_orjson

if TYPE_CHECKING:
    from collections.abc import Callable


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")


_orjson = find_orjson()
_write_fast: Callable[[object], bytes] | None = (
    partial(_orjson.dumps, option=_orjson.OPT_APPEND_NEWLINE) if _orjson else None
)
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
