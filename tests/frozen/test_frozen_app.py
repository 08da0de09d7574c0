"""The command, the library and the sandbox in an app from PyInstaller without special options."""

from __future__ import annotations

import os
import subprocess
from importlib.metadata import entry_points
from pathlib import Path

import PyInstaller.__main__
import pytest

APP = """
import asyncio
import sys

from cartesia_calls import AsyncClient, Client
from cartesia_calls.cli import main

def use_library():
    from cartesia_calls.sandbox import Sandbox

    with Sandbox() as sandbox:
        for engine in ("fast", "httpx"):
            settings = {"base_url": sandbox.url, "engine": engine}
            with Client(sandbox.api_key, **settings) as client:
                print(client.engine, client.calls.get(sandbox.calls.finished).status)
                print(len(client.calls.logs(sandbox.calls.finished).logs) > 1)

            async def fetch():
                async with AsyncClient(sandbox.api_key, **settings) as client:
                    return await client.calls.logs(sandbox.calls.finished)

            print(len(asyncio.run(fetch()).logs) > 1)

def make_page():
    from cartesia_calls.report import call_page

    print(call_page({"id": "ac_1"})[-7:])

if sys.argv[1:] == ["use-library"]:
    use_library()
elif sys.argv[1:] == ["make-page"]:
    make_page()
else:
    sys.exit(main())
"""


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = entry_points(group="pyinstaller40", name="hook-dirs")
    assert any(entry.module == "cartesia_calls._pyinstaller" for entry in found)
    folder = tmp_path_factory.mktemp("frozen")
    (folder / "app.py").write_text(APP, encoding="utf-8")
    places = [f"--{name}path={folder / name}" for name in ("dist", "work", "spec")]
    PyInstaller.__main__.run(["--log-level=ERROR", *places, str(folder / "app.py")])
    return folder / "dist" / "app" / "app"


def run(app: Path, *arguments: str) -> str:
    return subprocess.run(
        [str(app), *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=app.parent,
        env={"PATH": os.defpath, "PYTHONUTF8": "1"},
        timeout=600,
    ).stdout


def test_the_library_and_the_sandbox_work(app: Path) -> None:
    ours = ["fast completed", "True", "True", "httpx completed", "True", "True"]
    assert run(app, "use-library").splitlines() == ours


def test_pages_are_made(app: Path) -> None:
    assert run(app, "make-page") == "</html>\n"


def test_the_command_works(app: Path) -> None:
    assert run(app, "--version").startswith("cartesia-calls ")
    assert "exit code 4" in run(app, "demo")
