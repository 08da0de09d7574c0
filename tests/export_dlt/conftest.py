"""A pipeline into DuckDB that leaves nothing outside its folder, and queries on its data."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import dlt
import pytest

from pipelines import MakePipeline, Rows


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give dlt a home in the test's folder, and turn its telemetry off."""
    # For root, dlt keeps a file in /var, wherever its data are.
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "home" / "dlt"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "false")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def make_pipeline(tmp_path: Path) -> MakePipeline:
    def make() -> Any:  # noqa: ANN401 - a pipeline, whose types have no end
        return dlt.pipeline(
            "calls",
            destination=dlt.destinations.duckdb(str(tmp_path / "warehouse.duckdb")),
            dataset_name="calls",
            pipelines_dir=str(tmp_path / "pipelines"),
        )

    return make


@pytest.fixture
def pipeline(make_pipeline: MakePipeline) -> Any:  # noqa: ANN401 - as above
    return make_pipeline()


@pytest.fixture
def rows(make_pipeline: MakePipeline) -> Rows:
    """Return a function that runs a query and returns its result."""

    def query(sql: str) -> list[tuple[Any, ...]]:
        with make_pipeline().sql_client() as client:
            found: list[tuple[Any, ...]] = client.execute_sql(sql)
            return found

    return query
