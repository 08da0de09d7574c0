"""The command, the library and the sandbox in a zip app, where no module is a file."""

from __future__ import annotations

import os
import subprocess
import sys
import zipapp
from importlib.resources import files
from pathlib import Path
from shutil import copy, copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[2]
USES_ALL = """
import cartesia_api
import cartesia_calls
from cartesia_calls import Client
from cartesia_calls.report import call_page
from cartesia_calls.sandbox import Sandbox

print(call_page({"id": "ac_1"}).count("</html>"))
print(".pyz" in cartesia_calls.__file__, ".pyz" in cartesia_api.__file__)
with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
    print(client.calls.get(sandbox.calls.finished).status)
    print(len(client.calls.logs(sandbox.calls.finished).logs) > 1)
"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a zip app with both packages, as in a wheel; their dependencies are installed."""
    folder = tmp_path_factory.mktemp("zip")
    for name in ("cartesia_api", "cartesia_calls"):
        ignored = ignore_patterns("__pycache__")
        copytree(str(files(name)), folder / "app" / name, ignore=ignored)
    copy(ROOT / "openapi" / "latest.yml", folder / "app" / "cartesia_calls" / "sandbox")
    app = folder / "cartesia-calls.pyz"
    zipapp.create_archive(folder / "app", app, main="cartesia_calls.cli:main")
    return app


def run(app: Path, *arguments: str) -> str:
    path = os.pathsep.join([str(app), *filter(None, sys.path)])
    return subprocess.run(
        [sys.executable, *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=app.parent,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        timeout=600,
    ).stdout


def test_the_library_and_the_sandbox_work(app: Path) -> None:
    assert run(app, "-c", USES_ALL).splitlines() == ["1", "True True", "completed", "True"]


def test_the_command_works(app: Path) -> None:
    assert run(app, str(app), "--version").startswith("cartesia-calls ")
    assert "exit code 4" in run(app, str(app), "demo")
