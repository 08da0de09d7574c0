"""A key that a server quotes is masked in every part of the response."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from pathlib import Path

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    APIStatusError,
    CartesiaError,
    Client,
    ResponseValidationError,
)
from engines import ENGINES, EngineName, a_request, send
from fake_server import FLAVOURS, KEY, FakeServer, Flavour
from scripted_server import ScriptedServer, http_response, serving
from skipping_clock import SkippingClock

NAME = KEY.encode()
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
MALFORMED = {
    "a status line": NAME + b"\r\n\r\n",
    "a header line": OK + NAME + b"\r\n\r\n",
    "the size of a chunk": CHUNKED + NAME + b"\r\n",
    "what follows a chunk": CHUNKED + b"1\r\n{" + NAME + b"\r\n",
}
ENCODED = {
    "its encoding": http_response(headers=b"Content-Encoding: %s\r\n" % NAME),
    "its encoding, a long one": http_response(
        headers=b"Content-Encoding: %s\r\n" % (b"x" * 285 + NAME + b"y" * 300)
    ),
}
WRONG = {
    "a body that is no log": http_response(json.dumps({"you sent": KEY}).encode()),
    "a body that is no log, where its excerpt ends": http_response(
        b'{"a": "' + b"x" * 473 + NAME + b'"}'
    ),
    "an error": http_response(json.dumps({"message": f"no: {KEY}"}).encode(), 401),
    "an error's text": http_response(b"x" * 1_985 + NAME, 400),
    "an error's headers": http_response(
        b"{}", 401, b"X-Request-Id: %s\r\n%s: 1\r\n" % (NAME, NAME)
    ),
    "where to go": http_response(b"", 302, b"Location: http://e.example/?k=%s\r\n" % NAME),
}
EACH = MALFORMED | ENCODED | WRONG


def _shown(error: Exception) -> str:
    """Return everything that a user may see of an error."""
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    trace = "".join(traceback.format_exception(error))
    return f"{error} {error!r} {vars(error)} {vars(copy)} {copy.args} {trace}"


def _check(shown: str) -> None:
    # No assert on the text itself: its explanation would show the key. Half a key is too much as well.
    is_shown = KEY[:-8] in shown
    assert not is_shown


@pytest.mark.parametrize("sent", EACH.values(), ids=EACH)
@pytest.mark.parametrize("method", ["logs", "stream_logs"])
@ENGINES
def test_no_error_and_no_log_record_shows_the_key(
    engine: EngineName, method: str, sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="cartesia_calls")
    events: list[str] = []
    with (
        ScriptedServer(serving(sent)) as server,
        Client(
            KEY,
            base_url=server.url,
            engine=engine,
            max_retries=1,
            clock=SkippingClock(),
            on_retry=lambda event: events.append(repr(event)),
        ) as client,
        pytest.raises(CartesiaError) as caught,
    ):
        client.calls.logs("ac_1") if method == "logs" else list(client.calls.stream_logs("ac_1"))
    _check(_shown(caught.value) + caplog.text + str(events))


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
@ENGINES
@FLAVOURS
def test_an_invalid_response_is_reported_and_not_quoted(
    engine: EngineName, flavour: Flavour, sent: bytes
) -> None:
    with ScriptedServer(serving(sent, b"")) as server, pytest.raises(APIConnectionError) as caught:
        send(engine, flavour, a_request(server.url, timeout=5))
    assert "No complete response" in caught.value.summary
    assert "b'" not in _shown(caught.value)


def test_a_recording_s_type_is_masked(tmp_path: Path) -> None:
    wrong = httpx.Response(200, headers={"content-type": f"text/{KEY}"})
    with pytest.raises(ResponseValidationError) as caught:
        FakeServer([wrong]).do(lambda client: client.calls.download_audio("ac_1", tmp_path / "a"))
    assert "text/sk_car_…ghij" in caught.value.problem
    _check(_shown(caught.value))


def test_an_invalid_response_to_the_users_own_client_is_not_quoted() -> None:
    failed = httpx.RemoteProtocolError(f"illegal status line: bytearray({NAME!r})")
    with pytest.raises(APIConnectionError, match="illegal status line") as caught:
        FakeServer([failed]).logs(max_retries=0)
    assert caught.value.__cause__ is None
    _check(_shown(caught.value))


@pytest.mark.parametrize("sent", WRONG.values(), ids=WRONG)
@ENGINES
def test_frames_do_not_show_a_response(engine: EngineName, sent: bytes) -> None:
    with (
        ScriptedServer(serving(sent)) as server,
        Client(KEY, base_url=server.url, engine=engine, max_retries=0) as client,
        pytest.raises(CartesiaError) as caught,
    ):
        client.calls.logs("ac_1")
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame.locals for frame in frames.stack if "cartesia_calls" in frame.filename]
    assert len(ours) > 1
    _check(str(ours))


@pytest.mark.parametrize(
    "key", [KEY, "a-key-without-a-prefix", "a.key'(?with*signs"], ids=["ordinary", "plain", "odd"]
)
def test_a_key_is_found_within_other_text(key: str) -> None:
    shown = repr(Client(key, engine="httpx")).partition("api_key=")[2].partition(",")[0]
    for text in (f"<{key}>", json.dumps({"you sent": f"<{key}>"}), f"<{key}> <{key}>"):
        assert _masked(key, text) == text.replace(key, shown)


def _masked(key: str, text: str) -> object:
    """Return a text from a server as an error's body shows it."""
    own = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(400, text=text)))
    with Client(key, http_client=own) as client, pytest.raises(APIStatusError) as caught:
        client.calls.logs("ac_1")
    body: object = caught.value.body
    return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
