"""One request in ten failing, in every way of the fault laboratory: `nox -s export-kill` runs this."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from cartesia_calls import AsyncClient, CartesiaError
from cartesia_calls.export import ExportResult, export, export_async
from engines import INSTALLED, EngineName
from exporting import data_files
from fake_server import KEY
from faulty_calls import FaultyCalls, ways_to_fail
from many_calls import AGENT, ManyCalls
from raw_server import RawServer
from skipping_clock import SkippingClock

CALLS = 8_000
# A refused key, or too long a pause, ends a run; there are some fifty such failures.
MOST_RUNS = 100


def _run(target: Path, url: str, engine: EngineName) -> ExportResult | CartesiaError:
    connect = partial(
        AsyncClient, KEY, base_url=url, engine=engine, timeout=0.5, max_response_bytes=100_000
    )
    try:
        return asyncio.run(
            export_async(
                agents=AGENT, to=target, connect=connect, concurrency=32, clock=SkippingClock()
            )
        )
    except CartesiaError as error:
        return error


@pytest.mark.parametrize("engine", INSTALLED)
def test_with_every_kind_of_failure_it_ends_as_an_undisturbed_one(
    tmp_path: Path, engine: EngineName
) -> None:
    with ManyCalls(CALLS) as undisturbed:
        connect = partial(AsyncClient, KEY, base_url=undisturbed.url)
        export(agents=AGENT, to=tmp_path / "undisturbed", connect=connect)
    faulty = FaultyCalls(calls=ManyCalls(CALLS))
    with RawServer() as elsewhere, RawServer(elsewhere.url) as server:
        strays = elsewhere.begin([[]])
        server.admit(faulty)
        results = [_run(tmp_path / "disturbed", server.url, engine)]
        while not (isinstance(results[-1], ExportResult) and results[-1].is_complete):
            assert len(results) < MOST_RUNS, results[-1]
            results.append(_run(tmp_path / "disturbed", server.url, engine))
    assert data_files(tmp_path / "disturbed") == data_files(tmp_path / "undisturbed")
    assert len(faulty.failed) == len(ways_to_fail())
    assert strays.connections == 0
