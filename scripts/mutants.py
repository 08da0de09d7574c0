"""Break the code that decides about retries, errors and settings, and count what the tests notice.

    python scripts/mutants.py

mutmut changes one thing at a time in a copy of the project and runs the unit tests on each change.
The figure goes into `docs/faults.md`. Changes that no test notices are shown; the exit code is 1
where they are more than one in ten.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "faults.md"
MODULES = (
    "_arguments",
    "_error_responses",
    "_exceptions",
    "_retry",
    "_secret",
    "_sending",
    "_settings",
)
TESTS = (
    "test_acting",
    "test_answers",
    "test_arguments",
    "test_exceptions",
    "test_following",
    "test_hardening",
    "test_listing",
    "test_missing_logs",
    "test_requests",
    "test_retries",
    "test_settings",
    "test_stream_logs",
    "test_timeouts",
    "test_waiting",
)
LEAST_KILLED = 0.9
_SECTION = re.compile(r"(<!-- mutants -->\n).*?(<!-- end of mutants -->)", re.DOTALL)
_FIGURE = re.compile(r"^(\d+) of (\d+) changes \(", re.MULTILINE)
_NOT_NOTICED = re.compile(r"^\s*(\S+): (?!timeout$)", re.MULTILINE)
_END_OF_LOG = 4000
# mutmut knows a module by its path below `src`, so the copy has both packages there. Each change is
# tried in a fork of a process that has run no test: in a fork of one that has, what the tests' clients
# left behind there, such as threads, makes others fail, and every change would seem to be noticed.
_CONFIGURATION = """
[tool.mutmut]
source_paths = [{modules}]
pytest_add_cli_args_test_selection = [{tests}]
process_isolation = "forkserver"
also_copy = ["src", "openapi", "tests/support", "tests/conftest.py", "tests/contract"]

[tool.pytest.ini_options]
pythonpath = ["tests/support"]
"""


def main() -> int:
    """Run mutmut on a copy, write the figure, and show the survivors."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        _lay_out(copy)
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
    # A test that does not end has noticed the change as well as one that fails.
    killed, total = counts["killed"] + counts["timeout"], counts["total"]
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(with_figure(text, killed, total), encoding="utf-8")
    sys.stdout.write(f"{killed} of {total} mutants killed ({killed / total:.1%})\n")
    return 0 if killed >= LEAST_KILLED * total else 1


def with_figure(document: str, killed: int, total: int) -> str:
    """Return the document with this figure in its section."""
    names = ", ".join(f"`{module}`" for module in MODULES)
    figure = f"{killed} of {total} changes ({killed / total:.1%}) are noticed, in {names}."
    return _SECTION.sub(rf"\g<1>{figure}\n\g<2>", document)


def figure_in(document: str) -> tuple[int, int]:
    """Return how many changes were noticed, and of how many, by what a document says.

    Raises:
        ValueError: It does not say.
    """
    section = _SECTION.search(document)
    found = _FIGURE.search(section[0]) if section else None
    if found is None:
        raise ValueError("the document has no figure; `nox -s mutants` writes it")
    return int(found[1]), int(found[2])


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


def _lay_out(copy: Path) -> None:
    shutil.copytree(ROOT / "wrapper" / "cartesia_calls", copy / "src" / "cartesia_calls")
    shutil.copytree(ROOT / "generated" / "cartesia_api", copy / "src" / "cartesia_api")
    for folder in ("openapi", "tests"):
        shutil.copytree(ROOT / folder, copy / folder)
    modules = ", ".join(f'"src/cartesia_calls/{module}.py"' for module in MODULES)
    tests = ", ".join(f'"tests/unit/{test}.py"' for test in TESTS)
    (copy / "pyproject.toml").write_text(_CONFIGURATION.format(modules=modules, tests=tests))


if __name__ == "__main__":
    sys.exit(main())
