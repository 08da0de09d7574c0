"""Progress of slow commands on a terminal."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from cartesia_calls.sandbox import Sandbox
from terminal import on_terminal, piped

ERASE = "\r\x1b[K"


@pytest.fixture
def words(sandbox: Sandbox, tmp_path: Path) -> tuple[str, ...]:
    """Return the words of an export, which shows its progress from the start."""
    return ("export", "--agent", sandbox.agents.quiet, "--to", str(tmp_path / "calls"))


def test_it_stays_in_one_line_and_is_erased_at_the_end(
    words: tuple[str, ...], env: dict[str, str]
) -> None:
    done = on_terminal(*words, env={**env, "COLUMNS": "40"})
    *frames, last = done.drawn.split(ERASE)
    moving = [frame for frame in frames if "Exporting…" in frame]
    assert moving
    assert max(map(len, moving)) < 40
    assert any(frame.startswith("Exported ") for frame in frames)
    assert last == ""


def test_messages_have_lines_of_their_own(
    sandbox: Sandbox, words: tuple[str, ...], env: dict[str, str]
) -> None:
    sandbox.fail_next(status=429, headers={"Retry-After": "0"})
    shown = on_terminal(*words, env=env).drawn
    assert f"{ERASE}The server responded with 429; pausing" in shown


def test_a_terminal_that_cannot_erase_gets_no_progress(
    words: tuple[str, ...], env: dict[str, str]
) -> None:
    assert on_terminal(*words, env={**env, "TERM": "dumb"}).drawn.startswith("Exported ")


def test_a_pipe_gets_no_progress(words: tuple[str, ...], env: dict[str, str]) -> None:
    assert piped(*words, env=env).err.startswith("Exported ")


def test_quick_commands_show_no_progress(env: dict[str, str]) -> None:
    began = time.monotonic()
    drawn = on_terminal("agents", env=env).drawn
    assert ERASE not in drawn or time.monotonic() - began >= 1
