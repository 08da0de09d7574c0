"""What the README says can be done, can be done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cartesia_calls
from cartesia_calls.cli._exit_codes import ExitCode
from cartesia_calls.cli._parser import build_parser
from cartesia_calls.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_first_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = _blocks("python")[0]
    with Sandbox() as sandbox:
        monkeypatch.setenv("CARTESIA_BASE_URL", sandbox.url)
        monkeypatch.setenv("CARTESIA_API_KEY", sandbox.api_key)
        exec(first.replace("ac_123", sandbox.calls.finished), {})  # noqa: S102 - our own README
        assert "Saying: Buonasera" in capsys.readouterr().out
        exec(first.replace("ac_123", sandbox.calls.expired), {})  # noqa: S102 - our own README
        assert "Call 'ac_expired' has no logs" in capsys.readouterr().out


def test_the_example_with_the_sandbox_runs() -> None:
    exec(_blocks("python")[-1], {})  # noqa: S102 - our own README


def test_ci_runs_the_test_command_that_users_copy() -> None:
    _, test_command = _blocks("sh")
    assert test_command in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_error_command_and_exit_code_is_told_of() -> None:
    prose = re.sub(r"^```.*?^```", "", README, flags=re.MULTILINE | re.DOTALL)
    told = set(re.findall(r"`([^`]+)`", prose))
    errors = {name for name in cartesia_calls.__all__ if name.endswith("Error")}
    assert errors - told - {"CartesiaError"} == set()
    assert {str(code.value) for code in ExitCode} <= told
    for command in re.findall(r"^    (\w+) {2,}", build_parser().format_help(), re.MULTILINE):
        assert f"`cartesia-calls {command}" in README
