"""Every engine sends the same requests, reads the same responses, and fails in the same ways."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import time
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest

from cartesia_calls import (
    APIConnectionError,
    APITimeoutError,
    AsyncClient,
    Client,
    ConfigurationError,
    ResponseValidationError,
)
from cartesia_calls._part_file import FileSink
from engines import ENGINES, INSTALLED, EngineName, SyncTransport, a_request, async_transport, send
from fake_clock import FakeClock
from fake_server import FLAVOURS, KEY, Flavour
from scripted_server import Script, ScriptedServer, http_response, serving

pytestmark = [ENGINES, FLAVOURS]

LOG = b'{"logs": ["' + b"line " * 1000 + b'"]}'


def _fails(
    engine: EngineName,
    flavour: Flavour,
    script: Script,
    *,
    timeout: float = 30,
    max_bytes: int = 1_000_000,
    clock: FakeClock | None = None,
) -> Exception:
    with ScriptedServer(script) as server:
        request = a_request(server.url, timeout=timeout, max_bytes=max_bytes)
        with pytest.raises((APIConnectionError, ResponseValidationError)) as caught:
            send(engine, flavour, request, clock=clock)
    return caught.value


def test_a_request_is_sent_with_only_its_own_headers(engine: EngineName, flavour: Flavour) -> None:
    with ScriptedServer(serving(http_response())) as server:
        send(engine, flavour, a_request(f"{server.url}/a%2Fb?c=%20d"))
    (head,) = server.heads
    first, *lines = head.decode().split("\r\n")
    assert first == "GET /x/a%2Fb?c=%20d HTTP/1.1"
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert headers == {
        "host": server.url.split("/")[2],
        "accept": "application/json",
        "accept-encoding": "gzip, deflate",
        "authorization": f"Bearer {KEY}",
        "user-agent": "tests",
        "x-trace": "7",
    }
    assert len(lines) == len(headers)


def test_a_post_without_a_body_has_a_length_of_zero(engine: EngineName, flavour: Flavour) -> None:
    with ScriptedServer(serving(http_response())) as server:
        send(engine, flavour, a_request(server.url, "POST"))
    assert server.heads[0].lower().count(b"content-length: 0") == 1


@pytest.mark.parametrize("status", [200, 299, 301, 304, 404, 407, 429, 499, 503, 520, 600, 999])
def test_every_status_is_a_response(engine: EngineName, flavour: Flavour, status: int) -> None:
    with ScriptedServer(serving(http_response(LOG if status != 304 else b"", status))) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert response.status_code == status
    assert response.body == (LOG if status != 304 else b"")
    assert len(server.heads) == 1


def test_a_redirect_is_returned(engine: EngineName, flavour: Flavour) -> None:
    moved = http_response(b"", 302, b"Location: /elsewhere\r\n")
    with ScriptedServer(serving(moved)) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert (response.status_code, response.headers["location"]) == (302, "/elsewhere")
    assert len(server.heads) == 1


def test_no_cookie_is_sent_back(engine: EngineName, flavour: Flavour) -> None:
    with ScriptedServer(
        serving(http_response(headers=b"Set-Cookie: sid=of-this-account\r\n"))
    ) as server:
        first, _ = send(engine, flavour, a_request(server.url), a_request(server.url))
    assert first.headers["set-cookie"] == "sid=of-this-account"
    assert b"cookie" not in server.heads[1].lower()


def test_one_connection_serves_one_request_after_the_other(
    engine: EngineName, flavour: Flavour
) -> None:
    with ScriptedServer(serving(http_response())) as server:
        send(engine, flavour, *[a_request(server.url)] * 5)
    assert server.connections == 1


def test_repeated_headers_are_joined_and_unexpected_bytes_do_no_harm(
    engine: EngineName, flavour: Flavour
) -> None:
    unusual = http_response(headers=b"X-B: 1\r\nx-raw: caf\xe9 \xff\r\nX-b: 2\r\n")
    with ScriptedServer(serving(unusual)) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert response.headers["x-b"] == "1, 2"
    assert response.headers["x-raw"]


def test_early_hints_are_skipped(engine: EngineName, flavour: Flavour) -> None:
    hint = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    with ScriptedServer(serving(hint * 3 + http_response(LOG))) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert (response.status_code, response.body) == (200, LOG)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(LOG, mtime=0)),
        ("x-gzip", gzip.compress(LOG, mtime=0)),
        ("gzip", gzip.compress(LOG[:9], mtime=0) + gzip.compress(LOG[9:], mtime=0)),
        ("GZip", gzip.compress(LOG, mtime=0) + bytes(8)),
        ("deflate", zlib.compress(LOG)),
        ("deflate", zlib.compress(LOG, wbits=-15)),
        ("identity", LOG),
        ("identity, gzip", gzip.compress(LOG, mtime=0)),
        ("", LOG),
    ],
)
def test_an_encoded_body_is_decoded(
    engine: EngineName, flavour: Flavour, encoding: str, body: bytes
) -> None:
    encoded = http_response(body, headers=b"Content-Encoding: %s\r\n" % encoding.encode())
    with ScriptedServer(serving(encoded)) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert response.body == LOG


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", b"this is no gzip"),
        ("gzip", gzip.compress(LOG, mtime=0)[:-9]),
        ("deflate", b"x"),
        ("br", b"not requested"),
        ("gzip, gzip", gzip.compress(gzip.compress(LOG, mtime=0), mtime=0)),
    ],
)
def test_a_wrong_content_encoding_fails_only_a_success(
    engine: EngineName, flavour: Flavour, encoding: str, body: bytes
) -> None:
    header = b"Content-Encoding: %s\r\n" % encoding.encode()
    error = _fails(engine, flavour, serving(http_response(body, headers=header)))
    assert isinstance(error, ResponseValidationError)
    assert "can't be decoded" in str(error)

    with ScriptedServer(serving(http_response(body, 503, header))) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert (response.status_code, response.body) == (503, b"")


@pytest.mark.parametrize("status", [200, 404])
@pytest.mark.parametrize("how", ["announced", "chunked", "to the end", "gzip", "deflate"])
def test_a_success_longer_than_allowed_is_refused_and_an_error_is_cut(
    engine: EngineName, flavour: Flavour, how: str, status: int
) -> None:
    large = b" " * 300_000
    start = b"HTTP/1.1 %d X\r\n" % status
    raw = {
        "announced": start + b"Content-Length: 99999999999\r\n\r\n" + large,
        "chunked": start
        + b"Transfer-Encoding: chunked\r\n\r\n493e0\r\n"
        + large
        + b"\r\n0\r\n\r\n",
        "to the end": start + b"\r\n" + large,
        "gzip": http_response(gzip.compress(large), status, b"Content-Encoding: gzip\r\n"),
        "deflate": http_response(zlib.compress(large), status, b"Content-Encoding: deflate\r\n"),
    }[how]
    if status == 404:
        with ScriptedServer(serving(raw)) as server:
            (response,) = send(engine, flavour, a_request(server.url, max_bytes=100_000))
        assert (response.status_code, len(response.body)) == (404, 100_000)
        return
    error = _fails(engine, flavour, serving(raw), max_bytes=100_000)
    assert isinstance(error, ResponseValidationError)
    assert f"(status {status}) is longer than 100000 bytes" in str(error)


def test_a_body_of_the_allowed_length_is_accepted(engine: EngineName, flavour: Flavour) -> None:
    with ScriptedServer(serving(http_response(bytes(100_000)))) as server:
        (response,) = send(engine, flavour, a_request(server.url, max_bytes=100_000))
    assert len(response.body) == 100_000


def test_a_sink_receives_a_long_body_piece_by_piece(engine: EngineName, flavour: Flavour) -> None:
    body = bytes(range(256)) * 8000
    file, seen = BytesIO(), list[tuple[int, int | None]]()
    sink = FileSink(file, lambda written, total: seen.append((written, total)))
    with ScriptedServer(serving(http_response(body))) as server:
        request = a_request(server.url, sink=sink, max_bytes=1000)
        (response,) = send(engine, flavour, request)
    assert (response.status_code, response.body) == (200, b"")
    assert file.getvalue() == body
    assert seen[-1] == (len(body), len(body))
    assert len(seen) > 1


def test_the_body_of_an_error_does_not_go_to_the_sink(engine: EngineName, flavour: Flavour) -> None:
    file = BytesIO(b"before")
    with ScriptedServer(serving(http_response(b"no", 404))) as server:
        request = a_request(server.url, sink=FileSink(file, None))
        (response,) = send(engine, flavour, request)
    assert (response.body, file.getvalue()) == (b"no", b"before")


def _reset(connection: socket.socket, _head: bytes) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    return False


def _then_hang_up(sent: bytes) -> Script:
    def script(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(sent)
        return False

    return script


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(_reset, id="reset"),
        pytest.param(_then_hang_up(b""), id="no response"),
        pytest.param(_then_hang_up(b"HTTP/1.1 200 OK\r\nX: "), id="head cut short"),
        pytest.param(_then_hang_up(http_response(LOG)[:-10]), id="body cut short"),
        pytest.param(
            _then_hang_up(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"),
            id="chunk cut short",
        ),
        pytest.param(_then_hang_up(b"\x16\x03\x01 not HTTP\r\n\r\n"), id="not HTTP"),
        pytest.param(_then_hang_up(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), id="length"),
        pytest.param(serving(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 3_000_000), id="huge head"),
    ],
)
def test_half_a_response_is_a_connection_error(
    engine: EngineName, flavour: Flavour, script: Script
) -> None:
    error = _fails(engine, flavour, script)
    assert isinstance(error, APIConnectionError)
    assert not isinstance(error, APITimeoutError)
    assert error.may_have_arrived


def _trickle(head: bytes, piece: bytes) -> Callable[[FakeClock], Script]:
    def paced(clock: FakeClock) -> Script:
        def script(connection: socket.socket, _head: bytes) -> None:
            connection.sendall(head)
            while True:
                connection.sendall(piece)
                time.sleep(0.001)
                clock.skip(0.01)

        return script

    return paced


def _then_nothing(sent: bytes) -> Callable[[FakeClock], Script]:
    def paced(clock: FakeClock) -> Script:
        def script(connection: socket.socket, _head: bytes) -> None:
            connection.sendall(sent)
            clock.skip(1)  # blocked threads wait in real time

        return script

    return paced


def _silence(_connection: socket.socket, _head: bytes) -> None:
    """Send no response."""


@pytest.mark.parametrize(
    "paced",
    [
        pytest.param(_then_nothing(b""), id="silence"),
        pytest.param(_then_nothing(http_response(LOG)[:-10]), id="silence in the body"),
        pytest.param(_trickle(b"", b"HTTP/1.1 103 X\r\n\r\n"), id="hints for ever"),
        pytest.param(_trickle(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), id="headers for ever"),
        pytest.param(
            _trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n", b" "), id="body"
        ),
    ],
)
def test_the_timeout_bounds_the_whole_attempt(
    engine: EngineName, flavour: Flavour, paced: Callable[[FakeClock], Script]
) -> None:
    clock = FakeClock()  # stands still until the request has arrived
    error = _fails(engine, flavour, paced(clock), timeout=0.2, clock=clock)
    assert isinstance(error, APITimeoutError)
    assert "within 0.2 s" in str(error)
    assert error.may_have_arrived


def test_an_unreachable_server_received_nothing(engine: EngineName, flavour: Flavour) -> None:
    with pytest.raises(APIConnectionError, match=r"(?i)connection refused") as caught:
        send(engine, flavour, a_request("http://127.0.0.1:9/"))
    assert not caught.value.may_have_arrived


def test_frames_of_an_error_do_not_hold_the_key(engine: EngineName, flavour: Flavour) -> None:
    error: BaseException | None = _fails(engine, flavour, _silence, timeout=0.05)
    while error is not None:
        trace = error.__traceback__
        while trace is not None:
            if "/tests/" not in trace.tb_frame.f_code.co_filename:
                assert KEY not in str(trace.tb_frame.f_locals)
            trace = trace.tb_next
        error = error.__cause__ or error.__context__


def test_a_closed_client_reports_it(engine: EngineName, flavour: Flavour) -> None:
    def fetch_and_close(url: str) -> None:
        with Client(KEY, base_url=url, engine=engine) as client:
            client.status()
        client.status()

    async def fetch_and_close_async(url: str) -> None:
        async with AsyncClient(KEY, base_url=url, engine=engine) as client:
            await client.status()
        await client.status()

    status = http_response(b'{"ok": true, "version": "1"}')
    fetch: dict[Flavour, Callable[[str], None]] = {
        "sync": fetch_and_close,
        "async": lambda url: asyncio.run(fetch_and_close_async(url)),
    }
    with (
        ScriptedServer(serving(status)) as server,
        pytest.raises(ConfigurationError, match="This client is closed"),
    ):
        fetch[flavour](server.url)


def _echo(connection: socket.socket, head: bytes) -> None:
    connection.sendall(http_response(head.split(b" ")[1]))


def _fetch_in_threads(engine: EngineName, base_url: str, paths: list[str]) -> list[bytes]:
    sending = SyncTransport(engine, base_url)
    requests = [a_request(base_url + path) for path in paths]
    with ThreadPoolExecutor(64) as threads:
        responses = list(threads.map(sending.send, requests))
    sending.close()
    return [response.body for response in responses]


def _fetch_in_tasks(engine: EngineName, base_url: str, paths: list[str]) -> list[bytes]:
    async def fetch() -> list[bytes]:
        sending = async_transport(engine, base_url)
        responses = await asyncio.gather(*(sending.send(a_request(base_url + p)) for p in paths))
        await sending.close()
        return [response.body for response in responses]

    return asyncio.run(fetch())


def test_concurrent_requests_get_their_own_responses(engine: EngineName, flavour: Flavour) -> None:
    paths = [f"/{number}" for number in range(512)]
    fetch = _fetch_in_threads if flavour == "sync" else _fetch_in_tasks
    with ScriptedServer(_echo) as server:
        responses = fetch(engine, server.url.removesuffix("/x"), paths)
    assert responses == [path.encode() for path in paths]
    # At most 100 are open at once; a new one may be made while another becomes free.
    assert 1 < server.connections < 200


def test_the_client_names_its_engine(engine: EngineName, flavour: Flavour) -> None:
    kind = Client if flavour == "sync" else AsyncClient
    assert kind(KEY, engine=engine).engine == engine
    assert kind(KEY).engine == INSTALLED[-1]
