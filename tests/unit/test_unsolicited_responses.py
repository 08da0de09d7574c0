"""Bytes that a server sends after a response are never the response to the next request."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from cartesia_calls import AsyncClient, Client
from engines import ENGINES, EngineName
from fake_server import FLAVOURS, KEY, LOGS, Flavour
from scripted_server import ScriptedServer, http_response

RIGHT, SMUGGLED = (
    json.dumps({**LOGS, "logs": [line]}).encode() for line in ("right", "of somebody else")
)
# Reading ahead ends with a TLS record, or with the size of a library's buffer.
ONE_RECORD, ONE_READ, MANY_READS = 16 * 1024, 64 * 1024, 400_000


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Its signature also names a class of pyOpenSSL, which is not installed here.
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


def _response_of(length: int) -> bytes:
    """Return a whole response of this length, head included."""
    return http_response(RIGHT.ljust(length - len(http_response(bytes(length))) + length))


@ENGINES
@FLAVOURS
@pytest.mark.parametrize(
    "how",
    [
        ("http", 1000, "at once"),
        ("http", 1000, "later"),
        ("http", ONE_READ, "at once"),
        ("http", MANY_READS, "later"),
        ("https", 1000, "later"),
        ("https", ONE_RECORD, "at once"),
        ("https", MANY_READS, "at once"),
        ("https", MANY_READS, "later"),
    ],
    ids=lambda how: " ".join(map(str, how)),
)
def test_an_unsolicited_response_is_discarded(
    engine: EngineName, flavour: Flavour, how: tuple[str, int, str], tls: ssl.SSLContext
) -> None:
    scheme, length, after = how
    right = _response_of(length)
    put_aside, sent = threading.Event(), threading.Event()

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if after == "at once":
            connection.sendall(right + http_response(SMUGGLED))
        else:
            connection.sendall(right)
            put_aside.wait(60)
            connection.sendall(http_response(SMUGGLED))
        sent.set()

    seen: list[list[str]] = []

    def fetch_again(client: Client) -> None:
        put_aside.clear()
        sent.clear()
        seen.append(client.calls.logs("ac_1").logs)
        put_aside.set()
        sent.wait(60)

    async def fetch_again_async(url: str) -> None:
        async with AsyncClient(KEY, base_url=url, engine=engine) as client:
            for _ in range(4):
                put_aside.clear()
                sent.clear()
                seen.append((await client.calls.logs("ac_1")).logs)
                put_aside.set()
                await asyncio.to_thread(sent.wait, 60)

    with ScriptedServer(script, tls if scheme == "https" else None) as server:
        if flavour == "sync":
            with Client(KEY, base_url=server.url, engine=engine) as client:
                for _ in range(4):
                    fetch_again(client)
        else:
            asyncio.run(fetch_again_async(server.url))
    assert seen == [["right"]] * 4
    assert server.connections == 4
