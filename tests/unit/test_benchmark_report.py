"""The benchmarks' report shows every figure, every gap, and each missed goal."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

import peers
import readme
import rounds
from bodies import SHORT_LOG
from goals import GOALS, MEGABYTE, PREVIOUS_GOALS, Bound, Goal, goals_of
from measure import TURNS
from report import MET, NOT_MEASURED, NOT_MET, write_report
from samples import Gap, Results, Sample, Series, Spread, read_json, write_json

BENCHMARKS = Path(rounds.__file__).parent


# Goals


_LEAST_RATIOS = {Bound.TIMES_LESS, Bound.TIMES_FASTER, Bound.FASTER}
_MORE_IS_BETTER = {Bound.TIMES_MORE}


def _ours_at_the_limit(goal: Goal) -> float:
    """Return our figure at the limit, where theirs is 1."""
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


def test_a_run_with_a_previous_checkout_has_goals_for_it() -> None:
    goal = PREVIOUS_GOALS[0]
    results = _results(goal, [1], [1])
    assert goals_of(results) == GOALS + PREVIOUS_GOALS
    assert _row_of(goal, results).endswith(f"| 1 times | {MET} |")
    assert goals_of(_results(GOALS[0], [1], [1])) == GOALS


# Figures


def test_ratios_are_taken_within_a_round() -> None:
    fast, slow = (Series("sync", name, SHORT_LOG, "cpu_seconds") for name in ("fast", "slow"))
    results = Results()
    for round_, (ours, theirs) in enumerate([(1, 2), (10, 30), (2, 8)]):
        results.samples += [Sample(fast, round_, ours), Sample(slow, round_, theirs)]
    results.samples.append(Sample(slow, 3, 1_000))  # a round that the other lacks
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
    assert f"| {peers.FAST.name} | 0.5 (0.25 to 0.75) | - | - | 12 |" in report
    assert "| aiohttp | - | - | 5,400 (2,700 to 8,100) | - |" in report
    assert "| aiohttp | - | - | 0.6 (0.3 to 0.9) | - |" in report
    assert f"| {rounds.SERVER} | - | - | 28,000 (14,000 to 42,000) | - |" in report
    assert f"| {peers.FAST_STREAM.name} | 40 (20 to 60) | - | - | - | - |" in report
    assert "| import | ours | 24 (12 to 36) |" in report
    assert r"| ours | memory | bytes-1000 | all | no \| pipes and no lines |" in report
    assert f"| {peers.PYREQWEST.name} | async | 64 | 1, 3 | it failed |" in report
    assert "![calls a second](figures/calls-a-second.svg)" in report


def test_the_report_names_the_json_reader() -> None:
    results = Results()
    assert "This run has no row for" in write_report(results, [])
    series = Series(TURNS, peers.HTTPX_WITHOUT_ORJSON.name, SHORT_LOG, "cpu_seconds")
    results.samples.append(Sample(series, 0, 0.001))
    report = write_report(results, [])
    assert "This run has no row for" not in report
    assert f"*{series.peer}* shows the cost without it." in report


def test_the_report_matches_the_results() -> None:
    text = (BENCHMARKS / "results.md").read_text(encoding="utf-8")
    plots = re.findall(r"^!\[.*\]\((.*)\)$", text, re.MULTILINE)
    assert text == write_report(read_json(BENCHMARKS / "results.json"), plots)


def test_one_measured_round_is_no_spread() -> None:
    goal = GOALS[0]
    assert _row_of(goal, _results(goal, [1], [20])).endswith(f"| 20 times | {MET} |")
    assert Spread.of([]) is None
    assert replace(Results(), samples=[]).spread(goal.ours) is None


def test_the_readme_shows_the_measured_figures() -> None:
    text = readme.README.read_text(encoding="utf-8")
    assert text == readme.with_table(text, read_json(BENCHMARKS / "results.json"))
    (table,) = re.findall(r"<!-- benchmarks -->\n(.*?)<!--", text, re.DOTALL)
    assert len(table.splitlines()) == 7
