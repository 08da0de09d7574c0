"""Break the code that decides about retries, errors and settings, and count what the tests notice.

    python scripts/mutants.py

mutmut changes one thing at a time in a copy of the project and runs the unit tests on each change.
The figure goes into `docs/faults.md`. Changes that no test notices are listed; the exit code is 1
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
_FIGURE = re.compile(r"(<!-- mutants -->\n).*?(<!-- end of mutants -->)", re.DOTALL)
MODULES = (
    "_arguments",
    "_error_answers",
    "_exceptions",
    "_retry",
    "_secret",
    "_sending",
    "_settings",
)
TESTS = (
    "test_answers",
    "test_hardening",
    "test_requests",
    "test_retries",
    "test_settings",
    "test_timeouts",
)
LEAST_KILLED = 0.9
_END_OF_LOG = 4000
# mutmut knows a module by its path below `src`, so the copy has both packages there.
_CONFIGURATION = """
[tool.mutmut]
source_paths = [{modules}]
pytest_add_cli_args_test_selection = [{tests}]
also_copy = ["src", "openapi", "tests/support", "tests/conftest.py", "tests/contract"]

[tool.pytest.ini_options]
pythonpath = ["tests/support"]
"""


def main() -> int:
    """Run mutmut on a copy, write the figure, and list the survivors."""
    with tempfile.TemporaryDirectory() as temporary:
        copy = Path(temporary)
        _lay_out(copy)
        log = copy / "log.txt"
        with log.open("wb") as file:
            ran = _mutmut("run", copy, stdout=file)
        if ran.returncode:
            sys.stderr.write(log.read_text(errors="replace")[-_END_OF_LOG:])
            return ran.returncode
        survivors = _mutmut("results", copy).stdout.decode()
        _mutmut("export-cicd-stats", copy)
        counts = json.loads((copy / "mutants" / "mutmut-cicd-stats.json").read_text())
    # A test that does not end has noticed the change as well as one that fails.
    killed, total = counts["killed"] + counts["timeout"], counts["total"]
    names = ", ".join(f"`{module}`" for module in MODULES)
    figure = f"{killed} of {total} changes ({killed / total:.1%}) are noticed, in {names}.\n"
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(_FIGURE.sub(rf"\g<1>{figure}\g<2>", text), encoding="utf-8")
    sys.stdout.write(f"{survivors}{killed} of {total} mutants killed ({killed / total:.1%})\n")
    return 0 if killed >= LEAST_KILLED * total else 1


def _mutmut(
    command: str, folder: Path, *, stdout: IO[bytes] | int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(  # noqa: S603 - a program of this environment
        [sys.executable, "-m", "mutmut", command],
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
