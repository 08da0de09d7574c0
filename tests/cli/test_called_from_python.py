"""The command as a function: `main([...])` in another program."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from io import StringIO

import pytest

from cartesia_calls import CartesiaError
from cartesia_calls.cli import main
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY


@pytest.fixture
def at_sandbox(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.setenv("CARTESIA_BASE_URL", sandbox.url)
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    return sandbox


def test_it_prints_and_returns_the_exit_code(
    at_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", at_sandbox.calls.finished, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == at_sandbox.calls.finished
    assert main(["show", at_sandbox.calls.unknown]) == 4


def test_it_prints_to_a_replaced_stdout(at_sandbox: Sandbox) -> None:
    with redirect_stdout(StringIO()) as printed:
        assert main(["show", at_sandbox.calls.finished, "--json"]) == 0
    assert json.loads(printed.getvalue())["id"] == at_sandbox.calls.finished


@pytest.mark.usefixtures("at_sandbox")
def test_a_bug_of_our_own_raises_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr("cartesia_calls.cli._show.run", broken)
    with pytest.raises(ZeroDivisionError):
        main(["show", "ac_1"])


def test_an_account_without_agents_is_reported_on_a_terminal(
    at_sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    none = {"status": 200, "body": b'{"summaries": []}'}
    at_sandbox.fail_next(**none, times=2)  # type: ignore[arg-type]  # a dict of both kinds
    assert main(["agents"]) == 0
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert main(["agents"]) == 0
    assert capsys.readouterr().err == "The account has no agents.\n"


@pytest.mark.usefixtures("at_sandbox")
def test_an_error_without_advice_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def failing(_: object) -> int:
        raise CartesiaError("It broke.")

    monkeypatch.setattr("cartesia_calls.cli._show.run", failing)
    assert main(["show", "ac_1"]) == 1
    assert capsys.readouterr().err == "Error: It broke.\n"
