"""`cartesia-calls show --logs`: everything in a call, in order of time."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartesia_calls import Client, timeline
from cartesia_calls.cli import main
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from terminal import environment, on_terminal, piped

START = datetime(2026, 7, 1, 10, 0, 0, tzinfo=UTC)
AS_JSON = {"Content-Type": "application/json"}
HAPPENED = "and what happened:"


def _turn(start: float, end: float, role: str, text: str, **fields: object) -> dict[str, object]:
    return {"role": role, "start_timestamp": start, "end_timestamp": end, "text": text, **fields}


def _call(*turns: dict[str, object], **fields: object) -> dict[str, Any]:
    record = {"id": "ac_1", "agent_id": "agent_1", "status": "completed", **fields}
    end = START + timedelta(seconds=60)
    times = {"start_time": START.isoformat(), "end_time": end.isoformat()}
    return {**times, "transcript": list(turns), **record}


def _line(seconds: float, level: str, text: str) -> str:
    moment = START + timedelta(seconds=seconds)
    return (
        f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d} | {level:<8} | a:b:1 - {text}"
    )


def _serve(sandbox: Sandbox, call: dict[str, Any], lines: list[str] | None = None) -> None:
    """Make the sandbox respond with this call, and with this log if there is one."""
    record = {"status": 200, "headers": AS_JSON, "operation": "agents_get-call"}
    sandbox.fail_next(body=json.dumps(call).encode(), **record)  # type: ignore[arg-type]
    if lines is not None:
        logs = {"call_id": "ac_1", "logs": lines, "updated_at": START.isoformat()}
        body = json.dumps(logs).encode()
        where = {**record, "operation": "agents_get-call-logs"}
        sandbox.fail_next(body=body, **where)  # type: ignore[arg-type]


def _happened(out: str) -> list[str]:
    lines = re.sub(r"\x1b\[[\d;]*m", "", out).splitlines()
    return lines[next(n for n, line in enumerate(lines) if HAPPENED in line) + 1 :]


def test_turns_tools_and_records_are_in_order_of_time(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    tool = {"id": "t", "name": "order", "arguments": {"item": "una"}, "result": "error: none left"}
    call = _call(
        _turn(1, 2, "assistant", "Hello", tts_ttfb=0.09),
        _turn(1.5, 4, "user", "Una, please", stt_ttfb=0.2),
        {**_turn(5, 5.4, "assistant", ""), "tool_calls": [tool]},
        _turn(6.5, 7, "assistant", "Sorry", end_reason="interrupted"),
        end_reason="client_hangup",
    )
    lines = [
        _line(0.2, "INFO", "accepted"),
        _line(5.1, "ERROR", "slow"),
        "Traceback (most recent call last):",
        "TimeoutError",
    ]
    _serve(sandbox, call, lines)
    done = piped("show", "ac_1", "--logs", env={**env, "TZ": "Europe/Berlin"})

    assert (done.code, done.err) == (0, "")
    assert "Time within the call, local time (CEST), and what happened:" in done.out.splitlines()
    assert _happened(done.out) == [
        "0:00.0  12:00:00.0  start",
        "0:00.2  12:00:00.2  INFO       accepted  (a:b:1)",
        "0:01.0  12:00:01.0  assistant  Hello  (TTS 90 ms)",
        "0:01.5  12:00:01.5  user       Una, please  (interrupts, STT 200 ms)",
        "0:04.0              silence    2.5 s, tools ran for 0.4 s of it",
        "0:05.0  12:00:05.0  tool       order(item='una') → error: none left",
        "0:05.1  12:00:05.1  ERROR      slow  (a:b:1)",
        "    Traceback (most recent call last):",
        "    TimeoutError",
        "0:06.5  12:00:06.5  assistant  Sorry  (reply after 2.50 s, interrupted)",
        "1:00.0  12:01:00.0  end        client_hangup",
    ]


def test_the_offset_is_that_of_the_start_even_if_a_log_begins_in_another_season(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    _serve(sandbox, _call(), ["2025-12-31 10:00:00 | INFO | a:b:1 - early"])
    done = piped("show", "ac_1", "--logs", env={**env, "TZ": "Europe/Berlin"})

    assert "Time within the call, local time (CEST), and what happened:" in done.out.splitlines()


def test_errors_are_red_and_silences_yellow_on_a_terminal(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    shown = on_terminal("show", sandbox.calls.finished, "--logs", env={**env, "COLUMNS": "160"}).out
    (error,) = [line for line in shown.splitlines() if "The kitchen did not" in line]
    assert error.startswith("\x1b[31m")
    assert "\x1b[31m    TimeoutError" in shown
    assert next(line for line in shown.splitlines() if "silence" in line).startswith("\x1b[33m")
    assert "\x1b[31mPAPER LOW" not in shown


def test_json_is_one_entry_per_line(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("show", sandbox.calls.finished, "--logs", "--json", env=env)
    rows = [json.loads(row) for row in done.out.splitlines()]
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        happened = client.calls.timeline(sandbox.calls.finished)
    assert (done.code, done.err) == (0, "")
    assert {row.pop("call_id") for row in rows} == {sandbox.calls.finished}
    assert rows == [entry.as_dict() for entry in happened.entries]


@pytest.mark.parametrize("call", ["running", "created", "deleted", "zero_retention", "expired"])
def test_a_call_without_logs_is_shown_with_the_reason(
    sandbox: Sandbox, env: dict[str, str], call: str
) -> None:
    call_id = str(getattr(sandbox.calls, call))
    done = piped("show", call_id, "--logs", env=env)
    assert (done.code, done.err) == (0, "")
    assert f"Call '{call_id}' has no logs" in done.out.splitlines()[-1]
    as_json = piped("show", call_id, "--logs", "--json", env=env)
    assert as_json.code == 0
    assert f"Call '{call_id}' has no logs" in as_json.err
    assert all(json.loads(row)["call_id"] == call_id for row in as_json.out.splitlines())


@pytest.mark.parametrize("name", ["tools", "metric", "ending", "times", "metadata"])
def test_unexpected_records_are_shown_with_their_logs(env: dict[str, str], name: str) -> None:
    done = piped("show", f"ac_odd_{name}", "--logs", env=env)
    assert done.code == 0
    assert any("accepted" in line for line in _happened(done.out))


def test_a_clock_that_differs_is_reported_with_the_offset_to_add(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    lines = [_line(7200 + seconds, "INFO", "x") for seconds in (1, 30)]
    _serve(sandbox, _call(), lines)
    out = piped("show", "ac_1", "--logs", env=env).out
    assert out.splitlines()[-1].endswith("add --log-offset -7200.")
    _serve(sandbox, _call(), lines)
    out = piped("show", "ac_1", "--logs", "--log-offset", "-7200", env={**env, "TZ": "UTC"}).out
    assert "0:01.0  10:00:01.0  INFO   x  (a:b:1)" in _happened(out)
    assert "--log-offset" not in out


def test_a_different_day_is_shown(sandbox: Sandbox, env: dict[str, str]) -> None:
    _serve(sandbox, _call(), [_line(86400, "INFO", "late")])
    done = piped("show", "ac_1", "--logs", env={**env, "TZ": "UTC"})
    assert any("2026-07-02 10:00:00.0  INFO" in line for line in _happened(done.out))


def test_a_long_log_is_shortened_to_its_most_severe_records_with_a_notice(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    lines = [
        _line(n / 1000, "ERROR" if n == 7 else "INFO", f"line {n} " + "." * 40)
        for n in range(50_000)
    ]
    _serve(sandbox, _call(), lines)
    done = piped("show", "ac_1", "--logs", env=env)
    assert done.code == 0
    shown = _happened(done.out)
    assert len(shown) < 20_000
    assert any("line 7 " in line for line in shown)
    assert any("line 49999 " in line for line in shown)
    assert not any("line 8 " in line for line in shown)
    left_out = re.match(r"(\d+) of the log's 50000 lines are left out", shown[-1])
    assert left_out
    assert int(left_out[1]) == 50_000 - len([line for line in shown if " line " in line])
    assert "`cartesia-calls logs ac_1` shows all." in shown[-1]


@pytest.mark.parametrize("width", [40, 80, 120, 200])
def test_each_line_fits_the_terminal(sandbox: Sandbox, env: dict[str, str], width: int) -> None:
    out = on_terminal(
        "show", sandbox.calls.finished, "--logs", env={**env, "COLUMNS": str(width)}
    ).out
    shown = re.sub(r"\x1b\[[\d;]*m", "", out)
    assert [line for line in shown.splitlines() if len(line) > width] == []


TEXTS = st.text(max_size=30)
TURNS = st.builds(
    _turn,
    st.floats(-5, 90),
    st.floats(-5, 90),
    st.sampled_from(["assistant", "user", "system"]),
    TEXTS,
)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(turns=st.lists(TURNS, max_size=6), lines=st.lists(TEXTS, max_size=6), at=st.integers(0, 59))
def test_every_entry_is_shown(
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    turns: list[dict[str, object]],
    lines: list[str],
    at: int,
) -> None:
    monkeypatch.setenv("CARTESIA_BASE_URL", sandbox.url)
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    lines = [_line(at, "INFO", "one"), *lines]
    call = _call(*turns)
    _serve(sandbox, call, lines)
    assert main(["show", "ac_1", "--logs"]) == 0
    shown = _happened(capsys.readouterr().out)
    entries = timeline(call, lines).entries
    more = sum(len(entry.lines) - 1 for entry in entries if entry.lines)
    silences = sum(" silence " in line for line in shown)
    assert len(shown) - silences == len(entries) + more + (not turns)


def test_wrong_usage_is_refused_before_anything_is_sent() -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    for words in (("--log-offset", "1"), ("--logs", "--log-offset", "soon")):
        assert piped("show", "ac_1", *words, env=nowhere).code == 2
