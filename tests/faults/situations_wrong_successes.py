"""Successes that do not match the spec: the client always raises, and returns no value."""

from __future__ import annotations

import json
from collections.abc import Iterator

from cartesia_calls import ResponseValidationError
from expectations import Outcome
from http_bytes import (
    JSON_TYPE,
    LOGS_BODY,
    head,
    http_response,
    json_response,
    logs_with,
    logs_without,
    text_response,
    zipped,
)
from raw_server import Send, Step
from situation import Situation

FAMILY = "A success that does not match the spec"
DEEP = 200_000
WRONG_VALUES: dict[str, object] = {
    "null": None,
    "a boolean": True,
    "a number": 17,
    "a fraction": 1.5,
    "a string": "x",
    "an array": ["x"],
    "an object": {"x": "y"},
}
NOT_JSON: dict[str, bytes] = {
    "HTML": b"<!doctype html><title>Welcome</title>",
    "plain text": b"all is well",
    "half of the JSON": LOGS_BODY[: len(LOGS_BODY) // 2],
    "JSON and then more": LOGS_BODY + b" trailing",
    "two JSON documents": LOGS_BODY + LOGS_BODY,
    "NaN as a number": LOGS_BODY[:-1] + b', "x": NaN}',
    "Infinity as a number": LOGS_BODY[:-1] + b', "x": -Infinity}',
    "single quotes": b"{'call_id': 'ac_1', 'logs': []}",
    "a comma too many": LOGS_BODY[:-1] + b",}",
    "a comma too many after the lines": LOGS_BODY.replace(b'"two"]', b'"two",]'),
    "a comma too many after the lines, and a space": LOGS_BODY.replace(b'"two"]', b'"two" , ]'),
    "a control character in a string": LOGS_BODY.replace(b"one", b"o\x00ne"),
    "a line break in a string": LOGS_BODY.replace(b"one", b"o\nne"),
    "an escape that JSON does not have": LOGS_BODY.replace(b"one", b"\\x41"),
    "invalid UTF-8": LOGS_BODY.replace(b"one", b"\xff\xfe"),
    "UTF-8 cut inside a character": LOGS_BODY.replace(b"one", b"\xe2\x82"),
    "overlong UTF-8": LOGS_BODY.replace(b"one", b"\xc0\xaf"),
    "half a surrogate pair as UTF-8": LOGS_BODY.replace(b"one", b"\xed\xa0\x80"),
    "Latin-1": LOGS_BODY.replace(b"one", "Grüße".encode("latin-1")),
    "one space": b" ",
    "one quote": b'"',
    "null bytes": bytes(100),
    "server-sent events": b"data: {}\n\n",
    "XML": b'<?xml version="1.0"?><logs/>',
    "a number of a million digits": LOGS_BODY[:-1] + b', "x": ' + b"9" * 1_000_000 + b"}",
}
DEEP_JSON: dict[str, bytes] = {
    "arrays, nested 200,000 deep": b"[" * DEEP + b"]" * DEEP,
    "arrays, 200,000 of them opened": b"[" * DEEP,
    "objects, nested 200,000 deep": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "an unknown field nested 200,000 deep": LOGS_BODY[:-1]
    + b', "x": '
    + b"[" * DEEP
    + b"]" * DEEP
    + b"}",
    "logs nested 200,000 deep": b'{"call_id": "a", "logs": ' + b"[" * DEEP + b"]" * DEEP + b"}",
}
BAD_TIMES: dict[str, object] = {
    "without an offset": "2026-03-01T10:00:00",
    "a date alone": "2026-03-01",
    "empty": "",
    "words": "yesterday",
    "a number": 1772359200,
    "a number in a string": "1772359200",
    "null": None,
    "in the basic format": "20260301T100000Z",
    "a week date": "2026-W09-7T10:00:00Z",
    "a month that does not exist": "2026-13-01T10:00:00Z",
    "a day that does not exist": "2026-02-30T10:00:00Z",
    "an hour that does not exist": "2026-03-01T25:00:00Z",
    "an offset of two digits": "2026-03-01T10:00:00+05",
    "an offset without its colon": "2026-03-01T10:00:00+0500",
    "an offset of 25 hours": "2026-03-01T10:00:00+25:00",
    "without seconds": "2026-03-01T10:00Z",
    "a comma before the fraction": "2026-03-01T10:00:00,5Z",
    "Arabic digits": "٢٠٢٦-03-01T10:00:00Z",
    "the year zero": "0000-03-01T10:00:00Z",
    "spaces around it": " 2026-03-01T10:00:00Z ",
    "a line break after it": "2026-03-01T10:00:00Z\n",
    "the form of HTTP": "Sun, 01 Mar 2026 10:00:00 GMT",
    "an array": [],
    "an object": {},
}
SUCCESSES = (201, 202, 203, 206, 207, 226, 299)


def _refused(name: str, step: Step, pointer: str = "", *says: str) -> Situation:
    # The client does not retry, since the same response would come again.
    outcome = Outcome(ResponseValidationError, {"pointer": pointer}, says=says)
    return Situation(FAMILY, name, ((step,),), outcome)


def _bodies() -> Iterator[Situation]:
    yield _refused("an empty body", Send(http_response(body=b"")), "", "is empty")
    for name, body in NOT_JSON.items():
        yield _refused(name, text_response(body, media_type="application/json"), "", "is not JSON")
    html = text_response(NOT_JSON["HTML"], media_type="text/html")
    yield _refused("HTML with its media type", html, "", "is not JSON")
    for name, body in DEEP_JSON.items():
        yield _refused(name, text_response(body, media_type="application/json"), "")
    for name, value in WRONG_VALUES.items():
        if name != "an object":
            yield _refused(
                f"{name} instead of an object", json_response(value), "", "not an object"
            )
    yield _refused("an empty array", json_response([]), "", "is an array, not an object")
    yield _refused("an empty object", json_response({}), "/call_id", "is required and missing")
    enveloped = json_response({"data": json.loads(LOGS_BODY)})
    yield _refused("the right object inside another", enveloped, "/call_id", "required")
    error = json_response({"message": "Call not found", "description": "No such call."})
    yield _refused("an error's body with a 200", error, "/call_id", "required")


def _fields() -> Iterator[Situation]:
    wrong = {
        "call_id": ("a string",),
        "logs": ("an array",),
        "updated_at": ("a string",),
    }
    for field, right in wrong.items():
        missing = json_response(logs_without(field))
        yield _refused(f"no `{field}`", missing, f"/{field}", "is required and missing")
        for kind, value in WRONG_VALUES.items():
            if kind not in right:
                step = json_response(logs_with(**{field: value}))
                yield _refused(f"`{field}` is {kind}", step, f"/{field}")
    for kind, value in WRONG_VALUES.items():
        if kind != "a string":
            step = json_response(logs_with(logs=["a", value, "b"]))
            yield _refused(f"a line is {kind}", step, "/logs/1", "not a string")
    late = json_response(logs_with(logs=["a"] * 10_000 + [None]))
    yield _refused("the last of 10,001 lines is null", late, "/logs/10000")
    spelt = json_response({"callId": "a", "logs": [], "updatedAt": "2026-03-01T10:00:00Z"})
    yield _refused("names in another spelling", spelt, "/call_id", "is required and missing")


def _times() -> Iterator[Situation]:
    for name, value in BAD_TIMES.items():
        step = json_response(logs_with(updated_at=value))
        yield _refused(f"`updated_at` is a time {name}", step, "/updated_at")


def _encodings() -> Iterator[Situation]:
    def encoded(coding: str, body: bytes) -> Send:
        return Send(http_response("200 OK", body, ("Content-Encoding", coding)))

    yield _refused("gzip without a header", Send(http_response(body=zipped())), "", "is not JSON")
    yield _refused("plain JSON that claims to be gzip", encoded("gzip", LOGS_BODY))
    yield _refused("plain JSON that claims to be deflate", encoded("deflate", LOGS_BODY))
    yield _refused("gzip cut in its middle", encoded("gzip", zipped()[:40]))
    yield _refused("gzip cut before its checksum", encoded("gzip", zipped()[:-8]))
    yield _refused("gzip with a wrong checksum", encoded("gzip", zipped()[:-8] + bytes(8)))
    yield _refused("gzip with a garbled middle", encoded("gzip", zipped()[:20] + bytes(60)))
    yield _refused("gzip of an empty body", encoded("gzip", zipped(b"")), "", "is empty")
    yield _refused("gzip inside gzip, announced once", encoded("gzip", zipped(zipped())))
    yield _refused("garbage that claims to be br", encoded("br", b"\xff" * 50))
    yield _refused("garbage that claims to be zstd", encoded("zstd", b"\xff" * 50))
    yield _refused("garbage in an unknown coding", encoded("x-rot13", b"\xff" * 50))


def _statuses() -> Iterator[Situation]:
    for status in (204, 205):
        step = Send(head(status, *JSON_TYPE.items()))
        extra = (("Content-Length", "0"),) if status == 205 else ()
        step = Send(head(f"{status} Nothing", *extra))
        yield _refused(f"a {status} without a body", step)
    for status in SUCCESSES:
        step = Send(http_response(f"{status} Unexpected"))
        yield _refused(f"the right body with a {status}", step, "", str(status))


SITUATIONS = (*_bodies(), *_fields(), *_times(), *_encodings(), *_statuses())
