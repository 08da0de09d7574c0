"""Every error status, registered or not, with every shape of body."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cartesia_calls import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    CallLogsNotAvailableError,
    CallNotFoundError,
    ConflictError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    UnprocessableEntityError,
)
from expectations import Outcome
from fake_server import CALL_NOT_FOUND, KEY, LOGS_NOT_AVAILABLE
from http_bytes import head, http_response
from raw_server import Send
from situation import Situation

FAMILY = "An error status"
CLASSES: dict[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: UnprocessableEntityError,
    429: RateLimitError,
}
REGISTERED: tuple[int, ...] = (
    400,
    401,
    402,
    403,
    404,
    405,
    406,
    408,
    409,
    410,
    413,
    415,
    418,
    421,
    422,
    423,
    425,
    426,
    429,
    431,
    451,
    500,
    501,
    502,
    503,
    504,
    505,
    507,
    508,
    511,
)
UNREGISTERED: tuple[int, ...] = (
    419,
    430,
    444,
    460,
    494,
    499,
    509,
    520,
    521,
    522,
    523,
    524,
    525,
    529,
    530,
    561,
    599,
)
BEYOND = (600, 700, 999)
# The same request may succeed later, and reading logs twice is harmless.
RETRIED = {408, 409, 429}


@dataclass(frozen=True)
class Shape:
    """A body, and the error's attributes that must come from it."""

    body: bytes
    having: Mapping[str, object]
    media_type: str = "application/json"


STRUCTURED = {
    "error_code": "concurrency_limited",
    "title": "Too many calls",
    "message": "Wait for one to end.",
    "request_id": "5a0d",
    "doc_url": "https://docs.example.com/errors",
}
PAGE = b"<html><head><title>Oh no</title></head><body>Try: again</body></html>"
CUT = b'{"title": "Not fo'
SHAPES: dict[str, Shape] = {
    "a structured body": Shape(json.dumps(STRUCTURED).encode(), {**STRUCTURED, "body": STRUCTURED}),
    "the logs operation's own body": Shape(
        b'{"message": "Nothing here", "description": "Nothing at all."}',
        {"title": "Nothing here", "message": "Nothing at all."},
    ),
    "plain text": Shape(
        b"Too Fast: Slow down.", {"title": "Too Fast", "message": "Slow down."}, "text/plain"
    ),
    "HTML": Shape(PAGE, {"title": None, "message": None, "body": PAGE.decode()}, "text/html"),
    "no body": Shape(b"", {"title": None, "message": None, "body": ""}),
    "JSON cut short": Shape(CUT, {"title": None, "body": CUT.decode()}),
}
UNEXPECTED_BODIES: dict[str, Shape] = {
    "null": Shape(b"null", {"title": None, "message": None, "body": None}),
    "an array": Shape(b'["no"]', {"title": None, "message": None, "body": ["no"]}),
    "a number": Shape(b"17", {"title": None, "message": None, "body": 17}),
    "mistyped fields": Shape(
        b'{"title": 1, "message": {"a": 2}, "error_code": [], "request_id": null, "doc_url": true}',
        {"title": None, "message": None, "error_code": None, "request_id": None, "doc_url": None},
    ),
    "null for every field": Shape(
        b'{"title": null, "message": null, "error_code": null, "request_id": null}',
        {"title": None, "message": None, "error_code": None, "request_id": None},
    ),
    "JSON nested 200,000 deep": Shape(b"[" * 200_000 + b"]" * 200_000, {"title": None}),
    "invalid UTF-8": Shape(b"\xff\xfe\xfd", {"title": None}),
    "escape sequences": Shape(b"\x1b[31mred: \x1b]52;c;cm0=\x07", {}, "text/plain"),
    "a million characters": Shape(b"x" * 1_000_000, {"title": None}, "text/plain"),
}


def _class_of(status: int) -> type[APIStatusError]:
    return InternalServerError if status >= 500 else CLASSES.get(status, APIStatusError)


def _times_sent(status: int) -> int:
    return 3 if status >= 500 or status in RETRIED else 1


def _situation(status: int, name: str, shape: Shape) -> Situation:
    sent = _times_sent(status)
    having = {"status_code": status, **shape.having, "attempts": sent}
    outcome = Outcome(_class_of(status), having, says=(str(status),), requests=sent)
    step = Send(http_response(f"{status} Unexpected", shape.body, media_type=shape.media_type))
    return Situation(FAMILY, f"{status}, {name}", ((step,),), outcome)


def _statuses() -> Iterator[Situation]:
    for status in (*REGISTERED, *UNREGISTERED):
        for name, shape in SHAPES.items():
            yield _situation(status, name, shape)
    for status in BEYOND:
        yield _situation(status, "no body", SHAPES["no body"])
    for status in (400, 503):
        for name, shape in UNEXPECTED_BODIES.items():
            yield _situation(status, name, shape)
    for text in ("099", "000", "99", "1000", "-200", "2OO", "٢٠٠", ""):
        outcome = Outcome(APIConnectionError, requests=3)
        step = Send(b"HTTP/1.1 " + text.encode() + b" Unexpected\r\nContent-Length: 2\r\n\r\n{}")
        yield Situation(FAMILY, f"`{text}` for a status", ((step,),), outcome)


def _missing() -> Iterator[Situation]:
    """The two 404s of the logs operation; after the second, the client also fetches the record."""

    def step(body: Mapping[str, object]) -> Send:
        return Send(http_response("404 Not Found", json.dumps(body).encode()))

    logs, record = "/agents/calls/ac_1/logs", "/agents/calls/ac_1"
    outcome = Outcome(CallNotFoundError, {"status_code": 404}, paths=(logs,))
    yield Situation(FAMILY, "404, no such call", ((step(CALL_NOT_FOUND),),), outcome)

    def unavailable(name: str, responses: Send, reason: str, *, may_come: bool | None) -> Situation:
        having = {"reason": reason, "may_become_available": may_come, "status_code": 404}
        outcome = Outcome(CallLogsNotAvailableError, having, requests=2, paths=(logs, record))
        scripts = ((step(LOGS_NOT_AVAILABLE),), (responses,))
        return Situation(FAMILY, f"404, no logs, and {name}", scripts, outcome)

    def call(**more: object) -> Send:
        body = {"id": "ac_1", "agent_id": "agent_1", "status": "completed", **more}
        return Send(http_response("200 OK", json.dumps(body).encode()))

    long_ago, just_now = "2026-01-01T00:00:00Z", "2026-03-01T11:59:30Z"
    yield unavailable("the call continues", call(status="started"), "in_progress", may_come=True)
    yield unavailable(
        "it ended just now", call(end_time=just_now), "not_written_yet", may_come=True
    )
    gone = call(end_time=long_ago)
    yield unavailable("it ended long ago", gone, "expired_or_never_written", may_come=False)
    deleted = call(end_time=long_ago, redacted_at=long_ago)
    yield unavailable("it was deleted", deleted, "deleted", may_come=False)
    zero = call(end_time=just_now, zdr_enabled=True)
    yield unavailable("nothing is retained", zero, "zero_retention", may_come=False)
    for name, broken in {
        "the record is HTML": Send(http_response("200 OK", PAGE, media_type="text/html")),
        "the record is a 500": Send(http_response("500 Oh", b"")),
        "the record is a 404": step(CALL_NOT_FOUND),
        "the record is not HTTP": Send(b"\x00\x01\x02\x03\r\n\r\n"),
        "the record redirects": Send(head("302 Found", ("Location", "/"), ("Content-Length", "0"))),
    }.items():
        yield unavailable(name, broken, "unknown", may_come=None)


def _details() -> Iterator[Situation]:
    for name in ("x-request-id", "cartesia-request-id", "X-Cartesia-Request-Id"):
        step = Send(http_response("400 Bad", b"", (name, "r-1")))
        outcome = Outcome(BadRequestError, {"request_id": "r-1"})
        yield Situation(FAMILY, f"400, its id in `{name}`", ((step,),), outcome)
    quoting = Send(http_response("401 No", f"Bad key: {KEY}".encode(), media_type="text/plain"))
    shown = Outcome(AuthenticationError, {"message": "sk_car_…ghij"}, says=("sk_car_…ghij",))
    yield Situation(FAMILY, "401, the key quoted in it", ((quoting,),), shown)
    in_header = Send(http_response("401 No", b"", ("X-Key", KEY)))
    outcome = Outcome(AuthenticationError, {"headers": {"x-key": "sk_car_…ghij"}})
    yield Situation(FAMILY, "401, the key quoted in a header", ((in_header,),), outcome)
    for coding in ("gzip", "deflate"):
        step = Send(http_response("404 No", b"\xff\xff\xff", ("Content-Encoding", coding)))
        outcome = Outcome(NotFoundError, {"status_code": 404})
        yield Situation(FAMILY, f"404, garbage that claims to be {coding}", ((step,),), outcome)


SITUATIONS = (*_statuses(), *_missing(), *_details())
