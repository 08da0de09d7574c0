"""`Retry-After`: the client waits that long if the value is valid and short, and reports it otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from cartesia_calls import AgentCallLogs, APIStatusError, BadRequestError, RateLimitError
from expectations import Outcome, Range
from http_bytes import http_response
from raw_server import Script, Send
from situation import Situation

FAMILY = "A server that names a pause"
RIGHT: Script = (Send(http_response()),)
BACKOFF: Range = (0.0, 0.5)
# The laboratory's clock starts at noon on 1 March 2026.
SLEPT: dict[str, tuple[str, float]] = {
    "0": ("0", 0.0),
    "one second": ("1", 1.0),
    "half a second": ("0.5", 0.5),
    "a minute": ("60", 60.0),
    "spaces around the number": ("  2  ", 2.0),
    "a date in 30 seconds": ("Sun, 01 Mar 2026 12:00:30 GMT", 30.0),
    "a date in the past": ("Sun, 01 Mar 2026 11:00:00 GMT", 0.0),
    "a date of 1994": ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
    "a date with an offset": ("Sun, 01 Mar 2026 13:00:30 +0100", 30.0),
    "a date in the form of RFC 850": ("Sunday, 01-Mar-26 12:00:30 GMT", 30.0),
    "a date without a zone": ("Sun, 01 Mar 2026 12:00:30", 30.0),
}
TOO_LONG: dict[str, tuple[str, float]] = {
    "61 seconds": ("61", 61.0),
    "an hour": ("3600", 3600.0),
    "a day": ("86400", 86400.0),
    "a date in a day": ("Mon, 02 Mar 2026 12:00:00 GMT", 86400.0),
    "10 to the 300th": ("1e300", 1e300),
}
NONSENSE = (
    "soon",
    "",
    "-5",
    "-0.001",
    "nan",
    "inf",
    "Infinity",
    "1e400",
    "1_0",
    "0x10",
    "5 seconds",
    "1, 2",
    "1;2",
    "99 Foo 2026",
    "Sun, 99 Mar 2026 12:00:00 GMT",
    "Sun, 01 Mar 99999 12:00:00 GMT",
    "\xb2",
    "\xff\xfe",
    "9" * 5000,
)


def _busy(*headers: tuple[str, str | bytes], status: str = "429 Too Many Requests") -> Script:
    return (Send(http_response(status, b"", *headers)),)


def _slept(name: str, script: Script, pause: Range) -> Situation:
    outcome = Outcome(AgentCallLogs, {"logs": ["one", "two"]}, requests=2, pauses=(pause,))
    return Situation(FAMILY, name, (script, RIGHT), outcome)


def _values() -> Iterator[Situation]:
    for name, (value, pause) in SLEPT.items():
        yield _slept(name, _busy(("Retry-After", value)), (pause, pause))
    for name, (value, pause) in TOO_LONG.items():
        outcome = Outcome(RateLimitError, {"retry_after": pause, "attempts": 1}, pauses=())
        yield Situation(FAMILY, name, (_busy(("Retry-After", value)), RIGHT), outcome)
    for value in NONSENSE:
        name = f"nonsense: `{value[:40]!a}`"
        yield _slept(name, _busy(("Retry-After", value.encode("latin-1"))), BACKOFF)


def _milliseconds() -> Iterator[Situation]:
    yield _slept("250 ms", _busy(("retry-after-ms", "250")), (0.25, 0.25))
    both = _busy(("retry-after-ms", "250"), ("Retry-After", "3600"))
    yield _slept("250 ms, and an hour", both, (0.25, 0.25))
    other = _busy(("retry-after-ms", "soon"), ("Retry-After", "2"))
    yield _slept("nonsense ms, and two seconds", other, (2.0, 2.0))
    yield _slept("negative ms", _busy(("retry-after-ms", "-1")), BACKOFF)
    day = _busy(("retry-after-ms", "86400000"))
    outcome = Outcome(RateLimitError, {"retry_after": 86400.0}, pauses=())
    yield Situation(FAMILY, "a day of ms", (day, RIGHT), outcome)


def _statuses() -> Iterator[Situation]:
    for status in ("408", "409", "500", "502", "503", "520"):
        busy = _busy(("Retry-After", "3"), status=f"{status} Unexpected")
        yield _slept(f"3 seconds with a {status}", busy, (3.0, 3.0))
        day = _busy(("Retry-After", "86400"), status=f"{status} Unexpected")
        outcome = Outcome(APIStatusError, {"retry_after": 86400.0, "attempts": 1}, pauses=())
        yield Situation(FAMILY, f"a day with a {status}", (day, RIGHT), outcome)
    lasting = _busy(("Retry-After", "3"), status="400 Bad")
    outcome = Outcome(BadRequestError, {"retry_after": 3.0, "attempts": 1}, pauses=())
    yield Situation(FAMILY, "3 seconds with a 400", (lasting, RIGHT), outcome)
    for_ever = Outcome(
        RateLimitError,
        {"retry_after": 5.0, "attempts": 3},
        requests=3,
        pauses=((5.0, 5.0), (5.0, 5.0)),
    )
    yield Situation(FAMILY, "5 seconds, for ever", (_busy(("Retry-After", "5")),), for_ever)
    zero = Outcome(RateLimitError, {"attempts": 3}, requests=3, pauses=((0.0, 0.0), (0.0, 0.0)))
    yield Situation(FAMILY, "0, for ever", (_busy(("Retry-After", "0")),), zero)


SITUATIONS = (*_values(), *_milliseconds(), *_statuses())
