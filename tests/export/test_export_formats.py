"""Rows as files: the same bytes with any optional packages, and nothing of a row lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import AsyncClient
from cartesia_calls.export import export
from exporting import data_files, run_export
from fake_server import KEY
from many_calls import AGENT, ManyCalls, call_id, http
from terminal import in_a_process

_BLOCK = 0x800
_HALF_PAIRS = 0xD800  # a block of their own
_EVERY_CHARACTER = [
    "".join(map(chr, range(start, start + _BLOCK)))
    for start in range(0, 0x110000, _BLOCK)
    if start != _HALF_PAIRS
]
_HALF = ["perché", "half \ud83d", "\udfff\ud800"]


def _logs(lines: list[str]) -> Callable[[int, str], bytes | None]:
    body = {"call_id": call_id(0), "logs": lines, "updated_at": "2026-03-01T12:00:00.5Z"}
    response = http("200 OK", json.dumps(body).encode())
    return lambda _number, path: response if path.endswith("/logs") else None


def _exported(
    to: Path, format_: str, part: str, respond: Callable[[int, str], bytes | None]
) -> Any:  # noqa: ANN401 - rows of any kind
    """Export a call; return the rows of a part, with times as in NDJSON."""
    with ManyCalls(1, interfere=respond) as server:
        connect = partial(AsyncClient, KEY, base_url=server.url)
        # With the transcript, so that the run requests the call's own record.
        export(agents=AGENT, to=to, format=format_, include={part, "transcript"}, connect=connect)
    (file,) = (to / part).rglob("ac_*")
    if format_ == "ndjson":
        return [json.loads(line) for line in file.read_bytes().splitlines()]
    parquet: Any = import_module("pyarrow.parquet")
    rows: list[dict[str, Any]] = parquet.ParquetFile(file).read().to_pylist()
    return [
        {n: v.isoformat() if isinstance(v, datetime) else v for n, v in row.items()} for row in rows
    ]


@pytest.mark.parametrize("lines", [_EVERY_CHARACTER, _HALF], ids=["every character", "half pairs"])
def test_ndjson_is_the_same_with_orjson_and_without_it(tmp_path: Path, lines: list[str]) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "orjson.py").write_text("raise ImportError('broken')")
    with ManyCalls(1, interfere=_logs(lines)) as server:
        with_it = run_export(server, tmp_path / "with")
        path = {"PYTHONPATH": str(hidden)}
        without = run_export(server, tmp_path / "without", env=path, run=in_a_process)
    assert (with_it.code, without.code) == (0, 0)
    assert data_files(tmp_path / "without") == data_files(tmp_path / "with") != {}


@pytest.mark.parametrize("lines", [_EVERY_CHARACTER, _HALF], ids=["every character", "half pairs"])
def test_parquet_has_the_same_rows_as_ndjson(tmp_path: Path, lines: list[str]) -> None:
    found = [
        _exported(tmp_path / format_, format_, "logs", _logs(lines))
        for format_ in ("ndjson", "parquet")
    ]
    assert found[0] == found[1]
    texts = [line.encode(errors="backslashreplace").decode() for line in lines]
    assert [row["text"] for row in found[0]] == texts


def _record_with(metadata: str) -> Callable[[int, str], bytes | None]:
    record = {"id": call_id(0), "agent_id": AGENT, "status": "completed"}
    body = json.dumps(record)[:-1] + f', "metadata": {metadata}}}'
    response = http("200 OK", body.encode())
    return lambda _number, path: response if path.endswith(call_id(0)) else None


def test_a_nested_value_is_an_object_in_ndjson_and_text_in_parquet(tmp_path: Path) -> None:
    metadata = {"rate": 1e16, "name": "perché"}
    respond = _record_with(json.dumps(metadata))
    (row,) = _exported(tmp_path / "ndjson", "ndjson", "record", respond)
    assert row["metadata"] == metadata
    (row,) = _exported(tmp_path / "parquet", "parquet", "record", respond)
    assert json.loads(row["metadata"]) == metadata
    assert "perché" in row["metadata"], "as people search for it"


def test_a_number_that_json_can_not_express_is_null(tmp_path: Path) -> None:
    """JSON may hold `1e999`, which Python reads as infinity."""
    respond = _record_with(f'{{"rate": [1e999, {2**70}]}}')
    expected = {"rate": [None, 2**70]}
    (row,) = _exported(tmp_path / "ndjson", "ndjson", "record", respond)
    assert row["metadata"] == expected
    (row,) = _exported(tmp_path / "parquet", "parquet", "record", respond)
    assert json.loads(row["metadata"]) == expected
