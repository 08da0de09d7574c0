"""SIGTERM and a closed terminal end a command as Ctrl-C does: at once, and without partial files."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import pytest

from fake_server import KEY
from scripted_server import ScriptedServer
from terminal import COMMAND, environment

_LONGEST = 60
_BETWEEN_SIGNALS = 10
_CALL = b'{"id": "ac_1", "agent_id": "a", "status": "completed"}'
_RESPONSES = {
    "/agents/calls?": b'{"data": [%b], "has_more": false}' % _CALL,
    "/agents/calls/ac_1 ": _CALL,
}
_TERM, _HUP, _INT = signal.SIGTERM, signal.SIGHUP, signal.SIGINT


@contextmanager
def _stalled(words: str, folder: Path) -> Generator[subprocess.Popen[str]]:
    """Run a command in a folder until it waits for the rest of a body that does not come."""
    stalls = Event()

    def serve(connection: socket.socket, head: bytes) -> bool:
        for path, body in _RESPONSES.items():
            if path.encode() in head:
                size = b"Content-Length: %d" % len(body)
                connection.sendall(b"HTTP/1.1 200 OK\r\n%b\r\n\r\n%b" % (size, body))
                return True
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        stalls.set()
        connection.recv(1)  # until the client is gone
        return False

    with ScriptedServer(serve) as server:
        env = environment(CARTESIA_API_KEY=KEY, TMPDIR=str(folder))
        env["CARTESIA_BASE_URL"] = server.url.removesuffix("/x")
        with subprocess.Popen(
            [*COMMAND, *words.split()], env=env, cwd=folder, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                assert stalls.wait(_LONGEST)
                yield process
            finally:
                process.kill()


def _ended(process: subprocess.Popen[str], number: signal.Signals) -> int:
    """Return the exit code after a signal.

    Python drops what a signal raises in a finalizer, so another one may have to follow.
    """
    for _ in range(_LONGEST // _BETWEEN_SIGNALS):
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_BETWEEN_SIGNALS)
    raise AssertionError("the command does not end")


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("logs ac_1 -o call.log", _TERM),
        ("logs ac_1 -o call.log", _HUP),
        ("audio ac_1", _TERM),
        ("audio ac_1 -o -", _TERM),
        ("report ac_1 --audio", _TERM),
        ("report --agent a --each -o pages", _TERM),
        ("report --agent a --each -o pages", _INT),
        ("stats --agent a", _TERM),
        ("stats --agent a", _INT),
    ],
)
def test_a_command_cleans_up_and_ends(words: str, number: signal.Signals, tmp_path: Path) -> None:
    with _stalled(words, tmp_path) as process:
        assert _ended(process, number) == 128 + number
        assert process.stderr is not None
        assert process.stderr.read().endswith("Interrupted.\n")
    assert list(tmp_path.iterdir()) == []


def test_sigterm_ends_a_command_that_ignores_other_signals(tmp_path: Path) -> None:
    # As a background process of a shell does, or one after `nohup`: it inherits them.
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (_INT, _HUP)}
    try:
        with _stalled("logs ac_1 -o call.log", tmp_path) as process:
            process.send_signal(_HUP)
            assert _ended(process, _TERM) == 128 + _TERM
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_is_terminated_writes_what_it_has(tmp_path: Path) -> None:
    with _stalled("export --agent a --to calls --include record,logs", tmp_path) as process:
        process.send_signal(_TERM)
        assert process.wait(_LONGEST) == 128 + _TERM
        assert process.stderr is not None
        assert "Run the same command again to resume." in process.stderr.read()


def test_ctrl_c_ends_the_whole_demo() -> None:
    with subprocess.Popen(
        [*COMMAND, "demo"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        # Once the command follows, it waits most of the time: no finalizer drops the signal.
        for sought in (b"--follow", b"agent."):
            shown = b""
            while sought not in shown:
                shown = process.stdout.readline()
                assert shown
        process.send_signal(_INT)
        rest = process.stdout.read()
        assert process.wait(_LONGEST) == 128 + _INT
        assert rest.endswith(b"Interrupted.\n")
        assert b"No logs, and why" not in rest
