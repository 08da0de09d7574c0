"""What a server sends beyond the answer to a request is never the answer to the next one."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable
from pathlib import Path

import pytest
import trustme

from cartesia_calls._http import Response, Transport
from engines import ENGINES, FLAVOURS, EngineName, Flavour, SyncTransport, a_request, with_engine
from scripted_server import ScriptedServer, answer

SMUGGLED = answer(b'{"logs": ["of somebody else"]}')
# What is read ahead ends with a TLS record, or with as much as a library asks the system for.
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
    # Its signature names a class of pyOpenSSL, too, which nothing here installs.
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


def _answer_of(length: int) -> bytes:
    """Return a whole answer that is as long as asked, head and all."""
    body = b"right".ljust(length - len(answer(bytes(length))) + length)
    return answer(body)


@ENGINES
@FLAVOURS
@pytest.mark.parametrize(
    "how",
    [
        ("http", 100, "at once"),
        ("http", 100, "later"),
        ("http", ONE_READ, "at once"),
        ("http", MANY_READS, "later"),
        ("https", 100, "later"),
        ("https", ONE_RECORD, "at once"),
        ("https", MANY_READS, "at once"),
        ("https", MANY_READS, "later"),
    ],
    ids=lambda how: " ".join(map(str, how)),
)
def test_an_answer_to_nothing_is_given_to_nobody(
    engine: EngineName, flavour: Flavour, how: tuple[str, int, str], tls: ssl.SSLContext
) -> None:
    scheme, length, after = how
    right = _answer_of(length)
    put_aside, sent = threading.Event(), threading.Event()

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if after == "at once":
            connection.sendall(right + SMUGGLED)
        else:
            connection.sendall(right)
            put_aside.wait(10)
            connection.sendall(SMUGGLED)
        sent.set()

    answers: list[bytes] = []

    async def awaited(coming: Awaitable[Response]) -> None:
        answers.append((await coming).body)
        put_aside.set()
        await asyncio.to_thread(sent.wait, 10)

    with ScriptedServer(script, tls if scheme == "https" else None) as server:

        def ask_again(sending: SyncTransport | Transport) -> object:
            put_aside.clear()
            sent.clear()
            result = sending.send(a_request(server.url))
            if not isinstance(result, Response):
                return awaited(result)
            answers.append(result.body)
            put_aside.set()
            sent.wait(10)
            return None

        with_engine(engine, flavour, server.url, *[ask_again] * 4)
    assert [body[:5] for body in answers] == [b"right"] * 4
    assert server.connections == 4
