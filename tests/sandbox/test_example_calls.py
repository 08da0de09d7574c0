"""The responses about each example call, in process and over a socket."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cartesia_calls.sandbox import ExampleCalls

CALLS = ExampleCalls()
NOT_AVAILABLE = {
    "message": "Call logs not available",
    "description": (
        "Logs for this call are not available. They may not have been generated yet or may "
        "have been removed due to data retention settings."
    ),
}


def logs_path(call_id: str) -> str:
    return f"/agents/calls/{call_id}/logs"


def test_the_finished_call_has_its_logs(client: httpx.Client) -> None:
    response = client.get(logs_path(CALLS.finished))

    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert set(body) == {"call_id", "logs", "updated_at"}
    assert body["call_id"] == "ac_finished"
    assert body["updated_at"] == "2026-03-01T10:01:09.702000+00:00"
    assert 15 <= len(body["logs"]) <= 25


def test_the_finished_calls_logs_have_difficult_lines(client: httpx.Client) -> None:
    lines: list[str] = client.get(logs_path(CALLS.finished)).json()["logs"]
    text = "\n".join(lines)

    assert "| WARNING  |" in text
    assert "| ERROR    |" in text
    assert "Traceback (most recent call last):" in lines
    assert "🍕" in text
    assert any("\x1b[31m" in line and "\r" in line for line in lines)
    assert not any("\n" in line for line in lines)


def test_the_expired_call_never_has_logs(
    client: httpx.Client, advance: Callable[[float], None]
) -> None:
    for _ in range(2):
        response = client.get(logs_path(CALLS.expired))
        assert (response.status_code, response.json()) == (404, NOT_AVAILABLE)
        advance(3600)


@pytest.mark.parametrize(
    "call_id",
    [
        "ac_unknown",
        "AC_FINISHED",
        "ac_finished%20",
        "ac_finished%2F",
        "%2E%2E",
        "a%2Fb",
        "%FF",
        "ö",
    ],
)
def test_any_other_id_is_not_found(client: httpx.Client, call_id: str) -> None:
    response = client.get(logs_path(call_id))

    assert response.status_code == 404
    assert set(response.json()) == {"message", "description"}
    assert response.json()["message"] == "Call not found"


def test_an_encoded_id_is_the_same_id(client: httpx.Client) -> None:
    assert client.get(logs_path("ac%5Ffinished")).json()["call_id"] == "ac_finished"


def test_the_running_calls_timeline_starts_with_the_first_request_for_it(
    client: httpx.Client, advance: Callable[[float], None]
) -> None:
    advance(3600)
    first = client.get(logs_path(CALLS.running))
    advance(1.999)
    second = client.get(logs_path(CALLS.running))
    advance(0.001)
    third = client.get(logs_path(CALLS.running))

    assert (first.status_code, first.json()) == (404, NOT_AVAILABLE)
    assert (second.status_code, second.json()) == (404, NOT_AVAILABLE)
    assert third.status_code == 200


def test_the_running_calls_logs_grow_until_the_call_ends(
    client: httpx.Client, advance: Callable[[float], None]
) -> None:
    client.get(logs_path(CALLS.running))
    advance(2)
    snapshots: list[tuple[list[str], datetime]] = []
    for _ in range(12):
        body = client.get(logs_path(CALLS.running)).json()
        snapshots.append((body["logs"], datetime.fromisoformat(body["updated_at"])))
        advance(0.5)

    assert [len(lines) for lines, _ in snapshots] == [2, 3, 4, 5, 6, 7, 8, 8, 8, 8, 8, 8]
    final_lines, final_time = snapshots[-1]
    assert all(lines == final_lines[: len(lines)] for lines, _ in snapshots)
    begun = datetime(2026, 3, 2, 9, 0, 2, tzinfo=UTC)
    moved = [moment - begun for _, moment in snapshots[:7]]
    assert moved == [timedelta(seconds=0.5 * step) for step in range(7)]
    assert {moment for _, moment in snapshots[6:]} == {final_time}
    assert final_lines[-1].startswith("2026-03-02 09:00:05.000 | INFO     | ")


def test_between_two_lines_nothing_changes(
    client: httpx.Client, advance: Callable[[float], None]
) -> None:
    client.get(logs_path(CALLS.running))
    advance(2.1)
    before = client.get(logs_path(CALLS.running)).json()
    advance(0.3)

    assert client.get(logs_path(CALLS.running)).json() == before
