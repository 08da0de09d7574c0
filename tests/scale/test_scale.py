"""Large specs pass every step; `docs/internals/scale.md` has the time of each."""

from __future__ import annotations

import copy
import itertools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from large_spec import KINDS, large_spec

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "internals" / "scale.md"
SIZES = (50, 125, 250, 500)
STEPS = ("vendor", "regenerate", "check", "report")


class Trial:
    """A spec of some size, taken through every step by the maintainers' scripts."""

    def __init__(self, folder: Path, size: int, version: str) -> None:
        self.size = size
        self.folder = folder
        self.seconds: dict[str, float] = {}
        self.source = folder / "source.json"
        self.spec = large_spec(size, version)
        self.source.write_text(json.dumps(self.spec), encoding="utf-8")

    def run(self, step: str, *arguments: str | Path, ends_with: int = 0) -> str:
        """Run a script and note its processor time; return what it printed."""
        with (self.folder / "output.txt").open("w+", encoding="utf-8") as output:
            process = subprocess.Popen(
                [sys.executable, *arguments], stdout=output, stderr=subprocess.STDOUT, cwd=ROOT
            )
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            printed = output.read()
        assert process.returncode == ends_with, printed[-2000:]
        self.seconds[step] = used.ru_utime + used.ru_stime
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
        """Compare with a spec in which a tenth of the operations moved and one was removed."""
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


def test_an_openapi_3_0_document_passes_every_step(tmp_path: Path) -> None:
    Trial(tmp_path, SIZES[0], "3.0.3").run_all()


def test_openapi_3_1_documents_of_every_size_pass_every_step(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    trials: list[Trial] = []
    for size in SIZES:
        folder = tmp_path / str(size)
        folder.mkdir()
        trials.append(Trial(folder, size, "3.1.0"))
        trials[-1].run_all()
    if pytestconfig.getoption("--write-docs"):
        DOCUMENT.write_text(document(trials), encoding="utf-8")


def row(title: object, figures: list[str]) -> str:
    return f"| {title} | {' | '.join(figures)} |"


def document(trials: list[Trial]) -> str:
    totals = [row(trial.size, [f"{trial.seconds[step]:.1f}" for step in STEPS]) for trial in trials]
    growth = [
        row(
            f"{before.size} to {after.size}",
            [f"{1000 * slope(before, after, step):.0f}" for step in STEPS],
        )
        for before, after in itertools.pairwise(trials)
    ]
    return PAGE.format(
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        processors=os.cpu_count(),
        kinds=", ".join(f"`{kind}`" for kind in KINDS),
        totals="\n".join(totals),
        growth="\n".join(growth),
    )


def slope(before: Trial, after: Trial, step: str) -> float:
    """Return the seconds that each operation added."""
    return (after.seconds[step] - before.seconds[step]) / (after.size - before.size)


PAGE = """\
# What large specs cost

Measured and written by `nox -s scale -- --write-docs`, with Python {python} on {processors} processors.

The specs are OpenAPI 3.1.0 documents that `tests/support/large_spec.py` makes. Their operations take
turns at these kinds, each with schemas of its own:
{kinds}.
Among them are recursive schemas, `oneOf` with a discriminator, `allOf` and nullable fields. For the
report, a tenth of the operations moves and one goes.

Every operation comes through every step; the session fails if one does not. Where the generator
does not understand an operation, `regenerate` fails with a line that names it and says why.

## Seconds of processor time

| operations | vendor | regenerate | check of `generated/` | drift report |
| ---: | ---: | ---: | ---: | ---: |
{totals}

## Milliseconds for each further operation

Where these do not rise with the size, time grows no worse than linearly.

| operations | vendor | regenerate | check of `generated/` | drift report |
| ---: | ---: | ---: | ---: | ---: |
{growth}
"""
