"""The page about one call, read as HTML."""

from __future__ import annotations

import base64
import re
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone, tzinfo
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import CallLogsNotAvailableError, Client, Redactor
from cartesia_calls.report import call_page
from cartesia_calls.sandbox import Sandbox
from long_call import long_call, long_log
from pages import Page

Record = dict[str, Any]

HOSTILE = '<script>alert("x")</script> \x1b[31mred\x1b]8;;http://x\x07 \u202eback \ud83d "\'><img src=x onerror=y>\x00'
SHOWN = '<script>alert("x")</script> \\x1b[31mred\\x1b]8;;http://x\\x07 \\u202eback \\ud83d "\'><img src=x onerror=y>\\x00'


def _turn(start: object, end: object, role: str = "assistant", **fields: object) -> Record:
    return {"role": role, "start_timestamp": start, "end_timestamp": end, **fields}


def _call(*turns: object, **fields: object) -> Record:
    record = {
        "id": "ac_1",
        "agent_id": "agent_1",
        "status": "completed",
        "end_reason": "client_hangup",
    }
    times = {"start_time": "2026-03-01T10:00:00Z", "end_time": "2026-03-01T10:01:00Z"}
    return {**record, **times, "transcript": list(turns), **fields}


def _page(
    call: Record,
    logs: list[str] | Iterator[str] | None = None,
    *,
    log_offset: float = 0.0,
    audio: Path | None = None,
    zone: tzinfo = UTC,
    notes: list[str] | None = None,
) -> Page:
    page = call_page(call, logs, log_offset=log_offset, audio=audio, zone=zone, notes=notes or [])
    page.encode()  # as in a file
    return Page(page)


def _log(second: int, level: str, message: str) -> str:
    return f"2026-03-01 10:00:{second:02d}.000 | {level:8} | app.main:run:1 - {message}"


def test_the_page_of_the_example_call_shows_its_problems_and_all_entries_in_order() -> None:
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        call_id = sandbox.calls.finished
        call = client.calls.get(call_id)
        page = Page(call_page(call, client.calls.logs(call_id), zone=UTC))

    assert page.find("h1")[0].text.startswith(call_id)
    wrong = page.section("What went wrong")
    assert "Error in the log The kitchen did not answer within 5 s at 0:18.4" in wrong
    assert "Long silence before a reply 7.9 s at 0:20.7" in wrong
    facts = page.section("Facts")
    for fact in ("Length 1:09.5", "Ended by client_hangup", "From +390555550142", "order: 4711"):
        assert fact in facts
    entries = page.entries
    assert len(entries) == 27
    assert next(e for e in entries if "TimeoutError" in e).startswith("0:18.4 10:00:18 ERROR")
    assert any(
        e.startswith("7.9 s of silence 0:20.7 10:00:20 Agent Pronto alle dieci") for e in entries
    )
    assert "Times of day are in UTC." in page.section("Timeline")


def test_links_lead_to_entries_and_none_leads_outside() -> None:
    tool: Record = {"name": "pay", "arguments": {}, "result": "error: no"}
    failed = _turn(6, 6, tool_calls=[tool])
    call = _call(
        _turn(0, 2, text="Hello"), _turn(3, 4, "user", text="Hi"), failed, _turn(9, 10, text="Bye")
    )
    page = _page(call, [_log(5, "ERROR", "no money"), _log(7, "WARNING", "slow")])

    ids = [one.attributes["id"] for one in page.elements if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    local = [address for address in page.addresses if address.startswith("#")]
    assert {address[1:] for address in local} <= set(ids)
    assert set(page.addresses) - set(local) == {"data:,"}
    wrong = page.section("What went wrong")
    assert "Failed tool call pay() → error: no at 0:06.0" in wrong
    assert "Long silence before a reply 5.0 s at 0:09.0" in wrong
    parts = [link.classes[0] for link in page.find("a") if link.around[-1].tag == "svg"]
    assert sorted(parts) == ["agent", "agent", "caller", "error", "silence", "tool", "warning"]


def test_the_policy_allows_only_the_pages_own_style_and_script() -> None:
    text = call_page(_call())
    page = Page(text)
    (policy,) = [
        one.attributes["content"]
        for one in page.find("meta")
        if one.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for tag in ("style", "script"):
        (inline,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(sha256(inline.encode()).digest()).decode()
        assert rules.pop(f"{tag}-src") == f"'sha256-{digest}'"
    assert rules == {
        "default-src": "'none'",
        "img-src": "data:",
        "media-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    handlers = [name for one in page.elements for name in one.attributes if name.startswith("on")]
    assert handlers == []
    assert not [one for one in page.elements if "style" in one.attributes]


def test_hostile_text_is_escaped_everywhere() -> None:
    tool: Record = {"name": HOSTILE, "arguments": {HOSTILE: HOSTILE}, "result": HOSTILE}
    call = _call(
        _turn(0, 1, text=HOSTILE, end_reason=HOSTILE),
        _turn(2, 3, HOSTILE, text=HOSTILE),
        _turn(3, 4, tool_calls=[tool]),
        _turn(
            4,
            4,
            "system",
            log_event={"event": HOSTILE, "metadata": {HOSTILE: HOSTILE}, "timestamp": 4},
        ),
        id=HOSTILE,
        agent_id=HOSTILE,
        agent_name=HOSTILE,
        status=HOSTILE,
        summary=HOSTILE,
        end_reason=HOSTILE,
        error_message=HOSTILE,
        metadata={HOSTILE: HOSTILE},
        telephony_params={"from": HOSTILE, "to": HOSTILE, "direction": HOSTILE},
        **{HOSTILE: HOSTILE},
    )
    logs = [
        f"2026-03-01 10:00:05 | {HOSTILE.replace(' ', '')} | a:b:1 - x",
        _log(6, "ERROR", HOSTILE),
        HOSTILE,
    ]
    page = _page(call, logs, notes=[HOSTILE])

    assert [one.tag for one in page.find("script") + page.find("img")] == ["script"]
    everything = page.find("body")[0].text
    assert everything.count(SHOWN) > 20
    assert "\x1b" not in everything
    assert "\u202e" not in everything


@pytest.mark.parametrize(
    "name", ["finished", "running", "created", "deleted", "expired", "zero_retention"]
)
def test_a_call_in_any_state_has_a_page(name: str) -> None:
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        call_id = getattr(sandbox.calls, name)
        call = client.calls.get(call_id)
        logs, notes = None, list[str]()
        try:
            logs = client.calls.logs(call_id)
        except CallLogsNotAvailableError as error:
            notes = [error.summary]
    page = Page(call_page(call, logs, notes=notes))
    assert all(note in page.find("header")[0].text for note in notes)
    assert bool(notes) == ("There are no log lines." in page.section("Timeline"))
    assert page.find("h1")[0].text.startswith(f"{call_id} copy")
    assert call.status in page.find("h1")[0].text
    assert bool(call.transcript) != ("There is no transcript." in page.section("Timeline"))


def test_unexpected_records_of_the_sandbox_have_pages() -> None:
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        calls = [*client.calls.list(agent_id="agent_odd", expand_transcript=True)]
        assert len(calls) >= 5
        pages = {call.id: Page(call_page(call, client.calls.logs(call.id))) for call in calls}
    tools = pages["ac_odd_tools"]
    assert "Failed tool call send_message(" in tools.section("What went wrong")
    assert any("guests_waiting = four" in entry for entry in pages["ac_odd_metric"].entries)
    assert 'customer: { "id": 4127' in pages["ac_odd_metadata"].section("Facts")


@pytest.mark.parametrize(
    "record",
    [
        {"id": "ac_1"},
        {
            "id": 7,
            "status": None,
            "transcript": "said",
            "telephony_params": "+1555",
            "metadata": [1],
        },
        {"id": "ac_1", "start_time": "0001-01-01T00:00:00Z", "end_time": "9999-12-31T23:59:59Z"},
        {
            "id": "ac_1",
            "start_time": 7,
            "transcript": [7, None, {}, {"role": 1, "start_timestamp": 1e300}],
        },
        {
            "id": "ac_1",
            "transcript": [{"tool_calls": [{"name": None, "arguments": 7}], "role": None}],
        },
    ],
)
def test_malformed_records_have_pages(record: Record) -> None:
    page = _page(record, ["no time", "\n\r"], zone=timezone(timedelta(hours=-12)))
    assert len(page.entries) >= 1
    assert "What went wrong" in page.find("main")[0].text


def test_a_value_nested_too_deep_to_write_is_left_out() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    assert "extra: …" in _page(_call(extra=deep)).section("Facts")


def test_a_call_without_problems_is_reported_as_such() -> None:
    page = _page(_call(_turn(0, 1, text="Hello"), _turn(1, 2, "user", text="Hi")))
    assert page.section("What went wrong").startswith("Nothing that the record")


def test_each_kind_of_problem_is_listed_and_many_are_folded() -> None:
    turns = [_turn(n, n + 2, "user" if n % 2 else "assistant", text=f"turn {n}") for n in range(5)]
    errors = [_log(n % 60, "ERROR", f"error {n}") for n in range(150)]
    page = _page(_call(*turns, status="failed", error_message="No model"), errors)
    wrong = page.section("What went wrong")
    assert wrong.startswith("The call failed No model Error in the log 150 error 0 at 0:00.0")
    assert "147 more" in wrong
    assert "The first 100 are listed" in wrong
    assert "Interruption 4 user: turn 1 at 0:01.0" in wrong
    early = _page(_call(end_reason="dial_busy")).section("What went wrong")
    assert early == "The call ended early dial_busy"


def test_a_record_of_many_lines_is_folded_with_all_of_them() -> None:
    lines = [
        _log(1, "ERROR", "broken"),
        "Traceback (most recent call last):",
        "  File",
        "KeyError: 1",
    ]
    page = _page(_call(), lines)
    (folded,) = [one for one in page.find("details") if "Traceback" in one.text]
    assert "open" not in folded.attributes
    assert folded.text.startswith("broken app.main:run:1 4 lines")
    (pre,) = [one for one in page.find("pre") if "Traceback" in one.text]
    assert "".join(pre.texts).splitlines() == lines


def test_a_log_of_another_month_is_moved_into_its_call_to_the_second() -> None:
    logs = ["2026-09-17 12:34:56.000 | ERROR    | a:b:1 - moved"]
    (command,) = re.findall(r"--log-offset (\S+)", _page(_call(), logs).find("header")[0].text)
    page = _page(_call(), logs, log_offset=float(command))
    assert "moved at 0:00.0" in page.section("What went wrong")
    assert f"{command} s were added" in page.section("Timeline")


def test_log_times_outside_the_call_are_reported_and_can_be_moved() -> None:
    logs = ["2026-03-01 11:00:05.000 | ERROR    | a:b:1 - moved"]
    page = _page(_call(), logs)
    assert "Make this page with --log-offset -3600 to move" in page.find("header")[0].text
    page = _page(_call(), logs, log_offset=-3600)
    assert "moved at 0:05.0" in page.section("What went wrong")
    assert "-3600 s were added to the times of the log." in page.section("Timeline")


def test_times_are_in_the_time_zone_that_the_page_names() -> None:
    page = _page(_call(), zone=timezone(timedelta(hours=5, minutes=30)))
    assert "Started 2026-03-01 15:30:00" in page.section("Facts")
    assert "Times of day are in UTC+05:30." in page.section("Timeline")
    named = _page(_call(), zone=timezone(timedelta(hours=1), "CET"))
    assert "Times of day are in CET, UTC+01:00." in named.section("Timeline")


def test_a_redacted_call_stays_redacted() -> None:
    call = _call(
        _turn(0, 1, "user", text="I am +15555550123"), telephony_params={"from": "+15555550123"}
    )
    redactor = Redactor(call)
    logs = redactor.lines([_log(1, "INFO", "accepted 15555550123, Bearer sk_live_abcdef123456")])
    page = call_page(redactor.redact(call), logs)
    assert "5555550123" not in page
    assert "abcdef123456" not in page
    assert "I am ‹phone 1›" in page


def test_the_recording_is_embedded_and_turns_can_be_played(tmp_path: Path) -> None:
    recording = tmp_path / "call.wav"
    recording.write_bytes(b"RIFF....WAVE")
    call = _call(_turn(0.5, 1, text="Hello"), _turn(None, None, "user", text="Hi"))
    page = _page(call, audio=recording)
    (audio,) = page.find("audio")
    assert (
        audio.attributes["src"]
        == "data:audio/wav;base64," + base64.b64encode(b"RIFF....WAVE").decode()
    )
    assert [one.attributes.get("data-at") for one in page.find("li", "turn")] == ["0.5", "0.5"]
    assert not _page(call).find("audio")


def test_the_page_of_a_long_call_is_below_a_megabyte_and_names_omissions() -> None:
    text = call_page(long_call(), long_log(50_000))
    assert len(text.encode()) < 1_000_000
    page = Page(text)
    assert sum("Turn" in entry for entry in page.entries) == 2000
    assert sum(" ERROR " in entry for entry in page.entries) == 10
    assert sum(" WARNING " in entry for entry in page.entries) == 40
    assert sum(" DEBUG " in entry for entry in page.entries) == 0
    logs = sum(" INFO " in entry for entry in page.entries) + 50
    assert f"{50_000 - logs} of 50000 log lines are left out" in page.section("Timeline")
    assert f"cartesia-calls logs {long_call()['id']} shows all." in page.section("Timeline")
    infos = [entry for entry in page.entries if " INFO " in entry]
    assert "line 49998 " in infos[-1]


def test_an_error_larger_than_the_page_is_shortened_and_not_left_out() -> None:
    dump = [f"    └ {'x' * 2000}"] * 900
    page = _page(_call(), [_log(1, "INFO", "begun"), _log(2, "ERROR", "it broke"), *dump])

    assert "it broke" in page.section("What went wrong")
    shown = page.section("Timeline")
    assert "begun" in shown
    (left_out,) = re.findall(r"(\d+) of 902 log lines are left out", shown)
    assert 0 < int(left_out) < 900


def test_a_long_traceback_keeps_the_line_that_names_the_exception() -> None:
    environment = f"    └ environ({{{'x' * 60_000}}})"
    page = _page(_call(), [_log(2, "ERROR", "it broke"), environment, "ValueError: the cause"])

    shown = page.section("Timeline")
    assert "more characters)" in shown
    assert "ValueError: the cause" in shown


def test_an_error_in_one_very_long_line_is_shortened_and_not_left_out() -> None:
    page = _page(_call(), [_log(2, "ERROR", "it broke" + "x" * 2_000_000)])

    assert "it broke" in page.section("What went wrong")


def test_memory_does_not_grow_with_the_lines_left_out() -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        call_page(_call(), (f"{line} {'x' * 1000}" for line in long_log(count)))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)  # imports and templates
    assert peak(8_000) < 1.2 * peak(2_000)


def test_a_very_long_text_is_shortened_with_a_notice() -> None:
    page = _page(_call(_turn(0, 1, text="a" * 100_000)))
    assert any("a… (80000 more characters) …a" in entry for entry in page.entries)
