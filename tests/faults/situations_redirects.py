"""Redirects: reported and never followed, so that the key stays with its host."""

from __future__ import annotations

from collections.abc import Iterator

from cartesia_calls import APIStatusError, AsyncClient, Client
from expectations import Outcome
from http_bytes import head, http_response
from raw_server import ELSEWHERE, HERE, Script, Send
from situation import Situation

FAMILY = "A redirect"
STATUSES = ("300", "301", "302", "303", "307", "308")
OWN_PATH = b"/agents/calls/ac_1/logs"
PLACES: dict[str, bytes] = {
    "to another host": ELSEWHERE + OWN_PATH,
    "to itself": HERE + OWN_PATH,
    "to plain HTTP elsewhere": b"http://api.example.com" + OWN_PATH,
    "to HTTPS": b"https://api.example.com" + OWN_PATH,
    "to a path": b"/login",
    "to a host without a scheme": b"//api.example.com/x",
    "to a user and a password": b"http://user:secret@api.example.com/",
    "to a script": b"javascript:alert(1)",
    "to a file": b"file:///etc/passwd",
    "to nonsense": b"::not a url::",
    "to bytes": b"\xff\xfe\xfd",
    "to an address with escape sequences": b"http://x/%1b[31m",
    "to nothing": b"",
    "to an address of 5,000 characters": b"https://example.com/" + b"x" * 5000,
}


def _status(client: Client | AsyncClient) -> object:
    return client.status()


def _redirect(status: str, *headers: tuple[str, str | bytes]) -> Script:
    return (Send(http_response(f"{status} Moved", b"", *headers)),)


def _refused(status: str) -> Outcome:
    words = ("Redirects are not followed",)
    return Outcome(APIStatusError, {"status_code": int(status), "attempts": 1}, says=words)


def _redirects() -> Iterator[Situation]:
    for status in STATUSES:
        for name in ("to another host", "to itself"):
            script = _redirect(status, ("Location", PLACES[name]))
            yield Situation(FAMILY, f"{status}, {name}", (script,), _refused(status))
    for name, place in PLACES.items():
        script = _redirect("302", ("Location", place))
        words = ("Redirects are not followed", place.decode()) if name == "to HTTPS" else ()
        outcome = Outcome(APIStatusError, {"status_code": 302}, says=words)
        if name not in {"to another host", "to itself"}:
            yield Situation(FAMILY, f"302, {name}", (script,), outcome)
    yield Situation(FAMILY, "302 without an address", (_redirect("302"),), _refused("302"))
    twice = _redirect("302", ("Location", "/a"), ("Location", ELSEWHERE))
    yield Situation(FAMILY, "302 with two addresses", (twice,), _refused("302"))
    refresh = (Send(http_response("302 Moved", b"", ("Refresh", b"0; url=" + ELSEWHERE))),)
    yield Situation(FAMILY, "302 with a refresh", (refresh,), _refused("302"))
    unchanged = (Send(head("304 Not Modified")),)
    outcome = Outcome(APIStatusError, {"status_code": 304})
    yield Situation(FAMILY, "304", (unchanged,), outcome)
    cookie = ("Set-Cookie", "sid=1; Domain=example.com")
    script = _redirect("302", ("Location", ELSEWHERE), cookie)
    yield Situation(FAMILY, "302 with a cookie", (script,), _refused("302"))
    moved = _redirect("301", ("Location", ELSEWHERE))
    yield Situation(
        FAMILY, "301 of the status operation", (moved,), _refused("301"), action=_status
    )


SITUATIONS = tuple(_redirects())
