"""The same text on a terminal, in a pipe and in a file, with suitable colours and widths."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from cartesia_calls.sandbox import Sandbox
from terminal import COMMAND, in_a_process, on_terminal, piped

COLOUR = re.compile(r"\x1b\[[\d;]*m")
# An import of None fails like that of a missing package.
WITHOUT_EXTRAS = """
import sys
sys.modules["shtab"] = None
from cartesia_calls.cli import main
sys.exit(main(sys.argv[1:]))
"""


def _commands(sandbox: Sandbox) -> list[tuple[str, ...]]:
    return [
        ("list", "--agent", sandbox.agents.busy, "--limit", "9"),
        ("agents",),
        ("show", sandbox.calls.finished),
        ("show", sandbox.calls.deleted),
        ("logs", sandbox.calls.finished),
        ("logs", sandbox.calls.expired),
        ("doctor",),
        ("show", "ac_odd_tools", "ac_odd_metric"),
    ]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_each_line_fits_the_terminal(sandbox: Sandbox, env: dict[str, str], width: int) -> None:
    for words in _commands(sandbox):
        shown = COLOUR.sub("", on_terminal(*words, env={**env, "COLUMNS": str(width)}).out)
        # The sandbox's emoji take two columns each.
        assert [line for line in shown.splitlines() if len(line) > width] == [], words


def test_without_the_extra_the_output_is_the_same(sandbox: Sandbox, env: dict[str, str]) -> None:
    for words in _commands(sandbox):
        if words == ("doctor",):
            continue  # has the server's response time
        with_it = piped(*words, env=env)
        without = subprocess.run(
            [COMMAND[0], "-c", WITHOUT_EXTRAS, *words], env=env, capture_output=True, check=False
        )
        assert (without.returncode, without.stdout.decode()) == (with_it.code, with_it.out)
        assert without.stderr.decode() == with_it.err


@pytest.mark.parametrize("locale", ["C", "de_DE.ISO-8859-1"])
def test_output_is_complete_in_any_locale(
    sandbox: Sandbox, env: dict[str, str], locale: str
) -> None:
    for words in _commands(sandbox)[:-2]:
        plain = piped(*words, env=env)
        elsewhere = {**env, "LC_ALL": locale, "LANG": locale}
        done = piped(*words, env=elsewhere, run=in_a_process)
        assert (done.code, done.out) == (plain.code, plain.out)
        assert on_terminal(*words, env=elsewhere, run=in_a_process).code == plain.code


def test_a_pipe_gets_no_colours_and_no_breaks(sandbox: Sandbox, env: dict[str, str]) -> None:
    shown = piped("show", sandbox.calls.finished, env={**env, "COLUMNS": "40"}).out
    assert "\x1b" not in shown
    assert (
        "place_order(items='1x margherita, 2x calzone', address=\"via dell'Oriuolo 12\")" in shown
    )


def test_log_lines_have_the_colour_of_their_level(sandbox: Sandbox, env: dict[str, str]) -> None:
    def shown(**variables: str) -> list[str]:
        return on_terminal(
            "logs", sandbox.calls.finished, env={**env, **variables}
        ).out.splitlines()

    styles = {
        level: {line.partition("m")[0] for line in shown() if f"| {level}" in line}
        for level in ("DEBUG", "INFO", "WARNING", "ERROR")
    }
    assert styles["ERROR"] == {"\x1b[31"}
    assert styles["WARNING"] == {"\x1b[33"}
    assert styles["DEBUG"] == {"\x1b[2"}
    assert not any(one.startswith("\x1b") for one in styles["INFO"])
    assert "\x1b" not in "".join(shown(NO_COLOR="1"))
    assert "\x1b" not in "".join(shown(TERM="dumb"))
    forced = piped("logs", sandbox.calls.finished, env={**env, "FORCE_COLOR": "1"}).out
    assert "\x1b[31m2026" in forced or "\x1b[31m20" in forced
    # With colours, control characters are escaped as well.
    assert r"\x1b[31mPAPER LOW" in forced


def test_errors_are_red_only_on_a_terminal(sandbox: Sandbox, env: dict[str, str]) -> None:
    assert "\x1b[1;31mError:\x1b[0m" in on_terminal("logs", sandbox.calls.expired, env=env).out
    assert piped("logs", sandbox.calls.expired, env=env).err.startswith("Error: Call 'ac_expired'")
    assert "\x1b[1;31m" in on_terminal("lgos", env=env).out


def test_a_list_in_a_pipe_is_tab_separated(sandbox: Sandbox, env: dict[str, str]) -> None:
    hostile = {
        "id": "ac_1",
        "agent_id": "agent_1",
        "status": "failed",
        "start_time": "2026-07-01T10:00:00Z",
        "end_time": "2026-07-01T10:01:05Z",
        "summary": "a\ttab, a\nbreak, a\rreturn, a\\slash, \x1b[31mred",
    }
    body = json.dumps({"data": [hostile, {**hostile, "id": "ac_2"}]}).encode()
    headers = {"Content-Type": "application/json"}
    sandbox.fail_next(status=200, body=body, headers=headers)
    done = piped("list", "--agent", "agent_1", env={**env, "TZ": "UTC"})
    assert done.out.splitlines() == [
        f"{call}\t2026-07-01T10:00:00+00:00\t1:05\tfailed\t\t\t\t\t"
        r"a\ttab, a\nbreak, a\rreturn, a\\slash, \x1b[31mred" + "\tagent_1"
        for call in ("ac_1", "ac_2")
    ]


@pytest.mark.parametrize(
    ("zone", "summer", "winter"), [("Europe/Berlin", "12:00:00 CEST", "11:00:00 CET")]
)
def test_each_row_has_the_offset_of_its_day(
    sandbox: Sandbox, env: dict[str, str], zone: str, summer: str, winter: str
) -> None:
    calls = [
        {
            "id": f"ac_{month}",
            "agent_id": "a",
            "status": "failed",
            "start_time": f"2026-{month}-01T10:00:00Z",
        }
        for month in ("07", "01")
    ]
    headers = {"Content-Type": "application/json"}
    sandbox.fail_next(status=200, body=json.dumps({"data": calls}).encode(), headers=headers)
    shown = on_terminal("list", "--agent", "a", env={**env, "TZ": zone, "COLUMNS": "80"}).out
    assert summer in shown.splitlines()[1]
    assert winter in shown.splitlines()[2]


def test_extreme_numbers_are_shown_in_full_but_short(sandbox: Sandbox, env: dict[str, str]) -> None:
    def turn(start: float, **fields: object) -> dict[str, object]:
        return {"role": "user", "start_timestamp": start, "end_timestamp": start, **fields}

    metric = {"name": "count", "timestamp": 1.0}
    call = {
        "id": "ac_1",
        "agent_id": "a",
        "status": "completed",
        "start_time": "2026-07-01T10:00:00Z",
        "end_time": "2026-07-01T09:59:55Z",
        "transcript": [
            turn(59.96, text="round"),
            turn(-3.2, text="early"),
            turn(1e308, text="late"),
            turn(1.0, log_metric={**metric, "value": 4711040.0}),
            turn(2.0, log_metric={**metric, "value": 1e308}),
            turn(3.0, log_metric={**metric, "value": 0.1}),
        ],
    }
    headers = {"Content-Type": "application/json"}
    sandbox.fail_next(status=200, body=json.dumps(call).encode(), headers=headers)
    lines = [
        line.strip() for line in piped("show", "ac_1", env={**env, "TZ": "UTC"}).out.splitlines()
    ]
    found = {tuple(line.split()) for line in lines}
    assert {
        ("Length", "-0:05"),
        ("1:00.0", "10:00:59.9", "user", "round"),
        ("-0:03.2", "09:59:56.8", "user", "early"),
        ("1e+308", "s", "user", "late"),
        ("0:01.0", "10:00:01.0", "metric", "count", "=", "4711040"),
        ("0:01.0", "10:00:01.0", "metric", "count", "=", "1e+308"),
        ("0:01.0", "10:00:01.0", "metric", "count", "=", "0.1"),
    } <= found
