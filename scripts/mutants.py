"""Break the code of retries, errors and settings, and count the changes that the tests notice.

    python scripts/mutants.py

mutmut changes one thing at a time in a copy of the project and runs the unit tests on each change.
The figure goes into `docs/internals/faults.md`. Changes that no test notices are shown. The exit code is 1
if they are more than one in ten.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "internals" / "faults.md"
CONFIGURATION = ROOT / "tests" / "mutants.toml"
SETTINGS = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["tool"]["mutmut"]
LEAST_KILLED = 0.9
_SECTION = re.compile(r"(<!-- mutants -->\n).*?(<!-- end of mutants -->)", re.DOTALL)
_NOT_NOTICED = re.compile(r"^\s*(\S+): (?!timeout$)", re.MULTILINE)
_END_OF_LOG = 4000


def main() -> int:
    """Run mutmut on a copy, write the figure, and show the survivors."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        for package in ("wrapper/cartesia_calls", "generated/cartesia_api"):
            shutil.copytree(ROOT / package, copy / "src" / Path(package).name)
        for folder in ("openapi", "tests"):
            shutil.copytree(ROOT / folder, copy / folder)
        shutil.copy(CONFIGURATION, copy / "pyproject.toml")
        log = copy / "log.txt"
        with log.open("wb") as file:
            ran = _mutmut("run", folder=copy, stdout=file)
        if ran.returncode:
            sys.stderr.write(log.read_text(errors="replace")[-_END_OF_LOG:])
            return ran.returncode
        for name in _NOT_NOTICED.findall(_mutmut("results", folder=copy).stdout.decode()):
            sys.stdout.write(_mutmut("show", name, folder=copy).stdout.decode())
        _mutmut("export-cicd-stats", folder=copy)
        counts = json.loads((copy / "mutants" / "mutmut-cicd-stats.json").read_text())
    # A test that does not end has also noticed the change.
    killed, total = counts["killed"] + counts["timeout"], counts["total"]
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(with_figure(text, killed, total), encoding="utf-8")
    sys.stdout.write(f"{killed} of {total} mutants killed ({killed / total:.1%})\n")
    return 0 if killed >= LEAST_KILLED * total else 1


def with_figure(document: str, killed: int, total: int) -> str:
    """Return the document with this figure in its section."""
    names = ", ".join(f"`{Path(module).stem}`" for module in SETTINGS["source_paths"])
    figure = f"{killed} of {total} changes ({killed / total:.1%}) are noticed, in {names}."
    return _SECTION.sub(rf"\g<1>{figure}\n\g<2>", document)


def _mutmut(
    *arguments: str, folder: Path, stdout: IO[bytes] | int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(  # noqa: S603 - a program of this environment
        [sys.executable, "-m", "mutmut", *arguments],
        cwd=folder,
        env=environment,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout != subprocess.PIPE else None,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())
