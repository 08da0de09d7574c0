"""The fixture for users' own tests, in a separate run of pytest."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
USES_IT = """
from urllib.request import Request, urlopen

def fetch(sandbox, method="GET"):
    headers = {"Authorization": f"Bearer {sandbox.api_key}", "Cartesia-Version": sandbox.api_version}
    url = f"{sandbox.url}/agents/calls/{sandbox.calls.finished}"
    with urlopen(Request(url, headers=headers, method=method)) as response:
        return response.read()

def test_it_runs(cartesia_sandbox):
    assert b'"redacted_at":null' in fetch(cartesia_sandbox)
    assert b'"redacted_at":"' in fetch(cartesia_sandbox, "DELETE")

def test_it_is_a_fresh_one(cartesia_sandbox):
    assert b'"redacted_at":null' in fetch(cartesia_sandbox)
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


def run_pytest(
    folder: Path, test: str, *, conftest: str = "", early: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the test with the package installed, and with no other plugin.

    With code to run before pytest is imported, pytest loads all plugins by itself.
    """
    metadata = folder / "site" / "cartesia_calls-0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: cartesia-calls\nVersion: 0\n")
    plugins = tomllib.loads(PYPROJECT.read_text())["project"]["entry-points"]["pytest11"]
    entries = "".join(f"{name} = {module}\n" for name, module in plugins.items())
    (metadata / "entry_points.txt").write_text(f"[pytest11]\n{entries}")
    # pytest rewrites the assertions of all packages that come with a plugin.
    packages = ("cartesia_api", "cartesia_calls")
    (metadata / "RECORD").write_text("".join(f"{name}/__init__.py,,\n" for name in packages))
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_users_own.py").write_text(test)
    path = [
        str(folder),
        str(metadata.parent),
        *(os.path.realpath(entry) for entry in sys.path if entry),
    ]
    run = f"import sys\n{early}\nimport pytest\nsys.exit(pytest.main())"
    command = [sys.executable, "-c", run, "-q", "-W", "error", "-p", "no:cacheprovider"]
    # A second or two to import.
    command += ["-p", "no:schemathesis", "-p", "no:hypothesispytest"]
    # All installed plugins, if pytest must find ours by itself.
    names = [] if early else [argument for name in plugins for argument in ("-p", name)]
    return subprocess.run(
        [*command, *names, str(folder)],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=600,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "" if early else "1",
        },
    )


def test_each_test_has_a_running_sandbox_of_its_own(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, USES_IT)

    assert "2 passed" in done.stdout, done.stdout + done.stderr


def test_an_unused_fixture_costs_nothing(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, USES_IT_NOT)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("test", "outcome"), [(USES_IT, "2 errors"), ("def test_own(): pass", "1 passed")]
)
def test_without_the_extra_only_tests_that_use_it_fail_with_the_reason(
    tmp_path: Path, test: str, outcome: str
) -> None:
    done = run_pytest(tmp_path, test, conftest=WITHOUT_YAML)

    assert outcome in done.stdout, done.stdout + done.stderr
    has_advice = "Install it with: pip install 'cartesia-calls[sandbox]'" in done.stdout
    assert has_advice == ("errors" in outcome)
    assert "Traceback" not in done.stdout


@pytest.mark.parametrize(
    "early",
    [
        "import cartesia_calls",
        "from cartesia_calls import AsyncClient, Client; import cartesia_calls.export",
        "import cartesia_api.models",
        "from cartesia_calls.cli import main",
        "import cartesia_calls.sandbox.pytest_plugin",
    ],
)
def test_it_can_be_imported_first_when_warnings_are_errors(tmp_path: Path, early: str) -> None:
    done = run_pytest(tmp_path, USES_IT, early=early)

    assert "2 passed" in done.stdout, done.stdout + done.stderr
    assert "warning" not in done.stdout


def test_the_fixture_stops_even_if_a_test_leaves_the_clock_frozen(tmp_path: Path) -> None:
    freeze = """
from freezegun import freeze_time

def test_it_runs_frozen(cartesia_sandbox):
    freeze_time("2020-01-01").start()
    assert cartesia_sandbox.url
"""
    done = run_pytest(tmp_path, freeze)

    assert "1 passed" in done.stdout, done.stdout + done.stderr
