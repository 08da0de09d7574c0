"""The files of one run, and the requests of the next."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import AsyncClient, AuthenticationError
from cartesia_calls.export import (
    CallExported,
    CallSkipped,
    CallsListed,
    ExportEvent,
    ExportFinished,
    ExportResult,
    as_dict,
    export,
    export_async,
)
from cartesia_calls.sandbox import Sandbox
from fake_clock import FakeClock
from fake_server import KEY
from many_calls import AGENT, ManyCalls, http


def _export(sandbox: Sandbox, to: Path, **options: Any) -> ExportResult:  # noqa: ANN401
    options = {"agents": sandbox.agents.busy, "since": "3d", **options}
    return export(to=to, connect=partial(AsyncClient, KEY, base_url=sandbox.url), **options)


def _files(target: Path) -> Mapping[str, Path]:
    return {file.name: file for file in target.rglob("ac_*")}


def _rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _manifest(target: Path) -> dict[str, dict[str, Any]]:
    rows = _rows(target / "_manifest" / "1-of-1.ndjson")
    return {row["call_id"]: row["parts"] for row in rows}


def test_a_row_has_the_parts_of_its_line(cartesia_sandbox: Sandbox, tmp_path: Path) -> None:
    _export(cartesia_sandbox, tmp_path)
    file = _files(tmp_path)["ac_finished.ndjson"]
    first = _rows(file)[0]
    day = first["time"][:10]
    assert file.parent.relative_to(tmp_path) == Path(f"logs/agent=agent_busy/day={day}")
    assert first == {
        "call_id": "ac_finished",
        "agent_id": "agent_busy",
        "index": 0,
        "text": f"{day} 10:00:00.123 | INFO     | agent.main:start:27 - "
        "Call ac_finished accepted from +39 055 555 0142",
        "level": "INFO",
        "time": f"{day}T10:00:00.123000+00:00",
        "updated_at": first["updated_at"],
    }


def test_calls_without_logs_are_recorded_with_the_reason(
    cartesia_sandbox: Sandbox, tmp_path: Path
) -> None:
    calls = cartesia_sandbox.calls
    result = _export(cartesia_sandbox, tmp_path, since=None)
    reasons = {
        call: parts["logs"]["reason"]
        for call, parts in _manifest(tmp_path).items()
        if parts["logs"]["outcome"] == "skipped"
    }
    named = {call: reasons[call] for call in reasons if not call.startswith("ac_busy")}
    assert named == {
        calls.created: "in_progress",
        calls.running: "in_progress",
        calls.just_ended: "not_written_yet",
        calls.zero_retention: "zero_retention",
        calls.deleted: "deleted",
        calls.expired: "expired_or_never_written",
    }
    assert result.skipped.total() == len(reasons)
    assert result.found == result.exported + result.skipped.total()
    assert not result.is_complete


def test_the_next_run_requests_no_call_that_is_exported_or_unavailable(
    cartesia_sandbox: Sandbox, tmp_path: Path
) -> None:
    first = _export(cartesia_sandbox, tmp_path, until="1d")
    before = {name: file.stat().st_mtime_ns for name, file in _files(tmp_path).items()}
    events: list[ExportEvent] = []
    again = _export(cartesia_sandbox, tmp_path, until="1d", on_event=events.append)
    assert (again.found, again.exported) == (first.found, 0)
    assert again.present == first.exported > 0
    assert again.skipped == first.skipped
    assert not [event for event in events if isinstance(event, CallExported)]
    assert before == {name: file.stat().st_mtime_ns for name, file in _files(tmp_path).items()}


def test_every_part_is_written_and_a_part_added_later_is_fetched_alone(
    cartesia_sandbox: Sandbox, tmp_path: Path
) -> None:
    parts = ("logs", "record", "transcript", "tools", "audio")
    _export(cartesia_sandbox, tmp_path / "at once", include=parts)
    _export(cartesia_sandbox, tmp_path / "later")
    added = _export(cartesia_sandbox, tmp_path / "later", include=parts)
    at_once, later = (
        {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("ac_*")}
        for root in (tmp_path / "at once", tmp_path / "later")
    )
    assert at_once == later
    assert {path.split("/")[0] for path in later} == set(parts)
    assert added.exported > 0
    found = _manifest(tmp_path / "later")["ac_finished"]
    assert {part["outcome"] for part in found.values()} == {"exported"}
    (record,) = _rows(next((tmp_path / "later" / "record").rglob("ac_finished.ndjson")))
    assert record["metadata"] == {"order": "4711"}
    assert record["end_time"].endswith("+00:00")
    turns = _rows(next((tmp_path / "later" / "transcript").rglob("ac_finished.ndjson")))
    assert [turn["index"] for turn in turns] == list(range(len(turns)))


class _Changing:
    """Interferes with `ManyCalls`: call 0 ended a moment ago, and the test sets its logs."""

    def __init__(self) -> None:
        self.lines = ["one"]
        self.over = True
        self.requests = 0
        self.start = datetime.now(UTC) - timedelta(minutes=2)

    def __call__(self, _number: int, path: str) -> bytes | None:
        if path.endswith("/logs"):
            self.requests += 1
            logs = {
                "call_id": "ac_000000",
                "logs": self.lines,
                "updated_at": "2026-03-01T12:00:00Z",
            }
            return http("200 OK", json.dumps(logs).encode())
        record = {
            "id": "ac_000000",
            "agent_id": AGENT,
            "status": "completed" if self.over else "started",
            "start_time": self.start.isoformat(),
            "end_time": (self.start + timedelta(minutes=1)).isoformat() if self.over else None,
        }
        return http("200 OK", json.dumps({"data": [record], "has_more": False}).encode())


@pytest.fixture
def changing(tmp_path: Path) -> Any:  # noqa: ANN401 - a pair
    interfere = _Changing()
    with ManyCalls(1, interfere=interfere) as server:
        connect = partial(AsyncClient, KEY, base_url=server.url)
        yield interfere, partial(export, agents=AGENT, to=tmp_path, connect=connect)


def test_a_call_in_progress_is_exported_after_it_has_ended(changing: Any, tmp_path: Path) -> None:  # noqa: ANN401
    call, run = changing
    call.over = False
    assert run().skipped == {"in_progress": 1}
    assert call.requests == 0
    call.over = True
    assert run().exported == 1
    assert [row["text"] for row in _rows(_files(tmp_path)["ac_000000.ndjson"])] == ["one"]


def test_only_logs_that_changed_after_the_end_are_written_again(
    changing: Any,  # noqa: ANN401
    tmp_path: Path,
) -> None:
    call, run = changing
    run()
    unchanged = run()
    assert (unchanged.exported, unchanged.present, call.requests) == (0, 1, 2)
    call.lines.append("two")
    assert run().exported == 1
    assert [row["text"] for row in _rows(_files(tmp_path)["ac_000000.ndjson"])] == ["one", "two"]
    call.start -= timedelta(days=1)
    run()
    requests = call.requests
    assert run().present == 1
    assert call.requests == requests, "a call that ended long ago is not requested again"
    call.lines.append("three")
    assert run(refresh=True).exported == 1
    assert len(list(tmp_path.rglob("*.ndjson"))) == 2, "where it was before its day changed"


def test_logs_that_a_stopped_run_found_unavailable_are_not_requested_again(
    cartesia_sandbox: Sandbox, tmp_path: Path
) -> None:
    first = _export(cartesia_sandbox, tmp_path, since=None, until="1d")
    assert first.skipped["expired_or_never_written"]
    manifest = tmp_path / "_manifest" / "1-of-1.ndjson"
    manifest.rename(manifest.with_name("1-of-1.journal.ndjson"))
    again = _export(cartesia_sandbox, tmp_path, since=None, until="1d")
    assert (again.present, again.exported, again.skipped) == (first.exported, 0, first.skipped)
    assert again.requests < first.requests


def test_a_file_that_a_stopped_run_left_damaged_is_fetched_again(tmp_path: Path) -> None:
    with ManyCalls(20) as server:
        run = partial(
            export,
            agents=AGENT,
            to=tmp_path,
            connect=partial(AsyncClient, KEY, base_url=server.url),
        )
        run()
        whole = {name: file.read_bytes() for name, file in _files(tmp_path).items()}
        # As after a power failure: an unmerged journal with an incomplete last line.
        manifest = tmp_path / "_manifest" / "1-of-1.ndjson"
        journal = manifest.with_name("1-of-1.journal.ndjson")
        manifest.rename(journal)
        journal.write_bytes(journal.read_bytes()[:-30])
        _files(tmp_path)["ac_000003.ndjson"].write_bytes(b"")
        server.fetched.clear()
        run()
    assert dict(server.fetched) == {"ac_000003": 1, "ac_000019": 1}
    assert {name: file.read_bytes() for name, file in _files(tmp_path).items()} == whole


def test_a_rate_bounds_all_requests(tmp_path: Path) -> None:
    clock = FakeClock()
    with ManyCalls(5) as server:
        connect = partial(AsyncClient, KEY, base_url=server.url)
        run = export_async(agents=AGENT, to=tmp_path, connect=connect, rate=2, clock=clock)
        result = asyncio.run(run)
    assert (result.exported, result.requests) == (5, 6)
    assert clock.elapsed == pytest.approx(5 / 2)


def test_events_report_each_call(tmp_path: Path) -> None:
    events: list[ExportEvent] = []
    with ManyCalls(150) as server:
        export(
            agents=AGENT,
            to=tmp_path,
            connect=partial(AsyncClient, KEY, base_url=server.url),
            on_event=events.append,
        )
    listed = [event for event in events if isinstance(event, CallsListed)]
    assert (listed[-1].found, listed[-1].to_fetch, listed[-1].complete) == (150, 150, True)
    exported = [event for event in events if isinstance(event, CallExported)]
    assert len({event.call_id for event in exported}) == len(exported) == 150
    (finished,) = [event for event in events if isinstance(event, ExportFinished)]
    assert (events[-1], finished.result.exported) == (finished, 150)
    assert as_dict(CallSkipped("ac_1", "agent_1", "deleted")) == {
        "event": "skipped",
        "call_id": "ac_1",
        "agent_id": "agent_1",
        "reason": "deleted",
        "detail": "",
    }


def test_the_error_that_ended_it_has_the_result_so_far(tmp_path: Path) -> None:
    events: list[ExportEvent] = []
    with ManyCalls(5) as server:
        refusal = http("401 Unauthorized", b"{}")
        server.interfere = lambda heard, _path: refusal if heard > 3 else None
        with pytest.raises(AuthenticationError) as refused:
            export(
                agents=AGENT,
                to=tmp_path,
                concurrency=1,
                connect=partial(AsyncClient, KEY, base_url=server.url),
                on_event=events.append,
            )
    finished = events[-1]
    assert isinstance(finished, ExportFinished)
    result = finished.result
    assert (result.target, result.found, result.exported) == (str(tmp_path), 5, 2)
    assert result.error is refused.value
    assert not result.is_complete


def test_the_json_of_an_unexpected_error_has_only_its_class() -> None:
    result = ExportResult("calls", error=ZeroDivisionError(KEY))
    assert as_dict(ExportFinished(result))["error"] == {
        "type": "ZeroDivisionError",
        "summary": "An unexpected error ended the export.",
        "hint": "",
    }


def test_a_cancelled_task_writes_fetched_calls_and_frees_the_target(tmp_path: Path) -> None:
    async def cancelled(server: ManyCalls) -> None:
        task: asyncio.Task[ExportResult] | None = None
        events: list[ExportEvent] = []

        def cancel(event: ExportEvent) -> None:
            events.append(event)
            if isinstance(event, CallExported) and task is not None:
                task.cancel()

        task = asyncio.create_task(
            export_async(
                agents=AGENT,
                to=tmp_path,
                connect=partial(AsyncClient, KEY, base_url=server.url),
                on_event=cancel,
            )
        )
        with pytest.raises(asyncio.CancelledError):
            await task
        assert isinstance(events[-1], ExportFinished)
        assert events[-1].result.interrupted

    with ManyCalls(200, delay=0.005) as server:
        asyncio.run(cancelled(server))
        written = len(_files(tmp_path))
        journal = tmp_path / "_manifest" / "1-of-1.journal.ndjson"
        assert 0 < len(_rows(journal)) == written < 200
        connect = partial(AsyncClient, KEY, base_url=server.url)
        assert export(agents=AGENT, to=tmp_path, connect=connect).exported == 200 - written


@pytest.mark.parametrize(
    "wrong",
    [
        {"agents": []},
        {"agents": [""]},
        {"format": "csv"},
        {"include": ["video"]},
        {"include": []},
        {"concurrency": 0},
        {"concurrency": 101},
        {"rate": 0},
        {"shard": "0/2"},
        {"shard": "3/2"},
        {"shard": "half"},
        {"since": "soon"},
        {"until": "then"},
        {"since": "1d", "until": "2d"},
        {"status": "complete"},
    ],
)
def test_contradictory_arguments_are_refused_before_anything_is_sent(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    arguments: dict[str, Any] = {"agents": AGENT, "to": tmp_path / "out", **wrong}
    with pytest.raises(ValueError, match=r"pass|write|did you mean"):
        export(**arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"agents": None},
        {"agents": [3]},
        {"status": 3},
        {"status": [3]},
        {"include": [["logs"]]},
        {"since": 3},
        {"shard": 3},
        {"concurrency": "4"},
        {"concurrency": True},
        {"rate": "4"},
    ],
)
def test_arguments_of_a_wrong_type_are_refused_before_anything_is_sent(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    (name,) = wrong
    arguments: dict[str, Any] = {"agents": AGENT, "to": tmp_path / "out", **wrong}
    with pytest.raises(TypeError, match=f"{name} must be"):
        export(**arguments)
    assert not (tmp_path / "out").exists()


@pytest.mark.filterwarnings("error")
def test_a_running_event_loop_is_reported_with_the_code_to_write(tmp_path: Path) -> None:
    async def as_in_a_notebook() -> None:
        export(agents=AGENT, to=tmp_path)

    with pytest.raises(RuntimeError, match=r"await export_async"):
        asyncio.run(as_in_a_notebook())
    gc.collect()  # a coroutine that was never awaited would cause a warning now
