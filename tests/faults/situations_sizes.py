"""Responses that are too large: refused at a documented limit, before memory is used up."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache

from cartesia_calls import (
    AgentCallLogs,
    APIConnectionError,
    CartesiaError,
    InternalServerError,
    NotFoundError,
    ResponseValidationError,
)
from expectations import Outcome
from http_bytes import LOGS_BODY, chunked, head, http_response, zipped
from raw_server import Close, Endless, Script, Send
from situation import WITHOUT_RETRIES, Situation

FAMILY = "A response that is too large"
MEGABYTE = 1_000_000
BOUNDED = {"max_response_bytes": 100_000, "max_retries": 0}
CHUNKED = head("200 OK", ("Transfer-Encoding", "chunked"))


@cache
def _bomb(size: int, wbits: int) -> bytes:
    """Return that many zeros, compressed, with a wrong checksum, which a client must not reach."""
    packer = zlib.compressobj(9, wbits=wbits)
    first, other = (
        packer.compress(bytes(MEGABYTE)) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2)
    )
    return first + other * (size // MEGABYTE - 1) + packer.flush()


def _encoded(body: bytes, coding: str, status: str = "200 OK") -> Script:
    return (Send(http_response(status, body, ("Content-Encoding", coding))),)


def _bombs() -> Iterator[Situation]:
    refused = Outcome(ResponseValidationError, {"pointer": ""}, says=("max_response_bytes",))
    gigabyte = _encoded(_bomb(1000 * MEGABYTE, 31), "gzip")
    name = "a megabyte of gzip that unpacks to a gigabyte"
    yield Situation(FAMILY, name, (gigabyte,), refused)
    for title, coding, body in (
        ("gzip", "gzip", _bomb(50 * MEGABYTE, 31)),
        ("deflate", "deflate", _bomb(50 * MEGABYTE, 15)),
    ):
        name = f"{title} that unpacks to 500 times the bound"
        yield Situation(FAMILY, name, (_encoded(body, coding),), refused, BOUNDED)
    # The client does not accept two encodings at once, and does not decode them.
    twice = _encoded(zipped(_bomb(50 * MEGABYTE, 31)), "gzip, gzip")
    undecoded = Outcome(ResponseValidationError, {"pointer": ""})
    yield Situation(FAMILY, "gzip inside gzip", (twice,), undecoded, BOUNDED)
    in_chunks = head("200 OK", ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    bomb = _bomb(50 * MEGABYTE, 31)
    script: Script = (Send(in_chunks + chunked(bomb[:500], bomb[500:])),)
    yield Situation(FAMILY, "a bomb in chunks", (script,), refused, BOUNDED)
    error = Outcome(NotFoundError, {"status_code": 404})
    script = _encoded(bomb, "gzip", "404 Not Found")
    yield Situation(FAMILY, "a bomb with a 404", (script,), error, BOUNDED)
    error = Outcome(InternalServerError, {"status_code": 503})
    script = _encoded(bomb, "gzip", "503 Busy")
    yield Situation(FAMILY, "a bomb with a 503", (script,), error, BOUNDED)


def _bodies() -> Iterator[Situation]:
    refused = Outcome(ResponseValidationError, {"pointer": ""}, says=("max_response_bytes",))
    large = b" " * 200_000
    announced: Script = (Send(head("200 OK", ("Content-Length", "200000")) + large), Close())
    yield Situation(FAMILY, "a body of twice the bound", (announced,), refused, BOUNDED)
    huge: Script = (Send(head("200 OK", ("Content-Length", str(10**15)))), Endless(large))
    name = "a body without an end, announced as a petabyte"
    # A log may be of any length; only a line has a limit.
    yield Situation(FAMILY, name, (huge,), refused, BOUNDED, streamed=None)
    stream: Script = (Send(CHUNKED), Endless(chunked(large, end=b"")))
    yield Situation(FAMILY, "chunks without an end", (stream,), refused, BOUNDED, streamed=None)
    until_closed: Script = (Send(head("200 OK")), Endless(large))
    name = "a body without a length or an end"
    yield Situation(FAMILY, name, (until_closed,), refused, BOUNDED, streamed=None)
    line = http_response(body=LOGS_BODY.replace(b"one", b"1" * MEGABYTE))
    name = "a line of ten times the bound"
    yield Situation(FAMILY, name, ((Send(line),),), refused, BOUNDED)
    error_head = head("500 Oh", ("Transfer-Encoding", "chunked"))
    failing: Script = (Send(error_head), Endless(chunked(large, end=b"")))
    outcome = Outcome(InternalServerError, {"status_code": 500})
    yield Situation(FAMILY, "a 500 without an end", (failing,), outcome, BOUNDED)
    exact = LOGS_BODY + b" " * (100_000 - len(LOGS_BODY))
    value = Outcome(AgentCallLogs, {"logs": ["one", "two"]})
    yield Situation(
        FAMILY, "exactly the bound", ((Send(http_response(body=exact)),),), value, BOUNDED
    )
    lines = Outcome(list, equals=["one", "two"])
    over = (Send(http_response(body=exact + b" ")),)
    name = "one byte over the bound"
    yield Situation(FAMILY, name, (over,), refused, BOUNDED, streamed=lines)
    packed = _encoded(zipped(exact), "gzip")
    yield Situation(FAMILY, "exactly the bound, as gzip", (packed,), value, BOUNDED)
    packed = _encoded(zipped(exact + b" "), "gzip")
    name = "one byte over the bound, as gzip"
    yield Situation(FAMILY, name, (packed,), refused, BOUNDED, streamed=lines)


def _heads() -> Iterator[Situation]:
    refused = Outcome(APIConnectionError)
    start = b"HTTP/1.1 200 OK\r\n"
    heads: dict[str, Script] = {
        "a header of 4 MB": (Send(start + b"X: " + b"x" * 4_000_000), Close()),
        "4 MB of headers": (
            Send(start + b"X: " + b"x" * 995 + b"\r\n"),
            Endless(b"X: y\r\n" * 999),
        ),
        "headers without an end": (Send(start), Endless(b"X-Filler: y\r\n" * 999)),
        "a header without an end": (Send(start + b"X: "), Endless(b"x" * 9999)),
        "a status line without an end": (Send(b"HTTP/1.1 200 "), Endless(b"x" * 9999)),
        "a chunk size without an end": (Send(CHUNKED), Endless(b"0" * 9999)),
        "early hints without a pause": (Endless(head("103 Early Hints") * 99, every=1.0),),
    }
    for name, script in heads.items():
        settings = {**WITHOUT_RETRIES, "timeout": 30.0}
        yield Situation(FAMILY, name, (script,), refused, settings)
    outcome = Outcome(CartesiaError)
    trailer: Script = (Send(CHUNKED + chunked(LOGS_BODY, end=b"0\r\n")), Endless(b"X: y\r\n" * 999))
    settings = {**WITHOUT_RETRIES, "timeout": 30.0}
    yield Situation(FAMILY, "a trailer without an end", (trailer,), outcome, settings)
    comment = b"1;" + b"x" * 4_000_000 + b"\r\n"
    extended: Script = (Send(CHUNKED + comment), Close())
    yield Situation(FAMILY, "a chunk with an extension of 4 MB", (extended,), outcome, settings)


SITUATIONS = (*_bombs(), *_bodies(), *_heads())
