"""Every engine at the edge of what it does: no turn, no way to say it, and closed more than once."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from cartesia_calls import (
    APIConnectionError,
    APITimeoutError,
    AsyncClient,
    Client,
    ConfigurationError,
)
from cartesia_calls._clock import SystemClock
from cartesia_calls._engines import _httpx
from cartesia_calls._engines._choice import EngineName, make_engine
from engines import ENGINES, FLAVOURS, Flavour, a_request, send
from fake_server import KEY
from scripted_server import ScriptedServer, answer, saying


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
@FLAVOURS
def test_what_http_has_no_way_to_say_is_not_sent(engine: EngineName, flavour: Flavour) -> None:
    with ScriptedServer(saying(answer())) as server:
        request = a_request(server.url)._replace(headers={"x-two": "one\r\nx-evil: 1"})
        with pytest.raises(ConfigurationError, match="can't be sent"):
            send(engine, flavour, request)
    assert server.heads == []


@ENGINES
@FLAVOURS
def test_a_body_that_is_framed_in_an_unknown_way_is_no_answer(
    engine: EngineName, flavour: Flavour
) -> None:
    def script(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n{}")
        return False

    with ScriptedServer(script) as server, pytest.raises(APIConnectionError) as caught:
        send(engine, flavour, a_request(server.url, timeout=10))
    assert not isinstance(caught.value, APITimeoutError)


def test_a_request_whose_turn_does_not_come_in_time_is_not_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_httpx, "MOST_CONNECTIONS", 1)
    heard, go_on = threading.Event(), threading.Event()

    def script(connection: socket.socket, _head: bytes) -> None:
        heard.set()
        go_on.wait(10)
        connection.sendall(answer(b"first"))

    with ScriptedServer(script) as server, ThreadPoolExecutor(1) as thread:
        engine = make_engine("httpx", server.url, None, SystemClock())
        first = thread.submit(engine.send, a_request(server.url))
        assert heard.wait(10)
        with pytest.raises(APITimeoutError) as caught:
            engine.send(a_request(server.url, timeout=0.01))
        go_on.set()
        assert first.result().body == b"first"
        engine.close()
    assert not caught.value.may_have_arrived
    assert len(server.heads) == 1
