"""The calls of an agent or a batch, newest first, a page at a time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cartesia_calls.sandbox import ExampleAgents, ExampleCalls

AGENTS = ExampleAgents()
CALLS = ExampleCalls()
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PATH = "/agents/calls"

Record = dict[str, Any]


def pages(client: httpx.Client, **query: str | int) -> Iterator[Record]:
    response = client.get(PATH, params=query).json()
    yield response
    while response["next_page"] is not None:
        response = client.get(
            PATH, params={**query, "starting_after": response["next_page"]}
        ).json()
        yield response


def every_call(client: httpx.Client, **query: str | int) -> list[Record]:
    return [call for page in pages(client, limit=100, **query) for call in page["data"]]


def ids(calls: list[Record]) -> list[str]:
    return [call["id"] for call in calls]


def test_the_busy_agent_has_hundreds_of_calls_over_six_weeks(api: httpx.Client) -> None:
    calls = every_call(api, agent_id=AGENTS.busy)

    assert len(calls) == len(set(ids(calls))) == 247
    starts = [datetime.fromisoformat(call["start_time"]) for call in calls if call["start_time"]]
    assert starts == sorted(starts, reverse=True)
    assert NOW - timedelta(days=42) < starts[-1] < NOW - timedelta(days=41)
    assert {call["agent_id"] for call in calls} == {AGENTS.busy}
    assert set(vars(CALLS).values()) - set(ids(calls)) == {CALLS.unknown}


def test_the_other_agents_have_few_or_no_calls(api: httpx.Client) -> None:
    assert len(every_call(api, agent_id=AGENTS.quiet)) == 30
    for agent_id in (AGENTS.idle, AGENTS.unknown):
        page = api.get(PATH, params={"agent_id": agent_id}).json()
        assert page == {"data": [], "has_more": False, "next_page": None}


def test_a_batch_is_a_part_of_an_agents_calls(api: httpx.Client) -> None:
    batch = every_call(api, batch_id="batch_reminders")
    both = every_call(api, batch_id="batch_reminders", agent_id=AGENTS.quiet)
    others = every_call(api, batch_id="batch_reminders", agent_id=AGENTS.busy)

    assert len(batch) == 24
    assert set(ids(batch)) < set(ids(every_call(api, agent_id=AGENTS.quiet)))
    assert (both, others) == (batch, [])


def test_there_are_calls_of_every_kind(api: httpx.Client) -> None:
    calls = [*every_call(api, agent_id=AGENTS.busy), *every_call(api, agent_id=AGENTS.quiet)]

    assert {call["status"] for call in calls} == {"created", "started", "completed", "failed"}
    assert {call["end_reason"] for call in calls} > {
        "agent_hangup",
        "client_hangup",
        "api_cancelled",
        "max_duration",
        "inactivity",
        "client_disconnected",
        "dial_no_answer",
        "error",
    }
    for call in calls:
        assert (call["status"] == "failed") == (call["error_message"] is not None)
        assert (call["end_time"] is None) == (call["status"] in {"created", "started"})
    assert {call["telephony_params"] is None for call in calls} == {True, False}


def test_two_sandboxes_have_the_same_calls(api: httpx.Client, other_api: httpx.Client) -> None:
    for agent_id in (AGENTS.busy, AGENTS.quiet):
        query = {"agent_id": agent_id, "expand": "transcript"}
        assert every_call(other_api, **query) == every_call(api, **query)


@pytest.mark.parametrize(("limit", "sizes"), [(10, [10, 10, 10]), (15, [15, 15]), (29, [29, 1])])
def test_pages_have_the_requested_size_and_end(
    api: httpx.Client, limit: int, sizes: list[int]
) -> None:
    found = list(pages(api, agent_id=AGENTS.quiet, limit=limit))

    assert [len(page["data"]) for page in found] == sizes
    assert [page["has_more"] for page in found] == [True] * (len(sizes) - 1) + [False]
    assert [page["next_page"] for page in found] == [
        *(page["data"][-1]["id"] for page in found[:-1]),
        None,
    ]
    assert [call for page in found for call in page["data"]] == every_call(
        api, agent_id=AGENTS.quiet
    )


def test_a_page_has_ten_calls_by_default_and_their_transcripts_on_request(
    client: httpx.Client,
) -> None:
    bare = client.get(PATH, params={"agent_id": AGENTS.quiet}).json()["data"]
    expanded = client.get(PATH, params={"agent_id": AGENTS.quiet, "expand": "transcript"}).json()

    assert len(bare) == 10
    assert not any("transcript" in call for call in bare)
    transcripts = [call.pop("transcript") for call in expanded["data"]]
    assert any(transcripts)
    assert expanded["data"] == bare


def test_ending_before_pages_back_to_the_beginning(api: httpx.Client) -> None:
    everything = ids(every_call(api, agent_id=AGENTS.quiet))
    query = {"agent_id": AGENTS.quiet, "limit": "4"}

    back = api.get(PATH, params={**query, "ending_before": everything[6]}).json()
    first = api.get(PATH, params={**query, "ending_before": back["next_page"]}).json()

    assert (ids(back["data"]), back["has_more"]) == (everything[2:6], True)
    assert back["next_page"] == everything[2]
    assert ids(first["data"]) == everything[:2]
    assert (first["has_more"], first["next_page"]) == (False, None)


def test_both_cursors_bound_a_page(api: httpx.Client) -> None:
    everything = ids(every_call(api, agent_id=AGENTS.quiet))
    query = {"agent_id": AGENTS.quiet, "starting_after": everything[2]}

    part = api.get(PATH, params={**query, "ending_before": everything[6], "limit": 2}).json()
    rest = api.get(PATH, params={**query, "ending_before": everything[6]}).json()
    crossed = api.get(PATH, params={**query, "ending_before": everything[0]}).json()

    assert (ids(part["data"]), part["next_page"]) == (everything[3:5], everything[4])
    assert (ids(rest["data"]), rest["has_more"]) == (everything[3:6], False)
    assert crossed == {"data": [], "has_more": False, "next_page": None}


def start_times(calls: list[Record]) -> list[datetime]:
    return [datetime.fromisoformat(call["start_time"]) for call in calls if call["start_time"]]


def test_bounds_of_start_times_are_inclusive_and_leave_out_calls_that_never_started(
    api: httpx.Client,
) -> None:
    starts = start_times(every_call(api, agent_id=AGENTS.busy))
    last, first = starts[60], starts[130]
    bounds = {"start_time_gte": first.isoformat(), "start_time_lte": last.isoformat()}

    both = every_call(api, agent_id=AGENTS.busy, **bounds)
    assert (len(both), start_times(both)) == (71, starts[60:131])
    later = every_call(api, agent_id=AGENTS.busy, start_time_gte=bounds["start_time_gte"])
    assert (len(later), start_times(later)) == (131, starts[:131])
    earlier = every_call(api, agent_id=AGENTS.busy, start_time_lte=bounds["start_time_lte"])
    assert (len(earlier), start_times(earlier)) == (len(starts) - 60, starts[60:])
    reversed_bounds = {"start_time_gte": last.isoformat(), "start_time_lte": first.isoformat()}
    assert every_call(api, agent_id=AGENTS.busy, **reversed_bounds) == []


def test_a_bound_is_any_time_of_rfc_3339(api: httpx.Client) -> None:
    everything = every_call(api, agent_id=AGENTS.quiet)
    started = len(start_times(everything))
    assert 0 < started < len(everything)
    for early in (
        "0001-01-01T00:00:00Z",
        "2020-02-29t23:59:59.123456789z",
        "2020-01-01T00:00:00+23:59",
    ):
        assert len(every_call(api, agent_id=AGENTS.quiet, start_time_gte=early)) == started, early
        assert every_call(api, agent_id=AGENTS.quiet, start_time_lte=early) == []


def test_pages_of_a_window_lead_through_it(api: httpx.Client) -> None:
    window = {"start_time_gte": (NOW - timedelta(days=20)).isoformat()}
    everything = every_call(api, agent_id=AGENTS.quiet, **window)
    found = list(pages(api, agent_id=AGENTS.quiet, limit=4, **window))
    assert len(found) > 2
    assert [call for page in found for call in page["data"]] == everything


def test_a_deleted_call_keeps_its_position(api: httpx.Client) -> None:
    before = ids(every_call(api, agent_id=AGENTS.busy))
    api.delete(f"{PATH}/{CALLS.finished}")

    assert ids(every_call(api, agent_id=AGENTS.busy)) == before


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({}, "agent_id"),
        ({"agent_id": ""}, "agent_id"),
        ({"expand": "transcript"}, "agent_id"),
        *(
            ({"agent_id": AGENTS.busy, "limit": limit}, "from 1 to 100")
            for limit in ("0", "101", "-1", "", "ten", "1.0", " 5", "1_0", "٣", "9" * 5000)
        ),
        ({"agent_id": AGENTS.busy, "expand": "logs"}, "expand=transcript"),
        ({"agent_id": AGENTS.busy, "expand": ""}, "expand=transcript"),
        ({"agent_id": AGENTS.busy, "starting_after": CALLS.unknown}, "cursor"),
        ({"agent_id": AGENTS.busy, "ending_before": ""}, "cursor"),
        ({"agent_id": AGENTS.quiet, "starting_after": CALLS.finished}, "cursor"),
        *(
            ({"agent_id": AGENTS.quiet, name: sent}, name)
            for name in ("start_time_gte", "start_time_lte")
            for sent in (
                "",
                "2h",
                "1772355600",
                "2026-03-01",
                "2026-03-01T10:00:00",
                "2026-03-01 10:00:00Z",
                "2026-03-01T10:00:00 00:00",
                "2026-02-30T10:00:00Z",
                "2026-03-01T10:00Z",
                "20260301T100000Z",
            )
        ),
    ],
)
def test_an_impossible_query_is_a_bad_request(
    api: httpx.Client, query: dict[str, str], named: str
) -> None:
    response = api.get(PATH, params=query)

    assert response.status_code == 400
    assert set(response.json()) == {"error_code", "title", "message", "request_id"}
    assert named in response.json()["message"]


def test_a_list_changes_with_the_time(api: httpx.Client, advance: Callable[[float], None]) -> None:
    def statuses() -> dict[str, str]:
        page = api.get(PATH, params={"agent_id": AGENTS.busy}).json()
        return {call["id"]: call["status"] for call in page["data"]}

    assert statuses()[CALLS.running] == "started"
    api.get(f"{PATH}/{CALLS.running}/logs")
    advance(5)
    assert statuses()[CALLS.running] == "completed"
