"""The user's own httpx2 client is accepted like an httpx client."""

from __future__ import annotations

import asyncio

import pytest

from cartesia_calls import APIConnectionError, APITimeoutError, AsyncClient, Client
from fake_server import FLAVOURS, KEY, LOGS, Flavour
from scripted_server import Script, ScriptedServer, http_response, serving

httpx2 = pytest.importorskip("httpx2", reason="httpx2 is not installed")
SENT_LOGS = http_response(
    b'{"call_id": "ac_1", "logs": ["one", "two"], "updated_at": "2026-03-01T10:00:00Z"}'
)


def _lines(flavour: Flavour, script: Script, *, timeout: float = 10) -> tuple[object, object]:
    """Return the lines of logs fetched and streamed."""
    with ScriptedServer(script) as server:
        url = server.url.removesuffix("/x")
        if flavour == "sync":
            with (
                httpx2.Client() as own,
                Client(KEY, base_url=url, http_client=own, timeout=timeout) as client,
            ):
                assert client.engine == "httpx"
                return client.calls.logs("ac_1").logs, list(client.calls.stream_logs("ac_1"))

        async def fetch() -> tuple[object, object]:
            async with (
                httpx2.AsyncClient() as own,
                AsyncClient(KEY, base_url=url, http_client=own, timeout=timeout) as client,
            ):
                streamed = [line async for line in client.calls.stream_logs("ac_1")]
                return (await client.calls.logs("ac_1")).logs, streamed

        return asyncio.run(fetch())


@FLAVOURS
def test_it_sends_the_requests(flavour: Flavour) -> None:
    assert _lines(flavour, serving(SENT_LOGS)) == (LOGS["logs"], LOGS["logs"])


@FLAVOURS
def test_its_errors_are_translated(flavour: Flavour) -> None:
    with pytest.raises(APIConnectionError, match="No complete response"):
        _lines(flavour, lambda _connection, _head: False)
    with pytest.raises(APITimeoutError):
        _lines(flavour, lambda _connection, _head: None, timeout=0.05)
