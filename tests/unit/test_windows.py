"""`calls.list` with `since` and `until`: the same calls from a server that filters and one that doesn't."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import httpx
import pytest

from cartesia_calls import AgentCall, read_window
from fake_server import FLAVOURS, FakeServer, Flavour, ok

SERVERS = pytest.mark.parametrize("filters", [True, False], ids=["filters", "ignores"])
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)  # the fake clock's time
A_DAY = 147  # calls; the first older than 25 days is on page 37

Record = dict[str, Any]

UNEXPECTED_TIMES = {
    "never started": {"start_time": None, "end_time": None},
    "zero": {"start_time": "0001-01-01T00:00:00Z"},
    "zero of Unix": {"start_time": "1970-01-01T00:00:00Z"},
    "long ago": {"start_time": (NOW - timedelta(days=400)).isoformat()},
    "to come": {"start_time": (NOW + timedelta(days=400)).isoformat()},
    "failed to dial long ago": {
        "start_time": None,
        "end_time": (NOW - timedelta(days=400)).isoformat(),
    },
}


@dataclass
class WindowServer(FakeServer):
    """Sends pages of its calls, newest first; `filters` is whether it honours the bounds of a request."""

    calls: tuple[Record, ...] = ()
    filters: bool = False
    page_size: int = 100

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        query = request.url.params
        calls = [call for call in self.calls if not self.filters or _is_within(call, query)]
        after = query.get("starting_after")
        first = 1 + [call["id"] for call in calls].index(after) if after else 0
        page = calls[first : first + self.page_size]
        more = first + len(page) < len(calls)
        return ok({"data": page, "next_page": page[-1]["id"] if more else None})


def _is_within(call: Record, query: httpx.QueryParams) -> bool:
    """Compare as a database does: a missing time is in no range."""
    first, last = query.get("start_time_gte"), query.get("start_time_lte")
    if first is None and last is None:
        return True
    if call["start_time"] is None:
        return False
    start = datetime.fromisoformat(call["start_time"])
    return (first is None or start >= datetime.fromisoformat(first)) and (
        last is None or start <= datetime.fromisoformat(last)
    )


def _call(number: int, ago: timedelta, **fields: object) -> Record:
    start = NOW - ago
    end = start + timedelta(seconds=50)
    call = {"id": f"ac_{number}", "agent_id": "agent_1", "status": "completed"}
    return {**call, "start_time": start.isoformat(), "end_time": end.isoformat(), **fields}


def _hourly(count: int) -> list[Record]:
    """Return calls that started one hour ago, two hours ago, and so on."""
    return [_call(number, timedelta(hours=number)) for number in range(1, count + 1)]


def _numbers(server: FakeServer, **query: object) -> list[int]:
    calls: list[AgentCall] = server.do(
        lambda client: client.calls.list(agent_id="agent_1", **query)
    )
    return [int(call.id.removeprefix("ac_")) for call in calls]


def _bounds(server: FakeServer) -> set[tuple[str | None, str | None]]:
    queries = [request.url.params for request in server.requests]
    return {(query.get("start_time_gte"), query.get("start_time_lte")) for query in queries}


@FLAVOURS
@pytest.mark.parametrize(("filters", "most"), [(True, 2), (False, 38)], ids=["filters", "ignores"])
def test_two_hours_25_days_back_cost_few_requests(
    flavour: Flavour, *, filters: bool, most: int
) -> None:
    calls = tuple(_call(n, n * timedelta(days=1) / A_DAY) for n in range(40 * A_DAY))
    server = WindowServer([], flavour, calls=calls, filters=filters)
    found = _numbers(server, since="25d", until=NOW - timedelta(days=25) + timedelta(hours=2))
    assert found == [n for n in range(25 * A_DAY + 1) if n * 24 / A_DAY > 25 * 24 - 2]
    assert len(server.requests) <= most


@FLAVOURS
@SERVERS
@pytest.mark.parametrize("since", ["3h", NOW - timedelta(hours=3), "2026-03-01T09:00Z"])
def test_since_is_in_the_window_and_ends_the_list(
    flavour: Flavour, *, filters: bool, since: datetime | str
) -> None:
    server = WindowServer([], flavour, calls=tuple(_hourly(50)), filters=filters, page_size=2)
    assert _numbers(server, since=since) == [1, 2, 3]
    assert len(server.requests) == 3


@FLAVOURS
@SERVERS
def test_until_is_not_in_the_window(flavour: Flavour, *, filters: bool) -> None:
    server = WindowServer([], flavour, calls=tuple(_hourly(5)), filters=filters)
    assert _numbers(server, until="2h") == [3, 4, 5]
    assert _numbers(server, until="2h", since="3h") == [3]


@FLAVOURS
@pytest.mark.parametrize("since", ["1h", NOW - timedelta(hours=1)])
def test_a_reversed_window_is_refused(flavour: Flavour, since: datetime | str) -> None:
    server = WindowServer([], flavour)
    with pytest.raises(ValueError, match=r"^since .* is later than until .*; swap them"):
        _numbers(server, since=since, until="2h")
    assert server.requests == []


@FLAVOURS
def test_a_window_of_no_length_is_empty(flavour: Flavour) -> None:
    server = WindowServer([], flavour, calls=tuple(_hourly(5)))
    assert _numbers(server, since="2h", until="2h") == []


def test_a_window_may_be_open_or_have_any_time_zone() -> None:
    assert read_window(None, None) == (None, None)
    assert read_window("2h", "2026-03-01T10:00:01Z", NOW) == (
        NOW - timedelta(hours=2),
        NOW - timedelta(hours=2) + timedelta(seconds=1),
    )


@SERVERS
@pytest.mark.parametrize("page_size", [1, 2, 5, 100])
@pytest.mark.parametrize("times", UNEXPECTED_TIMES.values(), ids=UNEXPECTED_TIMES)
def test_one_unexpected_time_never_cuts_the_list_short(
    times: Record, page_size: int, *, filters: bool
) -> None:
    for position in range(13):
        calls = _hourly(12)
        calls.insert(position, {**_call(99, timedelta()), **times})
        for query in ({"since": "12h"}, {"since": "12h", "until": "1h"}):
            server = WindowServer([], calls=tuple(calls), filters=filters, page_size=page_size)
            first = 2 if "until" in query else 1
            found = [number for number in _numbers(server, **query) if number != 99]
            assert found == list(range(first, 13)), (position, query)


@pytest.mark.parametrize("page_size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("hours", [1, 6, 7, 20])
def test_the_end_costs_one_request_more_than_the_first_too_old_call(
    page_size: int, hours: int
) -> None:
    server = WindowServer([], calls=tuple(_hourly(200)), page_size=page_size)
    assert _numbers(server, since=f"{hours}h") == list(range(1, hours + 1))
    assert len(server.requests) <= -(-(hours + 1) // page_size) + 1


def test_undated_calls_between_old_ones_do_not_lengthen_the_list() -> None:
    calls = [
        call if call["id"].endswith(("0", "5")) else {**call, "start_time": None, "end_time": None}
        for call in _hourly(200)
    ]
    server = WindowServer([], calls=tuple(calls), page_size=10)
    assert _numbers(server, since="20h") == [5, 10, 15, 20]
    assert len(server.requests) == 4


@SERVERS
def test_a_call_that_never_started_is_placed_by_its_end(*, filters: bool) -> None:
    def failed(number: int) -> Record:
        ended = (NOW - timedelta(hours=number)).isoformat()
        return _call(number, timedelta(), status="failed", start_time=None, end_time=ended)

    calls = (failed(1), _call(2, timedelta(hours=2)), failed(3), failed(9))
    server = WindowServer([], calls=calls, filters=filters)
    assert _numbers(server, since="4h") == [1, 2, 3]
    # The client cannot restore calls that a filtering server leaves out.
    assert _numbers(server, since="4h", until="2h") == ([] if filters else [3])


@FLAVOURS
def test_an_undated_call_is_in_no_window_and_is_counted(flavour: Flavour) -> None:
    nowhere: Record = {"start_time": None, "end_time": None}
    calls = (
        _call(1, timedelta(), status="created", **nowhere),
        _call(2, timedelta(hours=1)),
        _call(3, timedelta(), status="failed", **nowhere),
    )
    server = WindowServer([], flavour, calls=calls, page_size=1)
    counts: list[int] = []

    def listed(**query: object) -> list[int]:
        kept: list[Any] = []

        def fetch(client: Any) -> object:  # noqa: ANN401 - a client of either flavour
            kept.append(client.calls.list(agent_id="agent_1", **query))
            return kept[0]

        found: list[AgentCall] = server.do(fetch)
        counts.append(kept[0].unplaced)
        return [int(call.id.removeprefix("ac_")) for call in found]

    assert listed(since="2h") == [2]
    assert listed(until="0s") == [2]
    assert listed(since="2h", status="failed") == []
    assert listed() == [1, 2, 3]
    assert counts == [2, 2, 1, 0]


def test_each_iteration_counts_again() -> None:
    call = _call(1, timedelta(), start_time=None, end_time=None)
    calls = WindowServer([], calls=(call,)).client().calls.list(agent_id="a", since="1h")
    assert (list(calls), calls.unplaced) == ([], 1)
    assert (list(calls.pages()), calls.unplaced) == ([[]], 1)


@FLAVOURS
@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({}, None, None),
        # Bounds would make a server leave out calls that never started, and save no request.
        ({"since": "3h"}, None, None),
        ({"until": "2h"}, None, "2026-03-01T10:00:00+00:00"),
        ({"since": "3h", "until": "2h"}, "2026-03-01T09:00:00+00:00", "2026-03-01T10:00:00+00:00"),
        (
            {"since": "2026-03-01T09:00:00.9Z", "until": "2026-03-01T10:00:00.000001Z"},
            "2026-03-01T09:00:00+00:00",
            "2026-03-01T10:00:01+00:00",
        ),
        (
            {
                "since": datetime(
                    2026, 3, 1, 9, tzinfo=timezone(timedelta(minutes=44, seconds=30))
                ),
                "until": datetime(2026, 3, 1, 9, tzinfo=timezone(-timedelta(hours=5))),
            },
            "2026-03-01T08:15:30+00:00",
            "2026-03-01T14:00:00+00:00",
        ),
        (
            {
                "since": datetime.min.replace(tzinfo=timezone(timedelta(hours=1))),
                "until": datetime.max.replace(tzinfo=UTC),
            },
            None,
            None,
        ),
    ],
)
def test_the_bounds_are_sent_with_until_in_utc_and_whole_seconds(
    flavour: Flavour, query: dict[str, object], first: str | None, last: str | None
) -> None:
    server = WindowServer([], flavour, calls=tuple(_hourly(3)), page_size=2)
    _numbers(server, **query)
    assert _bounds(server) == {(first, last)}
    assert len(server.requests) == 2


@SERVERS
def test_a_bound_within_a_second_is_compared_exactly(*, filters: bool) -> None:
    second = NOW - timedelta(hours=1)
    starts = [second + timedelta(milliseconds=ms) for ms in (900, 500, 499, 100)]
    calls = tuple(_call(n, NOW - start) for n, start in enumerate(starts))
    server = WindowServer([], calls=calls, filters=filters)
    first, last = (second + timedelta(milliseconds=ms) for ms in (499, 900))
    assert _numbers(server, since=first, until=last) == [1, 2]


@SERVERS
def test_a_list_with_undated_calls_misses_none(*, filters: bool) -> None:
    ended = (NOW - timedelta(hours=3)).isoformat()
    calls = (
        _call(1, timedelta(), status="created", start_time=None, end_time=None),
        _call(2, timedelta(hours=1)),
        _call(3, timedelta(), status="failed", start_time=None, end_time=ended),
        _call(4, timedelta(hours=4)),
    )
    server = WindowServer([], calls=calls, filters=filters)
    assert _numbers(server, since="5h", until="2h", undated=True) == [1, 3, 4]
    assert not any("start_time" in str(request.url) for request in server.requests)
