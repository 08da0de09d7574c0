"""Take a grown spec through every step, and read responses with the generated package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import yaml

import regenerate
import vendor_spec
from growth_shape import Shape
from growth_shapes import grown, shapes_of
from spec_schemas import load_spec

ROOT = Path(__file__).parents[2]
VERSIONS = ("3.0.3", "3.1.0")


def package_of(folder: Path, version: str, shapes: tuple[Shape, ...]) -> Path:
    """Vendor the grown spec and generate from it; return the package."""
    source, latest, package = (
        folder / name for name in ("source.json", "latest.yml", "cartesia_api")
    )
    source.write_text(json.dumps(grown(load_spec(), version, shapes)), encoding="utf-8")
    record = folder / "sources.yml"
    arguments = [str(source), "--output", str(latest), "--sources", str(record)]
    assert vendor_spec.main(arguments) == 0
    assert regenerate.main(["--spec", str(latest), "--output", str(package)]) == 0
    return package


def problems_of(package: Path, version: str, shapes: tuple[Shape, ...]) -> list[list[str]]:
    """Read responses with the package, in a process of its own."""
    spec = package.with_name("latest.json")
    latest = package.with_name("latest.yml").read_text(encoding="utf-8")
    spec.write_text(json.dumps(yaml.safe_load(latest)), encoding="utf-8")
    names = [one.name for one in shapes] if len(shapes) < len(shapes_of(version)) else []
    folders = (package.parent, ROOT / "wrapper", ROOT / "tests" / "support", ROOT / "scripts")
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "support" / "growth_reading.py", spec, version, *names],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    problems: list[list[str]] = json.loads(done.stdout)
    return problems
