"""The benchmarks' servers, bodies and measurements."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest

import peers
import rounds
from bodies import LONG_LOG, SHORT_LOG, SMALLEST, USUAL_LOG, WIDE_LOG, body_of, line_count_of
from cold import cold_programs
from goals import GOALS, MEGABYTE, ONE_GIGABYTE, PREVIOUS_GOALS
from measure import measure_async, measure_ceiling, measure_memory, measure_sync
from oracle import Oracle
from rounds import Task, run_task, running_server
from samples import Gap, Results
from spec_schemas import load_spec

BENCHMARKS = Path(rounds.__file__).parent
PEERS_OF_THE_CORE = (peers.HTTPX_ENGINE, peers.BARE_HTTPX, peers.GENERATED)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_server() as url:
        yield url


@pytest.fixture(scope="module")
def oracle() -> Oracle:
    return Oracle(load_spec())


def _problems(oracle: Oracle, response: httpx.Response) -> list[str]:
    # The spec declares one server; only the path matters here.
    path = response.request.url.raw_path.decode("ascii")
    sent = httpx.Request("GET", f"https://api.cartesia.ai{path}")
    return oracle.problems_of_response(sent, response)


# The server and its bodies


@pytest.mark.parametrize("call_id", [SHORT_LOG, "lines-0", "wide-9", "usual-9", "bytes-512"])
def test_the_servers_logs_match_the_spec(url: str, oracle: Oracle, call_id: str) -> None:
    response = httpx.get(f"{url}/agents/calls/{call_id}/logs", headers=peers.HEADERS)
    assert response.status_code == 200
    assert _problems(oracle, response) == []
    assert response.json()["call_id"] == call_id
    assert len(response.json()["logs"]) == line_count_of(call_id)


@pytest.mark.parametrize("call_id", ["ac_1", "bytes-1", "lines-", "lines--1"])
def test_the_server_knows_no_other_call(url: str, oracle: Oracle, call_id: str) -> None:
    response = httpx.get(f"{url}/agents/calls/{call_id}/logs", headers=peers.HEADERS)
    assert response.status_code == 404
    assert _problems(oracle, response) == []


def test_a_body_too_large_to_cache_is_sent_whole(url: str) -> None:
    response = httpx.get(f"{url}/agents/calls/bytes-5000000/logs")
    assert len(response.content) == 5_000_000
    assert len(response.json()["logs"]) == line_count_of("bytes-5000000")


def test_the_server_responds_to_many_requests_on_one_connection(url: str) -> None:
    with httpx.Client(base_url=url, limits=httpx.Limits(max_connections=1)) as client:
        sizes = [len(client.get(f"/agents/calls/bytes-{n}/logs").content) for n in (600, 700, 600)]
    assert sizes == [600, 700, 600]


@pytest.mark.parametrize("size", [SMALLEST, 1_000, 99_999, 1_000_000, 2_345_678])
def test_a_body_has_the_size_in_its_id(size: int) -> None:
    body = body_of(f"bytes-{size}")
    assert body
    assert body.size == size == sum(map(len, body.pieces()))


def test_a_gigabyte_is_made_of_small_pieces() -> None:
    body = body_of("bytes-1000000000")
    assert body
    assert max(len(body.head), len(body.block), len(body.tail)) < MEGABYTE
    assert len(body.head) + body.repeats * len(body.block) + len(body.tail) == 1_000_000_000


def test_logs_have_the_number_of_lines_in_their_id() -> None:
    assert [line_count_of(call_id) for call_id in rounds.LOGS] == [50, 20_000, 20_000, 20_000]


def test_usual_lines_have_85_characters() -> None:
    body = body_of(USUAL_LOG)
    assert body
    assert {len(line) for line in json.loads(b"".join(body.pieces()))["logs"]} == {85}


def test_wide_lines_are_twice_as_long_and_have_every_kind_of_character() -> None:
    short, wide = body_of(LONG_LOG), body_of(WIDE_LOG)
    assert short
    assert wide
    assert wide.size > 2 * short.size
    assert short.block.isascii()
    assert not wide.block.isascii()
    assert b"\\" not in short.block
    assert b"\\" in wide.block


# Measurements


@pytest.mark.parametrize("peer", PEERS_OF_THE_CORE, ids=lambda peer: peer.name)
def test_a_peer_is_measured_in_both_flavours(url: str, peer: peers.Peer) -> None:
    assert measure_sync(peer, SHORT_LOG, url, 0)["cpu_seconds"] > 0
    assert measure_async(peer, "8", url, 0)["calls_per_second"] > 0
    assert measure_memory(peer, "bytes-1000", url, 0)["peak_bytes"] > MEGABYTE


def test_a_peer_is_measured_as_if_orjson_were_not_installed(url: str) -> None:
    code = """
import sys
import peers
import readme
with peers.HTTPX_WITHOUT_ORJSON.open(sys.argv[1]) as fetch:
    fetch("lines-2")
print(sys.modules.get("orjson"))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, url],
        cwd=BENCHMARKS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "None"


def test_a_peer_without_orjson_is_not_measured_where_it_is_in_use(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "orjson", ModuleType("orjson"))
    with pytest.raises(peers.NotThereError, match="in use"):
        measure_sync(peers.HTTPX_WITHOUT_ORJSON, SHORT_LOG, url, 0)


def test_the_servers_ceiling_is_measured(url: str) -> None:
    assert measure_ceiling("8", url, 0)["calls_per_second"] > 0


def test_a_peer_that_loses_lines_fails_and_is_not_fast(url: str) -> None:
    @contextlib.contextmanager
    def open_one_that_loses_lines(url: str) -> Generator[peers.Fetch]:  # noqa: ARG001 - as peers do
        yield lambda call_id: line_count_of(call_id) - 1

    with pytest.raises(AssertionError, match="49 lines came, and 50 are in the log"):
        measure_sync(peers.Peer("lossy", open_one_that_loses_lines), SHORT_LOG, url, 0)


def test_peak_memory_is_of_this_process_and_not_of_the_one_that_started_it() -> None:
    code = """
import subprocess, sys
from measure import peak_memory
mine = peak_memory()
held = b"x" * 64_000_000
assert peak_memory() - mine > 60_000_000, "what is held counts"
child = "from measure import peak_memory; print(peak_memory())"
print(int(subprocess.check_output([sys.executable, "-c", child])) < peak_memory() - 30_000_000)
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BENCHMARKS,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "True"


def test_a_failed_measurement_is_a_gap_with_its_reason(url: str) -> None:
    results = Results()
    for round_ in range(2):
        run_task(Task("sync", peers.AIOHTTP.name, SHORT_LOG), round_, url, results)
    run_task(Task("sync", "unknown", SHORT_LOG), 0, url, results)
    assert results.samples == []
    assert results.gaps == [
        Gap("sync", "aiohttp", SHORT_LOG, "it has no sync client"),
        Gap("sync", "unknown", SHORT_LOG, "failed: KeyError: 'unknown'"),
    ]


@pytest.mark.parametrize("previous", [None, "a/checkout"])
def test_every_goals_figures_are_measured(url: str, previous: str | None) -> None:
    comparisons = rounds.tasks_by_comparison(0, has_previous=previous is not None)
    measured = {(task.kind, task.peer, task.case) for tasks in comparisons for task in tasks}
    cold = {("cold", program.peer, program.case) for program in cold_programs(url, previous)}
    goals = GOALS + PREVIOUS_GOALS if previous else GOALS
    wanted = {series[:3] for goal in goals for series in (goal.ours, goal.theirs)}
    assert wanted <= measured | cold


def test_a_previous_checkout_runs_its_own_code(url: str, tmp_path: Path) -> None:
    package = tmp_path / "wrapper" / "cartesia_calls"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise OSError('this is the other one')\n")
    results = Results()
    for peer in (peers.HTTPX_PREVIOUS, peers.HTTPX_ENGINE):
        run_task(Task("sync", peer.name, "lines-2"), 0, url, results, tmp_path)
    (gap,) = results.gaps
    assert (gap.peer, gap.reason) == (
        peers.HTTPX_PREVIOUS.name,
        "failed: OSError: this is the other one",
    )
    assert {sample.series.peer for sample in results.samples} == {peers.HTTPX_ENGINE.name}


def test_the_largest_body_is_measured_in_the_first_round_only() -> None:
    cases = [
        {task.case for tasks in rounds.tasks_by_comparison(number) for task in tasks}
        for number in range(2)
    ]
    assert cases[0] - cases[1] == {ONE_GIGABYTE}


def test_an_async_peer_has_the_requested_number_of_calls_in_flight() -> None:
    in_flight, most = 0, 0

    async def fetch(call_id: str) -> int:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await asyncio.sleep(0)
        in_flight -= 1
        return line_count_of(call_id)

    @contextlib.asynccontextmanager
    async def open_counting(url: str) -> AsyncGenerator[peers.AsyncFetch]:  # noqa: ARG001 - as peers do
        yield fetch

    measure_async(peers.Peer("counting", None, open_counting), "7", "", 0)
    assert most == 7
