"""`call_stats` and DuckDB compute the same percentiles."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cartesia_calls import call_stats

NEEDS = "install it with the dependency group `export`, or run nox -s export-queries"


@pytest.mark.parametrize("count", [1, 2, 3, 7, 10, 20, 99, 100, 101, 1000])
def test_percentiles_are_the_same_in_duckdb(count: int) -> None:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    generator = random.Random(count)  # noqa: S311 - no secret
    values = [round(generator.expovariate(1), 6) for _ in range(count)]
    turns = [{"role": "assistant", "start_timestamp": 0, "tts_ttfb": value} for value in values]
    stats = call_stats([({"id": "ac_1", "transcript": turns}, None)]).as_dict()

    row = duckdb.execute(
        "SELECT quantile_disc(value, [0.5, 0.9, 0.95, 0.99]) FROM (SELECT unnest($1) AS value)",
        [values],
    ).fetchone()
    assert row is not None
    assert list(stats["tts_ttfb_seconds"].values()) == row[0]
