"""The responses for all measurements: logs of so many lines, or of so many bytes.

A call's id names its body. `lines-50` has 50 short lines of plain ASCII, which show a client's own work.
`wide-50` has 50 lines of twice the length, with escapes and letters beyond ASCII, which show the work of the
JSON parser. `usual-50` has 50 lines of 85 characters, as loguru writes them. `bytes-1000000` is one million
bytes of wide lines. All are what the spec allows as a response of operation `agents_get-call-logs`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHORT_LOG = "lines-50"
LONG_LOG = "lines-20000"
WIDE_LOG = "wide-20000"
USUAL_LOG = "usual-20000"
SMALLEST = 512
"""The smallest body of a wanted size, in bytes."""

_TITLES = {"lines": "lines", "wide": "wide lines", "usual": "lines of 85 bytes"}
_UPDATED_AT = "2026-03-01T10:00:00Z"
_ID = re.compile(r"(lines|wide|usual|bytes)-(\d{1,10})")
_LINES_IN_BLOCK = 1_000
# Agents' words, with characters that JSON escapes and that take two bytes in UTF-8.
_SAID = (
    "Saying: Hello, how can I help you today?",
    'Heard: "I would like to change my booking"',
    "Tool lookup_booking returned 3 results in 182 ms",
    "Saying: Café Zürich is free at 19:30, shall I book it?",
)


@dataclass(frozen=True)
class Body:
    """A JSON document in pieces, none of which is large.

    Attributes:
        size: The size of the document, in bytes.
        line_count: The number of its log lines.
        head: The text in front of the blocks.
        block: Some lines, which are repeated.
        repeats: The number of blocks.
        tail: The text after the blocks.
    """

    size: int
    line_count: int
    head: bytes
    block: bytes
    repeats: int
    tail: bytes

    def pieces(self) -> Iterator[bytes]:
        """Yield the document from its start to its end."""
        yield self.head
        for _ in range(self.repeats):
            yield self.block
        yield self.tail


@cache
def body_of(call_id: str) -> Body | None:
    """Return the body that a call's id names; None if it names none."""
    match = _ID.fullmatch(call_id)
    if match is None:
        return None
    kind, number = match[1], int(match[2])
    if kind == "bytes":
        return _body_of_size(call_id, number) if number >= SMALLEST else None
    return _body_of_lines(call_id, map(_LINES[kind], range(number)), number)


def title_of(call_id: str) -> str:
    """Return the name of a log of so many lines in tables and plots."""
    kind, _, number = call_id.partition("-")
    return f"{int(number):,} {_TITLES[kind]}"


def line_count_of(call_id: str) -> int:
    """Return the number of lines of a call's log.

    Raises:
        ValueError: The id names no body.
    """
    body = body_of(call_id)
    if body is None:
        raise ValueError(f"no body has the call id {call_id!r}")
    return body.line_count


def _body_of_lines(call_id: str, each: Iterable[bytes], count: int) -> Body:
    lines = b",".join(each)
    head, tail = _head(call_id), _tail()
    return Body(
        size=len(head) + len(lines) + len(tail),
        line_count=count,
        head=head,
        block=lines,
        repeats=1,
        tail=tail,
    )


def _body_of_size(call_id: str, size: int) -> Body:
    """Fill a body with whole blocks, then lines, then one line of the remaining length."""
    head, tail = _head(call_id), _tail()
    left = size - len(head) - len(tail)
    # Each line ends with a comma, except for the last.
    lines = [_wide_line(number) + b"," for number in range(_LINES_IN_BLOCK)]
    block = b"".join(lines)
    shortest_last_line = len(b'""')
    repeats, left = divmod(left - shortest_last_line, len(block))
    rest: list[bytes] = []
    for line in lines:
        if len(line) > left:
            break
        rest.append(line)
        left -= len(line)
    last_line = b'"' + b"." * left + b'"'
    return Body(
        size=size,
        line_count=repeats * _LINES_IN_BLOCK + len(rest) + 1,
        head=head,
        block=block,
        repeats=repeats,
        tail=b"".join(rest) + last_line + tail,
    )


def _head(call_id: str) -> bytes:
    return b'{"call_id":' + _json(call_id) + b',"logs":['


def _tail() -> bytes:
    return b'],"updated_at":' + _json(_UPDATED_AT) + b"}"


def _short_line(number: int) -> bytes:
    return _json(f"{_time(number)} INFO turn {number}: heard")


def _wide_line(number: int) -> bytes:
    where = f"agent:on_turn:{number % 97}"
    return _json(f"{_time(number)} | INFO     | {where} - {_SAID[number % len(_SAID)]}")


def _usual_line(number: int) -> bytes:
    return _json(f"{_time(number)} | INFO     | agent:on_turn:{number % 97:02} - {_SAID[0]:.29}")


_LINES = {"lines": _short_line, "wide": _wide_line, "usual": _usual_line}


def _time(number: int) -> str:
    second, millisecond = divmod(number, 1_000)
    return f"2026-03-01 09:{second // 60 % 60:02}:{second % 60:02}.{millisecond:03}"


def _json(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()
