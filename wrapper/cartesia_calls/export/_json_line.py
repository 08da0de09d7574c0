"""JSON that strict readers take, with the same bytes whatever is installed."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from cartesia_calls._json import find_orjson

if TYPE_CHECKING:
    from collections.abc import Callable


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"JSON has no type for {type(value).__name__}")


_orjson = find_orjson()
_write_fast: Callable[[object], bytes] | None = (
    partial(_orjson.dumps, option=_orjson.OPT_APPEND_NEWLINE) if _orjson else None
)
_encoder = partial(json.JSONEncoder, ensure_ascii=False, separators=(",", ":"), default=_text)
_encode = _encoder(allow_nan=False).encode
_encode_infinities = _encoder(allow_nan=True).encode
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def json_line(value: object) -> bytes:
    """Return a value as a line: of text, whole numbers, booleans, null, and times in UTC.

    Writers spell fractions in different ways: use `json_bytes` for values that may hold one.
    """
    if _write_fast is not None:
        try:
            return _write_fast(value)
        except TypeError:
            pass  # half a surrogate pair, or a number of more than 64 bits
    return json_bytes(value) + b"\n"


def json_bytes(value: object) -> bytes:
    r"""Return any value as JSON.

    Half a surrogate pair becomes the six characters that JSON escapes it with, such as `\ud83d`:
    UTF-8 cannot encode it, and strict readers refuse its escape. A number that is too large for a
    float becomes null, since JSON has no infinity.
    """
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(json.loads(_encode_infinities(value), parse_constant=lambda _: None))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _HALF_PAIR.sub(lambda half: f"\\\\u{ord(half[0]):x}", text).encode()
