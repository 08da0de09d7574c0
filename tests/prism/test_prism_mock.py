"""The client against Prism, which generates responses from the spec and refuses invalid requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from cartesia_api.models import AgentCall, AgentCallLogs, AgentSummary, APIInfo
from cartesia_calls import (
    CallLogsNotAvailableError,
    Client,
    NotFoundError,
    ResponseValidationError,
    UnprocessableEntityError,
)
from wrapped_operations import WRAPPED

_SEEDS = 20
Action = Callable[[Client, Path], object]


def _first_page(client: Client, _: Path) -> object:
    """Return only the first page of calls, since Prism invents the cursor of the next one."""
    try:
        return next(client.calls.list(agent_id="agent_1").pages())
    except ResponseValidationError as error:
        # Prism may invent an empty page that has a next one and no cursor.
        if error.pointer != "/data":
            raise
        return []


OPERATIONS: dict[str, tuple[Action, type]] = {
    "apiStatus_get": (lambda client, _: client.status(), APIInfo),
    "agents_list": (lambda client, _: client.agents.list(), list),
    "agents_get": (lambda client, _: client.agents.get("agent_1"), AgentSummary),
    "agents_list-calls": (_first_page, list),
    "agents_get-call": (lambda client, _: client.calls.get("ac_1"), AgentCall),
    "agents_get-call-logs": (lambda client, _: client.calls.logs("ac_1"), AgentCallLogs),
    "agents_download-call-audio": (
        lambda client, folder: client.calls.download_audio("ac_1", folder / "call.wav"),
        Path,
    ),
    "agents_cancel-call": (lambda client, _: client.calls.cancel("ac_1"), type(None)),
    "agents_delete-call": (lambda client, _: client.calls.delete("ac_1"), AgentCall),
}


@pytest.fixture(scope="module")
def mock_url(start_prism: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    with start_prism("mock") as url:
        yield url


@pytest.fixture
def client(mock_url: str) -> Iterator[Client]:
    with Client("sk_car_any", base_url=mock_url, max_retries=0) as client:
        yield client


def preferring(client: Client, preference: str) -> Client:
    """Return a client that selects one of the spec's responses."""
    return client.with_options(headers={"Prefer": preference})


def test_every_wrapped_operation_is_requested() -> None:
    assert OPERATIONS.keys() == {wrapped.operation_id for wrapped in WRAPPED}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_client_accepts_the_response_of_every_operation(
    client: Client, tmp_path: Path, operation: str
) -> None:
    action, expected = OPERATIONS[operation]
    assert isinstance(action(client, tmp_path), expected)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_client_accepts_responses_with_any_values(
    client: Client, tmp_path: Path, operation: str
) -> None:
    action, expected = OPERATIONS[operation]
    for seed in range(_SEEDS):
        folder = tmp_path / str(seed)
        folder.mkdir()
        preference = f"dynamic=true, seed=response-{seed}"
        assert isinstance(action(preferring(client, preference), folder), expected), preference


@pytest.mark.parametrize("operation", OPERATIONS.keys() - {"apiStatus_get", "agents_get-call-logs"})
def test_the_client_accepts_the_error_of_every_operation(
    client: Client, tmp_path: Path, operation: str
) -> None:
    action, _ = OPERATIONS[operation]
    with pytest.raises(NotFoundError) as caught:
        action(preferring(client, "code=404"), tmp_path)
    assert caught.value.request_id == "string"


def test_the_client_accepts_the_example_error_of_the_logs_operation(client: Client) -> None:
    with pytest.raises(CallLogsNotAvailableError) as caught:
        preferring(client, "code=404").calls.logs("ac_1")
    assert caught.value.reason == "unknown"


def test_a_request_that_the_spec_does_not_allow_would_be_noticed(client: Client) -> None:
    with pytest.raises(UnprocessableEntityError):
        client.with_options(api_version="2024-06-10").calls.get("ac_1")
