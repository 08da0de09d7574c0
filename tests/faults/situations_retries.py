"""Temporary failures: retried as often as the settings allow, where that is harmless."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Literal

from cartesia_calls import (
    AgentCall,
    AgentCallLogs,
    APIConnectionError,
    APIStatusError,
    AsyncClient,
    Client,
    InternalServerError,
    RateLimitError,
)
from expectations import Outcome
from http_bytes import head, http_response
from raw_server import Close, Reset, Script, Send
from situation import Situation
from wrapped_operations import CALL

FAMILY = "A temporary failure"
RIGHT: Script = (Send(http_response()),)
PASSING: dict[str, Script] = {
    "408": (Send(http_response("408 Request Timeout", b"")),),
    "409": (Send(http_response("409 Conflict", b"")),),
    "429": (Send(http_response("429 Too Many Requests", b"")),),
    "500": (Send(http_response("500 Oh", b"")),),
    "502 in HTML": (Send(http_response("502 Bad Gateway", b"<html>", media_type="text/html")),),
    "503": (Send(http_response("503 Busy", b"")),),
    "504": (Send(http_response("504 Gateway Timeout", b"")),),
    "520": (Send(http_response("520 Unexpected", b"")),),
    "a reset": (Reset(),),
    "a connection closed": (Close(),),
    "a body cut short": (Send(http_response()[:-5]), Close()),
    "bytes that are not HTTP": (Send(b"\x00\x01\r\n\r\n"), Close()),
}
LASTING = ("400", "401", "402", "403", "404", "405", "410", "413", "422", "499")
# The longest pause before each retry; the client draws one from 0 up to it.
FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH = (
    (0.0, most) for most in (0.5, 1.0, 2.0, 4.0, 8.0, 8.0)
)


def _cancel(client: Client | AsyncClient) -> object:
    return client.calls.cancel("ac_1")


def _delete(client: Client | AsyncClient) -> object:
    return client.calls.delete("ac_1")


def _reading() -> Iterator[Situation]:
    for name, script in PASSING.items():
        # The stream has returned a part of the body already, so there is no retry.
        streamed: Outcome | Literal["the same"] = "the same"
        if name == "a body cut short":
            streamed = Outcome(APIConnectionError, {"attempts": 1}, pauses=())
        once = Outcome(AgentCallLogs, {"logs": ["one", "two"]}, requests=2, pauses=(FIRST,))
        yield Situation(FAMILY, f"{name}, once", (script, RIGHT), once, streamed=streamed)
        twice = Outcome(AgentCallLogs, {"logs": ["one", "two"]}, requests=3, pauses=(FIRST, SECOND))
        yield Situation(FAMILY, f"{name}, twice", (script, script, RIGHT), twice, streamed=streamed)
        kind = APIStatusError if name[0].isdigit() else APIConnectionError
        endless = Outcome(kind, {"attempts": 3}, requests=3, pauses=(FIRST, SECOND))
        yield Situation(FAMILY, f"{name}, for ever", (script,), endless, streamed=streamed)
    mixed = (PASSING["a reset"], PASSING["503"], RIGHT)
    value = Outcome(AgentCallLogs, requests=3)
    yield Situation(FAMILY, "a reset, then a 503, then a response", mixed, value)
    lasting = (PASSING["503"], (Send(http_response("403 No", b"")),), RIGHT)
    refused = Outcome(APIStatusError, {"status_code": 403, "attempts": 2}, requests=2)
    yield Situation(FAMILY, "a 503, then a 403", lasting, refused)


def _settings() -> Iterator[Situation]:
    for retries, pauses in (
        (0, ()),
        (1, (FIRST,)),
        (6, (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH)),
    ):
        outcome = Outcome(
            InternalServerError, {"attempts": retries + 1}, requests=retries + 1, pauses=pauses
        )
        name = f"503 for ever, and at most {retries} retries"
        yield Situation(FAMILY, name, (PASSING["503"],), outcome, {"max_retries": retries})
    for status in LASTING:
        outcome = Outcome(APIStatusError, {"attempts": 1}, pauses=())
        step = Send(http_response(f"{status} No", b""))
        yield Situation(FAMILY, f"{status}, which does not pass", ((step,), RIGHT), outcome)


def _acting() -> Iterator[Situation]:
    """An action is retried only if the server is known to have done nothing."""
    done = Send(http_response(body=b'{"cancelled": true}'))
    record = Send(http_response(body=json.dumps(CALL).encode()))
    for verb, action, right in (("cancel", _cancel, done), ("delete", _delete, record)):
        for name in ("500", "503", "504", "409"):
            outcome = Outcome(APIStatusError, {"status_code": int(name), "attempts": 1})
            scripts = (PASSING[name], (right,))
            yield Situation(FAMILY, f"{verb}: {name}", scripts, outcome, action=action)
        for name in ("a reset", "a connection closed", "a body cut short"):
            outcome = Outcome(APIConnectionError, {"attempts": 1, "may_have_arrived": True})
            scripts = (PASSING[name], (right,))
            yield Situation(FAMILY, f"{verb}: {name}", scripts, outcome, action=action)
        kind: type = type(None) if verb == "cancel" else AgentCall
        scripts = (PASSING["429"], (right,))
        outcome = Outcome(kind, requests=2, pauses=(FIRST,))
        yield Situation(FAMILY, f"{verb}: 429, once", scripts, outcome, action=action)
        outcome = Outcome(RateLimitError, {"attempts": 3}, requests=3)
        yield Situation(FAMILY, f"{verb}: 429, for ever", (PASSING["429"],), outcome, action=action)
        redirect = Send(head("307 Moved", ("Location", "/there"), ("Content-Length", "0")))
        outcome = Outcome(APIStatusError, {"status_code": 307})
        yield Situation(FAMILY, f"{verb}: a redirect", ((redirect,),), outcome, action=action)


SITUATIONS = (*_reading(), *_settings(), *_acting())
