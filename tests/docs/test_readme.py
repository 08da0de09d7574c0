"""The README is short, and CI runs its two commands for a fresh machine."""

from __future__ import annotations

from markdown_pages import README, ROOT


def test_ci_runs_the_test_command_that_users_copy() -> None:
    (command,) = [block.text for block in README.blocks if "nox -s tests" in block.text]
    assert command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_demo_is_one_command() -> None:
    (command,) = [block.text for block in README.blocks if "cartesia-calls demo" in block.text]
    assert command.count("\n") == 1


def test_the_readme_stays_short() -> None:
    assert len(README.text.splitlines()) <= 180
