"""Runs everything in rounds; each round measures every peer in every way.

A change on the machine over the minutes then affects all of them alike, and ratios are taken within a
round. Each round starts with another peer.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import peers
from bodies import LONG_LOG, SHORT_LOG, USUAL_LOG, WIDE_LOG
from cold import ColdProgram, ColdRunError, cold_programs, run_cold
from measure import CEILING, TURNS
from peers import Peer
from samples import Gap, Results, Sample, Series

HERE = Path(__file__).parent
LOGS = (SHORT_LOG, LONG_LOG, USUAL_LOG, WIDE_LOG)
IN_FLIGHT = (1, 8, 64, 256)
SIZES = (1_000, 32_000, 1_000_000, 32_000_000, 1_000_000_000)
"""Body sizes for the memory measurement, in bytes."""
LARGEST_WHOLE = 32_000_000
"""The largest body, in bytes, for peers that keep all of it in memory."""
SERVER = "server's ceiling"

_SECONDS = {"sync": 1.0, TURNS: 1.0, "async": 1.0, "memory": 0.0, CEILING: 0.5}
_LONGEST_CHILD = 300.0
_LEAST_COLD_RUNS, _MOST_COLD_RUNS = 5, 30
"""The number of runs of a cold program in one round; the median counts."""
_COLD_SECONDS = 1.0
"""After so many seconds, a cold program runs only as often as necessary."""

_PREVIOUS = {peer.name for peer in peers.PEERS if peer.is_previous}

T = TypeVar("T")
Report = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """One measurement that a child process makes."""

    kind: str
    peer: str
    case: str


def tasks_by_comparison(number: int, *, has_previous: bool = False) -> list[list[Task]]:
    """Return the tasks of a round, in lists whose tasks are compared with each other.

    The largest body is slow to measure and its memory varies little, so only the first round has it.

    Args:
        number: The round's, from 0 on.
        has_previous: Whether there is a previous checkout to measure.
    """
    there = [peer for peer in peers.PEERS if has_previous or not peer.is_previous]
    sync_peers = [peer for peer in there if peer.open and not peer.streams]
    # Untyped, the SDK differs only in its result, which the sync figures show.
    others = [peer for peer in there if peer is not peers.OFFICIAL_UNTYPED]
    async_peers = [peer for peer in others if peer.open_async]
    comparisons = [
        [Task(kind, peer.name, case) for peer in sync_peers]
        for case in LOGS
        for kind in (TURNS, "sync")
    ]
    for in_flight in map(str, IN_FLIGHT):
        tasks = [Task("async", peer.name, in_flight) for peer in async_peers]
        comparisons.append([*tasks, Task(CEILING, SERVER, in_flight)])
    for size in SIZES if number == 0 else SIZES[:-1]:
        able = [peer for peer in others if peer.open and _can_hold(peer, size)]
        comparisons.append([Task("memory", peer.name, f"bytes-{size}") for peer in able])
    return comparisons


def run_round(
    number: int, url: str, results: Results, report: Report, previous: Path | None = None
) -> None:
    """Measure everything once, and add it to the results.

    Args:
        number: The round's, from 0 on.
        url: The server's URL.
        results: The results to add to.
        report: Takes a line before each comparison.
        previous: A checkout of another version, to measure as well.
    """
    programs = _rotated(cold_programs(url, _python_path(previous) if previous else None), number)
    report(f"round {number + 1}: cold starts")
    _measure_cold(programs, number, results)
    for tasks in tasks_by_comparison(number, has_previous=previous is not None):
        report(f"round {number + 1}: {tasks[0].kind}, {tasks[0].case}")
        for task in _rotated(tasks, number):
            run_task(task, number, url, results, previous)


def run_task(
    task: Task, number: int, url: str, results: Results, previous: Path | None = None
) -> None:
    """Make one measurement and add it to the results, or a gap if it fails."""
    values, reason = _run_child(task, url, previous)
    if reason:
        _add_gap(results, Gap(task.kind, task.peer, task.case, reason))
    for quantity, value in values.items():
        series = Series(task.kind, task.peer, task.case, quantity)
        results.samples.append(Sample(series, number, value))


@contextlib.contextmanager
def running_server() -> Generator[str]:
    """Run the server in a process of its own; yields its URL.

    Raises:
        RuntimeError: It did not start; its output is on stderr.
    """
    with subprocess.Popen(  # noqa: S603 - our own server
        [sys.executable, str(HERE / "server.py")],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin and server.stdout  # noqa: S101, PT018 - see the arguments
        try:
            url = server.stdout.readline().strip()
            if not url:
                raise RuntimeError("the server did not start: run benchmarks/server.py to see why")
            yield url
        finally:
            server.stdin.close()
            server.wait(timeout=10)


def environment() -> dict[str, str]:
    """Return the environment of every process that is measured.

    It has no proxies, which a client would use for loopback, and no settings of the interpreter, which
    would keep it from using compiled files.
    """
    kept = {"PYTHONPATH"}
    return {
        name: value
        for name, value in os.environ.items()
        if not name.lower().endswith("_proxy") and (name in kept or not name.startswith("PYTHON"))
    }


def _python_path(checkout: Path) -> str:
    return os.pathsep.join(str(checkout / folder) for folder in ("wrapper", "generated"))


def _can_hold(peer: Peer, size: int) -> bool:
    return peer.streams or size <= LARGEST_WHOLE


def _measure_cold(programs: list[ColdProgram], number: int, results: Results) -> None:
    runs: dict[ColdProgram, list[dict[str, float]]] = {program: [] for program in programs}
    for _ in range(_MOST_COLD_RUNS):
        for program in list(runs):
            if _has_run_enough(runs[program]):
                continue
            try:
                runs[program].append(run_cold(program, environment()))
            except ColdRunError as error:
                del runs[program]
                _add_gap(results, Gap("cold", program.peer, program.case, str(error)))
    for program, all_values in runs.items():
        for quantity in all_values[0]:
            series = Series("cold", program.peer, program.case, quantity)
            value = statistics.median(values[quantity] for values in all_values)
            results.samples.append(Sample(series, number, value))


def _has_run_enough(runs: list[dict[str, float]]) -> bool:
    spent = sum(run["wall_seconds"] for run in runs)
    return len(runs) >= _LEAST_COLD_RUNS and spent > _COLD_SECONDS


def _run_child(task: Task, url: str, previous: Path | None) -> tuple[dict[str, float], str]:
    """Return the measurement of a child, or nothing and the reason."""
    seconds = str(_SECONDS[task.kind])
    settings = environment()
    if previous is not None and task.peer in _PREVIOUS:
        settings["PYTHONPATH"] = _python_path(previous)
    arguments = [str(HERE / "measure.py"), task.kind, task.peer, task.case, url, seconds]
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, *arguments],
            env=settings,
            capture_output=True,
            text=True,
            timeout=_LONGEST_CHILD,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {}, f"took more than {_LONGEST_CHILD:g} s"
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return {}, f"failed: {said[-1] if said else f'exit code {done.returncode}'}"
    outcome = json.loads(done.stdout)
    reason: str = outcome.pop("not_there", "")
    return outcome, reason


def _add_gap(results: Results, gap: Gap) -> None:
    # Usually the same in every round, so reported once.
    if gap not in results.gaps:
        results.gaps.append(gap)


def _rotated(items: list[T], by: int) -> list[T]:
    by %= len(items)
    return items[by:] + items[:by]
