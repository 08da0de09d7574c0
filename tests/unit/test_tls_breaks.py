"""A TLS failure is a connection error, and leaves nothing open."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme

from cartesia_calls import APIConnectionError, APITimeoutError
from engines import ENGINES, EngineName, SyncTransport, a_request, async_transport, send
from fake_clock import let_happen
from fake_server import FLAVOURS, Flavour
from scripted_server import ScriptedServer, http_response

pytestmark = [ENGINES, FLAVOURS]

OPEN_FILES = Path("/proc/self/fd")


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    authority, bundle = trustme.CA(), tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Its signature also names a class of pyOpenSSL, which is not installed here.
    authority.issue_cert("127.0.0.1").configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


@pytest.mark.parametrize("begun", [b"", http_response()[:20], http_response()[:-1]])
def test_bytes_that_are_no_tls_are_a_connection_error(
    engine: EngineName, flavour: Flavour, tls: ssl.SSLContext, begun: bytes
) -> None:
    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(begun)
        os.write(connection.fileno(), b"this goes past the encryption")

    with (
        ScriptedServer(script, tls) as server,
        pytest.raises(APIConnectionError, match="SSL") as caught,
    ):
        send(engine, flavour, a_request(server.url))
    assert caught.value.may_have_arrived


def test_a_handshake_that_the_server_breaks_off_is_reported_with_its_reason(
    engine: EngineName, flavour: Flavour
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(APIConnectionError, match=r"/x: \[?[A-Za-z]") as caught:
            send(engine, flavour, a_request(f"https://127.0.0.1:{listener.getsockname()[1]}/x"))
    assert not caught.value.may_have_arrived


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="the system does not list open files")
def test_an_abandoned_handshake_leaves_nothing_open(engine: EngineName, flavour: Flavour) -> None:
    def open_files() -> int:
        return len(list(OPEN_FILES.iterdir()))

    async def give_up_awaited(url: str) -> tuple[int, int]:
        sending = async_transport(engine, url)
        before = open_files()
        for _ in range(3):
            with pytest.raises(APITimeoutError):
                await sending.send(a_request(url, timeout=0.05))
        await let_happen()  # the event loop closes sockets in its next round
        return before, open_files()

    def give_up(url: str) -> tuple[int, int]:
        sending = SyncTransport(engine, url)
        before = open_files()
        for _ in range(3):
            with pytest.raises(APITimeoutError):
                sending.send(a_request(url, timeout=0.05))
        return before, open_files()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}/x"
        before, after = give_up(url) if flavour == "sync" else asyncio.run(give_up_awaited(url))
    assert after == before
