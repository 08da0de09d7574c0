"""The sandbox's server: its socket, its thread, its signals and its lack of output."""

import logging
import signal
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import httpx
import pytest

import cartesia_calls.sandbox
from cartesia_calls.sandbox import ExampleAgents, ExampleCalls, Sandbox, SandboxError, create_app
from cartesia_calls.sandbox._server import BackgroundServer, listen

PATH = "/agents/calls/ac_finished/logs"
SERVE = """
from cartesia_calls.sandbox import Sandbox
sandbox = Sandbox()
sandbox.serve_forever(on_started=lambda: print(sandbox.url, flush=True))
print("after")
"""


def get_logs(sandbox: Sandbox) -> httpx.Response:
    headers = {
        "Authorization": f"Bearer {sandbox.api_key}",
        "Cartesia-Version": sandbox.api_version,
    }
    return httpx.get(sandbox.url + PATH, headers=headers, trust_env=False)


def is_listening(url: str) -> bool:
    address = urlsplit(url)
    assert address.hostname is not None
    with socket.socket() as probe:
        return probe.connect_ex((address.hostname, address.port or 0)) == 0


def test_it_responds_as_soon_as_it_is_entered_and_frees_its_port() -> None:
    before = set(threading.enumerate())  # another file's sandbox may still run
    with Sandbox() as sandbox:
        url = sandbox.url
        assert url.startswith("http://127.0.0.1:")
        assert get_logs(sandbox).status_code == 200

    assert not is_listening(url)
    started = set(threading.enumerate()) - before
    assert "cartesia-sandbox" not in {thread.name for thread in started}


def test_it_stops_even_if_the_block_raises() -> None:
    urls: list[str] = []

    def fail() -> None:
        with Sandbox() as sandbox:
            urls.append(sandbox.url)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not is_listening(urls[0])


def test_a_connection_left_open_does_not_delay_the_stop() -> None:
    with Sandbox() as sandbox:
        address = urlsplit(sandbox.url)
        idle = socket.create_connection((address.hostname or "", address.port or 0))
        idle.sendall(b"GET / HTTP/1.1\r\nHost: ")

    with idle:
        assert idle.recv(1) == b""


def test_it_can_be_started_again() -> None:
    sandbox = Sandbox()
    for _ in range(2):
        with sandbox:
            assert get_logs(sandbox).status_code == 200


def test_two_sandboxes_run_side_by_side() -> None:
    with Sandbox() as one, Sandbox() as other:
        one.fail_next(status=500)
        assert get_logs(other).status_code == 200
        assert get_logs(one).status_code == 500


def test_its_attributes_are_documented() -> None:
    sandbox = Sandbox()

    assert sandbox.api_key == "sk_car_sandbox_accepted"
    assert sandbox.refused_api_key == "sk_car_sandbox_refused"
    assert sandbox.api_version == "2026-03-01"
    assert sandbox.calls == ExampleCalls(
        finished="ac_finished",
        running="ac_running",
        expired="ac_expired",
        unknown="ac_unknown",
        created="ac_created",
        just_ended="ac_just_ended",
        deleted="ac_deleted",
        zero_retention="ac_zero_retention",
    )
    assert sandbox.agents == ExampleAgents(
        busy="agent_busy",
        quiet="agent_quiet",
        idle="agent_idle",
        odd="agent_odd",
        unknown="agent_unknown",
    )
    assert sandbox.batch_id == "batch_reminders"


def test_it_has_a_url_only_while_it_runs() -> None:
    sandbox = Sandbox()
    with pytest.raises(SandboxError, match="not running"):
        _ = sandbox.url
    with sandbox:
        pass
    with pytest.raises(SandboxError, match="not running"):
        _ = sandbox.url


def test_it_cannot_be_started_twice_at_once(sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match="running already"):
        sandbox.__enter__()

    assert get_logs(sandbox).status_code == 200


def test_a_port_in_use_is_named(sandbox: Sandbox) -> None:
    port = urlsplit(sandbox.url).port
    assert port is not None

    with pytest.raises(SandboxError, match=f"port {port}: [A-Za-z ]+. Choose another port"):
        Sandbox(port=port).__enter__()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])  # noqa: S104 - that it is refused is the point
def test_only_loopback_hosts_are_accepted(host: str) -> None:
    with pytest.raises(ValueError, match="not a loopback address"):
        Sandbox(host=host)


@pytest.mark.parametrize("port", [-1, 65536])
def test_only_valid_ports_are_accepted(port: int) -> None:
    with pytest.raises(ValueError, match=f"port {port} is not a TCP port"):
        Sandbox(port=port)


def test_localhost_is_the_loopback_address() -> None:
    with Sandbox(host="localhost") as sandbox:
        assert sandbox.url.startswith("http://127.0.0.1:")


@pytest.mark.skipif(not socket.has_ipv6, reason="Python was built without IPv6")
def test_it_listens_on_ipv6() -> None:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            pass
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with Sandbox(host="::1") as sandbox:
        assert sandbox.url.startswith("http://[::1]:")
        assert get_logs(sandbox).status_code == 200


def test_serving_forever_needs_the_main_thread() -> None:
    caught: list[Exception] = []

    def serve() -> None:
        try:
            Sandbox().serve_forever()
        except SandboxError as error:
            caught.append(error)

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join()

    assert "main thread" in str(caught[0])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda s: s.name)
def test_a_signal_ends_serving_cleanly(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert is_listening(url)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=600)

    assert (process.returncode, stdout, stderr) == (0, "after\n", "")
    assert not is_listening(url)


def test_it_prints_and_logs_nothing(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"), Sandbox() as sandbox:
        get_logs(sandbox)
        sandbox.fail_next(status=200, headers={"Content-Length": "9"}, body=b"")
        with pytest.raises(httpx.RemoteProtocolError):
            get_logs(sandbox)

    assert capfd.readouterr() == ("", "")
    assert not [r for r in caplog.records if r.name.startswith(("uvicorn", "cartesia"))]
    assert not logging.getLogger("uvicorn").handlers
    assert sandbox.api_key not in caplog.text


def test_stopping_a_stopped_sandbox_is_harmless() -> None:
    sandbox = Sandbox()
    sandbox.__exit__(None, None, None)
    with sandbox:
        assert get_logs(sandbox).status_code == 200


def test_a_server_that_can_not_start_raises_instead_of_waiting() -> None:
    listener = listen("127.0.0.1", 0)
    listener.close()

    with pytest.raises(SandboxError, match="did not start"):
        BackgroundServer(create_app(), listener).start()


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="no attribute 'sandbag'"):
        cartesia_calls.sandbox.__getattr__("sandbag")
