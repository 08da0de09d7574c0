"""`calls.list` follows pages to the end and no further, whatever the server sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cartesia_calls import AgentCall, CallPage, ResponseValidationError
from fake_server import FLAVOURS, FakeServer, Flavour, ok

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)  # the fake clock's time


def _call(number: int, **fields: object) -> dict[str, object]:
    """Return the call that started `number` hours ago."""
    start = (NOW - timedelta(hours=number)).isoformat()
    call = {"id": f"ac_{number}", "agent_id": "agent_1", "status": "completed", "start_time": start}
    return {**call, **fields}


def _page(*numbers: int, **fields: object) -> httpx.Response:
    return ok({"data": [_call(number) for number in numbers], **fields})


def _ids(server: FakeServer, **query: object) -> list[str]:
    calls: list[AgentCall] = server.do(
        lambda client: client.calls.list(**{"agent_id": "agent_1", **query})
    )
    return [call.id for call in calls]


def _cursors(server: FakeServer) -> list[str | None]:
    return [request.url.params.get("starting_after") for request in server.requests]


@FLAVOURS
def test_next_page_is_followed_to_its_end(flavour: Flavour) -> None:
    server = FakeServer(
        [_page(1, 2, next_page="c1"), _page(3, 4, next_page="c2"), _page(5, next_page=None)],
        flavour,
    )
    assert _ids(server) == ["ac_1", "ac_2", "ac_3", "ac_4", "ac_5"]
    assert _cursors(server) == [None, "c1", "c2"]


@FLAVOURS
def test_has_more_without_next_page_resumes_at_the_last_id(flavour: Flavour) -> None:
    server = FakeServer([_page(1, 2, has_more=True), _page(3, has_more=False)], flavour)
    assert _ids(server) == ["ac_1", "ac_2", "ac_3"]
    assert _cursors(server) == [None, "ac_2"]


@FLAVOURS
def test_without_cursors_only_a_full_page_continues_the_list(flavour: Flavour) -> None:
    server = FakeServer([_page(*range(100)), _page(*range(100, 130))], flavour)
    assert len(_ids(server)) == 130
    assert _cursors(server) == [None, "ac_99"]


@FLAVOURS
@pytest.mark.parametrize(
    "page",
    [
        _page(1, 2),
        _page(),
        _page(1, has_more=False),
        _page(1, next_page=None),
        _page(1, has_more=False, next_page="never"),
        _page(*range(100), next_page=None),
        _page(*range(100), has_more=False),
    ],
)
def test_a_list_of_one_page_costs_one_request(flavour: Flavour, page: httpx.Response) -> None:
    server = FakeServer([page], flavour)
    _ids(server)
    assert len(server.requests) == 1


@FLAVOURS
@pytest.mark.parametrize(
    "pages",
    [
        [_page(1, next_page="c1"), _page(2, next_page="c1")],
        [_page(1, next_page="c1"), _page(2, next_page="c2"), _page(3, next_page="c1")],
        [_page(1, has_more=True), _page(1, has_more=True)],
    ],
)
def test_cursors_in_a_circle_are_an_error(flavour: Flavour, pages: list[httpx.Response]) -> None:
    server = FakeServer(pages, flavour)
    with pytest.raises(ResponseValidationError, match="leads back to"):
        _ids(server)
    assert len(server.requests) == len(pages)


@FLAVOURS
def test_has_more_without_a_cursor_is_an_error(flavour: Flavour) -> None:
    server = FakeServer([_page(1, next_page="c1"), _page(has_more=True)], flavour)
    with pytest.raises(ResponseValidationError, match="/has_more is true") as caught:
        _ids(server)
    assert caught.value.pointer == "/data"


@FLAVOURS
def test_an_empty_page_with_a_cursor_does_not_end_the_list(flavour: Flavour) -> None:
    server = FakeServer([_page(next_page="c1"), _page(1, next_page=None)], flavour)
    assert _ids(server) == ["ac_1"]


@FLAVOURS
def test_calls_that_a_page_repeats_are_yielded_once(flavour: Flavour) -> None:
    server = FakeServer([_page(1, 2, next_page="a"), _page(1, 2, 3, next_page=None)], flavour)
    assert _ids(server) == ["ac_1", "ac_2", "ac_3"]


@FLAVOURS
def test_a_limit_counts_calls_and_saves_requests(flavour: Flavour) -> None:
    server = FakeServer([_page(1, 2, 3, next_page="c1")], flavour)
    assert _ids(server, limit=3) == ["ac_1", "ac_2", "ac_3"]
    assert [r.url.params["limit"] for r in server.requests] == ["3"]

    more = FakeServer([_page(*range(100), next_page="c1"), _page(*range(100, 200))], flavour)
    assert len(_ids(more, limit=150)) == 150
    assert [r.url.params["limit"] for r in more.requests] == ["100", "100"]


@FLAVOURS
def test_the_client_filters_statuses_and_accepts_unknown_ones(flavour: Flavour) -> None:
    data = [_call(1), _call(2, status="failed"), _call(3, status="levitating")]
    server = FakeServer([ok({"data": data})], flavour)
    assert _ids(server, status="failed") == ["ac_2"]
    assert _ids(server, status=["failed", "levitating"]) == ["ac_2", "ac_3"]
    everything: list[AgentCall] = server.do(lambda client: client.calls.list(agent_id="agent_1"))
    assert everything[2].status == "levitating"


@FLAVOURS
def test_pages_are_fetched_one_by_one_on_demand(flavour: Flavour) -> None:
    pages = [_page(1, 2, next_page="c1"), _page(3, next_page=None)]
    server = FakeServer(pages, flavour)
    listed: list[list[AgentCall]] = server.do(
        lambda client: client.calls.list(agent_id="agent_1").pages()
    )
    assert [[call.id for call in page] for page in listed] == [["ac_1", "ac_2"], ["ac_3"]]


def test_each_page_is_requested_as_late_as_possible() -> None:
    server = FakeServer([_page(1, 2, next_page="c1"), _page(3)])
    calls = iter(server.client().calls.list(agent_id="agent_1"))
    assert server.requests == []
    assert [next(calls).id, next(calls).id] == ["ac_1", "ac_2"]
    assert len(server.requests) == 1


def test_a_list_can_be_read_twice() -> None:
    calls = FakeServer([_page(1)]).client().calls.list(agent_id="agent_1")
    assert [len(list(calls)), len(list(calls))] == [1, 1]


def test_a_batch_and_transcripts_can_be_requested() -> None:
    server = FakeServer([_page(1)])
    list(server.client().calls.list(batch_id="b/1", expand_transcript=True))
    assert server.requests[0].url.raw_path == (
        b"/agents/calls?batch_id=b%2F1&expand=transcript&limit=100"
    )


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({}, ValueError),
        ({"agent_id": "a", "batch_id": "b"}, ValueError),
        ({"agent_id": ""}, ValueError),
        ({"agent_id": 7}, TypeError),
        ({"agent_id": "a", "limit": 0}, ValueError),
        ({"agent_id": "a", "limit": 1.5}, TypeError),
        ({"agent_id": "a", "limit": True}, TypeError),
        ({"agent_id": "a", "since": "once upon a time"}, ValueError),
        ({"agent_id": "a", "until": 7}, TypeError),
    ],
)
def test_an_impossible_query_is_refused_before_anything_is_sent(
    query: dict[str, object], error: type[Exception]
) -> None:
    server = FakeServer([_page()])
    with pytest.raises(error):
        server.client().calls.list(**query)  # type: ignore[arg-type]  # wrong on purpose
    assert server.requests == []


@FLAVOURS
def test_a_list_is_resumed_at_the_cursor_of_any_page(flavour: Flavour) -> None:
    pages = [_page(1, 2, next_page="c1"), _page(3, next_page="c2"), _page(4, next_page=None)]
    whole: list[CallPage] = FakeServer(pages, flavour).do(
        lambda client: client.calls.list(agent_id="agent_1").pages()
    )
    assert [page.next_cursor for page in whole] == ["c1", "c2", None]
    server = FakeServer(pages[1:], flavour)
    rest: list[CallPage] = server.do(
        lambda client: client.calls.list(agent_id="agent_1").pages(after=whole[0].next_cursor)
    )
    assert [[call.id for call in page] for page in rest] == [["ac_3"], ["ac_4"]]
    assert _cursors(server) == ["c1", "c2"]


@FLAVOURS
@pytest.mark.parametrize("query", [{"limit": 2}, {"since": "30m"}])
def test_the_last_page_has_no_cursor(flavour: Flavour, query: dict[str, object]) -> None:
    server = FakeServer([_page(1, 2, 3, next_page="c1")], flavour)
    (page,) = server.do(lambda client: client.calls.list(agent_id="agent_1", **query).pages())
    assert page.next_cursor is None
    assert len(server.requests) == 1


def test_a_cursor_that_leads_to_itself_is_an_error_after_its_page() -> None:
    server = FakeServer([_page(1, next_page="c1")])
    pages = server.client().calls.list(agent_id="agent_1").pages(after="c1")
    assert [call.id for call in next(pages)] == ["ac_1"]
    with pytest.raises(ResponseValidationError, match="leads back to 'c1'"):
        next(pages)


def test_an_impossible_cursor_is_refused_before_anything_is_sent() -> None:
    server = FakeServer([])
    with pytest.raises(ValueError, match="after is empty"):
        server.client().calls.list(agent_id="agent_1").pages(after="")
