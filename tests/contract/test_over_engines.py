"""Each engine sends requests and reads responses that match `openapi/latest.yml`."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import httpx
import pytest

from cartesia_calls import AsyncClient, CartesiaError, Client
from engines import ENGINES, EngineName
from fake_server import FLAVOURS, KEY, Flavour, gathered, gathered_async
from oracle import Oracle
from scripted_server import Script, ScriptedServer
from spec_schemas import load_spec
from wrapped_operations import WRAPPED, WrappedOperation

pytestmark = [
    ENGINES,
    FLAVOURS,
    pytest.mark.parametrize("operation", WRAPPED, ids=lambda operation: operation.operation_id),
]


def _giving(response: httpx.Response) -> Script:
    lines = [b"HTTP/1.1 %d X" % response.status_code]
    lines += [b"%s: %s" % header for header in response.headers.raw]
    sent = b"\r\n".join(lines) + b"\r\n\r\n" + response.content

    def give(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(sent)

    return give


def _request_in(head: bytes) -> httpx.Request:
    first, *lines = head.decode("ascii").split("\r\n")
    method, target, _ = first.split(" ")
    headers = [tuple(line.split(": ", 1)) for line in lines]
    # The spec declares one server; no engine depends on its address.
    sent = [(name, value) for name, value in headers if name.lower() != "host"]
    return httpx.Request(method, "https://api.cartesia.ai" + target, headers=sent)


def _fetch(operation: WrappedOperation, engine: EngineName, flavour: Flavour, url: str) -> object:
    settings: dict[str, Any] = {"base_url": url, "engine": engine, "max_retries": 0}
    if flavour == "sync":
        with Client(KEY, **settings) as client:
            return gathered(operation.call(client))

    async def fetch() -> object:
        async with AsyncClient(KEY, **settings) as client:
            return await gathered_async(operation.call(client))

    return asyncio.run(fetch())


def test_the_request_matches_the_spec_and_the_response_is_read(
    operation: WrappedOperation, engine: EngineName, flavour: Flavour
) -> None:
    with ScriptedServer(_giving(operation.success())) as server:
        result = _fetch(operation, engine, flavour, server.url.removesuffix("/x"))
    (head,) = server.heads
    assert Oracle(load_spec()).problems_of_request(_request_in(head)) == []
    assert not isinstance(result, CartesiaError)


def test_each_documented_error_is_raised(
    operation: WrappedOperation, engine: EngineName, flavour: Flavour
) -> None:
    for error in operation.errors:
        response = httpx.Response(error.status, json=error.body)
        with ScriptedServer(_giving(response)) as server, pytest.raises(error.raises):
            _fetch(operation, engine, flavour, server.url.removesuffix("/x"))
        assert Oracle(load_spec()).problems_of_request(_request_in(server.heads[0])) == []
