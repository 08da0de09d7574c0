"""The first Ctrl-C or SIGTERM ends an export cleanly; the second ends it at once, whatever hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import faulty_file_systems
from cartesia_calls.cli import main
from cartesia_calls.sandbox import Sandbox
from exporting import command
from fake_server import KEY
from many_calls import ManyCalls
from terminal import environment

_LONGEST = 600
_ON_A_STORE_THAT_HANGS = """
import sys
sys.path.append(sys.argv.pop(1))
import fsspec
from cartesia_calls.cli import main
from faulty_file_systems import HangingFileSystem
HangingFileSystem.word = sys.argv.pop(1)
fsspec.register_implementation("hanging", HangingFileSystem)
sys.exit(main(sys.argv[1:]))
"""
_SUPPORT = str(Path(faulty_file_systems.__file__).parent)


@contextmanager
def _exporting(word: str, stderr: int) -> Generator[subprocess.Popen[bytes]]:
    """Export to a store that hangs at the first path that contains a word."""
    with ManyCalls(1) as server:
        words = command(server, "hanging://bucket/out")[3:]
        with subprocess.Popen(
            [sys.executable, "-c", _ON_A_STORE_THAT_HANGS, _SUPPORT, word, *words],
            env=environment(CARTESIA_API_KEY=KEY),
            stderr=stderr,
        ) as process:
            try:
                yield process
            finally:
                process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_ends_the_export_at_once_even_if_a_thread_hangs(
    number: signal.Signals,
) -> None:
    with _exporting("/logs/", subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"/logs/ hangs\n"
        process.send_signal(number)
        assert b"Stopping: what was fetched is being written" in process.stderr.readline()
        process.send_signal(number)
        assert process.wait(_LONGEST) == 128 + number
        assert process.stderr.read() == b""


def test_it_ends_at_once_even_if_the_store_hangs_from_the_start() -> None:
    with _exporting("/_locks/", subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"/_locks/ hangs\n"
        # Two equal signals count as one if the second arrives before the first is handled.
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        # The system chooses which of the two it delivers first.
        assert process.wait(_LONGEST) in {128 + signal.SIGINT, 128 + signal.SIGTERM}


def test_it_ends_at_once_even_if_its_output_is_not_read() -> None:
    ours, theirs = os.pipe()
    with _exporting("/logs/", theirs) as process:
        assert os.read(ours, 100) == b"/logs/ hangs\n"
        os.set_blocking(theirs, False)
        with suppress(BlockingIOError):
            while True:
                os.write(theirs, b"." * 4096)
        os.set_blocking(theirs, True)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        assert process.wait(_LONGEST) in {128 + signal.SIGINT, 128 + signal.SIGTERM}
    os.close(ours)
    os.close(theirs)


def test_the_signal_handlers_of_a_program_are_restored(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTESIA_BASE_URL", sandbox.url)
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    numbers = (signal.SIGINT, signal.SIGTERM)
    own = {number: signal.signal(number, signal.SIG_IGN) for number in numbers}
    try:
        set_here = [signal.getsignal(number) for number in numbers]
        assert main(["export", "--agent", sandbox.agents.idle, "--to", str(tmp_path)]) == 0
        assert [signal.getsignal(number) for number in numbers] == set_here
    finally:
        for number, handler in own.items():
            signal.signal(number, handler)
