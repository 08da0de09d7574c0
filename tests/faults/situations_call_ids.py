"""Hostile ids: each is sent as one path segment, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from cartesia_calls import AgentCallLogs, AsyncClient, Client
from expectations import Outcome
from fake_server import Action
from http_bytes import http_response
from raw_server import Send
from situation import Situation

FAMILY = "A hostile call id"
# As in RFC 3986: everything but letters, digits and `-._~` is percent-encoded.
SENT: dict[str, str] = {
    "ac_1": "ac_1",
    "../agents": "..%2Fagents",
    "../../x": "..%2F..%2Fx",
    "a/b": "a%2Fb",
    "/": "%2F",
    "//evil.example.com/": "%2F%2Fevil.example.com%2F",
    "http://evil.example.com/": "http%3A%2F%2Fevil.example.com%2F",
    "a\\b": "a%5Cb",
    "..\\..": "..%5C..",
    "...": "...",
    "..;": "..%3B",
    "%2e%2e": "%252e%252e",
    "%2F": "%252F",
    "%": "%25",
    "%zz": "%25zz",
    "a?limit=1": "a%3Flimit%3D1",
    "a#b": "a%23b",
    "a&b=c": "a%26b%3Dc",
    "a;b": "a%3Bb",
    "a@b": "a%40b",
    "a:b": "a%3Ab",
    "a b": "a%20b",
    "a+b": "a%2Bb",
    "a\tb": "a%09b",
    "a\r\nX-Injected: 1": "a%0D%0AX-Injected%3A%201",
    "a HTTP/1.1\r\n\r\nGET /": "a%20HTTP%2F1.1%0D%0A%0D%0AGET%20%2F",
    "a\x00b": "a%00b",
    "\x1b[31m": "%1B%5B31m",
    "{call_id}": "%7Bcall_id%7D",
    "{}": "%7B%7D",
    "%s": "%25s",
    "$(id)": "%24%28id%29",
    "' OR 1=1 --": "%27%20OR%201%3D1%20--",
    '"><script>': "%22%3E%3Cscript%3E",
    "[::1]": "%5B%3A%3A1%5D",
    "ü": "%C3%BC",
    "日本": "%E6%97%A5%E6%9C%AC",
    "🍕": "%F0%9F%8D%95",
    "a\u2028b": "a%E2%80%A8b",
    "\u202egnp": "%E2%80%AEgnp",
    "\uff0f": "%EF%BC%8F",
    "\uff0e\uff0e": "%EF%BC%8E%EF%BC%8E",
    "~": "~",
    "-": "-",
    "None": "None",
    " ac_1 ": "%20ac_1%20",
    "x" * 1000: "x" * 1000,
}
REFUSED: dict[str, object] = {
    "an empty string": "",
    "one dot": ".",
    "two dots": "..",
    "spaces": "   ",
    "a line break": "\n",
    "half a surrogate pair": "ac_\ud83c",
    "1,001 characters": "x" * 1001,
}
MISTYPED: dict[str, object] = {
    "None": None,
    "a number": 1,
    "bytes": b"ac_1",
    "a list": ["ac_1"],
    "a boolean": True,
}


def _logs_of(call_id: object) -> Action:
    def action(client: Client | AsyncClient) -> object:
        return client.calls.logs(cast("str", call_id))

    return action


def _ids() -> Iterator[Situation]:
    script = (Send(http_response()),)
    for call_id, segment in SENT.items():
        paths = (f"/agents/calls/{segment}/logs",)
        outcome = Outcome(AgentCallLogs, paths=paths)
        name = ascii(call_id) if len(call_id) < 100 else f"{len(call_id)} characters"
        yield Situation(FAMILY, f"`{name}`", (script,), outcome, action=_logs_of(call_id))
    for name, value in REFUSED.items():
        outcome = Outcome(ValueError, says=("call_id",), requests=0)
        yield Situation(FAMILY, name, (script,), outcome, action=_logs_of(value))
    for name, value in MISTYPED.items():
        outcome = Outcome(TypeError, says=("call_id must be a string",), requests=0)
        yield Situation(FAMILY, f"{name} for an id", (script,), outcome, action=_logs_of(value))


SITUATIONS = tuple(_ids())
