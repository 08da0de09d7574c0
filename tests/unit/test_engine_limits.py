"""Limits of every engine: full pools, invalid requests, and repeated closing."""

from __future__ import annotations

import asyncio
import gc
import select
import socket
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cartesia_calls import (
    APIConnectionError,
    APITimeoutError,
    AsyncClient,
    Client,
    ConfigurationError,
)
from engines import ENGINES, EngineName, SyncTransport, a_request, async_transport, send
from fake_clock import FakeClock, let_happen
from fake_server import FLAVOURS, KEY, Flavour
from scripted_server import ScriptedServer, http_response, serving


@ENGINES
def test_closing_a_closed_client_changes_nothing(engine: EngineName) -> None:
    client = Client(KEY, engine=engine)
    client.close()
    client.close()

    async def close_twice() -> None:
        client = AsyncClient(KEY, engine=engine)
        await client.close()
        await client.close()

    asyncio.run(close_twice())


@ENGINES
def test_a_close_that_is_cancelled_leaves_nothing_open(engine: EngineName) -> None:
    failed: list[object] = []

    async def close_and_cancel(url: str) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context))
        sending = async_transport(engine, url)
        await asyncio.gather(*(sending.send(a_request(url)) for _ in range(5)))
        closing = asyncio.create_task(sending.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        await let_happen()

    with (
        ScriptedServer(serving(http_response())) as server,
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        asyncio.run(close_and_cancel(server.url), debug=True)
        gc.collect()
    assert server.connections == 5
    assert (failed, warned) == ([], [])


@ENGINES
def test_a_close_in_another_event_loop_closes_nothing_and_reports_it(engine: EngineName) -> None:
    with (
        ScriptedServer(serving(http_response())) as server,
        asyncio.Runner() as first,
        asyncio.Runner() as second,
    ):
        sending = async_transport(engine, server.url)
        first.run(sending.send(a_request(server.url)))
        for _ in range(2):
            with pytest.raises(ConfigurationError, match="another event loop"):
                second.run(sending.close())
        assert first.run(sending.send(a_request(server.url))).body == b"{}"
        first.run(sending.close())
        second.run(sending.close())
    assert server.connections == 1


@ENGINES
@FLAVOURS
def test_a_header_that_http_does_not_allow_is_not_sent(
    engine: EngineName, flavour: Flavour
) -> None:
    with ScriptedServer(serving(http_response())) as server:
        request = a_request(server.url)._replace(headers={"x-two": "one\r\nx-evil: 1"})
        with pytest.raises(ConfigurationError, match="can't be sent"):
            send(engine, flavour, request)
    assert server.heads == []


@ENGINES
@FLAVOURS
def test_a_body_with_unknown_framing_is_refused(engine: EngineName, flavour: Flavour) -> None:
    def script(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}")
        return False

    with ScriptedServer(script) as server, pytest.raises(APIConnectionError) as caught:
        send(engine, flavour, a_request(server.url, timeout=10))
    assert not isinstance(caught.value, APITimeoutError)


@ENGINES
@FLAVOURS
def test_a_request_that_gets_no_connection_in_time_is_not_sent(
    engine: EngineName, flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cartesia_calls._transports._pool.MOST_CONNECTIONS", 1)
    heard, resume = threading.Event(), threading.Event()

    def script(connection: socket.socket, _head: bytes) -> None:
        heard.set()
        resume.wait(60)
        connection.sendall(http_response(b"first"))

    def fetch(url: str) -> bytes:
        sending = SyncTransport(engine, url)
        with ThreadPoolExecutor(1) as thread:
            first = thread.submit(sending.send, a_request(url))
            assert heard.wait(60)
            with pytest.raises(APITimeoutError) as caught:
                sending.send(a_request(url, timeout=0.01))
            resume.set()
            body = first.result().body
        sending.close()
        assert not caught.value.may_have_arrived
        return body

    async def fetch_async(url: str) -> bytes:
        sending = async_transport(engine, url)
        first = asyncio.create_task(sending.send(a_request(url)))
        assert await asyncio.to_thread(heard.wait, 60)
        with pytest.raises(APITimeoutError) as caught:
            await sending.send(a_request(url, timeout=0.01))
        resume.set()
        body = (await first).body
        await sending.close()
        assert not caught.value.may_have_arrived
        return body

    with ScriptedServer(script) as server:
        url = server.url
        assert (fetch(url) if flavour == "sync" else asyncio.run(fetch_async(url))) == b"first"
    assert len(server.heads) == 1


@ENGINES
def test_the_wait_for_a_connection_counts_towards_the_timeout(
    engine: EngineName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cartesia_calls._transports._pool.MOST_CONNECTIONS", 1)
    heard, resume = threading.Event(), threading.Event()
    waiting = threading.current_thread()

    class Clock(FakeClock):
        """Frees the connection only after the waiting request has read its time."""

        def monotonic(self) -> float:
            moment = super().monotonic()
            if threading.current_thread() is waiting:
                self.elapsed = 6.0
                resume.set()
            return moment

    def script(connection: socket.socket, _head: bytes) -> None:
        heard.set()
        resume.wait(60)
        connection.sendall(http_response())

    with ScriptedServer(script) as server, ThreadPoolExecutor(1) as thread:
        sending = SyncTransport(engine, server.url, Clock())
        first = thread.submit(sending.send, a_request(server.url))
        assert heard.wait(60)
        with pytest.raises(APITimeoutError):
            sending.send(a_request(server.url, timeout=5))
        assert resume.is_set()
        assert first.result().body == b"{}"
        sending.close()
    assert len(server.heads) == 1


@ENGINES
@FLAVOURS
def test_a_server_that_reads_nothing_times_out(engine: EngineName, flavour: Flavour) -> None:
    clock = FakeClock()
    is_over = threading.Event()

    def read_one_byte(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1)
            clock.skip(1)  # a blocked thread waits in real time
            is_over.wait(60)

    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as thread:
        reading = thread.submit(read_one_byte, server)
        long = {"x-long": "x" * 12_000_000}  # more than the system buffers
        url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        request = a_request(url, timeout=0.2)._replace(headers=long)
        with pytest.raises(APITimeoutError) as caught:
            send(engine, flavour, request, clock=clock)
        is_over.set()
        reading.result()
    assert caught.value.may_have_arrived


@ENGINES
def test_nothing_is_awaited_after_the_timeout(engine: EngineName) -> None:
    clock = FakeClock()

    def begin(connection: socket.socket, _head: bytes) -> None:
        clock.elapsed += 60
        connection.sendall(http_response(b"right")[:-1])

    with ScriptedServer(begin) as server:
        sending = SyncTransport(engine, server.url, clock)
        with pytest.raises(APITimeoutError) as caught:
            sending.send(a_request(server.url, timeout=30))
        sending.close()
    assert caught.value.may_have_arrived


@ENGINES
def test_each_request_over_a_connection_has_its_own_timeout(engine: EngineName) -> None:
    heard, respond = threading.Event(), threading.Event()

    def script(connection: socket.socket, head: bytes) -> None:
        if b"slow" in head:
            heard.set()
            respond.wait(60)
        connection.sendall(http_response(b"right"))

    clock = FakeClock()

    async def fetch(url: str) -> list[bytes]:
        sending = async_transport(engine, url)
        first = await sending.send(a_request(url, timeout=10))
        slow = asyncio.create_task(sending.send(a_request(f"{url}/slow", timeout=60)))
        assert await asyncio.to_thread(heard.wait, 60)
        clock.skip(20)  # the first request would have timed out by now
        await let_happen()
        respond.set()
        responses = [first, await slow]
        clock.skip(100)  # nothing waits
        await let_happen()
        responses.append(await sending.send(a_request(url, timeout=10)))
        await sending.close()
        return [response.body for response in responses]

    with ScriptedServer(script) as server:
        assert clock.run(fetch(server.url)) == [b"right"] * 3
    assert server.connections == 2


@pytest.mark.parametrize("has_poll", [True, False])
def test_a_socket_with_data_is_readable(
    has_poll: bool,  # noqa: FBT001 - a parameter of the test
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fast: Any = pytest.importorskip(
        "cartesia_calls._transports.fast._sockets",
        reason="the extra fast is not installed",
        exc_type=ImportError,
    )
    if not has_poll:
        monkeypatch.delattr(select, "poll", raising=False)  # as on Windows
    here, there = socket.socketpair()
    with here, there:
        is_readable = fast.readable_check(here)
        assert not is_readable()
        there.sendall(b"x")
        assert is_readable()
