"""Connections that break, or that carry no HTTP: one error, after the retries."""

from __future__ import annotations

from collections.abc import Iterator

from cartesia_calls import (
    AgentCallLogs,
    APIConnectionError,
    AsyncClient,
    CartesiaError,
    Client,
    ResponseValidationError,
)
from expectations import Outcome
from http_bytes import LOGS_BODY, chunked, head, http_response, zipped
from raw_server import Close, Reset, Script, Send
from situation import WITHOUT_RETRIES, Situation

FAMILY = "A connection that breaks"
RESPONSE = http_response()
HEAD = RESPONSE[: -len(LOGS_BODY)]
LONG = head("200 OK", ("Content-Length", "1000"), ("Content-Type", "application/json"))
CHUNKED = head("200 OK", ("Transfer-Encoding", "chunked"))
BROKEN: dict[str, Script] = {
    "closed before the response": (Close(),),
    "reset before the response": (Reset(),),
    "closed in the status line": (Send(HEAD[:7]), Close()),
    "reset in the status line": (Send(HEAD[:7]), Reset()),
    "closed in the headers": (Send(HEAD[:30]), Close()),
    "reset in the headers": (Send(HEAD[:30]), Reset()),
    "closed between head and body": (Send(HEAD), Close()),
    "reset between head and body": (Send(HEAD), Reset()),
    "closed in the body": (Send(RESPONSE[:-10]), Close()),
    "reset in the body": (Send(RESPONSE[:-10]), Reset()),
    "a whole JSON document, and more was announced": (Send(LONG + LOGS_BODY), Close()),
    "closed before the first chunk": (Send(CHUNKED), Close()),
    "closed inside a chunk": (Send(CHUNKED + b"ff\r\n" + LOGS_BODY), Close()),
    "closed before the last chunk": (Send(CHUNKED + chunked(LOGS_BODY, end=b"")), Close()),
    "reset before the last chunk": (Send(CHUNKED + chunked(LOGS_BODY, end=b"")), Reset()),
    "closed after early hints": (Send(head("103 Early Hints")), Close()),
}
BROKEN_AFTER_A_PIECE = {
    "closed in the body",
    "reset in the body",
    "a whole JSON document, and more was announced",
    "closed inside a chunk",
    "closed before the last chunk",
    "reset before the last chunk",
}
NOT_HTTP: dict[str, bytes] = {
    "bytes that are not HTTP": bytes(range(256)),
    "the greeting of an SSH server": b"SSH-2.0-OpenSSH_9.6\r\n",
    "the greeting of a mail server": b"220 mail.example.com ESMTP\r\n",
    "a TLS alert": b"\x15\x03\x01\x00\x02\x02\x28",
    "a frame of HTTP/2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + bytes(18),
    "JSON without HTTP": LOGS_BODY + b"\r\n\r\n",
    "HTML without HTTP": b"<html></html>\r\n\r\n",
    "HTTP/0.9": LOGS_BODY,
    "only line breaks": b"\r\n" * 50,
    "a request instead of a response": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
}
BAD_HEADERS: dict[str, bytes] = {
    "two lengths that differ": head("200 OK", ("Content-Length", "5"), ("Content-Length", "89")),
    "a negative length": head("200 OK", ("Content-Length", "-1")),
    "a length in words": head("200 OK", ("Content-Length", "many")),
    "a length of 10 to the 30th": head("200 OK", ("Content-Length", "1" + "0" * 30)),
    "a header without a colon": b"HTTP/1.1 200 OK\r\nNonsense\r\nContent-Length: 89\r\n\r\n",
    "a header without a name": b"HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 89\r\n\r\n",
    "an unsolicited change of protocol": head("101 Switching", ("Upgrade", "websocket")),
    "a null byte in a header": b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 89\r\n\r\n",
}
BAD_CHUNKS: dict[str, bytes] = {
    "a chunk size in words": b"many\r\n",
    "a negative chunk size": b"-5\r\nhello\r\n",
    "a chunk size of 40 digits": b"f" * 40 + b"\r\n",
    "an empty chunk size": b"\r\nhello\r\n0\r\n\r\n",
}


def _nothing_whole(name: str, *script: Send | Close | Reset) -> Situation:
    outcome = Outcome(APIConnectionError, {"attempts": 3}, requests=3)
    return Situation(FAMILY, name, (script,), outcome)


def _broken() -> Iterator[Situation]:
    once = Outcome(APIConnectionError, {"attempts": 1})
    for name, script in BROKEN.items():
        outcome = Outcome(APIConnectionError, {"attempts": 3}, requests=3)
        # The stream has returned the first piece of the body already.
        if name in BROKEN_AFTER_A_PIECE:
            yield Situation(FAMILY, name, (script,), outcome, streamed=once)
        else:
            yield Situation(FAMILY, name, (script,), outcome)
    for name, data in NOT_HTTP.items():
        yield _nothing_whole(name, Send(data), Close())
    for name, data in BAD_HEADERS.items():
        yield _nothing_whole(name, Send(data + LOGS_BODY), Close())
    for name, data in BAD_CHUNKS.items():
        yield _nothing_whole(name, Send(CHUNKED + data), Close())
    outcome = Outcome(APIConnectionError, {"attempts": 3}, requests=3)
    script = (Send(CHUNKED + b"2\r\nhello\r\n0\r\n\r\n"), Close())
    name = "a chunk longer than it says"
    # One engine returns the chunk, which is no JSON, before it reads the rest.
    yield Situation(FAMILY, name, (script,), outcome, streamed=None)


def _lengths() -> Iterator[Situation]:
    short = head("200 OK", ("Content-Length", "20")) + LOGS_BODY
    cut = Outcome(ResponseValidationError, {"pointer": ""}, says=("is not JSON",))
    name = "a body longer than announced, cut there"
    yield Situation(FAMILY, name, ((Send(short), Close()),), cut)
    zero = head("200 OK", ("Content-Length", "0")) + LOGS_BODY
    empty = Outcome(ResponseValidationError, {"pointer": ""}, says=("is empty",))
    name = "a body where none was announced"
    yield Situation(FAMILY, name, ((Send(zero), Close()),), empty)
    value = Outcome(AgentCallLogs, {"logs": ["one", "two"]})
    name = "garbage after the body that was announced"
    yield Situation(FAMILY, name, ((Send(RESPONSE + b"\x00garbage" * 100), Close()),), value)
    cut_gzip = zipped()[:-12]
    encoded = head("200 OK", ("Content-Length", str(len(zipped()))), ("Content-Encoding", "gzip"))
    gone = Outcome(CartesiaError, requests=3)
    name = "gzip that breaks off before the length that was announced"
    script = (Send(encoded + cut_gzip), Close())
    yield Situation(FAMILY, name, (script,), gone, streamed=Outcome(CartesiaError))


def _two(client: Client | AsyncClient) -> object:
    if isinstance(client, AsyncClient):
        return _two_awaited(client)
    return [client.calls.logs(call_id).call_id for call_id in ("ac_1", "ac_2")]


async def _two_awaited(client: AsyncClient) -> list[str]:
    return [(await client.calls.logs(call_id)).call_id for call_id in ("ac_1", "ac_2")]


def _reused() -> Iterator[Situation]:
    """Two requests of one client; the rest of the first response is not the second response."""
    right = http_response(body=LOGS_BODY.replace(b"ac_1", b"ac_2"))
    forged = http_response(body=LOGS_BODY.replace(b"ac_1", b"forged"))
    both = Outcome(list, equals=["ac_1", "ac_2"], requests=2)
    for name, first in {
        "a second, unsolicited response": (Send(RESPONSE + forged),),
        "garbage after a body": (Send(RESPONSE + b"garbage"),),
        "closed after a response, without a word": (Send(RESPONSE), Close()),
    }.items():
        scripts = (first, (Send(right),))
        yield Situation(FAMILY, f"{name}, then another request", scripts, both, action=_two)


def _unreachable() -> Iterator[Situation]:
    for name, url in {
        "a port without a server": "http://127.0.0.1:9",
        "a host without an address": "https://nowhere.invalid",
    }.items():
        outcome = Outcome(
            APIConnectionError, {"attempts": 3, "may_have_arrived": False}, requests=0
        )
        yield Situation(FAMILY, name, ((),), outcome, settings={"base_url": url})
    outcome = Outcome(APIConnectionError, {"attempts": 1}, requests=1)
    yield Situation(
        FAMILY, "reset, and no retries are wanted", ((Reset(),),), outcome, WITHOUT_RETRIES
    )


SITUATIONS = (*_broken(), *_lengths(), *_reused(), *_unreachable())
