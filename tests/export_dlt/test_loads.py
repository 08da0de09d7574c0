"""The rows that a pipeline loads, and the requests of the next run: `nox -s export-dlt` runs this."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from dlt.pipeline.exceptions import PipelineStepFailed

from cartesia_calls import AsyncClient
from cartesia_calls.export import export
from cartesia_calls.export.dlt import calls_source
from cartesia_calls.sandbox import Sandbox
from exporting import DOCUMENT, documented_columns
from fake_clock import FakeClock
from fake_server import KEY
from few_calls import FewCall, FewCalls
from many_calls import AGENT, ManyCalls, http
from pipelines import MakePipeline, Rows

PARTS = ("logs", "record", "transcript", "tools")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Stage:
    """A server, a clock for the server and the client, and a source of its calls."""

    def __init__(self, server: ManyCalls, few: FewCalls) -> None:
        self.clock = FakeClock()
        self.calls = few.calls
        self.requests = few.requests
        self._connect = partial(AsyncClient, KEY, base_url=server.url, clock=self.clock)

    def source(self, **options: Any) -> Any:  # noqa: ANN401 - a source, whose types have no end
        return calls_source(agents=AGENT, connect=self._connect, clock=self.clock, **options)


@pytest.fixture
def stage() -> Iterator[Stage]:
    few = FewCalls()
    with ManyCalls(0, interfere=few) as server:
        yield Stage(server, few)


TEXTS = 'SELECT call_id, "index", text FROM logs ORDER BY ALL'
SKIPS = "SELECT call_id, part, reason FROM skipped ORDER BY ALL"


def _exported(target: Path, table: str) -> list[dict[str, Any]]:
    files = (target / table).rglob("*.ndjson")
    return [
        json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()
    ]


def _loaded(rows: Rows, exported: list[dict[str, Any]], table: str) -> list[dict[str, Any]]:
    """Return a table's rows as an export writes them, with the table's columns."""
    columns = list(exported[0])
    names = ", ".join(f'"{column}"' for column in columns)
    is_json = {
        name for row in exported for name, value in row.items() if isinstance(value, dict | list)
    }
    found: list[dict[str, Any]] = []
    for row in rows(f"SELECT {names} FROM {table}"):  # noqa: S608 - ours
        values = dict(zip(columns, row, strict=True))
        for name, value in values.items():
            if isinstance(value, datetime):
                values[name] = value.astimezone(UTC).isoformat()
            elif value is not None and name in is_json:
                values[name] = json.loads(value)
        found.append(values)
    return found


def _sorted(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def test_the_tables_have_the_rows_that_an_export_writes(
    cartesia_sandbox: Sandbox,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
    tmp_path: Path,
) -> None:
    options: dict[str, Any] = {
        "agents": [cartesia_sandbox.agents.busy, cartesia_sandbox.agents.quiet],
        "until": "1h",
        "include": PARTS,
        "connect": partial(AsyncClient, cartesia_sandbox.api_key, base_url=cartesia_sandbox.url),
    }
    pipeline.run(calls_source(**options))
    result = export(to=tmp_path / "files", **options)
    for table in PARTS:
        exported = _exported(tmp_path / "files", table)
        assert exported, table
        assert _sorted(_loaded(rows, exported, table)) == _sorted(exported)
    manifest = _exported(tmp_path / "files", "_manifest")
    assert rows(SKIPS) == sorted(
        (call["call_id"], part, outcome["reason"])
        for call in manifest
        for part, outcome in call["parts"].items()
        if outcome["outcome"] == "skipped"
    )
    assert {reason for _call, _part, reason in rows(SKIPS)} >= {"deleted", "zero_retention"}
    assert result.skipped.total()


def test_the_documented_columns_are_those_of_dlt() -> None:
    source: Any = calls_source(agents=AGENT, include=PARTS)
    for table, documented in documented_columns().items():
        columns = source.resources[table].columns.values()
        described = [(column["name"], column["description"]) for column in columns]
        assert described[:-1] == [(name, meaning) for name, _type, meaning in documented]


def test_redacted_data_are_loaded_as_exported_and_never_mixed(
    cartesia_sandbox: Sandbox,
    make_pipeline: MakePipeline,
    rows: Rows,
    tmp_path: Path,
) -> None:
    options: dict[str, Any] = {
        "agents": cartesia_sandbox.agents.odd,
        "include": PARTS,
        "connect": partial(AsyncClient, cartesia_sandbox.api_key, base_url=cartesia_sandbox.url),
    }
    make_pipeline().run(calls_source(redact=True, **options))
    export(to=tmp_path / "files", redact=True, **options)
    for table in PARTS:
        exported = _exported(tmp_path / "files", table)
        assert _sorted(_loaded(rows, exported, table)) == _sorted(exported)
    assert rows("SELECT count(*) FROM logs WHERE text LIKE '%‹phone 1›%'") > [(0,)]
    assert make_pipeline().run(calls_source(redact=True, **options)).loads_ids == []
    others: list[dict[str, Any]] = [{}, {"redact_patterns": ["x"]}]
    for other in others:
        with pytest.raises(PipelineStepFailed) as caught:
            make_pipeline().run(calls_source(**other, **options))
        assert "The pipeline holds" in str(caught.value)


def test_unredacted_data_cannot_be_followed_by_redacted_data(
    stage: Stage, make_pipeline: MakePipeline
) -> None:
    stage.calls["ac_1"] = FewCall(NOON - 2 * HOUR, NOON - HOUR, ["one"])
    make_pipeline().run(stage.source())
    with pytest.raises(PipelineStepFailed) as caught:
        make_pipeline().run(stage.source(include="record", redact=True))
    assert "holds data that are not redacted" in str(caught.value)
    assert stage.requests == {"ac_1": 1}


def test_the_next_run_requests_no_logs_again_and_loads_nothing(
    pipeline: Any,  # noqa: ANN401 - as above
    make_pipeline: MakePipeline,
    rows: Rows,
) -> None:
    with ManyCalls(250) as server:
        source = partial(
            calls_source, agents=AGENT, connect=partial(AsyncClient, KEY, base_url=server.url)
        )
        pipeline.run(source())
        assert (server.fetched.total(), len(server.fetched)) == (250, 250)
        before = rows(TEXTS)
        again = make_pipeline().run(source())
        assert server.fetched.total() == 250
    assert again.loads_ids == []
    assert rows(TEXTS) == before
    assert rows("SELECT count(*) FROM skipped") == [(0,)]


def test_a_call_in_progress_is_exported_after_it_has_ended(
    stage: Stage,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
) -> None:
    stage.calls["ac_1"] = FewCall(NOON - HOUR)
    pipeline.run(stage.source())
    assert rows(SKIPS) == [("ac_1", "logs", "in_progress")]
    assert not stage.requests
    assert pipeline.run(stage.source()).loads_ids == [], "nothing has changed"
    stage.calls["ac_1"].end, stage.calls["ac_1"].lines = NOON, ["one", "two"]
    pipeline.run(stage.source())
    assert rows(TEXTS) == [("ac_1", 0, "one"), ("ac_1", 1, "two")]
    assert rows(SKIPS) == []


@pytest.mark.parametrize("later", [["one", "two", "three"], ["other"], []])
def test_changed_logs_replace_the_previous_ones_as_a_whole(
    stage: Stage,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
    later: list[str],
) -> None:
    stage.calls["ac_2"] = FewCall(NOON - HOUR, NOON, ["one", "two"])
    stage.calls["ac_1"] = FewCall(NOON - 2 * HOUR, NOON - HOUR, ["settled"])
    pipeline.run(stage.source())
    unchanged = pipeline.run(stage.source())
    assert unchanged.loads_ids == []
    assert stage.requests == {"ac_1": 1, "ac_2": 2}
    stage.calls["ac_2"].lines = later
    pipeline.run(stage.source())
    changed = [("ac_2", index, text) for index, text in enumerate(later)]
    assert rows(TEXTS) == [("ac_1", 0, "settled"), *changed]
    stage.clock.elapsed += 3 * 24 * 3600
    pipeline.run(stage.source())
    requests = stage.requests.copy()
    pipeline.run(stage.source())
    assert stage.requests == requests, "a call that ended long ago is not requested again"
    assert rows(TEXTS) == [("ac_1", 0, "settled"), *changed]


def test_loaded_data_stay_when_the_calls_data_are_deleted(
    stage: Stage,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
) -> None:
    stage.calls["ac_1"] = FewCall(NOON - HOUR, NOON, ["one"])
    pipeline.run(stage.source())
    stage.calls["ac_1"].lines = None
    stage.calls["ac_1"].facts = {"redacted_at": NOON.isoformat()}
    pipeline.run(stage.source(refresh=True))
    assert rows(TEXTS) == [("ac_1", 0, "one")]
    assert rows(SKIPS) == []


def test_why_logs_are_missing_is_in_the_table_of_skipped_calls(
    stage: Stage,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
) -> None:
    stage.calls["ac_3"] = FewCall(NOON - HOUR, NOON, None, {"redacted_at": NOON.isoformat()})
    stage.calls["ac_2"] = FewCall(NOON - HOUR, NOON, None, {"zdr_enabled": True})
    stage.calls["ac_1"] = FewCall(NOON - 2 * HOUR, NOON - HOUR)
    for _ in range(2):
        pipeline.run(stage.source())
        assert rows(SKIPS) == [
            ("ac_1", "logs", "expired_or_never_written"),
            ("ac_2", "logs", "zero_retention"),
            ("ac_3", "logs", "deleted"),
        ]
    assert stage.requests == {"ac_1": 1}


def test_a_later_run_loads_only_the_resource_that_was_left_out(
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
) -> None:
    with ManyCalls(20) as server:
        connect = partial(AsyncClient, KEY, base_url=server.url)
        source = partial(calls_source, agents=AGENT, include=("logs", "record"), connect=connect)
        pipeline.run(source().with_resources("logs"))
        pipeline.run(source())
        assert rows("SELECT count(*) FROM record") == [(20,)]
        assert server.fetched.total() == 20
        assert pipeline.run(source().with_resources("skipped")).loads_ids == []


def test_a_refresh_requests_everything_and_changes_no_equal_row(
    stage: Stage,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
) -> None:
    stage.calls["ac_1"] = FewCall(NOON - 50 * HOUR, NOON - 49 * HOUR, ["one"])
    pipeline.run(stage.source())
    pipeline.run(stage.source(refresh=True))
    assert stage.requests == {"ac_1": 2}
    assert rows(TEXTS) == [("ac_1", 0, "one")]


def test_lines_may_hold_anything(
    stage: Stage,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
) -> None:
    # The second begins like a decimal in dlt's own files.
    lines = ["perché\t\x1b[31m 'quoted' \\ \"\n", "\uf02612.50", "", "half \ud83d", "nul \x00 nul"]
    stage.calls["ac_1"] = FewCall(NOON - 50 * HOUR, NOON - 49 * HOUR, lines)
    pipeline.run(stage.source())
    expected = [*lines[:3], "half \\ud83d", lines[4]]
    assert rows(TEXTS) == [("ac_1", index, text) for index, text in enumerate(expected)]


def test_the_document_s_example_runs(
    cartesia_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    (example,) = re.findall(r"<!-- example: dlt -->\n```python\n(.*?)```", text, re.DOTALL)
    assert len(example.splitlines()) <= 10
    monkeypatch.setenv("CARTESIA_API_KEY", cartesia_sandbox.api_key)
    monkeypatch.setenv("CARTESIA_BASE_URL", cartesia_sandbox.url)
    exec(example.replace("agent_1", cartesia_sandbox.agents.busy), {})  # noqa: S102 - our own document
    levels, reasons = capsys.readouterr().out.splitlines()
    assert "('INFO', " in levels
    assert "('zero_retention', " in reasons


def test_it_runs_in_a_running_event_loop(
    stage: Stage,
    pipeline: Any,  # noqa: ANN401 - as above
    rows: Rows,
) -> None:
    stage.calls["ac_1"] = FewCall(NOON - HOUR, NOON, ["one"])

    async def notebook() -> None:
        pipeline.run(stage.source())

    asyncio.run(notebook())
    assert rows(TEXTS) == [("ac_1", 0, "one")]


def test_an_unknown_agent_causes_a_warning(
    pipeline: Any,  # noqa: ANN401 - a pipeline, whose types have no end
    caplog: pytest.LogCaptureFixture,
) -> None:
    no_agent = http("404 Not Found", b'{"title": "Agent not found", "message": "There is none."}')
    with ManyCalls(0) as server:
        server.interfere = lambda _, path: no_agent if path == f"/agents/{AGENT}" else None
        connect = partial(AsyncClient, KEY, base_url=server.url)
        pipeline.run(calls_source(agents=AGENT, connect=connect))
    assert f"There is no agent {AGENT}, or it belongs to another account." in caplog.messages
