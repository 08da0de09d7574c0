"""`--redact` and `--redact-pattern` remove secrets from everything that a command shows or writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cartesia_calls import Client
from cartesia_calls.sandbox import Sandbox
from terminal import environment, on_terminal, piped

PHONE = "+390555550142"
SPELLED = "INFO calling back 0555 550 142"
LINES = [
    f"INFO call from {PHONE}",
    SPELLED,
    "ERROR Authorization: Bearer abcdef0123456789abcdef",
    "ERROR again abcdef0123456789abcdef?",
    "  password = asked",
    "  └ 'hunter2-hunter2'",
]


@pytest.fixture
def spoken(sandbox: Sandbox) -> str:
    """The id of a call whose log holds secrets."""
    body = {"call_id": "x", "logs": LINES, "updated_at": "2026-03-01T10:00:00Z"}
    sandbox.fail_next(
        status=200,
        times=9,
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        operation="agents_get-call-logs",
    )
    return sandbox.calls.finished


def test_log_lines_are_redacted_and_the_same_secret_gets_the_same_placeholder(
    spoken: str, env: dict[str, str]
) -> None:
    done = piped("logs", spoken, "--redact", env=env)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "INFO call from ‹phone 1›",
        "INFO calling back ‹phone 1›",
        "ERROR Authorization: Bearer ‹token 1›",
        LINES[3],
        "  password = ‹secret 1›",
        "  └ '‹secret 2›'",
    ]


@pytest.mark.parametrize("more", [("--follow",), ("--wait",), ("--tail", "2")])
def test_every_way_to_read_logs_redacts(
    spoken: str, env: dict[str, str], more: tuple[str, ...]
) -> None:
    done = on_terminal("logs", spoken, "--redact", *more, env=env)
    assert done.code == 0
    assert "hunter2" not in done.out
    assert "‹secret 1›" in done.out


def test_a_name_in_a_line_that_is_not_shown_counts(spoken: str, env: dict[str, str]) -> None:
    done = piped("logs", spoken, "--redact", "--grep", "hunter", "--json", env=env)
    (row,) = [json.loads(row) for row in done.out.splitlines()]
    assert (row["index"], row["text"]) == (5, "  └ '‹secret 2›'")


def test_a_file_is_redacted(spoken: str, env: dict[str, str], tmp_path: Path) -> None:
    target = tmp_path / "call.log"
    assert piped("logs", spoken, "--redact", "-o", str(target), env=env).code == 0
    assert PHONE not in target.read_text()
    assert len(target.read_text().splitlines()) == len(LINES)


def test_a_pattern_turns_on_redaction(sandbox: Sandbox, env: dict[str, str]) -> None:
    patterns = ("--redact-pattern", "margherita", "--redact-pattern", r"Oriuolo \d+")
    for words in (("show", sandbox.calls.finished), ("logs", sandbox.calls.finished)):
        done = piped(*words, *patterns, env=env)
        assert (done.code, done.err) == (0, "")
        assert "margherita" not in done.out
        assert PHONE not in done.out
        assert "‹redacted 1›" in done.out
        assert "‹redacted 2›" in done.out


def test_a_call_is_shown_redacted_as_text_and_as_json(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    words = ("show", sandbox.calls.finished)
    assert PHONE in piped(*words, env=env).out
    shown = piped(*words, "--redact", env=env).out
    assert "Phone       ‹phone 2› → ‹phone 1›" in shown.splitlines()
    assert PHONE not in shown
    record = json.loads(piped(*words, "--redact", "--json", env=env).out)
    assert record["telephony_params"]["from"].startswith("‹phone ")
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        call = client.calls.get(sandbox.calls.finished).to_dict()
    assert {**record, "telephony_params": call["telephony_params"]} == call


@pytest.mark.parametrize("command", ["logs", "show"])
def test_a_wrong_pattern_is_refused_before_anything_is_sent(command: str) -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped(command, "ac_1", "--redact-pattern", "(", env=nowhere)
    assert (done.code, done.out) == (2, "")
    assert "'(' is no regular expression" in done.err
