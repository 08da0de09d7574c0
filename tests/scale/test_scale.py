"""Large specs go through every step; `docs/scale.md` says what that costs."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from large_spec import KINDS, large_spec

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "scale.md"
SIZES = (50, 125, 250, 500)
VERSIONS = ("3.0.3", "3.1.0")
STEPS = ("vendor", "regenerate", "check", "report")


@dataclass(frozen=True)
class Cost:
    """What a step took: seconds of processor time, and bytes of memory at most."""

    seconds: float
    memory: int


class Trial:
    """A spec of some size, taken through every step by the scripts as maintainers run them."""

    def __init__(self, folder: Path, size: int, version: str) -> None:
        self.size = size
        self.folder = folder
        self.costs: dict[str, Cost] = {}
        self.source = folder / "source.json"
        self.spec = large_spec(size, version)
        self.source.write_text(json.dumps(self.spec), encoding="utf-8")

    def run(self, step: str, *arguments: str | Path, ends_with: int = 0) -> str:
        """Run a script; return what it printed."""
        with (self.folder / "output.txt").open("w+", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments], stdout=output, stderr=subprocess.STDOUT, cwd=ROOT
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            printed = output.read()
        assert process.returncode == ends_with, printed[-2000:]
        self.costs[step] = Cost(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
        return printed

    def run_all(self) -> None:
        latest, record = self.folder / "latest.yml", self.folder / "sources.yml"
        places = ("--output", latest, "--sources", record)
        vendored = self.run("vendor", "scripts/vendor_spec.py", self.source, *places)
        assert vendored.count("added ") == self.size

        package = self.folder / "cartesia_api"
        generation = ("scripts/regenerate.py", "--spec", latest, "--output", package)
        self.run("regenerate", *generation)
        modules = [path for path in package.glob("api/*/*.py") if path.name != "__init__.py"]
        assert len(modules) == self.size
        self.run("check", *generation, "--check")
        self.compare(latest, record)

    def compare(self, latest: Path, record: Path) -> None:
        """Compare with a spec where a tenth of the operations moved, and one is gone."""
        moved = self.folder / "moved.json"
        spec, changed = moved_spec(self.spec)
        moved.write_text(json.dumps(spec), encoding="utf-8")
        report = self.folder / "report.md"
        options = ("--spec", latest, "--sources", record, "--markdown", report)
        self.run(
            "report",
            "scripts/check_upstream.py",
            moved,
            *options,
            "--without-redocly",
            ends_with=2,
        )
        text = report.read_text(encoding="utf-8")
        assert [path for path in changed if path not in text] == []


def moved_spec(spec: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return a changed copy of the spec, and the paths that changed."""
    moved = copy.deepcopy(spec)
    paths = list(moved["paths"])
    changed = paths[::10]
    for path in changed:
        (operation,) = moved["paths"][path].values()
        operation["parameters"].append(
            {"name": "added", "in": "query", "schema": {"type": "string"}}
        )
    del moved["paths"][paths[-1]]
    return moved, sorted({*changed, paths[-1]})


@pytest.fixture(scope="module", params=VERSIONS)
def trials(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Trial]:
    folders = [tmp_path_factory.mktemp(f"{size}-operations") for size in SIZES]
    return [Trial(folder, size, request.param) for folder, size in zip(folders, SIZES, strict=True)]


def test_every_operation_comes_through_every_step(
    trials: list[Trial], pytestconfig: pytest.Config
) -> None:
    for trial in trials:
        trial.run_all()
    if pytestconfig.getoption("--write-docs"):
        DOCUMENT.write_text(document(trials), encoding="utf-8")


def document(trials: list[Trial]) -> str:
    rows = [
        "| {} | {} | {} |".format(
            trial.size,
            " | ".join(f"{trial.costs[step].seconds:.1f}" for step in STEPS),
            max(cost.memory for cost in trial.costs.values()) // 1_000_000,
        )
        for trial in trials
    ]
    growth = [
        "| {} to {} | {} |".format(
            before.size,
            after.size,
            " | ".join(
                f"{1000 * (after.costs[step].seconds - before.costs[step].seconds) / (after.size - before.size):.0f}"
                for step in STEPS
            ),
        )
        for before, after in zip(trials, trials[1:], strict=False)
    ]
    return f"""# What large specs cost

Measured and written by `nox -s scale -- --write-docs` with Python {sys.version_info.major}.{sys.version_info.minor} on {os.cpu_count()} processors, on
OpenAPI {trials[-1].spec["openapi"]} documents that `tests/support/large_spec.py` makes. Their operations take turns:
{", ".join(KINDS)}. Each has schemas of its own: recursive ones, `oneOf` with a
discriminator, `allOf`, nullable fields. A tenth of the operations moves before the report.

Every operation comes through each step; the session fails if one does not. What the generator does
not understand fails `regenerate` with a line for each operation that names it and says why.

## Seconds of processor time

| operations | vendor | regenerate | check of `generated/` | drift report | memory, MB |
| ---: | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(rows)}

## Milliseconds for each further operation

Where these do not rise, time grows no worse than linearly.

| operations | vendor | regenerate | check of `generated/` | drift report |
| ---: | ---: | ---: | ---: | ---: |
{chr(10).join(growth)}

The drift report is the one without Redocly, whose part is its own.
"""
