"""Exports with responses that are missing, of other calls, or that no file can hold."""

# fsspec has no types:
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]  # fsspec has no types
import httpx
import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # fsspec has no types

from cartesia_calls import ResponseValidationError
from cartesia_calls.export import CallSkipped, ExportEvent, ExportResult, TargetError, export_async
from exporting import export_from, file_system, run_export
from fake_clock import FakeClock
from fake_server import CALL_NOT_FOUND, LOGS_NOT_AVAILABLE, FakeServer, ok
from many_calls import AGENT, ManyCalls, call_id, http

WAV = b"RIFF" + bytes(60_000)


def _export(server: ManyCalls, to: Path | str, **options: Any) -> ExportResult:  # noqa: ANN401
    return export_from(server, to, clock=FakeClock(), **options)


def _not_found(body: dict[str, str]) -> bytes:
    return http("404 Not Found", json.dumps(body).encode())


def _recording(data: bytes) -> bytes:
    return http("200 OK", data).replace(b"application/json", b"audio/wav")


def _to(ending: str, response: bytes) -> Callable[[int, str], bytes | None]:
    return lambda _number, path: response if path.endswith(ending) else None


def _manifest(target: Path) -> dict[str, dict[str, Any]]:
    lines = (target / "_manifest" / "1-of-1.ndjson").read_text(encoding="utf-8").splitlines()
    return {row["call_id"]: row["parts"] for row in map(json.loads, lines)}


@pytest.mark.parametrize(
    ("part", "ending"), [("logs", "/logs"), ("transcript", "/ac_000003"), ("record", "/ac_000003")]
)
def test_a_call_that_disappears_after_the_listing_is_not_found(
    part: str, ending: str, tmp_path: Path
) -> None:
    # With the transcript, so that the run requests the call's own record.
    include = {part, "transcript"} if part == "record" else {part}
    with ManyCalls(8, interfere=_to(ending, _not_found(CALL_NOT_FOUND))) as server:
        _export(server, tmp_path, include=include)
    outcomes = {call: parts[part] for call, parts in _manifest(tmp_path).items()}
    gone = {call for call, part in outcomes.items() if part.get("reason") == "not_found"}
    assert gone == ({call_id(n) for n in range(8)} if part == "logs" else {call_id(3)})


@pytest.mark.parametrize("fails", [1, 2])
def test_pages_in_a_circle_end_the_run_even_if_one_fails(fails: int, tmp_path: Path) -> None:
    def respond(number: int, path: str) -> bytes | None:
        if not path.startswith("/agents/calls?"):
            return None
        if fails > 1 and number % fails:
            return http("500 Internal Server Error", b"{}")
        other = "b" if "starting_after=a" in path else "a"
        return http("200 OK", json.dumps({"data": [], "next_page": other}).encode())

    with ManyCalls(1, interfere=respond) as server:
        with pytest.raises(ResponseValidationError, match="leads back to 'a'"):
            _export(server, tmp_path)
        assert server.requests == 3 * fails


def test_a_missing_record_is_not_found(tmp_path: Path) -> None:
    response = _not_found({"message": "No such thing", "description": "Not here."})
    with ManyCalls(2, interfere=_to("/ac_000001", response)) as server:
        _export(server, tmp_path, include="transcript")
    reasons = {
        call: parts["transcript"].get("reason") for call, parts in _manifest(tmp_path).items()
    }
    assert reasons == {call_id(0): None, call_id(1): "not_found"}


def test_a_recording_that_times_out_fails_alone(tmp_path: Path) -> None:
    call = {"id": "ac_1", "agent_id": AGENT, "status": "completed"}
    server = FakeServer([ok({"data": [call], "has_more": False}), httpx.ReadTimeout("")])
    run = export_async(
        agents=AGENT,
        to=tmp_path,
        include=("audio", "record"),
        connect=server.async_client,
        clock=server.clock,
    )
    assert asyncio.run(run).skipped == {"failed": 1}
    (parts,) = _manifest(tmp_path).values()
    assert "No complete response" in parts["audio"]["detail"]
    assert parts["record"]["outcome"] == "exported"


def test_a_missing_recording_is_requested_again_for_some_minutes(
    tmp_path: Path,
) -> None:
    missing = {"message": "Not found", "description": "There is no recording."}
    with ManyCalls(20, interfere=_to("/audio", _not_found(missing))) as server:
        result = _export(server, tmp_path, include="audio")
    reasons = {call: parts["audio"]["reason"] for call, parts in _manifest(tmp_path).items()}
    # The calls ended a minute after each other.
    assert reasons == {
        call_id(n): "not_written_yet" if n <= 10 else "no_recording" for n in range(20)
    }
    assert result.skipped == {"not_written_yet": 11, "no_recording": 9}


@pytest.mark.parametrize(("include", "ending"), [("logs", "/logs"), ("transcript", "/ac_000000")])
def test_data_of_another_call_is_not_kept(include: str, ending: str, tmp_path: Path) -> None:
    other = {"id": "ac_other", "agent_id": AGENT, "status": "completed", "call_id": "ac_other"}
    logs = {"logs": ["not yours"], "updated_at": "2026-03-01T12:00:00Z"}
    response = http("200 OK", json.dumps(other | logs).encode())
    with ManyCalls(1, interfere=_to(ending, response)) as server:
        result = _export(server, tmp_path, include=include)
    assert result.skipped == {"failed": 1}
    (parts,) = _manifest(tmp_path).values()
    assert "about another call: 'ac_other'" in parts[include]["detail"]
    assert not list(tmp_path.rglob("ac_*"))


def test_only_a_call_with_an_impossible_id_is_skipped(
    tmp_path: Path,
) -> None:
    record = {"agent_id": AGENT, "status": "completed"}
    page = {"data": [{"id": id_, **record} for id_ in ("..", "", call_id(1))], "has_more": False}
    events: list[ExportEvent] = []
    response = http("200 OK", json.dumps(page).encode())
    with ManyCalls(2) as server:
        server.interfere = lambda _, path: response if path.startswith("/agents/calls?") else None
        result = _export(server, tmp_path, on_event=events.append)
    assert (result.found, result.exported, result.skipped) == (3, 1, {"failed": 2})
    skipped = [event for event in events if isinstance(event, CallSkipped)]
    assert [event.call_id for event in skipped] == ["..", ""]


def test_exported_logs_stay_when_the_provider_deletes_them(tmp_path: Path) -> None:
    with ManyCalls(3) as server:
        _export(server, tmp_path)
        kept = {file: file.read_bytes() for file in tmp_path.rglob("ac_*")}
        server.interfere = _to("/logs", _not_found(LOGS_NOT_AVAILABLE))
        again = _export(server, tmp_path, refresh=True)
    assert {file: file.read_bytes() for file in tmp_path.rglob("ac_*")} == kept
    assert len(kept) == 3
    assert (again.present, again.skipped) == (3, {})


@pytest.mark.parametrize("place", ["{}", "memory://odd/out"])
def test_a_recording_is_written_again_only_when_it_changed(place: str, tmp_path: Path) -> None:
    to = place.format(tmp_path)
    with ManyCalls(2) as server:

        def export_with(wav: bytes) -> ExportResult:
            server.interfere = _to("/audio", _recording(wav))
            return _export(server, to, include="audio", refresh=True)

        written = [export_with(wav).exported for wav in (WAV, WAV, WAV + b"\0\0")]
    assert written == [2, 0, 2]
    files, root = file_system(to)
    wavs = files.glob(f"{root}/audio/agent={AGENT}/day=*/*")
    assert [path.rpartition("/")[2] for path in wavs] == [f"{call_id(n)}.wav" for n in range(2)]
    assert [files.cat_file(path) for path in wavs] == [WAV + b"\0\0"] * 2


def test_a_recording_that_does_not_fit_on_the_disk_ends_the_run(tmp_path: Path) -> None:
    with ManyCalls(3) as server:
        server.interfere = _to("/audio", _recording(WAV))
        done = run_export(server, tmp_path, "--include", "audio", largest_file=20_000)
    assert done.code == 1
    assert "can't be written: File too large" in done.err
    assert not list(tmp_path.rglob("ac_*"))


def test_a_recording_that_is_gone_before_it_is_written_ends_the_run() -> None:
    """A program that cleans temporary folders may remove it."""
    third_is_requested = threading.Event()
    written: list[str] = []

    class Sweeping(MemoryFileSystem):  # type: ignore[misc]  # fsspec has no types
        """Removes the waiting recordings when the first one is written."""

        protocol = ("sweeping", "memory")

        def put_file(self, lpath: str, rpath: str, *options: Any, **others: Any) -> None:  # noqa: ANN401 - theirs
            assert third_is_requested.wait(600)
            written.append(rpath)
            for other in Path(lpath).parent.glob("*.wav"):
                if other != Path(lpath):
                    other.unlink()
            super().put_file(lpath, rpath, *options, **others)

    def respond(_number: int, path: str) -> bytes | None:
        if path.endswith(f"{call_id(2)}/audio"):
            third_is_requested.set()
        return _recording(WAV) if path.endswith("/audio") else None

    fsspec.register_implementation("sweeping", Sweeping, clobber=True)
    with (
        ManyCalls(3, interfere=respond) as server,
        pytest.raises(TargetError, match="A recording can't be read: No such file"),
    ):
        # One at a time, so that the second waits while the first is written.
        _export(server, "sweeping://odd/out", include="audio", concurrency=1)
    assert [path.rpartition("/")[2] for path in written] == [f"{call_id(0)}.wav"]


def test_a_time_out_of_range_in_utc_is_left_out(tmp_path: Path) -> None:
    line = '{"time": "0001-01-01T00:00:00+05:00", "level": "info"}'
    logs = {"call_id": call_id(0), "logs": [line], "updated_at": "2026-03-01T00:00:00Z"}
    response = http("200 OK", json.dumps(logs).encode())
    with ManyCalls(1, interfere=_to("/logs", response)) as server:
        _export(server, tmp_path)
    (file,) = tmp_path.rglob("ac_*")
    row = json.loads(file.read_bytes())
    assert (row["text"], row["level"], row["time"]) == (line, "INFO", None)
