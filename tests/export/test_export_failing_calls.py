"""Runs with calls that always fail or are deleted meanwhile, and with missing files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import CartesiaError, PermissionDeniedError
from cartesia_calls.export import CallSkipped, ExportEvent, ExportResult, TargetError
from exporting import data_files, export_from
from fake_clock import FakeClock
from many_calls import AGENT, Interfere, ManyCalls, call_id, http

NULL_LOGS = http(
    "200 OK", b'{"call_id": "ac_1", "logs": null, "updated_at": "2026-03-01T12:00:00Z"}'
)
FORBIDDEN = http("403 Forbidden", b"{}")


def _export(server: ManyCalls, to: Path | str, **options: Any) -> ExportResult:  # noqa: ANN401
    return export_from(server, to, **{"clock": FakeClock(), **options})


def _one_in(count: int, response: bytes) -> Interfere:
    """Return a function that sends this response for the logs of one call in `count`."""

    def interfere(_number: int, path: str) -> bytes | None:
        fails = path.endswith("/logs") and int(path.split("/")[3].removeprefix("ac_")) % count == 0
        return response if fails else None

    return interfere


@pytest.mark.parametrize(
    "response", [NULL_LOGS, http("500 Internal Server Error", b"oops"), FORBIDDEN]
)
def test_calls_that_always_fail_do_not_stop_the_others(response: bytes, tmp_path: Path) -> None:
    with ManyCalls(500, interfere=_one_in(10, response)) as server:
        first = _export(server, tmp_path)
        sent = server.requests
        again = _export(server, tmp_path)
        sent = server.requests - sent
    assert (first.exported, first.skipped) == (450, {"failed": 50})
    assert (again.present, again.skipped) == (450, {"failed": 50})
    pages, just_ended, in_hand = 5, 9, 8
    failed_again = sent - pages - just_ended
    assert 20 <= failed_again <= 20 + in_hand, "once each, until many in a row failed again"
    assert len(data_files(tmp_path)) == 450


def test_a_first_run_finds_good_calls_after_many_bad_ones(
    tmp_path: Path,
) -> None:
    def interfere(_number: int, path: str) -> bytes | None:
        fails = path.endswith("/logs") and path.split("/")[3] < call_id(200)
        return NULL_LOGS if fails else None

    with ManyCalls(500, interfere=interfere) as server:
        with pytest.raises(CartesiaError, match="keeps failing"):
            _export(server, tmp_path)  # when only bad ones are left
        assert len(data_files(tmp_path)) == 300
        for _ in range(9):
            with suppress(CartesiaError):
                _export(server, tmp_path)
        result = _export(server, tmp_path)
    assert (result.present, result.skipped) == (300, {"failed": 200})


@pytest.mark.parametrize("response", [b"", http("500 Internal Server Error", b"oops")])
def test_a_server_that_stops_sending_logs_ends_the_run_soon(
    response: bytes, tmp_path: Path
) -> None:
    with ManyCalls(300, interfere=_one_in(2, response)) as server:
        _export(server, tmp_path, until="2026-03-01T10:00Z")  # without the newest 120
        server.interfere = _one_in(1, response)
        sent = server.requests
        with pytest.raises(CartesiaError, match="keeps failing"):
            _export(server, tmp_path)
    assert server.requests - sent < 150


def test_calls_that_failed_before_are_skipped_when_many_fail_again(tmp_path: Path) -> None:
    failing = http("500 Internal Server Error", b"oops")
    with ManyCalls(300, interfere=_one_in(2, failing)) as server:
        until = "2026-03-01T11:30Z"  # without the newest 30, which may still change
        first = _export(server, tmp_path, until=until)
        sent = server.requests
        again = _export(server, tmp_path, until=until)
    assert again.skipped == first.skipped == {"failed": 134}
    assert again.present == first.exported == 135
    assert server.requests - sent < 40


def test_calls_that_failed_before_are_requested_last(tmp_path: Path) -> None:
    with ManyCalls(150, interfere=_one_in(10, NULL_LOGS)) as server:
        _export(server, tmp_path, until="2026-03-01T10:30Z")  # without the newest 90
        sent: list[str] = []

        def note(_number: int, path: str) -> None:
            if path.endswith("/logs"):
                sent.append(path.split("/")[3])

        server.interfere = note
        _export(server, tmp_path)
    failed = [call_id(number) for number in range(100, 150, 10)]
    assert sorted(sent[-len(failed) :]) == failed
    assert len(sent) == 91 + len(failed)


def test_a_key_without_access_to_logs_ends_the_run(tmp_path: Path) -> None:
    with (
        ManyCalls(500, interfere=_one_in(1, FORBIDDEN)) as server,
        pytest.raises(PermissionDeniedError),
    ):
        _export(server, tmp_path)
    assert server.requests < 60


class _OneCall:
    """Interferes with `ManyCalls`: there is one call, which the test can change.

    Attributes:
        listed: Its record in the list.
        own: Its record when it is requested alone.
        logs: The response to a request for its logs.
    """

    def __init__(self) -> None:
        started = datetime(2026, 3, 1, 11, 58, tzinfo=UTC)
        turn = {"role": "user", "start_timestamp": 0.5, "end_timestamp": 1.0, "text": "Hello?"}
        self.listed: dict[str, object] = {
            "id": call_id(0),
            "agent_id": AGENT,
            "status": "completed",
            "summary": "About a pizza.",
            "start_time": started.isoformat(),
            "end_time": (started + timedelta(minutes=1)).isoformat(),
        }
        self.own = self.listed | {"transcript": [turn]}
        self.logs = self.logs_of("one")

    @staticmethod
    def logs_of(*lines: str) -> bytes:
        logs = {"call_id": call_id(0), "logs": lines, "updated_at": "2026-03-01T12:00:00Z"}
        return http("200 OK", json.dumps(logs).encode())

    def delete(self, *, listed: bool = True) -> None:
        """Delete its data; if the list does not show that, it happened after the listing."""
        erased: dict[str, object] = {
            "redacted_at": "2026-03-01T12:00:00Z",
            "summary": None,
            "transcript": [],
        }
        self.own |= erased
        self.listed |= erased if listed else {}

    def __call__(self, _number: int, path: str) -> bytes:
        if path.endswith("/logs"):
            return self.logs
        of_list = {"data": [self.listed], "has_more": False}
        return http("200 OK", json.dumps(of_list if "?" in path else self.own).encode())


def _manifest(target: Path) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads((target / "_manifest" / "1-of-1.ndjson").read_bytes())
    return entry


def _files(target: Path) -> Mapping[str, bytes]:
    return {str(f.relative_to(target)): f.read_bytes() for f in target.rglob("ac_*")}


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("refresh", [True, False])
def test_exported_files_stay_when_the_call_is_deleted(
    listed: bool,  # noqa: FBT001 - a parameter of the test
    refresh: bool,  # noqa: FBT001 - likewise
    tmp_path: Path,
) -> None:
    call = _OneCall()
    with ManyCalls(1, interfere=call) as server:
        run = partial(_export, server, tmp_path, include=("record", "transcript"))
        run()
        before = _files(tmp_path)
        call.delete(listed=listed)
        again = run(refresh=refresh)
    assert len(before) == 2
    assert any(b"Hello?" in data for data in before.values())
    assert any(b"pizza" in data for data in before.values())
    assert _files(tmp_path) == before
    assert (again.exported, again.present, again.skipped) == (0, 1, {})


def test_a_call_that_is_deleted_before_it_is_requested_has_a_record_and_no_transcript(
    tmp_path: Path,
) -> None:
    call = _OneCall()
    call.delete(listed=False)
    with ManyCalls(1, interfere=call) as server:
        result = _export(server, tmp_path, include=("record", "transcript"))
    (path,) = _files(tmp_path)
    assert path.startswith("record/")
    assert result.skipped == {"deleted": 1}


def test_a_failed_check_for_changed_logs_is_reported(tmp_path: Path) -> None:
    call = _OneCall()
    events: list[ExportEvent] = []
    with ManyCalls(1, interfere=call) as server:
        _export(server, tmp_path)
        before = _files(tmp_path)
        call.logs = http("500 Internal Server Error", b"oops")
        failed = _export(server, tmp_path, on_event=events.append)
        kept = _files(tmp_path)
        recorded = _manifest(tmp_path)["parts"]["logs"]
        call.logs = call.logs_of("one", "two")
        changed = _export(server, tmp_path)
    assert (failed.exported, failed.present, failed.skipped) == (0, 0, {"failed": 1})
    assert (recorded["outcome"], recorded["has_failed"]) == ("exported", True)
    (skipped,) = (event for event in events if isinstance(event, CallSkipped))
    assert "oops" in skipped.detail
    assert kept == before
    assert changed.exported == 1
    assert b'"two"' in next(iter(_files(tmp_path).values()))
    assert "has_failed" not in _manifest(tmp_path)["parts"]["logs"]


def test_checks_that_fail_in_every_run_do_not_stop_other_calls(tmp_path: Path) -> None:
    def unending(_number: int, path: str) -> bytes | None:
        """List calls without an end; the newest thirty then fail."""
        records = [_record(number) for number in listed]
        if "?" in path:
            return http("200 OK", json.dumps({"data": records, "has_more": False}).encode())
        return NULL_LOGS if path.split("/")[3] in failing else None

    failing: set[str] = set()
    listed = range(30)
    with ManyCalls(100, interfere=unending) as server:
        assert _export(server, tmp_path).exported == 30
        failing = {call_id(number) for number in listed}
        listed = range(100)
        results = [_export(server, tmp_path) for _ in range(3)]
    assert [result.exported for result in results] == [70, 0, 0]
    assert {result.skipped["failed"] for result in results} == {30}
    assert server.fetched.total() == 30 + 3 * 70


def _record(number: int) -> dict[str, str]:
    return {"id": call_id(number), "agent_id": AGENT, "status": "completed"}


@pytest.mark.parametrize("place", ["{}", "memory://lost/out"])
def test_refresh_restores_missing_or_damaged_files(place: str, tmp_path: Path) -> None:
    to = place.format(tmp_path)
    with ManyCalls(10) as server:
        _export(server, to)
        files, root = import_module("fsspec").url_to_fs(to)
        folder = f"{root}/logs/agent={AGENT}/day=2026-03-01"
        whole = {path: files.cat_file(path) for path in files.find(folder)}
        gone, damaged = sorted(whole)[:2]
        files.rm(gone)
        files.pipe_file(damaged, b"damaged")
        plain = _export(server, to)
        refreshed = _export(server, to, refresh=True)
        found = {path: files.cat_file(path) for path in files.find(folder)}
    assert (plain.exported, plain.present) == (0, 10), "a plain run does not look at the files"
    assert (refreshed.exported, refreshed.present) == (2, 8)
    assert found == whole


def test_a_file_that_could_not_be_removed_is_removed_by_the_next_run(
    tmp_path: Path,
) -> None:
    call = _OneCall()
    times = {name: call.listed[name] for name in ("start_time", "end_time")}
    call.listed |= dict.fromkeys(times)
    with ManyCalls(1, interfere=call) as server:
        _export(server, tmp_path)
        (old,) = tmp_path.rglob("ac_*")
        old.unlink()
        old.mkdir()
        call.listed |= times
        with pytest.raises(TargetError, match="can't be changed"):
            _export(server, tmp_path)
        old.rmdir()
        old.write_bytes(b"as it was")
        assert _export(server, tmp_path).exported == 1
    (new,) = tmp_path.rglob("ac_*")
    assert new != old


def test_a_record_from_a_fast_clock_is_replaced_by_a_later_one(tmp_path: Path) -> None:
    call = _OneCall()
    ended = call.listed["end_time"] = "2026-03-01T11:00:00Z"
    call.listed |= {"status": "started", "end_time": None}
    manifest = tmp_path / "_manifest" / "1-of-1.ndjson"
    with ManyCalls(1, interfere=call) as server:
        assert _export(server, tmp_path).skipped == {"in_progress": 1}
        entry = json.loads(manifest.read_bytes())
        manifest.write_text(json.dumps(entry | {"recorded_at": "2999-01-01T00:00:00.000000+00:00"}))
        call.listed |= {"status": "completed", "end_time": ended}
        assert _export(server, tmp_path).exported == 1
        sent = server.requests
        assert _export(server, tmp_path).present == 1
    assert server.requests == sent + 1
    assert _manifest(tmp_path)["recorded_at"] == "2999-01-01T00:00:00.000001+00:00"


def test_an_export_of_a_window_requests_every_call_in_whole_pages(tmp_path: Path) -> None:
    def call(name: str, start: str | None, end: str | None) -> dict[str, object]:
        times = {"start_time": start, "end_time": end}
        return {"id": f"ac_{name}", "agent_id": AGENT, "status": "failed", **times}

    def at(hour: int) -> str:
        return f"2026-03-01T{hour:02}:00:00Z"

    pages = [
        [
            call("late", at(11), at(11)),
            call("no_answer", None, at(10)),
            call("no_time", None, None),
        ],
        [call("in", at(9), at(9)), call("zero", "0001-01-01T00:00:00Z", at(9))],
        [call("first", at(8), at(8)), call("old", at(7), at(7))],
        [call("old_1", at(6), at(6)), call("old_2", at(5), at(5))],
        [call("never_asked_for", at(9), at(9))],
    ]
    sent: list[str] = []

    def interfere(_number: int, path: str) -> bytes | None:
        if not path.startswith("/agents/calls?"):
            return None
        sent.append(path)
        page = {"data": pages[len(sent) - 1], "next_page": f"page_{len(sent)}"}
        return http("200 OK", json.dumps(page).encode())

    with ManyCalls(0, interfere=interfere) as server:
        window = {"since": at(8), "until": "2026-03-01T10:30:00Z"}
        result = _export(server, tmp_path, include="record", **window)
    exported = {path.stem for path in tmp_path.glob("record/**/ac_*")}
    assert exported == {"ac_no_answer", "ac_no_time", "ac_in", "ac_first"}
    assert (result.found, len(sent)) == (4, 4)
    assert not any("start_time" in path for path in sent)


NO_AGENT = http("404 Not Found", b'{"title": "Agent not found", "message": "There is none."}')


@pytest.mark.parametrize(
    ("response", "unknown"),
    [
        (NO_AGENT, [AGENT]),
        (http("404 Not Found", b"<html>a gateway's</html>"), []),
        (http("403 Forbidden", b"{}"), []),
        (http("401 Unauthorized", b"{}"), []),
        (http("429 Too Many Requests", b"{}", "Retry-After: 600"), []),
        (http("200 OK", json.dumps({"id": AGENT, "name": "Ada"}).encode()), []),
    ],
)
def test_an_agent_without_calls_that_the_api_does_not_know_is_reported(
    response: bytes, unknown: list[str], tmp_path: Path
) -> None:
    def interfere(_number: int, path: str) -> bytes | None:
        return response if path == f"/agents/{AGENT}" else None

    with ManyCalls(0, interfere=interfere) as server:
        result = _export(server, tmp_path)
    assert result.unknown_agents == unknown
    assert result.is_complete == (not unknown)
