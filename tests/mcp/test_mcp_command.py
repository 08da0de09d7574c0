"""The command `mcp`: how it starts and ends, and what it refuses."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cartesia_calls.cli import main


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, None])
def test_on_a_terminal_it_explains_its_input_and_ends_at_once(
    number: signal.Signals | None,
) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cartesia_calls", "mcp"],
        env={**os.environ, "CARTESIA_API_KEY": "sk_car_any"},
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stderr
        assert b"Waiting for requests on stdin" in process.stderr.readline()
        if number:
            process.send_signal(number)
        else:
            os.write(ours, b"\x04")  # Ctrl-D
        assert process.wait(600) == (-number if number else 0)
    os.close(ours)
    os.close(theirs)


def test_after_nohup_a_closed_terminal_does_not_end_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # which it inherits
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "cartesia_calls", "mcp"],
            env={**os.environ, "CARTESIA_API_KEY": "sk_car_any"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
    finally:
        signal.signal(signal.SIGHUP, before)
    with process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
        process.stdin.flush()
        process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        process.stdin.close()
        assert process.wait(600) == 0


def test_a_wrong_pattern_is_refused_before_it_serves(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["mcp", "--redact-pattern", "("])
    assert "--redact-pattern" in capsys.readouterr().err


def test_without_a_key_it_does_not_serve(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp"]) == 3
    assert "CARTESIA_API_KEY" in capsys.readouterr().err


def test_the_documented_configurations_start_this_command() -> None:
    page = (Path(__file__).parents[2] / "docs" / "guide" / "assistants.md").read_text("utf-8")
    blocks = re.findall(r"```json\n(.*?)```", page, re.DOTALL)

    assert len(blocks) == 3
    for block in blocks:
        servers = json.loads(block)
        server = (servers.get("mcpServers") or servers["servers"])["cartesia-calls"]
        assert (server["command"], server["args"]) == ("cartesia-calls", ["mcp"])
        assert "CARTESIA_API_KEY" in server["env"]


def test_without_the_extra_the_command_names_the_package_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)

    assert main(["mcp"]) == 3
    assert "mcp>=2" in capsys.readouterr().err
