"""Cancelling and deleting a call show in later responses."""

from collections.abc import Callable

import httpx
import pytest

from cartesia_calls.sandbox import ExampleCalls

CALLS = ExampleCalls()


def path(call_id: str, part: str = "") -> str:
    return f"/agents/calls/{call_id}{part}"


def cancel(client: httpx.Client, call_id: str) -> httpx.Response:
    return client.post(path(call_id, "/cancel"))


def lines(client: httpx.Client, call_id: str) -> list[str] | None:
    found: list[str] | None = client.get(path(call_id, "/logs")).json().get("logs")
    return found


def test_a_running_call_can_be_cancelled_once(client: httpx.Client) -> None:
    response = cancel(client, CALLS.running)

    assert (response.status_code, response.json()) == (200, {"cancelled": True})
    call = client.get(path(CALLS.running)).json()
    assert (call["status"], call["end_reason"]) == ("completed", "api_cancelled")
    assert call["end_time"] == "2026-03-02T09:00:00+00:00"
    assert client.get(path(CALLS.running, "/audio")).status_code == 200
    assert cancel(client, CALLS.running).status_code == 409


def test_the_log_of_a_cancelled_call_stops_growing(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    lines(api, CALLS.running)
    advance(3)
    before = lines(api, CALLS.running)
    cancel(api, CALLS.running)
    advance(60)
    after = lines(api, CALLS.running)

    assert before is not None
    assert after is not None
    assert after[:-1] == before
    assert len(before) == 4
    assert "Call ended: api_cancelled after 15.0 s" in after[-1]


def test_a_call_cancelled_before_any_request_gets_its_logs_later(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    cancel(api, CALLS.running)
    assert lines(api, CALLS.running) is None
    advance(4)
    assert len(lines(api, CALLS.running) or ()) == 3


@pytest.mark.parametrize(
    "call_id", [CALLS.created, CALLS.just_ended, CALLS.finished, CALLS.deleted, CALLS.expired]
)
def test_only_a_started_call_can_be_cancelled(api: httpx.Client, call_id: str) -> None:
    before = api.get(path(call_id)).json()

    response = cancel(api, call_id)

    assert response.status_code == 409
    assert set(response.json()) == {"error_code", "title", "message", "request_id"}
    assert "'started'" in response.json()["message"]
    assert api.get(path(call_id)).json() == before


def test_deleting_erases_sensitive_data(client: httpx.Client) -> None:
    before = client.get(path(CALLS.finished)).json()

    response = client.delete(path(CALLS.finished))

    assert response.status_code == 200
    left = response.json()
    assert left == client.get(path(CALLS.finished)).json()
    assert left["redacted_at"] == "2026-03-02T09:00:00+00:00"
    changed = {name for name in before if before[name] != left[name]}
    assert changed == {"redacted_at", "transcript", "summary", "metadata", "telephony_params"}
    assert (left["transcript"], left["summary"], left["metadata"]) == (None, None, None)
    assert not {"to", "from"} & set(left["telephony_params"])
    assert "+39" not in response.text
    assert lines(client, CALLS.finished) is None
    assert client.get(path(CALLS.finished, "/audio")).status_code == 404


def test_deleting_again_changes_nothing(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    first = api.delete(path(CALLS.finished)).json()
    advance(60)
    again = api.delete(path(CALLS.finished))

    assert (again.status_code, again.json()) == (200, first)


@pytest.mark.parametrize("call_id", [CALLS.created, CALLS.running])
def test_a_call_in_progress_cannot_be_deleted(api: httpx.Client, call_id: str) -> None:
    response = api.delete(path(call_id))

    assert response.status_code == 409
    assert "completed or failed" in response.json()["message"]
    assert api.get(path(call_id)).json()["redacted_at"] is None


def test_a_call_deleted_before_its_logs_were_written_never_has_any(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    assert api.delete(path(CALLS.just_ended)).status_code == 200
    assert lines(api, CALLS.just_ended) is None
    advance(60)
    assert lines(api, CALLS.just_ended) is None


def test_another_sandbox_is_unaffected(api: httpx.Client, over_loopback: httpx.Client) -> None:
    api.delete(path(CALLS.finished))

    assert over_loopback.get(path(CALLS.finished), headers=api.headers).json()["transcript"]
