"""The table of benchmarks in README.md, from `results.json`: `python benchmarks/readme.py` writes it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from goals import GOALS, Bound, Goal
from samples import Results, read_json

HERE = Path(__file__).parent
README = HERE.parent / "README.md"

_SDK = "official SDK"
_SHOWN = (
    ("CPU per call, `fast`, sync, 50 lines", _SDK, "CPU per call, log of 50 lines"),
    (
        "calls per second, async, 64 in flight, `fast`",
        "official async SDK",
        "Calls per second, 64 in flight",
    ),
    (
        "one log of 20,000 lines, `fast`, validated",
        f"{_SDK} (which doesn't validate)",
        "Time for a log of 20,000 lines",
    ),
    ("`import cartesia_calls`", "bare Python start", "`import cartesia_calls`"),
    (
        "peak memory of `stream_logs`, `fast`, 1 GB body",
        "the same at 1 MB",
        "Memory of `stream_logs`, log of 1 GB",
    ),
)
_WORDS = {
    Bound.TIMES_LESS: "{:.3g} times less",
    Bound.TIMES_MORE: "{:.3g} times more",
    Bound.TIMES_FASTER: "{:.3g} times less",
    Bound.TIMES_AT_MOST: "{:.2f} times as long",
    Bound.MEGABYTES_MORE_AT_MOST: "{:.1f} MB more",
}
_PLACE = re.compile(r"(?<=<!-- benchmarks -->\n).*?(?=<!-- end of benchmarks -->)", re.DOTALL)


def main() -> int:
    """Write the table into README.md."""
    text = README.read_text(encoding="utf-8")
    README.write_text(with_table(text, read_json(HERE / "results.json")), encoding="utf-8")
    return 0


def with_table(readme: str, results: Results) -> str:
    """Return the README with the table of these results."""
    rows = ["| measured | compared with | result |", "| --- | --- | --- |"]
    goals = {(goal.figure, goal.against): goal for goal in GOALS}
    for figure, against, name in _SHOWN:
        rows.append(f"| {name} | {against} | {_result(goals[figure, against], results)} |")
    return _PLACE.sub("\n".join(rows) + "\n", readme)


def _result(goal: Goal, results: Results) -> str:
    measured = goal.measured(results)
    return _WORDS[goal.bound].format(measured.median) if measured else "not measured"


if __name__ == "__main__":
    sys.exit(main())
