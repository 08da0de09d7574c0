"""The fixture that a user's own tests have, in a pytest of their own."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
USES_IT = """
from urllib.request import Request, urlopen

def ask(sandbox, method="GET"):
    headers = {"Authorization": f"Bearer {sandbox.api_key}", "Cartesia-Version": sandbox.api_version}
    url = f"{sandbox.url}/agents/calls/{sandbox.calls.finished}"
    with urlopen(Request(url, headers=headers, method=method)) as answer:
        return answer.read()

def test_it_runs(cartesia_sandbox):
    assert b'"redacted_at":null' in ask(cartesia_sandbox)
    assert b'"redacted_at":"' in ask(cartesia_sandbox, "DELETE")

def test_it_is_a_fresh_one(cartesia_sandbox):
    assert b'"redacted_at":null' in ask(cartesia_sandbox)
"""
USES_IT_NOT = """
import sys

def test_nothing_was_loaded():
    assert "cartesia_calls.sandbox.pytest_plugin" in sys.modules
    heavy = {"starlette", "uvicorn", "yaml", "httpx", "asyncio", "cartesia_api"}
    assert not heavy & set(sys.modules)
"""
WITHOUT_YAML = """
import sys
sys.modules["yaml"] = None
"""


def run_pytest(folder: Path, test: str, *, conftest: str = "") -> subprocess.CompletedProcess[str]:
    """Run the test where the package is installed, as its metadata say, and no other plugin is."""
    metadata = folder / "site" / "cartesia_calls-0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: cartesia-calls\nVersion: 0\n")
    plugins = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"]["pytest11"]
    entries = "".join(f"{name} = {module}\n" for name, module in plugins.items())
    (metadata / "entry_points.txt").write_text(f"[pytest11]\n{entries}")
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_users_own.py").write_text(test)
    path = [str(metadata.parent), *(os.path.realpath(entry) for entry in sys.path if entry)]
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    names = [argument for name in plugins for argument in ("-p", name)]
    return subprocess.run(
        [*command, *names, str(folder)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )


def test_each_test_has_a_running_sandbox_of_its_own(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, USES_IT)

    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_it_costs_nothing_where_it_is_not_used(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, USES_IT_NOT)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("test", "outcome"), [(USES_IT, "2 errors"), ("def test_own(): pass", "1 passed")]
)
def test_without_the_extra_only_its_users_fail_and_are_told_why(
    tmp_path: Path, test: str, outcome: str
) -> None:
    done = run_pytest(tmp_path, test, conftest=WITHOUT_YAML)

    assert outcome in done.stdout, done.stdout + done.stderr
    told = "Install it with: pip install 'cartesia-calls[sandbox]'" in done.stdout
    assert told == ("errors" in outcome)
    assert "Traceback" not in done.stdout
