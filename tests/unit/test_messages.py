"""HTTP as bytes, as the engine `fast` reads and writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

pytest.importorskip("httptools", reason="the extra fast is not installed")

from cartesia_calls import ConfigurationError
from cartesia_calls._http import Response
from cartesia_calls._transports._route import find_route
from cartesia_calls._transports.fast._state import (
    LONGEST_HEAD,
    ConnectionState,
    UnreadableError,
    check_head,
    request_bytes,
)
from engines import a_request
from fake_server import KEY

if TYPE_CHECKING:
    from collections.abc import Iterable

WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def _read(*pieces: bytes) -> ConnectionState:
    reader = ConnectionState()
    for piece in pieces:
        reader.feed(piece)
    return reader


def _bytes(text: bytes) -> Iterable[bytes]:
    return (bytes([byte]) for byte in text)


@pytest.mark.parametrize("pieces", [[WHOLE], [WHOLE[:30], WHOLE[30:]], [*_bytes(WHOLE)]])
def test_a_response_is_read_in_pieces_of_any_size(pieces: list[bytes]) -> None:
    reader = _read(*pieces)
    assert reader.head == Response(200, {"content-length": "2"}, b"")
    assert reader.take() == b"{}"
    assert (reader.is_whole, reader.is_reusable) == (True, True)
    assert reader.take() == b""


def test_one_response_follows_another() -> None:
    reader = _read(WHOLE)
    reader.expect()
    assert (reader.head, reader.is_whole, reader.take()) == (None, False, b"")
    reader.feed(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\nX: 1\r\n\r\n")
    assert reader.head == Response(404, {"content-length": "0", "x": "1"}, b"")
    assert reader.is_reusable


def test_interim_responses_are_skipped() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    reader = _read(hints, hints)
    assert reader.head is None
    reader.feed(WHOLE)
    assert reader.head == Response(200, {"content-length": "2"}, b"")
    assert reader.is_reusable


@pytest.mark.parametrize("extra", [b"more", WHOLE, b"\r\nHTTP/1.1 200 OK\r\n"])
def test_bytes_after_a_response_are_discarded(extra: bytes) -> None:
    for reader in (_read(WHOLE + extra), _read(WHOLE, extra)):
        assert reader.head == Response(200, {"content-length": "2"}, b"")
        assert reader.take() == b"{}"
        assert (reader.is_whole, reader.is_reusable) == (True, False)


def test_trailers_are_no_headers() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    reader = _read(head, b"2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n")
    assert reader.head == Response(200, {"transfer-encoding": "chunked"}, b"")
    assert reader.take() == b"{}"
    assert reader.is_reusable


def test_a_connection_that_the_server_closes_is_not_used_again() -> None:
    assert not _read(WHOLE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).is_reusable
    assert not _read(
        b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    ).is_reusable


def test_the_end_of_the_connection_ends_a_body_of_unknown_length() -> None:
    reader = _read(b"HTTP/1.1 200 OK\r\n\r\n{", b"}")
    assert not reader.is_whole
    reader.feed(b"")
    assert reader.take() == b"{}"
    assert (reader.is_whole, reader.is_reusable) == (True, False)


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nConte",
        WHOLE[:-1],
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    ],
)
def test_the_end_of_the_connection_ends_nothing_else(begun: bytes) -> None:
    reader = _read(*([begun] if begun else []))
    with pytest.raises(UnreadableError, match="closed the connection"):
        reader.feed(b"")


@pytest.mark.parametrize("garbage", [b"\x16\x03\x01", b"SSH-2.0-x\r\n", b"HTTP/1.1 2OO OK\r\n"])
def test_bytes_that_are_no_http_are_refused(garbage: bytes) -> None:
    with pytest.raises(UnreadableError):
        _read(garbage)


def test_ctrl_c_while_a_response_is_parsed_is_no_bad_response() -> None:
    class Interrupted(ConnectionState):
        def on_body(self, piece: bytes) -> None:
            raise KeyboardInterrupt(piece)

    with pytest.raises(KeyboardInterrupt):
        Interrupted().feed(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx")


def test_the_length_of_heads_is_bounded() -> None:
    headers = [b"X: " + b"y" * 1000 + b"\r\n"] * (LONGEST_HEAD // 1000 + 1)
    with pytest.raises(UnreadableError, match=str(LONGEST_HEAD)):
        _read(b"HTTP/1.1 200 OK\r\n", *headers)


def test_the_repr_of_a_response_shows_no_header() -> None:
    assert repr(Response(200, {"x-echo": KEY}, b"")) == "<Response 200, 0 bytes>"


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (Response(99, {}, b""), "its status is 99"),
        (Response(101, {}, b""), "its status is 101"),
        (Response(200, {"x": "a\0b"}, b""), "a character that HTTP does not allow"),
        (Response(200, {"x ": "b"}, b""), "a character that HTTP does not allow"),
        (Response(200, {"transfer-encoding": "gzip"}, b""), "Transfer-Encoding"),
    ],
)
def test_meaningless_heads_are_refused(head: Response, says: str) -> None:
    with pytest.raises(UnreadableError, match=says):
        check_head(head)


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("http://127.0.0.1:8000", b"127.0.0.1:8000"),
        ("http://[::1]:8000", b"[::1]:8000"),
        ("https://api.cartesia.ai", b"api.cartesia.ai"),
        ("https://api.cartesia.ai:443", b"api.cartesia.ai"),
        ("https://api.cartesia.ai:", b"api.cartesia.ai"),
        ("http://127.0.0.1:0", b"127.0.0.1:0"),
    ],
)
def test_a_request_is_written_to_its_host(base_url: str, host: bytes) -> None:
    request = a_request(f"{base_url}/a?b=c", "POST")
    written = request_bytes(request, find_route(base_url).host_header)
    first, *headers = written.removesuffix(b"\r\n\r\n").split(b"\r\n")
    assert first == b"POST /a?b=c HTTP/1.1"
    assert b"Host: " + host in headers
    assert b"Content-Length: 0" in headers
    assert f"Authorization: Bearer {KEY}".encode() in headers


@pytest.mark.parametrize("target", ["a b", "a\r\nX: 1", "ä", "\x7f"])
def test_a_path_that_no_url_can_have_is_not_sent(target: str) -> None:
    with pytest.raises(ConfigurationError, match="can't be sent"):
        request_bytes(a_request(f"http://127.0.0.1/{target}"), "127.0.0.1")
