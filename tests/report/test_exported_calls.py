"""Calls read from an export equal those of the API."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import (
    AsyncClient,
    CallLogsNotAvailableError,
    CallStats,
    Client,
    ConfigurationError,
)
from cartesia_calls.export import export
from cartesia_calls.report import exported_calls, is_redacted
from cartesia_calls.sandbox import Sandbox

AGENTS = ("agent_busy", "agent_odd")
# They continue between the two.
UNFINISHED = {"ac_created", "ac_just_ended", "ac_running"}
Found = list[tuple[dict[str, Any], list[str] | None]]


@pytest.fixture(scope="module")
def calls_and_exports(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Found, dict[str, str]]:
    """Return calls with their logs from the API, and two exports of them by format."""
    folder = tmp_path_factory.mktemp("exports")
    found: Found = []
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        for agent in AGENTS:
            for call in client.calls.list(agent_id=agent, expand_transcript=True):
                lines = None
                with suppress(CallLogsNotAvailableError):
                    lines = client.calls.logs(call.id).logs
                found.append((call.to_dict(), lines))
        for form in ("ndjson", "parquet"):
            export(
                agents=AGENTS,
                to=str(folder / form),
                since="3d",
                format=form,
                include=("record", "transcript", "logs"),
                connect=lambda: AsyncClient(sandbox.api_key, base_url=sandbox.url),
            )
    return found, {form: str(folder / form) for form in ("ndjson", "parquet")}


def _stats(calls: Iterable[tuple[dict[str, Any], list[str] | None]]) -> dict[str, Any]:
    stats = CallStats()
    for record, lines in calls:
        stats.add(record, lines)
    return stats.as_dict()


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_an_export_has_the_same_calls_and_numbers_as_the_api(
    calls_and_exports: tuple[Found, dict[str, str]], form: str
) -> None:
    fetched, exports = calls_and_exports
    found = [pair for pair in exported_calls(exports[form]) if pair[0]["id"] not in UNFINISHED]
    assert len({record["id"] for record, _ in found}) == len(found) > 20
    by_id = {record["id"]: (record, lines) for record, lines in fetched}
    wanted = [by_id[record["id"]] for record, _ in found]
    times = [record["start_time"][:19] for record, _ in wanted]
    # A time without an offset is null in an export, so such a call comes first.
    assert times[1:] == sorted(times[1:], reverse=True)
    for (record, lines), (read, read_lines) in zip(wanted, found, strict=True):
        assert (read["id"], read["status"], read_lines) == (record["id"], record["status"], lines)
        assert read.get("transcript") == record.get("transcript")
    assert _stats(found) == _stats(wanted)
    assert _stats(found)["errors"]


def test_calls_are_chosen_by_id_agent_status_and_time(
    calls_and_exports: tuple[Found, dict[str, str]],
) -> None:
    source = calls_and_exports[1]["ndjson"]
    everything = [record for record, _ in exported_calls(source)]

    def ids(**chosen: Any) -> list[str]:  # noqa: ANN401 - those of exported_calls
        return [record["id"] for record, _ in exported_calls(source, **chosen)]

    assert ids(calls=["ac_finished"]) == ["ac_finished"]
    own = [one["id"] for one in everything if one["agent_id"] == "agent_odd"]
    assert ids(agents=["agent_odd"]) == own != []
    failed = [one["id"] for one in everything if one["status"] == "failed"]
    assert ids(status=["failed"]) == ids(status="failed") == failed != []
    assert ids(agents="agent_busy", calls="ac_finished") == ["ac_finished"]
    assert ids(agents=["agent_busy"], calls=[own[0]]) == []
    (finished,) = [one for one in everything if one["id"] == "ac_finished"]
    start = datetime.fromisoformat(finished["start_time"])
    window = {"since": start, "until": start + timedelta(seconds=1)}
    assert ids(**window) == ["ac_finished"]
    assert "ac_finished" not in ids(until=start)
    assert ids(since="0s") == []


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
@pytest.mark.parametrize(
    ("chosen", "problem"),
    [
        (
            {"agents": ["agent_busy", "agent_buzy"]},
            "no agent 'agent_buzy'; did you mean agent_busy?",
        ),
        ({"agents": ["unknown"]}, r"no agent 'unknown'\.$"),
        ({"agents": ["ac_finished"]}, r"no agent 'ac_finished'\.$"),
        ({"calls": ["ac_finish"]}, "no call 'ac_finish'; did you mean ac_finished?"),
        ({"calls": ["ac_finished", "1234"]}, r"no call '1234'\.$"),
        ({"status": ["complete"]}, "did you mean completed?"),
        ({"since": "1d", "until": "2d"}, "since .* is later than until"),
    ],
)
def test_calls_that_an_export_lacks_are_refused_with_a_suggestion(
    calls_and_exports: tuple[Found, dict[str, str]], form: str, chosen: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem.replace("?", r"\?")):
        exported_calls(calls_and_exports[1][form], **chosen)


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_logs_are_read_only_on_request(
    calls_and_exports: tuple[Found, dict[str, str]], tmp_path: Path, form: str
) -> None:
    source = shutil.copytree(calls_and_exports[1][form], tmp_path / "calls")
    for file in (source / "logs").rglob(f"ac_finished.{form}"):
        file.write_bytes(b"damaged")

    ((record, lines),) = exported_calls(str(source), calls=["ac_finished"], logs=False)
    assert (record["id"], lines) == ("ac_finished", None)
    with pytest.raises(ConfigurationError, match="ac_finished"):
        next(exported_calls(str(source), calls=["ac_finished"]))


def test_a_redacted_export_is_known_by_its_manifest(
    calls_and_exports: tuple[Found, dict[str, str]], tmp_path: Path
) -> None:
    about = Path(calls_and_exports[1]["ndjson"], "_manifest", "about.json")
    assert not is_redacted(calls_and_exports[1]["ndjson"])
    with Sandbox() as sandbox:
        export(
            agents="agent_busy",
            to=str(tmp_path),
            since="1h",
            redact=True,
            connect=lambda: AsyncClient(sandbox.api_key, base_url=sandbox.url),
        )
    assert is_redacted(str(tmp_path))
    memory: Any = import_module("fsspec").filesystem("memory")
    for name, file in (("plain", about), ("redacted", tmp_path / "_manifest" / "about.json")):
        memory.pipe_file(f"/{name}/_manifest/about.json", file.read_bytes())
        assert is_redacted(f"memory://{name}/") == (name == "redacted")
    assert not is_redacted(str(tmp_path / "logs"))


def test_threads_may_read_an_export_at_once(
    calls_and_exports: tuple[Found, dict[str, str]],
) -> None:
    source = calls_and_exports[1]["ndjson"]
    with ThreadPoolExecutor(8) as pool:
        assert not any(pool.map(is_redacted, [source] * 300))


def test_an_export_may_lack_logs_and_have_transcripts_of_their_own(tmp_path: Path) -> None:
    folder = tmp_path / "record" / "agent=agent_1" / "day=2026-03-01"
    folder.mkdir(parents=True)
    for number in range(250):
        raw = f'{{"id": "ac_{number}", "agent_id": "agent_1", "status": "created"}}'
        row = (
            f'{{"call_id": "ac_{number}", "agent_id": "agent_1", "start_time": null, "raw": {raw}}}'
        )
        (folder / f"ac_{number}.ndjson").write_text(row + "\n", encoding="utf-8")
    found = [*exported_calls(str(tmp_path))]
    assert len({record["id"] for record, _ in found}) == 250
    assert all(lines is None and "transcript" not in record for record, lines in found)

    turns = tmp_path / "transcript" / "agent=agent_1" / "day=2026-03-01"
    turns.mkdir(parents=True)
    rows = (f'{{"call_id": "ac_7", "index": {n}, "raw": {{"text": "{n}"}}}}\n' for n in (1, 0))
    (turns / "ac_7.ndjson").write_text("".join(rows), encoding="utf-8")
    ((record, _),) = exported_calls(str(tmp_path), calls=["ac_7"])
    assert [turn["text"] for turn in record["transcript"]] == ["0", "1"]


def test_an_export_in_an_object_store_is_read_over_fsspec(
    calls_and_exports: tuple[Found, dict[str, str]],
) -> None:
    source = Path(calls_and_exports[1]["parquet"])
    memory: Any = import_module("fsspec").filesystem("memory")
    for file in source.rglob("*.parquet"):
        memory.pipe_file(f"/exports/{file.relative_to(source)}", file.read_bytes())
    found = [*exported_calls("memory://exports/")]
    assert _stats(found) == _stats(exported_calls(str(source)))


def test_a_folder_without_an_export_is_refused_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no export with records") as caught:
        next(exported_calls(str(tmp_path)))
    assert "--include record,transcript,logs" in str(caught.value.hint)


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_a_damaged_file_is_reported_with_a_hint(tmp_path: Path, form: str) -> None:
    folder = tmp_path / "record" / "agent=agent_1" / "day=2026-03-01"
    folder.mkdir(parents=True)
    (folder / f"ac_1.{form}").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(ConfigurationError, match=r"can't be read: .*ac_1") as caught:
        next(exported_calls(str(tmp_path)))
    assert "--refresh" in str(caught.value.hint)


def test_an_unknown_store_is_refused_with_the_package_to_install() -> None:
    with pytest.raises(ConfigurationError, match=r"can't be read: .*nowhere") as caught:
        next(exported_calls("nowhere://calls"))
    assert "such as s3fs" in str(caught.value.hint)
