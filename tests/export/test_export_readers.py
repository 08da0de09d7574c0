"""The folders of an export, read by the libraries that it is written for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from cartesia_calls import AsyncClient
from cartesia_calls.export import export_async
from fake_clock import FakeClock
from fake_server import KEY
from few_calls import FewCall, FewCalls
from many_calls import ManyCalls

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NEEDS = "install it with the dependency group `export`, or run nox -s export-queries"
AGENTS = ("agent_1", "00123", "true", "2026-03-01", "1e5", "null", "a b=c/ü")
"""Ids that readers mistake for other types when they guess."""

Read = Callable[[str], list[tuple[object, object]]]
"""Returns `agent_id` and `day` of each row in a folder."""


def _pandas(folder: str) -> list[tuple[object, object]]:
    pandas: Any = pytest.importorskip("pandas", reason=NEEDS)
    frame = pandas.read_parquet(folder)
    return list(zip(frame["agent_id"], frame["day"], strict=True))


def _pyarrow_table(folder: str) -> list[tuple[object, object]]:
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(folder)
    return list(zip(table["agent_id"].to_pylist(), table["day"].to_pylist(), strict=True))


def _pyarrow_dataset(folder: str) -> list[tuple[object, object]]:
    dataset: Any = pytest.importorskip("pyarrow.dataset")
    table = dataset.dataset(folder, format="parquet", partitioning="hive").to_table()
    return list(zip(table["agent_id"].to_pylist(), table["day"].to_pylist(), strict=True))


def _polars(folder: str) -> list[tuple[object, object]]:
    polars: Any = pytest.importorskip("polars", reason=NEEDS)
    return list(polars.read_parquet(folder).select("agent_id", "day").iter_rows())


def _duckdb(folder: str) -> list[tuple[object, object]]:
    duckdb: Any = pytest.importorskip("duckdb", reason=NEEDS)
    files = duckdb.read_parquet(f"{folder}/**/*.parquet", hive_partitioning=True)
    return list(files.project("agent_id, day").fetchall())


def _spark(folder: str) -> list[tuple[object, object]]:
    sql: Any = pytest.importorskip("pyspark.sql", reason="it is large: nox -s export-spark")
    builder = sql.SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    rows = builder.getOrCreate().read.parquet(folder).select("agent_id", "day").collect()
    return [tuple(row) for row in rows]


READERS = pytest.mark.parametrize(
    "read", [_pandas, _pyarrow_table, _pyarrow_dataset, _polars, _duckdb, _spark]
)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Export three calls of each agent, to one target per agent and to one for all."""
    root = tmp_path_factory.mktemp("readers")
    few = FewCalls()
    for number, agent in enumerate(AGENTS):
        facts: dict[str, object] = {"agent_id": agent, "status": "failed"}
        few.calls |= {
            f"ac_{number}_started": FewCall(NOON, NOON + timedelta(minutes=1), facts=facts),
            f"ac_{number}_ended": FewCall(None, NOON - timedelta(days=1), facts=facts),
            f"ac_{number}_neither": FewCall(None, facts=facts),
        }
    with ManyCalls(0, interfere=few) as server:
        connect = partial(AsyncClient, KEY, base_url=server.url)
        everything = few.calls
        for number in (None, *range(len(AGENTS))):
            few.calls = {
                call_id: call
                for call_id, call in everything.items()
                if number is None or call_id.startswith(f"ac_{number}_")
            }
            run = export_async(
                agents=AGENTS if number is None else AGENTS[number],
                to=root / ("all" if number is None else str(number)),
                format="parquet",
                include="record",
                connect=connect,
                clock=FakeClock(),
            )
            assert asyncio.run(run).exported == len(few.calls)
    return root


@READERS
@pytest.mark.parametrize("agent", AGENTS)
def test_an_agent_s_id_is_text(exported: Path, read: Read, agent: str) -> None:
    rows = read(str(exported / str(AGENTS.index(agent)) / "record"))
    assert [found for found, _day in rows] == [agent] * 3


@READERS
def test_the_ids_of_several_agents_are_text(exported: Path, read: Read) -> None:
    rows = read(str(exported / "all" / "record"))
    assert {found for found, _day in rows} == set(AGENTS)


@READERS
def test_a_call_is_on_the_day_of_its_start_or_else_of_its_end(exported: Path, read: Read) -> None:
    rows = read(str(exported / "all" / "record"))
    days = {str(day) for _agent, day in rows}
    assert days == {"2026-03-01", "2026-02-28", "1970-01-01"}


@pytest.mark.parametrize("read", [_polars, _duckdb, _spark])
def test_a_day_is_a_date(exported: Path, read: Read) -> None:
    rows = read(str(exported / "all" / "record"))
    assert {type(day) for _agent, day in rows} == {date}
