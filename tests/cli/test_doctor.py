"""`cartesia-calls doctor` shows every setting, its source, and the state of the server."""

from __future__ import annotations

import json

import pytest

from cartesia_calls.sandbox import Sandbox
from terminal import environment, piped


def test_a_working_setup(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("doctor", env=env)
    assert (done.code, done.err) == (0, "")
    versions, key, url, version, server, note = done.out.splitlines()
    assert versions.startswith("cartesia-calls ")
    assert "httpx" in versions
    assert key == "ok    API key      sk_car_…ghij  (CARTESIA_API_KEY)"
    assert url == f"ok    Base URL     {sandbox.url}  (CARTESIA_BASE_URL)"
    assert version == "ok    API version  2026-03-01  (default)"
    assert server.startswith("ok    Server       responds in ")
    assert note.startswith("note  Cartesia hosts code-first (Line SDK) agents until 2026-12-01.")
    assert "agents/migrate-from-line-sdk" in note
    assert "cartesia-calls export" in note
    assert sandbox.api_key not in done.out


def test_json_is_one_object(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("doctor", "--json", "--base-url", sandbox.url, env=env)
    report = json.loads(done.out)
    assert done.out.count("\n") == 1
    assert [finding["what"] for finding in report["findings"]] == [
        "API key",
        "Base URL",
        "API version",
        "Server",
    ]
    assert all(finding["ok"] for finding in report["findings"])
    assert report["findings"][1]["source"] == "option"
    assert "2026-12-01" in report["notes"][0]
    assert sandbox.api_key not in done.out


def test_all_problems_are_shown_at_once() -> None:
    done = piped(
        "doctor",
        "--base-url",
        "http://api.cartesia.ai",
        "--api-version",
        "latest",
        env=environment(),
    )
    assert done.code == 3
    assert [line.split("  ")[0] for line in done.out.splitlines() if line.startswith("FAIL")] == [
        "FAIL"
    ] * 3
    assert "Server" not in done.out


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_a_refused_key_is_reported_and_not_shown(sandbox: Sandbox, option: tuple[str, ...]) -> None:
    env = environment(CARTESIA_BASE_URL=sandbox.url, CARTESIA_API_KEY=sandbox.refused_api_key)
    done = piped("doctor", *option, env=env)
    assert done.code == 3
    assert "Unauthorized" in done.out
    assert sandbox.refused_api_key not in done.out + done.err


def test_a_server_that_does_not_respond() -> None:
    env = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped("doctor", env=env)
    assert done.code == 7
    assert "FAIL  Server" in done.out


def test_a_404_of_another_server_is_not_healthy(sandbox: Sandbox, env: dict[str, str]) -> None:
    sandbox.fail_next(status=404, body=b"<html>nothing here</html>")
    assert piped("doctor", env=env).code == 4


def test_verbose_shows_more_of_a_failure(sandbox: Sandbox, env: dict[str, str]) -> None:
    sandbox.fail_next(status=503, times=2, body=b"busy", headers={"X-Request-Id": "req_4711"})
    brief = piped("doctor", env=env)
    done = piped("doctor", "--verbose", env=env)
    assert (brief.code, done.code) == (8, 8)
    assert "req_4711" not in brief.out
    assert "request id: req_4711" in done.out
    assert "status code: 503" in done.out
    assert sandbox.api_key not in done.out + done.err
