"""Encodes rows as NDJSON for strict readers, with the same bytes with and without orjson."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ._tables import Row, Table

# Columns that may hold fractions.
_WITH_FRACTIONS = frozenset({"number", "json"})
_HALF_PAIR = re.compile("[\ud800-\udfff]")


def _fast_writer() -> Callable[[object], bytes] | None:
    try:
        orjson: Any = import_module("orjson")
        return partial(orjson.dumps, option=orjson.OPT_APPEND_NEWLINE)
    except Exception:  # noqa: BLE001 - not installed, or broken in any way
        return None


_write_fast = _fast_writer()
_encoder = partial(
    json.JSONEncoder, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat
)
_encode = _encoder(allow_nan=False).encode
_encode_infinities = _encoder(allow_nan=True).encode


def encode(table: Table, rows: Iterable[Row]) -> bytes:
    if _WITH_FRACTIONS.isdisjoint(column.type for column in table.columns):
        return b"".join(map(json_line, rows))
    return b"".join(json_bytes(row) + b"\n" for row in rows)


def json_line(value: object) -> bytes:
    """Return a value as a line: text, whole numbers, booleans, null, and times in UTC.

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

    Half a surrogate pair, which UTF-8 cannot encode, becomes the six characters of its JSON escape,
    such as `\ud83d`: strict readers refuse the escape itself. A number too large for a float becomes
    null, since JSON has no infinity.
    """
    try:
        text = _encode(value)
    except ValueError:
        text = _encode(json.loads(_encode_infinities(value), parse_constant=lambda _: None))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _HALF_PAIR.sub(lambda half: f"\\\\u{ord(half[0]):x}", text).encode()
