"""Typing errors are refused with a suggestion before anything is sent; usual variants work."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartesia_calls.cli import main
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from terminal import environment, on_terminal

COMMANDS = {
    "logs": ("ac_1",),
    "list": ("--agent", "a"),
    "show": ("ac_1",),
    "report": ("ac_1",),
    "stats": ("--agent", "a"),
    "audio": ("ac_1",),
    "export": ("--agent", "a", "--to", "x"),
    "otel": ("ac_1",),
    "mcp": (),
    "cancel": ("ac_1",),
    "delete": ("ac_1",),
    "agents": (),
    "doctor": (),
    "sandbox": (),
    "demo": (),
    "completion": ("bash",),
}
LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
STATUSES = ("created", "started", "completed", "failed")


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTESIA_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)


def _help(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the help, which must be shown even if arguments are missing."""
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def _refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the command's message when it refuses these words."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    return captured.err


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistyped_command_is_named(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    swapped = name[0] + name[2] + name[1] + name[3:]
    for typed in (swapped, name[:-1] if name != "logs" else "log"):
        message = _refused(capsys, typed)
        assert f"there is no command {typed!r}; did you mean " in message
    assert f"did you mean {name}?" in message


def test_these_commands_are_those_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    listed = _help(capsys).partition("commands:\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in listed.splitlines()] == list(COMMANDS)


@pytest.mark.parametrize(("name", "needed"), COMMANDS.items())
def test_a_mistyped_option_is_named_with_the_usage_of_its_command(
    name: str, needed: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    options = re.findall(r"^  (?:-\w\b.*?, )?(--[a-z-]+)", _help(capsys, name), re.MULTILINE)
    for option in options:
        # No abbreviations: a script that has one would break when an option is added.
        for typed in (option[:-1], option + "x"):
            if len(option) < 6 or typed in options:
                continue
            # Even if required arguments are missing.
            for words in ((), needed):
                message = _refused(capsys, name, *words, typed)
                assert message.startswith(f"usage: cartesia-calls {name}")
                assert f"there is no option {typed}; did you mean --" in message


def test_ids_may_follow_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cancel", "ac_1", "-v", "ac_2"]) == 7
    assert capsys.readouterr().err.count("Error: Could not connect") == 2
    assert "no call id" in _refused(capsys, "show", "ac_1", "--json", "..")
    assert "there is no option -x" in _refused(capsys, "show", "ac_1", "-x")


def test_extra_arguments_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "takes one id" in _refused(capsys, "logs", "ac_1", "ac_2")
    assert "this command takes none" in _refused(capsys, "agents", "agent_1")
    assert main(["audio", "ac_1", "ac_2", "-o", "x.wav"]) == 2
    assert "-o names one file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("logs", "ac_1", "--tail", "1", "-n", "2"),
        ("logs", "ac_1", "--since", "1h", "--since", "2h"),
        ("list", "--agent", "a", "--limit", "1", "--limit", "1"),
        ("export", "--agent", "a", "--to", "x", "--to", "y"),
        ("export", "--agent", "a", "--to", "x", "--format", "ndjson", "--format", "parquet"),
    ],
)
def test_a_repeated_option_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "is given twice" in _refused(capsys, *words)


@pytest.mark.parametrize(
    "words",
    [
        ("list", "--agent", "a"),
        ("logs", "ac_1"),
        ("export", "--agent", "a", "--to", "x"),
    ],
)
def test_a_window_that_ends_as_it_starts_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--since", "5h", "--until", "6h"]) == 2
    what, to_do = capsys.readouterr().err.splitlines()
    assert "is not earlier than --until" in what
    assert "Swap them" in to_do


def test_a_window_is_shown_in_local_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        window = ("--since", "2026-03-01 12:00Z", "--until", "2026-03-01 12:30 Europe/Berlin")
        assert main(["list", "--agent", "a", *window]) == 2
    finally:
        monkeypatch.undo()
        time.tzset()
    assert capsys.readouterr().err.startswith(
        "Error: --since 2026-03-01 17:30:00+05:30 is not earlier than --until 2026-03-01 17:00:00+05:30"
    )


def _status_is_accepted(status: str) -> bool:
    with pytest.raises(SystemExit) as ended:
        # Help is shown unless a word in front of it is wrong.
        main(["list", "--agent", "a", "--status", status, "--help"])
    return ended.value.code == 0


@given(st.sampled_from(STATUSES), st.data())
def test_one_typing_error_in_a_known_status_is_refused(status: str, data: st.DataObject) -> None:
    # Another first letter makes another word.
    place = data.draw(st.integers(1, len(status) - 2))
    letter = data.draw(LETTERS)
    slips = (
        status[:place] + status[place + 1 :],
        status[:place] + letter + status[place + 1 :],
        status[:place] + status[place + 1] + status[place] + status[place + 2 :],
    )
    slip = data.draw(st.sampled_from(slips))
    assert _status_is_accepted(slip) == (slip in STATUSES)
    assert not _status_is_accepted(status.upper())


@pytest.mark.parametrize(
    "status", [*STATUSES, "active", "cancelled", "restarted", "queued", "ringing", "no_answer"]
)
def test_other_statuses_are_accepted(status: str) -> None:
    assert _status_is_accepted(status)


@pytest.mark.parametrize(("level", "meant"), [("eror", "ERROR"), ("WARNIN", "WARNING")])
def test_a_mistyped_level_is_named(
    level: str, meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"did you mean {meant}?" in _refused(capsys, "logs", "ac_1", "--level", level)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.from_regex(r"ac_[A-Za-z0-9_-]{1,30}", fullmatch=True), st.data())
def test_a_call_is_found_in_the_address_of_its_page(
    elsewhere: Sandbox, capsys: pytest.CaptureFixture[str], call_id: str, data: st.DataObject
) -> None:
    address = data.draw(
        st.sampled_from(
            [
                "https://play.cartesia.ai/agents/agent_1/calls/{}",
                "https://play.cartesia.ai/calls/{}?tab=logs#line-3",
                "play.cartesia.ai/agents/agent_1/calls/{}/",
                "https://play.cartesia.ai/agents/agent_1?call={}&x=1",
                "  {} ",
                "{}",
            ]
        )
    )
    assert main(["show", address.format(call_id), "--base-url", elsewhere.url]) == 4
    assert f"/agents/calls/{call_id})" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "  ", ".", "..", "https://play.cartesia.ai/", "ac_1\n2"])
def test_an_address_of_no_call_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no call id" in _refused(capsys, "show", text)


@pytest.mark.parametrize(
    "key", ['"sk_car_abc"', "'sk_car_abc'", "\u201csk_car_abc\u201d", "sk_car_abc'"]
)
@pytest.mark.parametrize("words", [("agents",), ("doctor",)])
def test_a_key_in_quotes_is_refused(
    key: str,
    words: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CARTESIA_API_KEY", key)
    assert main(words) == 3
    message = "".join(capsys.readouterr())
    assert "has quotes around it" in message
    assert key not in message


@pytest.mark.parametrize(
    "words", [("export", "--agent", "agent_idle", "--to"), ("logs", "ac_finished", "-o")]
)
def test_a_tilde_is_the_home_folder(
    words: tuple[str, ...],
    tmp_path: Path,
    elsewhere: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main([*words, "~/calls", "--base-url", elsewhere.url]) == 0
    assert (tmp_path / "calls").exists()


def test_without_arguments_it_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "examples:" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_has_examples_and_fits_80_columns(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    shown = _help(capsys, *filter(None, [name]))
    assert re.search(rf"examples:\n  cartesia-calls {name}", shown)
    assert [line for line in shown.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("columns", ["1", "2", "19"])
def test_help_is_shown_on_the_narrowest_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert "examples:\n  cartesia-calls list" in _help(capsys, "list")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_in_help_can_be_typed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    examples = _help(capsys, name).partition("examples:\n")[2].splitlines()
    assert examples
    for example in examples:
        words = shlex.split(re.split(r"\s[|>]+\s", example)[0], comments=True)
        assert words[:2] == ["cartesia-calls", name]
        assert _help(capsys, *words[1:])


def test_common_options_may_precede_the_command() -> None:
    words = ["-v", "--base-url", "http://127.0.0.1:1", "logs", "ac_1"]
    assert main(words) == 7
    assert main(["logs", "ac_1", "--base-url", "http://127.0.0.1:1"]) == 7


def test_a_message_is_whole_on_a_terminal_that_is_narrower_than_its_label() -> None:
    env = environment(CARTESIA_API_KEY=KEY, COLUMNS="20", NO_COLOR="1")
    lines = on_terminal("agents", "--nope", env=env).out.splitlines()
    assert [line for line in lines if len(line) > 20] == []
    message = " ".join(" ".join(lines).split())
    assert message.startswith(
        "usage: cartesia-calls agents [options] "
        "cartesia-calls agents: error: there is no option --nope "
    )
