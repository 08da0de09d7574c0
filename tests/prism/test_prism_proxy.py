"""The client and the sandbox with Prism between them, which checks both against the spec."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from cartesia_calls import (
    AuthenticationError,
    CallLogsNotAvailableError,
    CallNotFoundError,
    Client,
    ConflictError,
    InternalServerError,
    NotFoundError,
    UnprocessableEntityError,
)
from cartesia_calls.sandbox import Sandbox
from fake_clock import FakeClock

Action = Callable[[Client, str, Path], object]

BY_ID: list[Action] = [
    lambda client, unknown, _: client.calls.get(unknown),
    lambda client, unknown, _: client.calls.cancel(unknown),
    lambda client, unknown, _: client.calls.delete(unknown),
    lambda client, unknown, folder: client.calls.download_audio(unknown, folder / "call.wav"),
    lambda client, unknown, _: client.agents.get(unknown),
]
"""Every request by the id of a call or an agent, apart from logs."""


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """Return one clock for the client and the sandbox, so that waits take no time."""
    return FakeClock()


@pytest.fixture(scope="module")
def sandbox(clock: FakeClock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def proxy_url(
    sandbox: Sandbox, start_prism: Callable[..., AbstractContextManager[str]]
) -> Iterator[str]:
    with start_prism("proxy", sandbox.url) as url:
        yield url


@pytest.fixture
def violations() -> list[str]:
    """Return the violations that Prism finds in a test; a test that expects some clears the list."""
    return []


@pytest.fixture
def client(
    sandbox: Sandbox, proxy_url: str, clock: FakeClock, violations: list[str]
) -> Iterator[Client]:
    def note(response: httpx.Response) -> None:
        if found := response.headers.get("sl-violations"):
            violations.append(f"{response.request.method} {response.request.url.path}: {found}")

    with (
        httpx.Client(event_hooks={"response": [note]}, trust_env=False) as http,
        Client(
            sandbox.api_key, base_url=proxy_url, max_retries=0, http_client=http, clock=clock
        ) as client,
    ):
        yield client
    assert violations == []


# Successes


def test_status_and_agents(client: Client, sandbox: Sandbox) -> None:
    assert client.status().version == sandbox.api_version
    for agent in client.agents.list():
        assert client.agents.get(agent.id) == agent


def test_calls_of_an_agent_over_several_pages(client: Client, sandbox: Sandbox) -> None:
    pages = list(client.calls.list(agent_id=sandbox.agents.busy).pages())
    assert len(pages) > 1
    assert {sandbox.calls.finished, sandbox.calls.expired} <= {
        call.id for page in pages for call in page
    }


def test_calls_of_a_batch_with_transcripts(client: Client, sandbox: Sandbox) -> None:
    calls = list(client.calls.list(batch_id=sandbox.batch_id, expand_transcript=True))
    assert any(call.transcript for call in calls)


def test_calls_by_status_and_time(client: Client, sandbox: Sandbox) -> None:
    query = client.calls.list(agent_id=sandbox.agents.busy, status="failed", since="21d", limit=3)
    assert [call.status for call in query] == ["failed"] * 3


@pytest.mark.parametrize("name", ["finished", "created", "expired", "deleted", "zero_retention"])
def test_records_of_calls_in_every_state(client: Client, sandbox: Sandbox, name: str) -> None:
    call_id = getattr(sandbox.calls, name)
    assert client.calls.get(call_id).id == call_id


def test_logs(client: Client, sandbox: Sandbox) -> None:
    logs = client.calls.logs(sandbox.calls.finished)
    assert (logs.call_id, bool(logs.logs)) == (sandbox.calls.finished, True)


def test_logs_waited_for(client: Client, sandbox: Sandbox) -> None:
    assert client.calls.wait_for_logs(sandbox.calls.just_ended).logs


def test_logs_followed_until_the_call_is_cancelled(client: Client, sandbox: Sandbox) -> None:
    lines = client.calls.follow_logs(sandbox.calls.running)
    assert next(lines)
    assert client.calls.get(sandbox.calls.running).status == "started"
    client.calls.cancel(sandbox.calls.running)
    assert list(lines)
    assert client.calls.get(sandbox.calls.running).end_reason == "api_cancelled"


def test_a_recording(client: Client, sandbox: Sandbox, tmp_path: Path) -> None:
    path = client.calls.download_audio(sandbox.calls.finished, tmp_path / "call.wav")
    assert path.read_bytes().startswith(b"RIFF")


def test_a_deleted_call(client: Client, sandbox: Sandbox) -> None:
    (call,) = client.calls.list(agent_id=sandbox.agents.quiet, status="completed", limit=1)
    assert client.calls.delete(call.id).redacted_at
    assert client.calls.get(call.id).redacted_at


# Refusals


def test_both_reasons_why_there_are_no_logs(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(CallNotFoundError):
        client.calls.logs(sandbox.calls.unknown)
    for call_id in (sandbox.calls.created, sandbox.calls.expired, sandbox.calls.zero_retention):
        with pytest.raises(CallLogsNotAvailableError) as caught:
            client.calls.logs(call_id)
        assert caught.value.reason != "unknown"


@pytest.mark.parametrize("action", BY_ID)
def test_unknown_ids(client: Client, sandbox: Sandbox, tmp_path: Path, action: Action) -> None:
    with pytest.raises(NotFoundError):
        action(client, sandbox.calls.unknown, tmp_path)


def test_actions_that_the_state_of_a_call_does_not_allow(client: Client, sandbox: Sandbox) -> None:
    with pytest.raises(ConflictError):
        client.calls.cancel(sandbox.calls.finished)
    with pytest.raises(ConflictError):
        client.calls.delete(sandbox.calls.created)


def test_a_refused_key(client: Client, sandbox: Sandbox) -> None:
    stranger = client.with_options(api_key=sandbox.refused_api_key)
    with pytest.raises(AuthenticationError):
        stranger.agents.list()
    with pytest.raises(AuthenticationError):
        stranger.calls.get(sandbox.calls.finished)


# Prism reports violations


def test_a_response_that_the_spec_does_not_allow_would_be_noticed(
    client: Client, sandbox: Sandbox, violations: list[str]
) -> None:
    sandbox.fail_next(
        status=200,
        headers={"Content-Type": "application/json"},
        body=json.dumps({"id": "ac_1", "agent_id": "agent_1"}).encode(),
        operation="agents_get-call",
    )
    with pytest.raises(InternalServerError):
        client.calls.get("ac_1")
    (violation,) = violations
    assert "must have required property 'status'" in violation
    violations.clear()


def test_a_status_that_the_spec_does_not_name_would_be_noticed(
    client: Client, sandbox: Sandbox, violations: list[str]
) -> None:
    sandbox.fail_next(status=500, operation="agents_get-call-logs")
    with pytest.raises(InternalServerError):
        client.calls.logs(sandbox.calls.finished)
    (violation,) = violations
    assert "Unable to match the returned status code" in violation
    violations.clear()


def test_a_request_that_the_spec_does_not_allow_would_be_noticed(
    client: Client, sandbox: Sandbox
) -> None:
    with pytest.raises(UnprocessableEntityError):
        client.with_options(api_version="2024-06-10").calls.get(sandbox.calls.finished)
