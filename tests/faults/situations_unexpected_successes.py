"""Valid but unexpected successes: the client always returns the value."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

from cartesia_calls import AgentCallLogs, ResponseValidationError
from expectations import Outcome
from fake_server import LOGS
from http_bytes import (
    LOGS_BODY,
    chunked,
    head,
    http_response,
    json_response,
    logs_with,
    text_response,
    zipped,
)
from raw_server import Close, Send, SendInPieces, Step
from situation import Situation

FAMILY = "A valid but unexpected success"
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)
LINES = ["one", "two"]


def _zone(hours: int, minutes: int = 0) -> timezone:
    return timezone(timedelta(hours=hours, minutes=minutes))


TIMES: dict[str, tuple[str, datetime]] = {
    "lower-case t and z": ("2026-03-01t10:00:00z", TEN),
    "a space for the T": ("2026-03-01 10:00:00Z", TEN),
    "one digit of a second": ("2026-03-01T10:00:00.5Z", TEN.replace(microsecond=500_000)),
    "microseconds": ("2026-03-01T10:00:00.123456Z", TEN.replace(microsecond=123_456)),
    "nanoseconds": ("2026-03-01T10:00:00.123456789Z", TEN.replace(microsecond=123_456)),
    "picoseconds": ("2026-03-01T10:00:00.123456789012Z", TEN.replace(microsecond=123_456)),
    "the offset +05:30": ("2026-03-01T15:30:00+05:30", TEN.astimezone(_zone(5, 30))),
    "the offset -12:00": ("2026-02-28T22:00:00-12:00", TEN.astimezone(_zone(-12))),
    "the offset +14:00": ("2026-03-02T00:00:00+14:00", TEN.astimezone(_zone(14))),
    "the offset -00:00": ("2026-03-01T10:00:00-00:00", TEN),
    "a leap day": ("2028-02-29T10:00:00Z", datetime(2028, 2, 29, 10, tzinfo=UTC)),
    "the year 9999": ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
    "the year 1": ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
}
LINES_OF_ALL_KINDS: dict[str, list[str]] = {
    "no lines": [],
    "an empty line": [""],
    "a thousand empty lines": [""] * 1000,
    "escape sequences for a terminal": ["\x1b[31mred\x1b[0m", "\x1b]52;c;cm0=\x07"],
    "null characters": ["a\x00b"],
    "line breaks inside lines": ["a\nb\r\nc"],
    "text that runs backwards": ["\u202egnp.exe"],
    "emoji and many scripts": ["👩\u200d🍳 Grüße 日本 مرحبا"],
    "half a surrogate pair": ["half \ud83c"],
    "a line of a million characters": ["x" * 1_000_000],
    "100,000 lines": ["INFO | hello"] * 100_000,
    "lines that are JSON": ['{"level": "info"}', "[]", "null"],
}


def _value(name: str, script: Step | tuple[Step, ...], **having: object) -> Situation:
    expected = {"logs": LINES, "updated_at": TEN, **having}
    steps = script if isinstance(script, tuple) else (script,)
    return Situation(FAMILY, name, (steps,), Outcome(AgentCallLogs, expected))


def _bodies() -> Iterator[Situation]:
    for name, (text, moment) in TIMES.items():
        step = json_response(logs_with(updated_at=text))
        yield _value(f"`updated_at` with {name}", step, updated_at=moment)
    for name, lines in LINES_OF_ALL_KINDS.items():
        yield _value(name, json_response(logs_with(logs=lines)), logs=lines)
    more: dict[str, object] = {"retention_days": 30, "source": {"region": None}, "": []}
    yield _value("fields of tomorrow", json_response({**LOGS, **more}), additional_properties=more)
    twice = (Send(http_response(body=LOGS_BODY[:-1] + b', "logs": ["2"]}')),)
    yield Situation(
        FAMILY,
        "a field that two copies have",
        (twice,),
        Outcome(AgentCallLogs, {"logs": ["2"]}),
        # The stream has returned lines already.
        streamed=Outcome(ResponseValidationError, {"pointer": "/logs"}),
    )
    for name, body in {
        "white space around the JSON": b" \r\n\t" + LOGS_BODY + b"\n\n",
        "a byte order mark": b"\xef\xbb\xbf" + LOGS_BODY,
        "JSON with an indent": json.dumps(LOGS, indent=4).encode(),
        "every character escaped": LOGS_BODY.replace(b"one", b"\\u006f\\u006e\\u0065"),
    }.items():
        yield _value(name, Send(http_response(body=body)))


def _media_types() -> Iterator[Situation]:
    for media_type in (
        "text/plain",
        "text/html; charset=utf-8",
        "application/json; charset=latin-1",
        "application/octet-stream",
        "application/problem+json",
        "APPLICATION/JSON",
        "nonsense",
        "",
    ):
        step = text_response(LOGS_BODY, media_type=media_type)
        yield _value(f"the media type `{media_type or '(empty)'}`", step)
    bare = head("200 OK", ("Content-Length", str(len(LOGS_BODY)))) + LOGS_BODY
    yield _value("no media type", Send(bare))


def _encodings() -> Iterator[Situation]:
    raw = zlib.compressobj(wbits=-15)
    codings = {
        "gzip": ("gzip", zipped()),
        "x-gzip": ("x-gzip", zipped()),
        "gzip in capitals": ("GZIP", zipped()),
        "gzip of two members": ("gzip", zipped(LOGS_BODY[:20]) + zipped(LOGS_BODY[20:])),
        "gzip after 3,000 empty members": ("gzip", zipped(b"") * 3000 + zipped()),
        "gzip before padding": ("gzip", zipped() + bytes(100_000)),
        "deflate": ("deflate", zlib.compress(LOGS_BODY)),
        "deflate without its wrapper": ("deflate", raw.compress(LOGS_BODY) + raw.flush()),
        "no coding, which is announced": ("identity", LOGS_BODY),
    }
    for name, (coding, body) in codings.items():
        yield _value(name, Send(http_response("200 OK", body, ("Content-Encoding", coding))))
    chunks = head("200 OK", ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
    halves = zipped(LOGS_BODY[:20]), zipped(LOGS_BODY[20:])
    yield _value("gzip of two members, each in a chunk", Send(chunks + chunked(*halves)))


def _messages() -> Iterator[Situation]:
    plain = http_response()
    for hint in ("103 Early Hints", "100 Continue", "102 Processing"):
        name = f"a {hint[:3]} first"
        early = head(hint, ("Link", "</style.css>; rel=preload"))
        yield _value(name, Send(early + plain))
    yield _value("ten early hints first", Send(head("103 Early Hints") * 10 + plain))
    yield _value("one byte at a time", SendInPieces(plain))
    stream = head("200 OK", ("Transfer-Encoding", "chunked"))
    yield _value("in chunks", Send(stream + chunked(LOGS_BODY[:10], LOGS_BODY[10:])))
    single = [LOGS_BODY[i : i + 1] for i in range(len(LOGS_BODY))]
    yield _value("in chunks of one byte", Send(stream + chunked(*single)))
    extended = b"%x;name=value\r\n%b\r\n0\r\n\r\n" % (len(LOGS_BODY), LOGS_BODY)
    yield _value("chunks with extensions", Send(stream + extended))
    trailer = chunked(LOGS_BODY, end=b"0\r\nX-Checksum: 1\r\n\r\n")
    yield _value("chunks with a trailer", Send(stream + trailer))
    gzipped = head("200 OK", ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
    zipped_bytes = [zipped()[i : i + 1] for i in range(len(zipped()))]
    yield _value("gzip in chunks of one byte", Send(gzipped + chunked(*zipped_bytes)))
    until_closed = head("200 OK", ("Connection", "close")) + LOGS_BODY
    yield _value("a body that ends with the connection", (Send(until_closed), Close()))
    old = until_closed.replace(b"HTTP/1.1", b"HTTP/1.0")
    yield _value("HTTP/1.0", (Send(old), Close()))
    yield _value("no reason phrase", Send(plain.replace(b"200 OK", b"200 ", 1)))
    yield _value("a reason phrase in Latin-1", Send(plain.replace(b"200 OK", b"200 \xe4\xf6", 1)))
    yield _value(
        "headers in capitals", Send(http_response("200 OK", LOGS_BODY, ("SET-COOKIE", "a=b")))
    )
    twice = http_response("200 OK", LOGS_BODY, ("X-Request-Id", "1"), ("X-Request-Id", "2"))
    yield _value("a header twice", Send(twice))
    latin = http_response("200 OK", LOGS_BODY, ("X-Name", "Grüße".encode("latin-1")))
    yield _value("a header in Latin-1", Send(latin))
    empty = http_response("200 OK", LOGS_BODY, ("X-Empty", ""))
    yield _value("a header without a value", Send(empty))
    many = [(f"X-Header-{number}", "x") for number in range(60)]
    yield _value("60 more headers", Send(http_response("200 OK", LOGS_BODY, *many)))
    yield _value("the connection closed right after", (Send(plain), Close()))


SITUATIONS = (*_bodies(), *_media_types(), *_encodings(), *_messages())
