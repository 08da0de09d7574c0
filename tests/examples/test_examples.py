"""Each program in examples/ works against the sandbox."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import follow_call
import web_app
from cartesia_calls import Client
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from otlp_receiver import open_receiver
from terminal import Done, environment

EXAMPLES = Path(__file__).parents[2] / "examples"
PROGRAMS = sorted(EXAMPLES.glob("*.py"))

Run = Callable[..., Done]


def test_wait_for_logs_prints_the_logs_of_a_call_that_just_ended(
    run: Run, sandbox: Sandbox
) -> None:
    done = run("wait_for_logs.py", sandbox.calls.just_ended)
    assert (done.code, done.err) == (0, "")
    assert "agent.main:stop:139 - Call ended: agent_hangup after" in done.out


def test_wait_for_logs_prints_the_reason_for_missing_logs(run: Run, sandbox: Sandbox) -> None:
    done = run("wait_for_logs.py", sandbox.calls.deleted)
    assert (done.code, done.out, done.err) == (1, "", "ac_deleted will never have logs: deleted.\n")


@pytest.mark.usefixtures("quick_pauses")
def test_follow_call_prints_lines_until_the_call_ends(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Sandbox() as sandbox:
        monkeypatch.setenv("CARTESIA_BASE_URL", sandbox.url)
        monkeypatch.setenv("CARTESIA_API_KEY", KEY)
        assert follow_call.main(sandbox.agents.busy) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Following ac_running. Press Ctrl-C to stop."
    assert [line for line in lines if line.startswith("!")] == [
        line for line in lines if "Stock list is 14 min old" in line
    ]
    assert "Call ended: client_hangup" in lines[-1]


def test_follow_call_ends_if_the_agent_is_not_in_a_call(run: Run, sandbox: Sandbox) -> None:
    done = run("follow_call.py", sandbox.agents.idle)
    assert (done.code, done.out) == (1, "agent_idle is not in a call.\n")


def test_failed_calls_names_the_first_error_of_each(run: Run, sandbox: Sandbox) -> None:
    with Client(KEY, base_url=sandbox.url) as client:
        failed = list(client.calls.list(agent_id=sandbox.agents.busy, status="failed", limit=1))
    start = failed[0].start_time
    assert isinstance(start, datetime)
    done = run("failed_calls.py", sandbox.agents.busy, start.astimezone(UTC).date().isoformat())
    assert (done.code, done.err) == (0, "")
    (line,) = done.out.splitlines()
    assert re.fullmatch(
        rf"{failed[0].id}\terror\tline \d+: The language model did not answer\.", line
    )


def test_failed_calls_covers_yesterday_by_default(run: Run, sandbox: Sandbox) -> None:
    done = run("failed_calls.py", sandbox.agents.idle)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_share_failed_calls_writes_a_page_for_each_without_secrets(
    run: Run, sandbox: Sandbox, tmp_path: Path
) -> None:
    done = run("share_failed_calls.py", sandbox.agents.busy, "10d", "pages")
    assert (done.code, done.err) == (0, "")
    *calls, about_all = [tmp_path / name for name in done.out.splitlines()]
    assert calls
    assert "The language model did not answer." in calls[0].read_text(encoding="utf-8")
    assert not any("+39" in page.read_text(encoding="utf-8") for page in calls)
    assert f"Calls of {sandbox.agents.busy} since 10d" in about_all.read_text(encoding="utf-8")


def test_send_failed_calls_sends_each_without_secrets(run: Run, sandbox: Sandbox) -> None:
    with open_receiver() as receiver:
        to = {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.url}
        done = run("send_failed_calls.py", sandbox.agents.busy, "60d", **to)

    calls = receiver.named("invoke_agent Pizzeria Da Nonò")
    assert (done.code, done.err) == (0, "")
    assert len(re.findall(r"^ac_\w+: \d+ spans, \d+ log records$", done.out, re.MULTILINE)) == len(
        calls
    )
    assert calls
    assert "‹phone 1›" in str(receiver.spans)


def test_ask_the_mcp_server_shows_the_end_of_the_last_failed_call(
    run: Run, sandbox: Sandbox
) -> None:
    done = run("ask_the_mcp_server.py", sandbox.agents.busy)
    call, *turns = done.out.splitlines()
    assert done.code == 0
    assert re.fullmatch(r"ac_\w+ error The language model did not answer\.", call)
    assert all(re.match(r" *[\d.]+ s  (user|assistant): ", turn) for turn in turns)


def test_slowest_turns_lists_the_longest_silence_first(run: Run, sandbox: Sandbox) -> None:
    done = run("slowest_turns.py", sandbox.agents.busy)
    summary, longest, *others = done.out.splitlines()
    assert (done.code, done.err, len(others)) == (0, "", 9)
    assert re.fullmatch(
        r"\d+ calls: half of the replies within 0\.50 s, 95 of 100 within 0\.50 s\.", summary
    )
    assert longest == "  7.90 s  ac_finished  Pronto alle dieci e trentacinque. Grazie!"


def test_slowest_turns_reports_that_there_are_none(run: Run, sandbox: Sandbox) -> None:
    done = run("slowest_turns.py", sandbox.agents.idle, "24h")
    assert (done.code, done.out) == (0, "agent_idle: no replies since 24h ago.\n")


def test_export_and_query_counts_the_errors_of_each_day(run: Run, sandbox: Sandbox) -> None:
    needs = "install it with the dependency group `export`, or run nox -s export-queries"
    pytest.importorskip("duckdb", reason=needs)
    first = run("export_and_query.py", sandbox.agents.quiet, "calls")
    again = run("export_and_query.py", sandbox.agents.quiet, "calls")
    assert (first.code, first.err, again.code) == (0, "", 0)
    count, *days = first.out.splitlines()
    assert re.fullmatch(r"[1-9]\d* calls exported, 0 already there\.", count)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d: \d+ errors in \d+ calls", day) for day in days)
    assert again.out.splitlines()[1:] == days
    assert " 0 already there" not in again.out


def test_fan_out_counts_the_lines_of_each_level(run: Run, sandbox: Sandbox) -> None:
    done = run("fan_out.py", sandbox.agents.busy)
    assert (done.code, done.err) == (0, "")
    assert re.search(r"^ +\d+ INFO$", done.out, re.MULTILINE)
    assert re.search(r"^\d+ calls have no logs\.$", done.out, re.MULTILINE)


def test_nightly_exports_all_agents(run: Run) -> None:
    first, again = run("nightly.py", "calls"), run("nightly.py", "calls")
    assert (first.code, again.code) == (0, 0)
    assert re.fullmatch(r"[1-9]\d* exported, 0 present, 0 failed\n", first.out)
    assert re.fullmatch(r"\d+ exported, [1-9]\d* present, 0 failed\n", again.out)


def test_nightly_exits_with_a_temporary_failure_during_an_outage(
    run: Run, sandbox: Sandbox
) -> None:
    now = {"Retry-After": "0"}
    sandbox.fail_next(status=503, times=3, headers=now, operation="agents_list")
    done = run("nightly.py", "calls")
    assert (done.code, done.out) == (75, "")
    assert re.fullmatch(r"error: .*503.*\n", done.err)


@pytest.mark.parametrize("key", ["", "sk_car_sandbox_refused"])
def test_nightly_fails_with_an_invalid_key(run: Run, key: str) -> None:
    done = run("nightly.py", "calls", CARTESIA_API_KEY=key)
    assert (done.code, done.out) == (1, "")
    assert re.fullmatch(r"error: .+\n", done.err)


def test_web_app_serves_timelines(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTESIA_BASE_URL", sandbox.url)
    monkeypatch.setenv("CARTESIA_API_KEY", KEY)
    with TestClient(web_app.app) as browser:
        found = browser.get("/calls/ac_finished/timeline")
        missing = browser.get("/calls/ac_none/timeline")
    assert found.status_code == 200
    kinds = [entry["kind"] for entry in found.json()]
    assert (kinds[0], kinds[-1]) == ("start", "end")
    assert {"turn", "tool", "event", "metric", "log"} <= set(kinds)
    assert missing.status_code == 404
    assert "ac_none" in missing.json()["error"]


def test_the_example_tests_pass_without_a_key(tmp_path: Path) -> None:
    plugin = "cartesia_calls.sandbox.pytest_plugin"
    program = str(EXAMPLES / "test_own_code.py")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-c", "/dev/null", "-p", plugin, program],
        cwd=tmp_path,
        env=environment(PYTHONDONTWRITEBYTECODE="1", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode()
    assert "3 passed" in done.stdout.decode()


def test_each_example_is_short_and_listed() -> None:
    listed = re.findall(r"\(([a-z_]+\.py)\)", (EXAMPLES / "README.md").read_text("utf-8"))
    assert sorted(listed) == [program.name for program in PROGRAMS]
    for program in PROGRAMS:
        text = program.read_text("utf-8")
        assert 15 <= len(text.splitlines()) <= 60, program.name
        names = {
            node.module for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)
        }
        assert not [name for name in names if name and "._" in name], program.name
