"""Every engine accepts, or refuses, the same unusual heads and framings of responses."""

from __future__ import annotations

import pytest

from cartesia_calls import APIConnectionError
from engines import ENGINES, EngineName, a_request, send
from fake_server import FLAVOURS, Flavour
from scripted_server import ScriptedServer, serving

pytestmark = [ENGINES, FLAVOURS]

OK = b"HTTP/1.1 200 OK\r\n"
LENGTH = b"Content-Length: 2\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
CHUNKS = b"2\r\n{}\r\n0\r\n\r\n"
BEFORE_TRAILERS = OK + CHUNKED + b"\r\n2\r\n{}\r\n0\r\n"
TOO_MUCH = 5 * 100 * 1024


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(OK + LENGTH + CHUNKED + b"\r\n" + CHUNKS, id="a length before chunks"),
        pytest.param(OK + CHUNKED + LENGTH + b"\r\n" + CHUNKS, id="chunks before a length"),
        pytest.param((OK + LENGTH + b"\r\n").replace(b"\r", b"") + b"{}", id="bare line feeds"),
        pytest.param(OK + b"X: a\r\n b\r\n" + LENGTH + b"\r\n{}", id="a header in two lines"),
        pytest.param(OK + b"Content-Length:\r\n 2\r\n\r\n{}", id="a length in the next line"),
        pytest.param(OK + b"X: a\x01\x7f\r\n" + LENGTH + b"\r\n{}", id="control characters"),
        pytest.param(b"HTTP/1.2 200 OK\r\n" + LENGTH + b"\r\n{}", id="a version to come"),
        pytest.param(OK + CHUNKED + b"\r\n2 \r\n{}\r\n0\r\n\r\n", id="a space after a size"),
        pytest.param(OK + CHUNKED + b"\r\n2;a=b\r\n{}\r\n0;c\r\n\r\n", id="chunk extensions"),
        pytest.param(BEFORE_TRAILERS + b"X: y\r\n z\r\n\r\n", id="a trailer in two lines"),
        pytest.param(BEFORE_TRAILERS + LENGTH + b"\r\n", id="a length after chunks"),
    ],
)
def test_unusual_but_clear_responses_are_accepted(
    engine: EngineName, flavour: Flavour, sent: bytes
) -> None:
    with ScriptedServer(serving(sent)) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert (response.status_code, response.body) == (200, b"{}")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(
            b"HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", id="another protocol"
        ),
        pytest.param(OK + b"X: a\0b\r\n" + LENGTH + b"\r\n{}", id="a null byte"),
        pytest.param(OK + b"X: a\x0bb\r\n" + LENGTH + b"\r\n{}", id="a vertical tab"),
        pytest.param(OK + b"Content-Length : 2\r\n\r\n{}", id="a space before the colon"),
        pytest.param(BEFORE_TRAILERS + b"X: y\r\n" * TOO_MUCH + b"\r\n", id="endless trailers"),
        pytest.param(BEFORE_TRAILERS + b"X: " + b"y" * TOO_MUCH + b"\r\n\r\n", id="a long trailer"),
        pytest.param(OK + CHUNKED + b"\r\n2;" + b"y" * TOO_MUCH, id="a long chunk extension"),
    ],
)
def test_unclear_or_endless_responses_are_refused(
    engine: EngineName, flavour: Flavour, sent: bytes
) -> None:
    with ScriptedServer(serving(sent)) as server, pytest.raises(APIConnectionError) as caught:
        send(engine, flavour, a_request(server.url))
    assert type(caught.value) is APIConnectionError


@pytest.mark.parametrize(
    ("taken_by", "sent"),
    [
        pytest.param("httpx", OK + LENGTH * 2 + b"\r\n{}", id="one length twice"),
        pytest.param("httpx", OK + b"Content-Length: 2, 2\r\n\r\n{}", id="equal lengths"),
        pytest.param(
            "httpx", OK + CHUNKED + b"\r\n2;@@[]\r\n{}\r\n0\r\n\r\n", id="an unexpected extension"
        ),
        pytest.param("fast", b"\r\n" + OK + LENGTH + b"\r\n{}", id="a line break before it"),
        pytest.param(
            "fast", b"HTTP/1.1 200 O\0K\r\n" + LENGTH + b"\r\n{}", id="a null byte in the reason"
        ),
        pytest.param(
            "fast", OK + b" a: b\r\n" + LENGTH + b"\r\n{}", id="a first line that continues"
        ),
        pytest.param("fast", OK + CHUNKED + b"\r\n" + b"0" * 30 + CHUNKS, id="thirty zeros"),
    ],
)
def test_differences_between_engines_are_documented(
    engine: EngineName, flavour: Flavour, taken_by: EngineName, sent: bytes
) -> None:
    with ScriptedServer(serving(sent)) as server:
        request = a_request(server.url)
        if engine == taken_by:
            (response,) = send(engine, flavour, request)
            assert response.body == b"{}"
        else:
            with pytest.raises(APIConnectionError):
                send(engine, flavour, request)


def test_space_around_a_header_is_stripped(engine: EngineName, flavour: Flavour) -> None:
    sent = OK + b"X: \t a b \t \r\nContent-Length:  2  \r\n\r\n{}"
    with ScriptedServer(serving(sent)) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert (response.headers["x"], response.headers["content-length"]) == ("a b", "2")
