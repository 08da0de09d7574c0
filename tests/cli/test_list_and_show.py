"""`cartesia-calls list`, `show` and `agents`, against the sandbox."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartesia_calls import AgentCall, Client
from cartesia_calls.cli import main
from cartesia_calls.sandbox import Sandbox
from terminal import environment, on_terminal, piped


def _plain(shown: str) -> list[str]:
    """Return the lines that a terminal shows, without colours."""
    return [line.rstrip() for line in re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()]


def _rows(out: str) -> list[dict[str, object]]:
    return [json.loads(row) for row in out.splitlines()]


def test_json_has_every_call_as_the_api_sent_it(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("list", "--agent", sandbox.agents.busy, "--json", env=env)
    assert (done.code, done.err) == (0, "")
    with Client(sandbox.api_key, base_url=sandbox.url) as client:
        calls = list(client.calls.list(agent_id=sandbox.agents.busy))
    assert [AgentCall.from_dict(row) for row in _rows(done.out)] == calls
    assert len(calls) > 200


def test_calls_are_filtered_by_status_time_and_number(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    words = ("list", "--agent", sandbox.agents.busy, "--json")
    failed = _rows(piped(*words, "--status", "failed", "--limit", "3", env=env).out)
    assert [row["status"] for row in failed] == ["failed"] * 3
    two = _rows(piped(*words, "--status", "created", "--status", "started", env=env).out)
    assert {row["status"] for row in two} == {"created", "started"}
    since = _rows(piped(*words, "--since", "2d", "--until", "1h", env=env).out)
    assert sandbox.calls.zero_retention in {row["id"] for row in since}
    assert sandbox.calls.expired not in {row["id"] for row in since}
    assert sandbox.calls.running not in {row["id"] for row in since}


COUNTED = (
    "Calls without a start or end time, which are left out: 1. "
    "Leave out --since and --until to see all calls.\n"
)


def test_a_call_without_a_time_is_left_out_of_a_window_and_counted(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    words = ("list", "--agent", sandbox.agents.busy, "--json")
    done = piped(*words, "--since", "2d", env=env)
    assert (done.code, done.err) == (0, COUNTED)
    ids = {row["id"] for row in _rows(done.out)}
    assert sandbox.calls.running in ids
    assert sandbox.calls.created not in ids
    shown = on_terminal(*words[:-1], "--since", "2d", "--status", "created", env=env)
    assert (shown.code, " ".join(shown.out.split())) == (0, f"{COUNTED.strip()} No such calls.")
    assert piped(*words, "--since", "2d", "--status", "started", env=env).err == ""
    everything = piped(*words, env=env)
    assert everything.err == ""
    assert sandbox.calls.created in {row["id"] for row in _rows(everything.out)}


def test_stats_count_the_calls_that_a_window_leaves_out(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    words = ("stats", "--agent", sandbox.agents.busy, "--no-logs", "--json")
    assert piped(*words, "--since", "2d", env=env).err == COUNTED
    assert not piped(*words, env=env).err


def test_several_calls_without_a_time_are_counted_together(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    calls = [{"id": f"ac_{n}", "agent_id": "agent_1", "status": "failed"} for n in range(3)]
    headers = {"Content-Type": "application/json"}
    body = json.dumps({"data": calls}).encode()
    sandbox.fail_next(status=200, body=body, headers=headers)
    done = piped("list", "--agent", "agent_1", "--since", "2d", env=env)
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith("Calls without a start or end time, which are left out: 3. ")


@pytest.mark.parametrize("zone", ["America/New_York", "UTC", "Asia/Tokyo"])
def test_a_start_time_of_zero_is_shown(sandbox: Sandbox, env: dict[str, str], zone: str) -> None:
    zero = "0001-01-01T00:00:00Z"
    call = {"id": "ac_zero", "agent_id": "agent_1", "status": "failed", "start_time": zero}
    headers = {"Content-Type": "application/json"}
    for words, body in (
        (("list", "--agent", "agent_1"), {"data": [{**call, "end_time": zero}]}),
        (("show", "ac_zero"), {**call, "redacted_at": zero}),
    ):
        sandbox.fail_next(status=200, body=json.dumps(body).encode(), headers=headers)
        shown = on_terminal(*words, env={**env, "TZ": zone, "COLUMNS": "100"})
        assert (shown.code, "ac_zero" in shown.out) == (0, True)


def test_a_batch_is_listed(sandbox: Sandbox, env: dict[str, str]) -> None:
    rows = _rows(piped("list", "--batch", sandbox.batch_id, "--json", env=env).out)
    assert rows
    assert {row["agent_id"] for row in rows} == {sandbox.agents.quiet}


def test_expand_adds_the_transcripts(sandbox: Sandbox, env: dict[str, str]) -> None:
    words = ("list", "--agent", sandbox.agents.busy, "--status", "completed", "-n", "5")
    plain = piped(*words, "--json", env=env)
    assert not any(row.get("transcript") for row in _rows(plain.out))
    expanded = piped(*words, "--json", "--expand", env=env)
    assert any(row["transcript"] for row in _rows(expanded.out))
    refused = piped(*words, "--expand", env=env)
    assert refused.code == 2
    assert "Add --json" in refused.err


def test_a_terminal_gets_a_table_with_one_header(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = on_terminal("list", "--agent", sandbox.agents.busy, env={**env, "TZ": "UTC"})
    head, *rows = _plain(done.out)
    assert done.code == 0
    assert head.split()[0] == "ID"
    assert len(rows) > 200
    assert [row for row in rows if row.startswith("ID ")] == []
    (finished,) = [row for row in rows if row.startswith(sandbox.calls.finished)]
    assert re.search(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC +1:10  completed  client_hangup$", finished
    )


def test_picked_columns_keep_their_order(sandbox: Sandbox, env: dict[str, str]) -> None:
    words = ("list", "--agent", sandbox.agents.odd, "-n", "1", "--columns", "direction,id, region")
    assert piped(*words, env=env).out == "inbound\tac_odd_tools\tEU\n"
    # Picked columns are shown, however narrow the terminal is.
    shown = _plain(on_terminal(*words, env={**env, "COLUMNS": "20"}).out)
    assert [line.split() for line in shown] == [
        ["DIRECTION", "ID", "REGION"],
        ["inbound", "ac_odd_tools", "EU"],
    ]


COLUMNS = (
    *("id", "started", "length", "status", "ended-by", "error", "from", "to", "summary", "agent"),
    *("direction", "region"),
)


@given(st.lists(st.sampled_from(COLUMNS), min_size=1), st.data())
def test_known_columns_are_accepted_and_typing_errors_are_refused(
    names: list[str], data: st.DataObject
) -> None:
    def code(text: str) -> object:
        with pytest.raises(SystemExit) as ended:
            # Help is shown unless a word in front of it is wrong.
            main(["list", "--agent", "a", "--columns", text, "--help"])
        return ended.value.code

    assert code(",".join(names)) == 0
    place = data.draw(st.integers(0, len(names) - 1))
    slip = names[place] + data.draw(st.sampled_from("xyz_S-"))
    assert code(",".join([*names[:place], slip, *names[place:]])) == 2


def test_an_unknown_column_is_named_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["list", "--agent", "a", "--columns", "id,sumary"])
    message = " ".join(capsys.readouterr().err.split())
    assert f"'sumary' is not one of {', '.join(COLUMNS)}; did you mean summary?" in message


def test_ids_are_never_cut(sandbox: Sandbox, env: dict[str, str]) -> None:
    narrow = {**env, "COLUMNS": "20"}
    calls = on_terminal("list", "--agent", sandbox.agents.busy, "--limit", "3", env=narrow)
    assert _plain(calls.out) == ["ID", "ac_created", "ac_running", "ac_just_ended"]
    assert "agent_quiet" in _plain(on_terminal("agents", env=narrow).out)


def test_an_empty_list_is_reported_and_is_no_error(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = on_terminal("list", "--agent", sandbox.agents.idle, env=env)
    assert (done.code, done.out) == (0, "No such calls.\n")
    done = piped("list", "--agent", sandbox.agents.idle, env=env)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_show_is_a_record_and_a_timeline(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = on_terminal("show", sandbox.calls.finished, env={**env, "COLUMNS": "120"})
    lines = _plain(done.out)
    assert done.code == 0
    assert lines[0] == "Call ac_finished  completed"
    assert "Agent       Pizzeria Da Nonò, agent_busy" in lines
    assert "Phone       +390555550142 → +390555550100" in lines
    assert "Metadata    order=4711" in lines
    happened = lines[lines.index("") + 1 :]
    assert happened[0] == "Time within the call, local time (UTC), and what happened:"
    assert happened[1] == "0:00.0  10:00:00.1  start"
    assert happened[2] == (
        "0:00.3  10:00:00.4  assistant  Buonasera, Pizzeria Da Nonò! 🍕  (TTS 87 ms)"
    )
    assert (
        "0:12.9  10:00:13.0  event      address_matched matches='2', distance_m='420'" in happened
    )
    assert "0:24.6  10:00:24.7  metric     order_total_eur = 27.5" in happened
    assert happened[-1] == "1:09.5  10:01:09.6  end        client_hangup"
    tools = [line for line in happened if "  tool  " in line]
    assert len(tools) == 1
    assert "place_order(items='1x margherita, 2x calzone'" in tools[0]


def test_show_explains_an_empty_record(sandbox: Sandbox, env: dict[str, str]) -> None:
    deleted = _plain(on_terminal("show", sandbox.calls.deleted, env=env).out)
    assert any(re.match(r"Data +deleted \d{4}-\d\d-\d\d", line) for line in deleted)
    assert deleted[-1] == "No transcript."
    kept = _plain(on_terminal("show", sandbox.calls.zero_retention, env=env).out)
    assert "Data        zero retention: none are kept" in kept


def test_show_json_is_one_object(sandbox: Sandbox, env: dict[str, str]) -> None:
    (row,) = _rows(piped("show", sandbox.calls.finished, "--json", env=env).out)
    assert row["id"] == sandbox.calls.finished
    assert row["transcript"]
    on_screen = on_terminal("show", sandbox.calls.finished, "--json", env=env).out
    assert on_screen.isascii()
    assert json.loads(on_screen) == row


def test_agents_are_listed(env: dict[str, str]) -> None:
    rows = _rows(piped("agents", "--json", env=env).out)
    assert [row["id"] for row in rows] == [
        "agent_busy",
        "agent_quiet",
        "agent_idle",
        "agent_odd",
    ]
    head, *lines = _plain(on_terminal("agents", env={**env, "COLUMNS": "120"}).out)
    columns = ["ID", "NAME", "LANGUAGE", "PHONE", "DEPLOYMENTS", "UPDATED", "DESCRIPTION"]
    assert head.split() == columns
    assert re.match(r"agent_busy +Pizzeria Da Nonò +it +\+390555550100 +7 +\d{4}-", lines[0])


def test_text_from_servers_can_not_control_the_terminal(
    sandbox: Sandbox, env: dict[str, str]
) -> None:
    hostile = "\x1b[31m[bold]red\x1b]52;c;x\x07"
    record = {"id": hostile, "agent_id": hostile, "status": hostile, "summary": hostile}
    agent = {
        "id": hostile,
        "name": hostile,
        "created_at": "2026-03-01T10:00:00Z",
        "updated_at": "2026-03-01T10:00:00Z",
        "tts_voice": hostile,
        "tts_language": hostile,
        "has_text_to_agent_run": False,
        "deployment_count": 1,
    }
    json_type = {"Content-Type": "application/json"}
    for words, body in (
        (("show", "ac_1"), record),
        (("list", "--agent", "agent_1"), {"data": [record]}),
        (("agents",), {"summaries": [agent]}),
    ):
        sandbox.fail_next(status=200, body=json.dumps(body).encode(), headers=json_type)
        done = on_terminal(*words, env={**env, "COLUMNS": "400"})
        assert done.code == 0
        assert "\x1b[31m" not in done.out
        assert "\x1b]" not in done.out
        assert "\x07" not in done.out
        assert r"\x1b[31m[bold]red\x1b]52;c;x\x07" in done.out


@pytest.mark.parametrize(
    "words",
    [
        ("list",),
        ("list", "--agent", "a", "--batch", "b"),
        ("list", "--agent", ""),
        ("list", "--agent", "a", "--limit", "0"),
        ("list", "--agent", "a", "--limit", "many"),
        ("list", "--agent", "a", "--since", "gibberish"),
        ("show",),
        ("show", ".."),
        ("agents", "agent_1"),
    ],
)
def test_wrong_usage_is_reported_before_anything_is_sent(words: tuple[str, ...]) -> None:
    nowhere = environment(CARTESIA_BASE_URL="http://127.0.0.1:9", CARTESIA_API_KEY="sk_car_x")
    done = piped(*words, env=nowhere)
    assert (done.code, done.out) == (2, "")
    assert "error: " in done.err.lower()


def test_no_such_call_has_its_exit_code(sandbox: Sandbox, env: dict[str, str]) -> None:
    done = piped("show", sandbox.calls.unknown, env=env)
    assert (done.code, done.out) == (4, "")
    assert len(done.err.splitlines()) == 2
