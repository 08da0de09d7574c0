"""The benchmarks measure what they say, and show a missed goal as missed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import httpx
import pytest

import peers
import readme
import rounds
from bodies import LONG_LOG, SHORT_LOG, SMALLEST, USUAL_LOG, WIDE_LOG, body_of, line_count_of
from cold import cold_programs
from goals import GOALS, MEGABYTE, ONE_GIGABYTE, Bound, Goal
from measure import TURNS, measure_async, measure_ceiling, measure_memory, measure_sync
from oracle import Oracle
from report import MET, NOT_MEASURED, NOT_MET, write_report
from rounds import Task, run_task, running_server
from samples import Gap, Results, Sample, Series, Spread, read_json, write_json
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
    # The spec knows one server; the path is what counts here.
    path = response.request.url.raw_path.decode("ascii")
    asked = httpx.Request("GET", f"https://api.cartesia.ai{path}")
    return oracle.problems_of_response(asked, response)


# The server and its bodies


@pytest.mark.parametrize("call_id", [SHORT_LOG, "lines-0", "wide-9", "usual-9", "bytes-512"])
def test_the_servers_logs_are_what_the_spec_says(url: str, oracle: Oracle, call_id: str) -> None:
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


def test_a_body_too_large_to_keep_comes_whole(url: str) -> None:
    response = httpx.get(f"{url}/agents/calls/bytes-5000000/logs")
    assert len(response.content) == 5_000_000
    assert len(response.json()["logs"]) == line_count_of("bytes-5000000")


def test_the_server_answers_many_requests_on_one_connection(url: str) -> None:
    with httpx.Client(base_url=url, limits=httpx.Limits(max_connections=1)) as client:
        sizes = [len(client.get(f"/agents/calls/bytes-{n}/logs").content) for n in (600, 700, 600)]
    assert sizes == [600, 700, 600]


@pytest.mark.parametrize("size", [SMALLEST, 1_000, 99_999, 1_000_000, 2_345_678])
def test_a_body_has_just_the_size_that_its_id_says(size: int) -> None:
    body = body_of(f"bytes-{size}")
    assert body
    assert body.size == size == sum(map(len, body.pieces()))


def test_a_gigabyte_is_made_of_small_pieces() -> None:
    body = body_of("bytes-1000000000")
    assert body
    assert max(len(body.head), len(body.block), len(body.tail)) < MEGABYTE
    assert len(body.head) + body.repeats * len(body.block) + len(body.tail) == 1_000_000_000


def test_logs_have_as_many_lines_as_their_ids_say() -> None:
    assert [line_count_of(call_id) for call_id in rounds.LOGS] == [50, 20_000, 20_000, 20_000]


def test_usual_lines_have_85_characters() -> None:
    body = body_of(USUAL_LOG)
    assert body
    assert {len(line) for line in json.loads(b"".join(body.pieces()))["logs"]} == {85}


def test_wide_lines_are_twice_as_long_and_have_all_that_json_has() -> None:
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
    assert measure_ceiling("8", url, 0.01)["calls_per_second"] > 0


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


def test_what_can_not_be_measured_is_a_gap_with_its_reason(url: str) -> None:
    results = Results()
    for round_ in range(2):
        run_task(Task("sync", peers.AIOHTTP.name, SHORT_LOG), round_, url, results)
    run_task(Task("sync", "nobody", SHORT_LOG), 0, url, results)
    assert results.samples == []
    assert results.gaps == [
        Gap("sync", "aiohttp", SHORT_LOG, "it has no sync client"),
        Gap("sync", "nobody", SHORT_LOG, "failed: KeyError: 'nobody'"),
    ]


def test_every_goals_figures_are_measured(url: str) -> None:
    tasks = [task for tasks in rounds.tasks_by_comparison(0) for task in tasks]
    measured = {(task.kind, task.peer, task.case) for task in tasks}
    cold = {("cold", program.peer, program.case) for program in cold_programs(url)}
    wanted = {series[:3] for goal in GOALS for series in (goal.ours, goal.theirs)}
    assert wanted <= measured | cold


def test_the_largest_body_has_its_turn_in_the_first_round_only() -> None:
    cases = [
        {task.case for tasks in rounds.tasks_by_comparison(number) for task in tasks}
        for number in range(2)
    ]
    assert cases[0] - cases[1] == {ONE_GIGABYTE}


def test_an_async_peer_has_as_many_calls_in_flight_as_asked() -> None:
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


# Goals


def test_the_goals_are_those_that_must_hold() -> None:
    assert [(goal.figure, goal.against, goal.wanted) for goal in GOALS] == [
        ("CPU a call, `fast`, sync, 50 lines", "official SDK", "12 times less"),
        ("CPU a call, `fast`, sync, 50 lines", "raw socket + orjson", "no more than 2.5 times it"),
        (
            "CPU a call, httpx engine, sync, 50 lines",
            "bare `httpx.Client` + `.json()`",
            "no more than 1.3 times it",
        ),
        ("calls a second, async, 64 in flight, `fast`", "official async SDK", "28 times more"),
        (
            "calls a second, async, 64 in flight, httpx engine",
            "bare `httpx.AsyncClient` + `.json()`",
            "1.8 times more",
        ),
        (
            "one log of 20,000 lines, `fast`, validated",
            "official SDK (which doesn't validate)",
            "22 times faster",
        ),
        (
            "one log of 20,000 lines, `fast`, validated",
            "raw socket + orjson",
            "no more than 1.4 times it",
        ),
        (
            "one log of 20,000 lines of 85 bytes, `fast`, validated",
            "raw socket + orjson",
            "no more than 1.4 times it",
        ),
        ("`import cartesia_calls`", "bare Python start", "no more than 1.1 times it"),
        ("first answer from a cold process, `fast`", "a script with bare httpx", "faster"),
        (
            "first answer from a cold process, `fast`",
            "a script with http.client and orjson",
            "no more than 1.5 times it",
        ),
        (
            "`cartesia-calls logs` to its end",
            "a script with http.client and orjson",
            "no more than 2.2 times it",
        ),
        (
            "peak memory of `stream_logs`, `fast`, 1 GB body",
            "the same at 1 MB",
            "no more than 16 MB more",
        ),
        (
            "peak memory of `stream_logs`, httpx engine, 1 GB body",
            "the same at 1 MB",
            "no more than 16 MB more",
        ),
    ]


_LEAST_RATIOS = {Bound.TIMES_LESS, Bound.TIMES_FASTER, Bound.FASTER}
_MORE_IS_BETTER = {Bound.TIMES_MORE}


def _ours_at_the_limit(goal: Goal) -> float:
    """Return our figure where theirs is 1."""
    if goal.bound in _LEAST_RATIOS:
        return 1 / goal.limit
    return 1 + goal.limit if goal.bound is Bound.MEGABYTES_MORE_AT_MOST else goal.limit


def _results(goal: Goal, ours: list[float], theirs: list[float]) -> Results:
    results = Results()
    for series, values in ((goal.ours, ours), (goal.theirs, theirs)):
        results.samples += [Sample(series, n, value * MEGABYTE) for n, value in enumerate(values)]
    return results


def _row_of(goal: Goal, results: Results) -> str:
    start = f"| {goal.figure} | {goal.against} | {goal.wanted} |"
    (row,) = [line for line in write_report(results, []).splitlines() if line.startswith(start)]
    return row


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: f"{goal.figure}, {goal.against}")
def test_a_goal_is_met_at_its_limit_and_missed_beyond_it(goal: Goal) -> None:
    limit = _ours_at_the_limit(goal)
    worse, better = (0.99, 1.0000001) if goal.bound in _MORE_IS_BETTER else (1.01, 0.9999999)
    met, missed = _results(goal, [limit * better], [1]), _results(goal, [limit * worse], [1])
    assert goal.is_met(met)
    assert _row_of(goal, met).endswith(f"| {MET} |")
    assert not goal.is_met(missed)
    assert _row_of(goal, missed).endswith(f"| {NOT_MET} |")


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: f"{goal.figure}, {goal.against}")
def test_a_goal_without_figures_is_missed(goal: Goal) -> None:
    for results in (Results(), _results(goal, [1], []), _results(goal, [], [1])):
        assert not goal.is_met(results)
        assert _row_of(goal, results).endswith(f"| {NOT_MEASURED} | {NOT_MET} |")


def test_the_median_of_the_rounds_decides_and_the_spread_is_shown() -> None:
    goal = GOALS[0]
    results = _results(goal, [1, 1, 1], [11, 13, 14])
    assert _row_of(goal, results).endswith(f"| 13 (11 to 14) times | {MET} |")
    results = _results(goal, [1, 1, 1], [11, 11.5, 14])
    assert _row_of(goal, results).endswith(f"| 11.5 (11 to 14) times | {NOT_MET} |")


# Figures


def test_ratios_are_taken_within_a_round() -> None:
    fast, slow = (Series("sync", name, SHORT_LOG, "cpu_seconds") for name in ("fast", "slow"))
    results = Results()
    for round_, (ours, theirs) in enumerate([(1, 2), (10, 30), (2, 8)]):
        results.samples += [Sample(fast, round_, ours), Sample(slow, round_, theirs)]
    results.samples.append(Sample(slow, 3, 1_000))  # a round that the other has not
    assert results.ratio(slow, fast) == Spread(3, 2, 4)
    assert results.difference(slow, fast) == Spread(6, 1, 20)


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    series = Series("sync", "a | b", SHORT_LOG, "cpu_seconds")
    results = Results({"cores": "2"}, [Sample(series, 0, 0.001)], [Gap("cold", "x", "y", "why")])
    write_json(results, tmp_path / "results.json")
    assert read_json(tmp_path / "results.json") == results


def test_the_report_shows_every_figure_and_every_gap() -> None:
    results = Results(machine={"cores": "2"})
    for round_ in range(3):
        for kind, peer, case, quantity, value in (
            (TURNS, peers.OFFICIAL.name, SHORT_LOG, "cpu_seconds", 0.003),
            (TURNS, peers.FAST.name, SHORT_LOG, "cpu_seconds", 0.00025),
            ("async", peers.AIOHTTP.name, "64", "calls_per_second", 2_700),
            ("async", peers.AIOHTTP.name, "64", "cpu_seconds", 0.0003),
            ("ceiling", rounds.SERVER, "64", "calls_per_second", 14_000),
            ("memory", peers.FAST_STREAM.name, "bytes-1000", "peak_bytes", 20 * MEGABYTE),
            ("cold", "ours", "import", "wall_seconds", 0.012),
        ):
            series = Series(kind, peer, case, quantity)
            results.samples.append(Sample(series, round_, value * (1 + round_)))
    results.gaps.append(Gap("memory", "ours", "bytes-1000", "no | pipes\nand no lines"))
    results.gaps.append(Gap("async", peers.PYREQWEST.name, "64", "it failed"))
    some = Series("async", peers.PYREQWEST.name, "64", "calls_per_second")
    results.samples.append(Sample(some, 1, 9_000))
    report = write_report(results, ["figures/calls-a-second.svg"])
    assert "| cores | 2 |" in report
    assert f"| {peers.FAST.name} | 0.5 (0.25 to 0.75) | - | - | 12 times |" in report
    assert "| aiohttp | - | - | 5,400 (2,700 to 8,100) | - |" in report
    assert "| aiohttp | - | - | 0.6 (0.3 to 0.9) | - |" in report
    assert f"| {rounds.SERVER} | - | - | 28,000 (14,000 to 42,000) | - |" in report
    assert f"| {peers.FAST_STREAM.name} | 40 (20 to 60) | - | - | - | - |" in report
    assert "| import | ours | 24 (12 to 36) |" in report
    assert r"| ours | memory | bytes-1000 | all | no \| pipes and no lines |" in report
    assert f"| {peers.PYREQWEST.name} | async | 64 | 1, 3 | it failed |" in report
    assert "![calls a second](figures/calls-a-second.svg)" in report


def test_the_report_says_what_reads_json() -> None:
    results = Results()
    assert "this run has no row for" in write_report(results, [])
    series = Series(TURNS, peers.HTTPX_WITHOUT_ORJSON.name, SHORT_LOG, "cpu_seconds")
    results.samples.append(Sample(series, 0, 0.001))
    report = write_report(results, [])
    assert "this run has no row for" not in report
    assert f"*{series.peer}* shows what it costs else." in report


def test_the_report_is_what_is_made_of_the_results() -> None:
    text = (BENCHMARKS / "results.md").read_text(encoding="utf-8")
    plots = re.findall(r"^!\[.*\]\((.*)\)$", text, re.MULTILINE)
    assert text == write_report(read_json(BENCHMARKS / "results.json"), plots)


def test_one_measured_round_is_no_spread() -> None:
    goal = GOALS[0]
    assert _row_of(goal, _results(goal, [1], [20])).endswith(f"| 20 times | {MET} |")
    assert Spread.of([]) is None
    assert replace(Results(), samples=[]).spread(goal.ours) is None


def test_the_readme_shows_what_was_measured() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.with_table(text, read_json(BENCHMARKS / "results.json"))
    (table,) = re.findall(r"<!-- benchmarks -->\n(.*?)<!--", text, re.DOTALL)
    assert len(table.splitlines()) == 7
