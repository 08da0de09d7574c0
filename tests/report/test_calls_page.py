"""The page about many calls, read as HTML."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone
from typing import Any

from cartesia_calls import CallStats
from cartesia_calls.report import calls_page
from pages import Page

Record = dict[str, Any]

HOSTILE = "<script>x()</script> \x1b[31m \u202e\"'><img src=x>"
SHOWN = "<script>x()</script> \\x1b[31m \\u202e\"'><img src=x>"


def _call(number: int, **fields: object) -> Record:
    turns: list[Record] = [
        {"role": "user", "start_timestamp": 0, "end_timestamp": 1, "text": "Hi"},
        {
            "role": "assistant",
            "start_timestamp": 1 + number,
            "end_timestamp": 10,
            "text": f"Reply {number}",
            "tts_ttfb": 0.1,
            "tool_calls": [{"name": "pay", "arguments": {}, "result": "error" * (number % 2)}],
        },
    ]
    record = {"id": f"ac_{number}", "agent_id": "agent_1", "status": "completed"}
    times = {"start_time": f"2026-03-0{number}T10:00:00Z", "end_reason": "client_hangup"}
    return {**record, **times, "transcript": turns, **fields}


def _page(*calls: Record, **settings: Any) -> Page:  # noqa: ANN401 - those of calls_page
    stats = CallStats()
    for call in calls:
        stats.add(call, [f"ERROR:root:no model for {call['id']}"])
    return Page(calls_page(stats.as_dict(), zone=settings.pop("zone", UTC), **settings))


def test_the_page_has_the_numbers_and_the_failures() -> None:
    failed = _call(4, status="failed", error_message="No model", end_reason="error")
    page = _page(_call(1), _call(2), failed, title="A week", notes=["From Monday."])

    assert page.find("header")[0].text == "A week From Monday."
    figures = page.find("ul", "figures")[0].text
    assert figures.startswith("3 calls 1 failed 33.3 % 2.0 s silence before a reply median 4.0 s")
    failures = page.section("Failed calls")
    assert "ac_4 2026-03-04 10:00:00 error No model no model for ac_4" in failures
    latency = page.section("Latency")
    assert "Silence before a reply 2.0 s 4.0 s 4.0 s 4.0 s" in latency
    assert "Slowest replies Call Silence In tools tts_ttfb Reply ac_4 4.0 s — 100 ms" in latency
    assert "pay 3 1 33.3 % — ac_1" in page.section("Tools")
    assert "no model for … 3 3 ac_1, ac_2, ac_4" in page.section("Errors in logs")
    ended = page.section("How calls ended")
    assert "Status completed 2 failed 1 Ended by client_hangup 2 error 1 Region none 3" in ended


def test_each_day_of_the_span_has_a_bar() -> None:
    failed = _call(4, status="failed")
    page = _page(_call(1), _call(2, start_time=None), failed)
    days = page.section("Calls by day")
    assert "2026-03-02: 0 calls, 0 failed" in days
    assert "2026-03-04 1 1" in days
    assert "without a time 1 0" in days
    assert len(page.find("rect", "all")) == 4
    years = _page(_call(1), _call(2, start_time="2029-01-01T00:00:00Z"))
    assert len(years.find("rect", "all")) == 2


def test_mentions_of_a_call_link_to_its_page_and_none_leads_outside() -> None:
    call, other = _call(1, status="failed", summary="Pizza"), _call(3)
    page = _page(call, other, calls=[({**call, "transcript": None}, "calls/ac_1.html")])
    assert set(page.addresses) == {"calls/ac_1.html", "data:,"}
    assert page.addresses.count("calls/ac_1.html") >= 4
    row = "ac_1 2026-03-01 10:00:00 failed client_hangup Pizza"
    assert row in page.section("All calls")
    assert [one for one in page.find("code", "id") if one.text == "ac_3"]


def test_times_are_in_a_zone() -> None:
    call = _call(1, status="failed")
    page = _page(call, calls=[(call, "x.html")], zone=timezone(timedelta(hours=2)))
    assert "2026-03-01 12:00:00" in page.section("Failed calls")
    assert "2026-03-01 12:00:00" in page.section("All calls")


def test_an_empty_list_of_calls_has_a_page() -> None:
    page = _page()
    assert page.find("h1")[0].text == "Calls"
    assert page.section("Failed calls") == "No call failed."
    assert page.find("ul", "figures")[0].text.startswith("0 calls 0 failed — silence")


def test_malformed_and_hostile_records_are_escaped() -> None:
    turns: list[Record] = [
        {"role": "user", "start_timestamp": 0, "end_timestamp": 1, "text": HOSTILE},
        {
            "role": "assistant",
            "start_timestamp": 3,
            "text": HOSTILE,
            "tool_calls": [{"name": HOSTILE, "result": "error"}],
        },
    ]
    odd: Record = {"id": HOSTILE, "status": HOSTILE, "transcript": turns, "start_time": 7}
    odd |= {"error_message": HOSTILE, "end_reason": HOSTILE, "deployment_region": HOSTILE}
    none: Record = {"id": "ac_2", "status": None, "summary": ["odd"], "error_message": 7}
    stats = CallStats()
    stats.add(odd, [f"ERROR:root:{HOSTILE}"])
    stats.add(none)
    pages = [(odd, "x.html"), (none, "y.html")]
    text = calls_page(stats.as_dict(), title=HOSTILE, notes=[HOSTILE], calls=pages)
    page = Page(text)
    assert [one.tag for one in page.find("script") + page.find("img")] == ["script"]
    assert page.find("body")[0].text.count(SHOWN) > 8
    assert "\x1b" not in text


def test_rare_tools_and_failures_left_out_are_counted() -> None:
    stats = CallStats()
    for number in range(60):
        tool: Record = {"name": f"tool_{number}", "result": "ok"}
        turn: Record = {"role": "assistant", "start_timestamp": 1, "tool_calls": [tool]}
        stats.add(_call(1, id=f"ac_{number}", status="failed", transcript=[turn]))
    page = Page(calls_page(stats.as_dict()))
    assert "10 rarer tools are left out." in page.section("Tools")
    assert "These are the latest 50 of 60." in page.section("Failed calls")
