"""The calls of `agent_odd`, whose records have values that the spec does not describe."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cartesia_calls.sandbox import ExampleAgents

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGENT = ExampleAgents().odd
IDS = ["ac_odd_tools", "ac_odd_metric", "ac_odd_ending", "ac_odd_times", "ac_odd_metadata"]

Record = dict[str, Any]


def record(api: httpx.Client, call_id: str) -> Record:
    found: Record = api.get(f"/agents/calls/{call_id}").json()
    return found


def turns_with(call: Record, field: str) -> list[Any]:
    return [turn[field] for turn in call["transcript"] if turn[field] is not None]


def test_they_are_listed_and_read_like_other_calls(client: httpx.Client) -> None:
    query = {"agent_id": AGENT, "expand": "transcript"}
    page = client.get("/agents/calls", params=query).json()

    assert [call["id"] for call in page["data"]] == IDS
    assert page["data"] == [record(client, call_id) for call_id in IDS]
    assert {(call["agent_id"], call["status"]) for call in page["data"]} == {(AGENT, "completed")}


@pytest.mark.parametrize("call_id", IDS)
def test_they_have_ordinary_logs_and_a_recording(api: httpx.Client, call_id: str) -> None:
    logs = api.get(f"/agents/calls/{call_id}/logs").json()

    assert logs["call_id"] == call_id
    assert call_id in logs["logs"][0]
    assert "Call ended" in logs["logs"][-1]
    assert api.get(f"/agents/calls/{call_id}/audio").content.startswith(b"RIFF")


def test_tool_calls_lack_an_id_or_have_nested_arguments(api: httpx.Client) -> None:
    found, booked = turns_with(record(api, "ac_odd_tools"), "tool_calls")[0]

    assert found["id"] is None
    assert found["arguments"]["people"] == 4
    assert found["arguments"]["when"] == {"day": "fri", "hours": [19, 20, 21]}
    assert "id" not in booked


def test_a_tool_failed(api: httpx.Client) -> None:
    (failed,) = turns_with(record(api, "ac_odd_tools"), "tool_calls")[-1]
    log = "\n".join(api.get("/agents/calls/ac_odd_tools/logs").json()["logs"])

    assert failed["result"] == "error: no response within 5 s"
    assert 'ERROR    | agent.tools:send_message:61 - Error in Tool Call to "send_message"' in log
    assert "\nTimeoutError: no response within 5 s\n" in log


def test_a_metric_has_a_text_for_its_value(api: httpx.Client) -> None:
    metrics = turns_with(record(api, "ac_odd_metric"), "log_metric")

    assert [metric["value"] for metric in metrics] == ["four", 25.0]


def test_a_call_ended_for_a_reason_that_the_spec_does_not_name(api: httpx.Client) -> None:
    assert record(api, "ac_odd_ending")["end_reason"] == "voicemail_detected"


def test_times_have_no_offset(api: httpx.Client) -> None:
    call = record(api, "ac_odd_times")

    assert call["start_time"] == "2026-03-01T04:00:00"
    assert call["end_time"] == "2026-03-01T04:00:07.500000"


def test_metadata_are_nested(api: httpx.Client) -> None:
    call = record(api, "ac_odd_metadata")
    (event,) = turns_with(call, "log_event")

    assert call["metadata"]["customer"] == {"id": 4127, "tags": ["regular", "terrace"]}
    assert event["metadata"]["items"] == [{"name": "margherita", "count": 2}]


def test_deleting_erases_unexpected_fields(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    advance(60)
    deleted = api.delete("/agents/calls/ac_odd_metadata").json()

    assert deleted == record(api, "ac_odd_metadata")
    assert (deleted["metadata"], deleted["transcript"], deleted["summary"]) == (None, None, None)
    assert datetime.fromisoformat(deleted["redacted_at"]) == NOW + timedelta(seconds=60)
