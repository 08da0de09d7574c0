"""Slow servers: the timeout ends the request, however busy the connection is."""

from __future__ import annotations

from collections.abc import Iterator

from cartesia_calls import AgentCallLogs, APIConnectionError, APITimeoutError
from expectations import Outcome
from http_bytes import LOGS_BODY, head, http_response
from raw_server import Close, Endless, Pause, Script, Send, Silence
from situation import IMPATIENT, Situation

FAMILY = "A slow server"
OK = head("200 OK", ("Content-Length", "9999999"))
CHUNKED = head("200 OK", ("Transfer-Encoding", "chunked"))
GZIPPED = head("200 OK", ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
GZIP_START = b"a\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\r\n"
EMPTY_GZIP_BLOCK = b"5\r\n\x00\x00\x00\xff\xff\r\n"
SILENCE: dict[str, Script] = {
    "silence": (Silence(),),
    "silence after the status line": (Send(OK[:17]), Silence()),
    "silence after half a header": (Send(OK[:20]), Silence()),
    "silence after the head": (Send(OK), Silence()),
    "silence after half the body": (Send(http_response()[:-20]), Silence()),
    "silence before the last byte of the body": (Send(http_response()[:-1]), Silence()),
    "silence after a chunk": (Send(CHUNKED + b"1\r\n{\r\n"), Silence()),
    "silence before the last chunk": (
        Send(CHUNKED + b"%x\r\n%b\r\n" % (len(LOGS_BODY), LOGS_BODY)),
        Silence(),
    ),
    "silence after early hints": (Send(head("103 Early Hints")), Silence()),
    "silence after the head of a 404": (
        Send(head("404 Not Found", ("Content-Length", "100"))),
        Silence(),
    ),
    "silence after the head of a 503": (
        Send(head("503 Busy", ("Content-Length", "100"))),
        Silence(),
    ),
}
SLOW = 0.01
TRICKLES: dict[str, Script] = {
    "a status line": (Send(b"HTTP/1.1 200 "), Endless(b"O", SLOW)),
    "a header": (Send(b"HTTP/1.1 200 OK\r\nX: "), Endless(b"x", SLOW)),
    "headers": (Send(b"HTTP/1.1 200 OK\r\n"), Endless(b"X: y\r\n", 5 * SLOW)),
    "a body": (Send(OK), Endless(b" ", SLOW)),
    "a body without a length": (Send(head("200 OK")), Endless(b" ", SLOW)),
    "a body in chunks": (Send(CHUNKED), Endless(b"1\r\n \r\n", SLOW)),
    "the size of a chunk": (Send(CHUNKED), Endless(b"0", SLOW)),
    "a trailer": (Send(CHUNKED + b"0\r\n"), Endless(b"X: y\r\n", 5 * SLOW)),
    "gzip that holds nothing": (Send(GZIPPED + GZIP_START), Endless(EMPTY_GZIP_BLOCK, SLOW)),
    "the body of a 404": (
        Send(head("404 Not Found", ("Transfer-Encoding", "chunked"))),
        Endless(b"1\r\n \r\n", SLOW),
    ),
    "the body of a 503": (
        Send(head("503 Busy", ("Transfer-Encoding", "chunked"))),
        Endless(b"1\r\n \r\n", SLOW),
    ),
}

BODIES = {"a body", "a body without a length", "a body in chunks"}


def _timed_out() -> Outcome:
    says = ("within 0.1 s",)
    return Outcome(APITimeoutError, {"attempts": 1}, says, all_arrive=False)


def _silences() -> Iterator[Situation]:
    timed_out = _timed_out()
    for name, script in SILENCE.items():
        yield Situation(FAMILY, name, (script,), timed_out, IMPATIENT)
    thrice = Outcome(APITimeoutError, {"attempts": 3}, requests=3, all_arrive=False)
    patience = {"timeout": 0.1}
    yield Situation(FAMILY, "silence, and two retries", ((Silence(),),), thrice, patience)
    value = Outcome(AgentCallLogs, {"logs": ["one", "two"]}, requests=2)
    late = (Pause(60.0), Send(b"H"), Close())
    scripts = (late, (Send(http_response()),))
    yield Situation(FAMILY, "silence once, then a response", scripts, value, {"timeout": 30.0})


def _trickles() -> Iterator[Situation]:
    timed_out = _timed_out()
    too_much = Outcome(APIConnectionError, all_arrive=False)
    for name, script in TRICKLES.items():
        title = f"{name} that trickles in for ever"
        # The size limit may be reached before the timeout; either is right.
        outcome = too_much if name == "the size of a chunk" else timed_out
        if name in BODIES:
            # A user who reads piece by piece gets each piece.
            yield Situation(FAMILY, title, (script,), outcome, IMPATIENT, streamed=None)
        else:
            yield Situation(FAMILY, title, (script,), outcome, IMPATIENT)
    hints = (Endless(head("103 Early Hints"), 0.01),)
    yield Situation(FAMILY, "early hints for ever", (hints,), too_much, IMPATIENT)
    continued = (Endless(head("100 Continue"), 0.01),)
    yield Situation(FAMILY, "a 100 for ever", (continued,), too_much, IMPATIENT)


SITUATIONS = (*_silences(), *_trickles())
