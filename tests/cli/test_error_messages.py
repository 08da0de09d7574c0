"""Errors in the command's own words: the likely cause, and what to do."""

from __future__ import annotations

import ssl

import pytest

from cartesia_calls import (
    APIConnectionError,
    APITimeoutError,
    CartesiaError,
    LogsWaitTimeoutError,
    ResponseValidationError,
)
from cartesia_calls.cli._errors import in_our_words
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from terminal import Done, environment, piped

# Terms of the Python library, which cannot be typed on a command line.
LIBRARY = ("api_key=", "base_url=", "max_response_bytes", "wait_for_logs", "follow_logs", ".body")


def _checked(done: Done) -> Done:
    output = done.out + done.err
    assert [term for term in LIBRARY if term in output] == []
    assert "Traceback" not in output
    return done


@pytest.mark.parametrize(
    ("variables", "code", "words"),
    [
        ({}, 3, ["No API key", "CARTESIA_API_KEY"]),
        ({"CARTESIA_API_KEY": "sk_car_admin_x"}, 3, ["admin key"]),
        ({"CARTESIA_API_KEY": "sk car x"}, 3, ["CARTESIA_API_KEY"]),
        ({"CARTESIA_API_KEY": KEY, "CARTESIA_BASE_URL": "ftp://x"}, 3, ["--base-url"]),
        ({"CARTESIA_API_KEY": KEY, "CARTESIA_BASE_URL": "http://x.test"}, 3, ["plain HTTP"]),
        ({"CARTESIA_API_KEY": KEY, "CARTESIA_VERSION": "new"}, 3, ["--api-version"]),
        (
            {"CARTESIA_API_KEY": KEY, "CARTESIA_BASE_URL": "http://127.0.0.1:9"},
            7,
            ["Could not connect to http://127.0.0.1:9: connection refused.", "--base-url"],
        ),
    ],
)
def test_settings_and_connections(variables: dict[str, str], code: int, words: list[str]) -> None:
    for command in ("agents", "doctor"):
        done = _checked(piped(command, env=environment(**variables)))
        assert done.code == code
        assert [word for word in words if word not in done.out + done.err] == []


@pytest.mark.parametrize("engine", ["httpx", "auto"])
def test_https_to_a_plain_port_is_named(sandbox: Sandbox, engine: str) -> None:
    url = sandbox.url.replace("http:", "https:")
    env = environment(CARTESIA_API_KEY=KEY, CARTESIA_BASE_URL=url, CARTESIA_ENGINE=engine)
    done = _checked(piped("agents", env=env))
    what, to_do = done.err.splitlines()
    assert done.code == 7
    assert f"{url} does not speak TLS" in what
    assert "WRONG_VERSION" not in what
    assert "plain HTTP port" in to_do


@pytest.mark.parametrize("engine", ["httpx", "auto"])
@pytest.mark.parametrize("name", ["HTTPS_PROXY", "all_proxy"])
@pytest.mark.parametrize("host", ["127.0.0.1:9", "no-such-proxy.invalid:9"])
def test_a_proxy_that_fails_is_named_without_its_password(
    engine: str, name: str, host: str
) -> None:
    env = environment(CARTESIA_API_KEY=KEY, CARTESIA_BASE_URL="https://calls.example.test")
    proxy = {name: f"http://user:pass%2Fword@{host}/", "CARTESIA_ENGINE": engine}
    done = _checked(piped("agents", env=env | proxy))
    what, to_do = done.err.splitlines()
    assert done.code == 7
    assert f"The request goes through the proxy {host}." in what
    assert "HTTPS_PROXY" in to_do
    assert "--base-url" not in to_do
    assert "word" not in done.err


@pytest.mark.parametrize(
    ("url", "variables"),
    [
        ("http://127.0.0.1:9", {}),
        ("https://127.0.0.1:9", {"NO_PROXY": "127.0.0.1"}),
    ],
)
def test_a_proxy_that_is_not_used_is_not_named(url: str, variables: dict[str, str]) -> None:
    env = environment(CARTESIA_API_KEY=KEY, CARTESIA_BASE_URL=url, HTTPS_PROXY="http://127.0.0.1:8")
    done = _checked(piped("agents", env=env | variables))
    assert "Nothing listens at that address." in done.err
    assert "PROXY" not in done.err


def test_a_host_that_does_not_exist_is_named() -> None:
    env = environment(CARTESIA_API_KEY=KEY, CARTESIA_BASE_URL="https://no-such-host.invalid")
    done = _checked(piped("agents", env=env))
    assert done.code == 7
    assert "There is no host no-such-host.invalid" in done.err


def test_doctor_does_not_recommend_itself(sandbox: Sandbox) -> None:
    refused = environment(CARTESIA_API_KEY=sandbox.refused_api_key, CARTESIA_BASE_URL=sandbox.url)
    done = _checked(piped("doctor", env=refused))
    assert done.code == 3
    assert "cartesia-calls doctor" not in done.out
    assert "cartesia-calls doctor" in _checked(piped("agents", env=refused)).err


@pytest.mark.parametrize("call", ["running", "created", "just_ended", "expired", "deleted"])
def test_missing_logs(sandbox: Sandbox, env: dict[str, str], call: str) -> None:
    done = _checked(piped("logs", str(getattr(sandbox.calls, call)), env=env))
    what, to_do = done.err.splitlines()
    assert done.code == 5
    assert what.startswith("Error: Call 'ac_")
    assert ("--wait" in to_do) is (call in {"running", "created", "just_ended"})


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 302])
def test_statuses(sandbox: Sandbox, env: dict[str, str], status: int) -> None:
    sandbox.fail_next(status=status, times=3, headers={"Retry-After": "0"})
    done = _checked(piped("agents", env=env))
    assert len(done.err.splitlines()) == 2


def _untrusted() -> APIConnectionError:
    error = APIConnectionError("GET https://example.test/agents failed.")
    error.__cause__ = ssl.SSLCertVerificationError("certificate verify failed")
    return error


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (_untrusted(), "SSL_CERT_FILE"),
        (APITimeoutError("Nothing from GET https://example.test within 60 s."), "try again later"),
        (APIConnectionError("It broke off."), "--base-url"),
        (
            ResponseValidationError(
                "Too long.",
                hint="Check the base URL; if such a long response is right, raise "
                "max_response_bytes, or read logs with stream_logs.",
                problem="is longer than 9 bytes",
            ),
            "-o FILE",
        ),
        (
            LogsWaitTimeoutError(
                "No logs of call 'ac_1' within 1 s.",
                hint="Wait longer, or check that the call is over.",
                call_id="ac_1",
                timeout=1.0,
                reason="in_progress",
            ),
            "--timeout",
        ),
        (
            LogsWaitTimeoutError(
                "The server requests a pause of 60 s.",
                hint="Try again after that pause.",
                call_id="ac_1",
                timeout=1.0,
                reason="in_progress",
            ),
            "after that pause",
        ),
    ],
)
def test_hints_can_be_typed(error: CartesiaError, words: str) -> None:
    assert words in in_our_words(error)[1]
