"""Every engine reads the environment alike, and stays in one process and one event loop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import certifi
import pytest
import trio
import trustme

from cartesia_calls import (
    APIConnectionError,
    AsyncClient,
    Client,
    ConfigurationError,
    NotFoundError,
)
from engines import ENGINES, INSTALLED, EngineName, SyncTransport, a_request, send
from fake_server import FLAVOURS, KEY, Flavour
from scripted_server import ScriptedServer, http_response, serving

# The engine `fast` supports no proxy.
THROUGH_PROXIES = pytest.mark.parametrize("engine", ["httpx", "auto"])
NEEDS_FAST = pytest.mark.skipif("fast" not in INSTALLED, reason="the extra fast is not installed")


def _output_of(code: str, *options: str) -> str:
    """Run code in a process of its own, which must not write to stderr."""
    done = subprocess.run(
        [sys.executable, *options, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.stderr == ""
    return done.stdout


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate = authority.issue_cert("127.0.0.1", "api.example.com")
    # Its signature also names a class of pyOpenSSL, which is not installed here.
    certificate.configure_cert(context)  # pyright: ignore[reportUnknownMemberType]
    return context


@pytest.fixture
def trust(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Trust the authority through a variable, or as one of the authorities of httpx."""

    def trust_by(variable: str) -> None:
        folder = tmp_path / "certificates"
        folder.mkdir()
        # OpenSSL finds a certificate in a folder by a hash of its subject.
        file = folder / "ca.pem"
        authority.cert_pem.write_to_path(str(file))
        command = ["openssl", "x509", "-hash", "-noout", "-in", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        (folder / f"{done.stdout.strip()}.0").write_bytes(file.read_bytes())
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            monkeypatch.delenv(name, raising=False)  # the machine's own
        if variable == "neither":
            monkeypatch.setattr(certifi, "where", lambda: str(file))
            return
        monkeypatch.setenv(variable, str(folder if variable == "SSL_CERT_DIR" else file))

    return trust_by


@ENGINES
@FLAVOURS
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR", "neither"])
def test_certificates_of_the_environment_and_of_httpx_are_trusted(
    engine: EngineName,
    flavour: Flavour,
    variable: str,
    trust: Callable[[str], None],
    tls: ssl.SSLContext,
) -> None:
    trust(variable)
    with ScriptedServer(serving(http_response(b"secret")), tls) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert response.body == b"secret"


@ENGINES
@FLAVOURS
def test_a_server_without_a_trusted_certificate_gets_nothing(
    engine: EngineName, flavour: Flavour, tls: ssl.SSLContext
) -> None:
    with (
        ScriptedServer(serving(http_response()), tls) as server,
        pytest.raises(APIConnectionError, match=r"(?i)certificate") as caught,
    ):
        send(engine, flavour, a_request(server.url))
    assert server.heads == []
    assert not caught.value.may_have_arrived


def _tunnel(tls: ssl.SSLContext) -> Callable[[socket.socket, bytes], bool]:
    """Play a proxy that opens a tunnel, and the server after it."""

    def script(connection: socket.socket, _head: bytes) -> bool:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with tls.wrap_socket(connection, server_side=True) as inside:
            inside.recv(65536)
            inside.sendall(http_response(b"through the tunnel"))
        return False

    return script


@THROUGH_PROXIES
@FLAVOURS
def test_a_proxy_gets_its_password_and_never_the_key(
    engine: EngineName,
    flavour: Flavour,
    trust: Callable[[str], None],
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trust("SSL_CERT_FILE")
    with ScriptedServer(_tunnel(tls)) as proxy:
        address = proxy.url.removeprefix("http://").removesuffix("/x")
        monkeypatch.setenv("all_proxy", f"http://user:p%40ss@{address}")
        (response,) = send(engine, flavour, a_request("https://api.example.com/x"))
    assert response.body == b"through the tunnel"
    (head,) = proxy.heads
    assert head.startswith(b"CONNECT api.example.com:443 ")
    assert b"basic dxnlcjpwqhnz" in head.lower()  # user:p@ss
    assert KEY.encode() not in head


def _be_a_socks_proxy(listener: socket.socket, tls: ssl.SSLContext) -> None:
    """Play a SOCKS proxy that opens a connection, and the server after it."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"\x05\x00")  # no password is needed
        connection.recv(65536)
        connection.sendall(b"\x05\x00\x00\x01" + bytes(6))  # connected
        with tls.wrap_socket(connection, server_side=True) as inside:
            inside.recv(65536)
            inside.sendall(http_response(b"through socks"))


@FLAVOURS
def test_requests_go_through_a_socks_proxy(
    flavour: Flavour,
    trust: Callable[[str], None],
    tls: ssl.SSLContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    trust("SSL_CERT_FILE")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{listener.getsockname()[1]}")
        proxy = threading.Thread(target=_be_a_socks_proxy, args=(listener, tls))
        proxy.start()
        (response,) = send("httpx", flavour, a_request("https://api.example.com/x"))
        proxy.join(30)
    assert response.body == b"through socks"


@ENGINES
@FLAVOURS
@pytest.mark.parametrize("no_proxy", ["", "127.0.0.1"])
def test_requests_to_loopback_use_no_proxy(
    engine: EngineName, flavour: Flavour, no_proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    with ScriptedServer(serving(http_response(b"direct"))) as server:
        (response,) = send(engine, flavour, a_request(server.url))
    assert response.body == b"direct"


@THROUGH_PROXIES
@FLAVOURS
@pytest.mark.parametrize(
    ("no_proxy", "requests"),
    [("example.com", 0), ("*", 0), (".example.com", 0), ("other.com", 1)],
)
def test_hosts_named_by_no_proxy_are_reached_directly(
    engine: EngineName,
    flavour: Flavour,
    no_proxy: str,
    requests: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)
    with ScriptedServer(serving(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.removesuffix("/x"))
        with pytest.raises(APIConnectionError) as caught:
            send(engine, flavour, a_request("https://api.nowhere.example.com:1/x", timeout=5))
    assert len(proxy.heads) == requests
    assert not caught.value.may_have_arrived


@NEEDS_FAST
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_fast_refuses_a_proxy_and_auto_chooses_another_engine(
    kind: type[Client | AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:p4ssw0rd@proxy.example.com")
    with pytest.raises(ConfigurationError, match="through no proxy") as caught:
        kind(KEY, engine="fast")
    assert "NO_PROXY" in str(caught.value)
    assert "p4ssw0rd" not in str(caught.value)
    assert kind(KEY).engine == "httpx"
    monkeypatch.setenv("NO_PROXY", "api.cartesia.ai")
    assert kind(KEY).engine == "fast"


@ENGINES
@FLAVOURS
def test_a_proxy_for_another_scheme_is_not_used(
    engine: EngineName, flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ScriptedServer(serving(http_response())) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.removesuffix("/x"))
        with pytest.raises(APIConnectionError):
            send(engine, flavour, a_request("https://api.nowhere.invalid/x", timeout=5))
    assert proxy.connections == 0


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_socks_proxy_that_needs_a_package_is_reported_at_once(
    kind: type[Client | AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "socksio", None)  # as where it is not installed
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    with pytest.raises(ConfigurationError, match="can't be used") as caught:
        kind(KEY, engine="httpx")
    assert "socksio" in caught.value.hint


@ENGINES
@pytest.mark.parametrize(
    "fetch", ["client.calls.logs('ac_1')", "next(client.calls.stream_logs('ac_1'))"]
)
def test_ctrl_c_ends_a_wait_at_once(engine: EngineName, fetch: str) -> None:
    code = f"""
import os, signal, time
from cartesia_calls import Client
import scripted_server
def interrupt(connection, head):
    os.kill(os.getpid(), signal.SIGINT)
with scripted_server.ScriptedServer(interrupt) as server:
    began = time.monotonic()
    try:
        with Client("{KEY}", base_url=server.url, engine="{engine}", timeout=60) as client:
            {fetch}
    except KeyboardInterrupt:
        print("interrupted", time.monotonic() - began < 30)
"""
    assert _output_of(code) == "interrupted True\n"


@ENGINES
def test_a_handler_of_another_signal_does_not_end_a_wait(engine: EngineName) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _frame: heard.append(number))

    def script(connection: socket.socket, _head: bytes) -> None:
        os.kill(os.getpid(), signal.SIGUSR1)
        connection.sendall(http_response(b"after all"))

    try:
        with ScriptedServer(script) as server:
            (response,) = send(engine, "sync", a_request(server.url))
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert (response.body, heard) == (b"after all", [signal.SIGUSR1])


@ENGINES
def test_another_thread_may_use_the_client(engine: EngineName) -> None:
    bodies: list[bytes] = []
    with ScriptedServer(serving(http_response(b"here"))) as server:
        sending = SyncTransport(engine, server.url)
        thread = threading.Thread(
            target=lambda: bodies.append(sending.send(a_request(server.url)).body)
        )
        thread.start()
        thread.join(30)
        bodies.append(sending.send(a_request(server.url)).body)
        sending.close()
    assert bodies == [b"here", b"here"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system can't fork")
@ENGINES
@FLAVOURS
def test_a_client_used_after_a_fork_is_reported(engine: EngineName, flavour: Flavour) -> None:
    code = f"""
import asyncio, os, sys
from cartesia_calls import AsyncClient, CartesiaError, Client, ConfigurationError
import scripted_server
def fetch(client):
    result = client.calls.logs("ac_1")
    return asyncio.run(result) if asyncio.iscoroutine(result) else result
with scripted_server.ScriptedServer(scripted_server.serving(scripted_server.http_response(b"[]"))) as server:
    client = {"Client" if flavour == "sync" else "AsyncClient"}(
        "{KEY}", base_url=server.url, engine="{engine}"
    )
    try:
        fetch(client)  # so that there is a connection
    except CartesiaError:
        pass
    child = os.fork()
    if child == 0:
        try:
            fetch(client)
        except ConfigurationError as error:
            closing = client.close()
            if asyncio.iscoroutine(closing):
                asyncio.run(closing)
            os._exit(7 if "another process" in str(error) else 1)
        os._exit(2)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert _output_of(code, "-W", "ignore") == "7\n"


@ENGINES
def test_an_async_client_stays_in_its_event_loop(engine: EngineName) -> None:
    with ScriptedServer(serving(http_response(b"[]", 404))) as server:
        client = AsyncClient(KEY, base_url=server.url.removesuffix("/x"), engine=engine)
        with asyncio.Runner() as first, asyncio.Runner() as second:
            with pytest.raises(NotFoundError):
                first.run(client.calls.get("ac_1"))
            with pytest.raises(ConfigurationError, match="another event loop"):
                second.run(client.calls.get("ac_1"))
            first.run(client.close())


def test_trio_gets_one_clear_error() -> None:
    async def fetch() -> None:
        async with AsyncClient(KEY) as client:
            await client.calls.get("ac_1")

    with pytest.raises(ConfigurationError, match="runs on asyncio") as caught:
        trio.run(fetch)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "trio.to_thread" in caught.value.hint


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_unknown_engine_is_refused(kind: type[Client | AsyncClient]) -> None:
    with pytest.raises(ConfigurationError, match="no engine 'curl'") as caught:
        kind(KEY, engine="curl")  # type: ignore[arg-type]  # wrong on purpose
    assert "auto, fast, httpx" in caught.value.hint


@NEEDS_FAST
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_http_client_is_not_for_the_fast_engine(kind: type[Client | AsyncClient]) -> None:
    with pytest.raises(ConfigurationError, match="does not send with"):
        kind(KEY, engine="fast", http_client=object())  # type: ignore[arg-type]  # wrong on purpose
