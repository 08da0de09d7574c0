"""Rows as files: the same bytes whatever is installed, and nothing of a row lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cartesia_calls import AgentCallLogs
from cartesia_calls.export import _ndjson
from cartesia_calls.export._ndjson import encode as encode_ndjson
from cartesia_calls.export._parquet import encode as encode_parquet
from cartesia_calls.export._tables import LOGS, RECORD, Row, log_rows, record_rows

pa: Any = import_module("pyarrow")
parquet: Any = import_module("pyarrow.parquet")

_ANY_TEXT = st.text(st.characters(exclude_categories=()))
_TIMES = st.datetimes(timezones=st.just(UTC))


def _read_parquet(data: bytes) -> Any:  # noqa: ANN401 - pyarrow has no types
    return parquet.read_table(pa.BufferReader(data))


@st.composite
def _log_rows(draw: st.DrawFn) -> list[Row]:
    texts = draw(st.lists(_ANY_TEXT, max_size=4))
    updated_at = draw(_TIMES)
    return [
        {
            "call_id": draw(_ANY_TEXT),
            "agent_id": "agent_1",
            "index": index,
            "text": text,
            "level": draw(st.none() | _ANY_TEXT),
            "time": draw(st.none() | _TIMES),
            "updated_at": updated_at,
        }
        for index, text in enumerate(texts)
    ]


@settings(deadline=None)
@given(_log_rows())
@example([dict.fromkeys((column.name for column in LOGS.columns), "\x00\x7f\u2028/<\ud83d")])
def test_ndjson_is_the_same_with_orjson_and_without_it(rows: list[Row]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_ndjson, "_write_fast", None)  # as where orjson is not installed
        without = encode_ndjson(LOGS, rows)
    assert encode_ndjson(LOGS, rows) == without


def test_what_json_has_no_way_to_say_is_no_line() -> None:
    with pytest.raises(TypeError, match="JSON has no type for object"):
        _ndjson.json_line({"text": object()})


@settings(deadline=None)  # the first one loads pyarrow
@given(_log_rows())
def test_parquet_holds_what_ndjson_does(rows: list[Row]) -> None:
    table = _read_parquet(encode_parquet(LOGS, rows))
    found = [
        {n: v.isoformat() if isinstance(v, datetime) else v for n, v in row.items()}
        for row in table.to_pylist()
    ]
    assert found == [json.loads(line) for line in encode_ndjson(LOGS, rows).splitlines()]


def test_a_nested_value_stays_one_in_ndjson_and_is_its_text_in_parquet() -> None:
    metadata = {"rate": 1e16, "name": "perché"}
    rows = record_rows({"id": "ac_1", "agent_id": "agent_1", "metadata": metadata})
    assert json.loads(encode_ndjson(RECORD, rows))["metadata"] == metadata
    (text,) = _read_parquet(encode_parquet(RECORD, rows))["metadata"].to_pylist()
    assert json.loads(text) == metadata
    assert "perché" in text, "as people search for it"


def test_a_number_that_json_can_not_say_is_null() -> None:
    """JSON may hold `1e999`, which Python reads as infinity."""
    metadata = {"rate": [json.loads("1e999"), 2**70]}
    rows = record_rows({"id": "ac_1", "agent_id": "agent_1", "metadata": metadata})
    (text,) = _read_parquet(encode_parquet(RECORD, rows))["metadata"].to_pylist()
    for found in (json.loads(encode_ndjson(RECORD, rows))["metadata"], json.loads(text)):
        assert found == {"rate": [None, 2**70]}


def test_half_a_surrogate_pair_becomes_its_escape_in_both_formats() -> None:
    logs = AgentCallLogs("ac_1", ["perché", "half \ud83d"], datetime(2026, 3, 1, tzinfo=UTC))
    rows = log_rows(logs, "ac_1", "agent_1")
    texts = [json.loads(line)["text"] for line in encode_ndjson(LOGS, rows).splitlines()]
    table = _read_parquet(encode_parquet(LOGS, rows))
    assert texts == table["text"].to_pylist() == ["perché", "half \\ud83d"]
