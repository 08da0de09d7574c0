"""`stream_logs` over every engine: lines as they arrive, in constant memory."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import threading
import tracemalloc
from collections.abc import Iterator

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    AsyncClient,
    CallLogsNotAvailableError,
    Client,
    ConfigurationError,
    RateLimitError,
    ResponseValidationError,
)
from engines import ENGINES, INSTALLED, EngineName
from fake_clock import FakeClock
from fake_server import FLAVOURS, KEY, LOGS_NOT_AVAILABLE, FakeServer, Flavour, ok
from scripted_server import ScriptedServer, http_response, serving
from streaming import BODY, CHUNKED, DOCUMENT, ENGINES_AND_OWN, LINES, Sending, chunk, stream_into


@ENGINES_AND_OWN
@FLAVOURS
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_lines_are_those_of_the_log(engine: Sending, flavour: Flavour, encoding: str) -> None:
    body = gzip.compress(BODY) if encoding else BODY
    header = b"Content-Encoding: gzip\r\n" if encoding else b""
    got: list[str] = []
    with ScriptedServer(serving(http_response(body, headers=header))) as server:
        # The limit on a response's size applies to each line.
        stream_into(got, engine, flavour, server.url, max_response_bytes=1000)
    assert got == LINES


@ENGINES_AND_OWN
@FLAVOURS
def test_lines_are_yielded_before_the_rest_arrives(engine: Sending, flavour: Flavour) -> None:
    def half(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(BODY[: len(BODY) // 2]))

    got: list[str] = []
    with ScriptedServer(half) as server:
        stream_into(got, engine, flavour, server.url, take=1000)
    assert got == LINES[:1000]


@ENGINES_AND_OWN
@FLAVOURS
def test_a_body_cut_short_raises_after_the_lines_that_arrived(
    engine: Sending, flavour: Flavour
) -> None:
    def half(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(CHUNKED + chunk(BODY[: len(BODY) // 2]))
        return False

    got: list[str] = []
    with ScriptedServer(half) as server, pytest.raises(APIConnectionError):
        stream_into(got, engine, flavour, server.url)
    assert len(got) > 1000
    assert got == LINES[: len(got)]
    assert len(server.heads) == 1


@ENGINES
def test_lines_that_arrive_while_the_reader_is_busy_are_not_lost(engine: EngineName) -> None:
    all_sent = threading.Event()
    lines = LINES * 4  # more than the client reads ahead
    body = json.dumps({**DOCUMENT, "logs": lines}).encode()

    def in_pieces(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED + chunk(body[:1000]))
        for start in range(1000, len(body), 10_000):
            connection.sendall(chunk(body[start : start + 10_000]))
        connection.sendall(chunk(b""))
        all_sent.set()

    async def read(url: str) -> list[str]:
        got: list[str] = []
        async with AsyncClient(KEY, base_url=url, engine=engine) as client:
            async for line in client.calls.stream_logs("ac_1"):
                if not got:
                    await asyncio.to_thread(all_sent.wait, 10)
                got.append(line)
        return got

    with ScriptedServer(in_pieces) as server:
        assert asyncio.run(read(server.url.removesuffix("/x"))) == lines


@ENGINES
@FLAVOURS
def test_a_failure_before_the_first_line_is_retried(engine: EngineName, flavour: Flavour) -> None:
    got: list[str] = []
    busy = http_response(b"{}", 503, b"Retry-After: 0\r\n")
    with ScriptedServer(serving(busy, http_response(BODY))) as server:
        stream_into(got, engine, flavour, server.url, clock=FakeClock())
    assert got == LINES
    assert len(server.heads) == 2


@ENGINES
@FLAVOURS
def test_an_error_is_reported_with_its_text_and_pause(engine: EngineName, flavour: Flavour) -> None:
    text = json.dumps({"message": "too many calls", "more": "x" * 70_000}).encode()
    pause = b"Retry-After: Sun, 01 Mar 2026 12:00:30 GMT\r\n"
    with (
        ScriptedServer(serving(http_response(text, 429, pause))) as server,
        pytest.raises(RateLimitError, match="too many calls") as caught,
    ):
        stream_into([], engine, flavour, server.url, clock=FakeClock(), max_retries=0)
    assert caught.value.retry_after == 30


@ENGINES
@FLAVOURS
@pytest.mark.parametrize(
    ("body", "pointer", "problem"),
    [
        (BODY.replace(b'"line 2000:', b'null, "line 2000:'), "/logs/2000", "is null, not a string"),
        (BODY.replace(b"ac_1", b'", "call_id": 7, "x": "'), "/call_id", "is a number"),
        (b"<html>", "", "is not JSON"),
        (b"", "", "is empty"),
        (BODY[:-1], "", "is not JSON"),
    ],
)
def test_a_value_that_breaks_the_spec_is_refused_at_its_place(
    engine: EngineName, flavour: Flavour, body: bytes, pointer: str, problem: str
) -> None:
    got: list[str] = []
    with (
        ScriptedServer(serving(http_response(body))) as server,
        pytest.raises(ResponseValidationError, match=problem) as caught,
    ):
        stream_into(got, engine, flavour, server.url)
    assert str(caught.value).startswith("The response to agents_get-call-logs does not match ")
    assert caught.value.pointer == pointer
    assert caught.value.body == body[:500].decode()
    assert got == LINES[: len(got)]


@FLAVOURS
def test_an_error_at_the_end_quotes_the_beginning(flavour: Flavour) -> None:
    def in_pieces(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(CHUNKED)
        body = BODY.replace(b"updated_at", b"changed_at")
        for start in range(0, len(body), 100):
            connection.sendall(chunk(body[start : start + 100]))
        connection.sendall(chunk(b""))

    with (
        ScriptedServer(in_pieces) as server,
        pytest.raises(ResponseValidationError, match="updated_at is required") as caught,
    ):
        stream_into([], "httpx", flavour, server.url)
    assert caught.value.body == BODY[:500].decode()


@ENGINES
@FLAVOURS
def test_a_garbled_encoding_is_refused(engine: EngineName, flavour: Flavour) -> None:
    garbled = http_response(gzip.compress(BODY)[:-20], headers=b"Content-Encoding: gzip\r\n")
    with (
        ScriptedServer(serving(garbled)) as server,
        pytest.raises(ResponseValidationError, match="can't be decoded"),
    ):
        stream_into([], engine, flavour, server.url)


@ENGINES_AND_OWN
@FLAVOURS
def test_an_unreachable_server_is_reported(engine: Sending, flavour: Flavour) -> None:
    with pytest.raises(APIConnectionError) as caught:
        stream_into([], engine, flavour, "http://127.0.0.1:9", max_retries=0)
    assert not caught.value.may_have_arrived


@ENGINES
def test_a_closed_client_streams_nothing(engine: EngineName) -> None:
    client = Client(KEY, base_url="http://127.0.0.1:9", engine=engine)
    client.close()
    with pytest.raises(ConfigurationError, match="closed"):
        list(client.calls.stream_logs("ac_1"))

    async def stream() -> None:
        client = AsyncClient(KEY, base_url="http://127.0.0.1:9", engine=engine)
        await client.close()
        await anext(client.calls.stream_logs("ac_1"))

    with pytest.raises(ConfigurationError, match="closed"):
        asyncio.run(stream())


@pytest.mark.parametrize("engine", [*INSTALLED, "own"])
def test_a_stream_that_is_cancelled_while_it_opens_leaves_no_connection(engine: Sending) -> None:
    heard, gone = threading.Event(), threading.Event()

    def wait_for_the_end(connection: socket.socket, _head: bytes) -> bool:
        heard.set()
        if connection.recv(1) == b"":
            gone.set()
        return False

    async def cancel(url: str) -> None:
        async with (
            httpx.AsyncClient() as own,
            AsyncClient(
                KEY,
                base_url=url.removesuffix("/x"),
                http_client=own if engine == "own" else None,
                engine="auto" if engine == "own" else engine,
            ) as client,
        ):
            lines = client.calls.stream_logs("ac_1")
            coming = asyncio.ensure_future(anext(lines))
            assert await asyncio.to_thread(heard.wait, 60)
            coming.cancel()
            with pytest.raises(asyncio.CancelledError):
                await coming
            # Over fast it ends with its timeout, as SECURITY.md documents.
            assert engine == "fast" or await asyncio.to_thread(gone.wait, 60)

    with ScriptedServer(wait_for_the_end) as server:
        asyncio.run(cancel(server.url))


@FLAVOURS
def test_the_users_own_client_streams(flavour: Flavour) -> None:
    server = FakeServer([ok(DOCUMENT)], flavour)
    assert server.do(lambda client: client.calls.stream_logs("ac_1")) == LINES


@FLAVOURS
def test_the_reason_for_missing_logs_is_looked_up(flavour: Flavour) -> None:
    record = {"id": "ac_1", "agent_id": "a", "status": "started"}
    server = FakeServer(
        [httpx.Response(404, json=LOGS_NOT_AVAILABLE)],
        flavour,
        record=httpx.Response(200, json=record),
    )
    with pytest.raises(CallLogsNotAvailableError) as caught:
        server.do(lambda client: client.calls.stream_logs("ac_1"))
    assert caught.value.reason == "in_progress"


@FLAVOURS
def test_an_undocumented_success_is_refused(flavour: Flavour) -> None:
    server = FakeServer([httpx.Response(206, json=DOCUMENT)], flavour)
    with pytest.raises(ResponseValidationError, match="status 206"):
        server.do(lambda client: client.calls.stream_logs("ac_1"))


@ENGINES
def test_memory_does_not_grow_with_the_log(engine: EngineName) -> None:
    line = b'"' + b"a line of a long log " * 50 + b'", '

    def endless(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(CHUNKED + chunk(b'{"logs": ['))
        block = chunk(line * 100)
        for _ in range(300):
            connection.sendall(block)
        return False

    def peak(lines: Iterator[str], count: int) -> int:
        tracemalloc.reset_peak()
        for _ in range(count):
            next(lines)
        return tracemalloc.get_traced_memory()[1]

    with (
        ScriptedServer(endless) as server,
        Client(KEY, base_url=server.url.removesuffix("/x"), engine=engine) as client,
    ):
        tracemalloc.start()
        try:
            lines = client.calls.stream_logs("ac_1")
            first = peak(lines, 1000)
            assert peak(lines, 25_000) < first + 8_000_000  # of 26 MB
        finally:
            tracemalloc.stop()
        lines.close()  # type: ignore[attr-defined]  # of a generator
