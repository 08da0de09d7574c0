"""What takes its time reports it on a terminal, with rich and without."""

from __future__ import annotations

import io
import sys
import threading
from importlib import util

import pytest

from cartesia_calls.cli import _progress
from cartesia_calls.cli._progress import progress


class _Terminal(io.StringIO):
    """Keeps what is shown, and lets a test wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = threading.Event()

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        written = super().write(text)
        if "\n" in text or "Fetching" in text:
            self.shown.set()
        return written


def _as_terminal(monkeypatch: pytest.MonkeyPatch) -> _Terminal:
    # In the test itself: between fixtures and test pytest puts its own stream in place.
    terminal = _Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    return terminal


def test_with_rich_the_text_moves_and_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _as_terminal(monkeypatch)
    with progress("Fetching\x1b[2J…", quiet=0) as shown:
        assert terminal.shown.wait(10)
        shown.update("Fetching 2 MB")
    assert "\x1b[2J" not in terminal.getvalue()
    assert "Fetching\\x1b[2J…" in terminal.getvalue()
    assert "Fetching 2 MB" in terminal.getvalue()


def test_without_rich_it_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _as_terminal(monkeypatch)

    def find_all_but_rich(name: str) -> object:
        return None if name == "rich" else util

    monkeypatch.setattr(_progress, "find_spec", find_all_but_rich)
    with progress("Fetching\x1b[2J…", quiet=0) as shown:
        assert terminal.shown.wait(10)
        shown.update("Fetching 2 MB")
    assert terminal.getvalue() == "Fetching\\x1b[2J…\n"


def test_what_is_quick_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _as_terminal(monkeypatch)
    with progress("Fetching…", quiet=60) as shown:
        shown.update("Fetching 2 MB")
    assert terminal.getvalue() == ""


def test_what_is_no_terminal_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress("Fetching…", quiet=0) as shown:
        shown.update("Fetching 2 MB")
    assert capsys.readouterr() == ("", "")
