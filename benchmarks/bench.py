"""Measure everything in one run: `nox -s bench`, or `nox -s bench -- --quick` for one round.

Writes `results.json`, `results.md` and the plots, next to this file or into `--output`; next to this file,
also the table in README.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cores
import readme
from goals import goals_of
from plots import draw
from report import write_report
from rounds import run_round, running_server
from samples import Results, write_json

HERE = Path(__file__).parent
_ROUNDS = 5
_MINUTES = 10.0
_PACKAGES = ("cartesia-calls", "cartesia", "httpx", "aiohttp", "orjson", "httptools", "pyreqwest")


def main() -> int:
    """Run the rounds and write the results.

    Returns:
        0 once everything is written, whether goals are met or not: a figure is no failure.
    """
    options = _parse_arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    results = Results(machine=_describe_machine())
    with running_server() as url:
        rounds = _run_rounds(options, url, results)
    results.machine["rounds"] = str(rounds)
    write_json(results, options.output / "results.json")
    plots = draw(results, options.output / "figures")
    names = [path.relative_to(options.output).as_posix() for path in plots]
    (options.output / "results.md").write_text(write_report(results, names), encoding="utf-8")
    if options.output == HERE:
        readme.main()
    goals = goals_of(results)
    met = sum(goal.is_met(results) for goal in goals)
    _say(f"{met} of {len(goals)} goals are met: see {options.output / 'results.md'}")
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the client against its peers.")
    rounds = parser.add_mutually_exclusive_group()
    rounds.add_argument("--quick", dest="rounds", action="store_const", const=1, help="one round")
    rounds.add_argument("--rounds", type=int, help=f"how many rounds (default: {_ROUNDS})")
    parser.add_argument(
        "--minutes",
        type=float,
        default=_MINUTES,
        help="start no further round that would end later than this (default: %(default)g)",
    )
    parser.add_argument("--output", type=Path, default=HERE, help="the folder to write to")
    parser.add_argument(
        "--previous", type=Path, help="a checkout of another version, to compare this one with"
    )
    parser.set_defaults(rounds=_ROUNDS)
    return parser.parse_args()


def _run_rounds(options: argparse.Namespace, url: str, results: Results) -> int:
    """Return the number of rounds that fit into the time."""
    previous: Path | None = options.previous and options.previous.resolve(strict=True)
    started = time.monotonic()
    longest = 0.0
    for number in range(options.rounds):
        begun = time.monotonic()
        if number and begun - started + longest > options.minutes * 60:
            _say(f"no time for round {number + 1}")
            return number
        run_round(number, url, results, _say, previous)
        longest = max(longest, time.monotonic() - begun)
    return int(options.rounds)


def _describe_machine() -> dict[str, str]:
    described = {
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.machine()}",
        "cores": str(os.cpu_count()),
        "processes kept to cores": "yes" if cores.can_be_kept_to() else "no",
    }
    if hasattr(os, "getloadavg"):
        described["load at the start"] = f"{os.getloadavg()[0]:.1f}"
    for package in _PACKAGES:
        try:
            described[package] = version(package)
        except PackageNotFoundError:
            described[package] = "not installed"
    return described


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
