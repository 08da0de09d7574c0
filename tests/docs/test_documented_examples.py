"""Every example in the README and in the guide runs, and prints what the page shows.

Each page runs from top to bottom against its own sandbox. The output of its blocks is compared if the
page shows it; `...` matches any text. Blocks marked `sh` are not run, because they install software.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import importlib.util
import io
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from cartesia_calls import Client
from cartesia_calls.sandbox import Sandbox
from markdown_pages import GUIDE, README, Block, Page
from terminal import LONGEST_RUN

COMPLETE = bool(os.environ.get("CARTESIA_DOCS_COMPLETE"))
"""Whether a page fails if it needs a package that is not installed."""

EXAMPLES = [page for page in (README, *GUIDE) if page.blocks]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
INSTALLS = re.compile(r"pip |uv |pipx |python3 -m (venv|zipapp) |export CARTESIA_API_KEY=|[\d*]+ ")
VARYING = {
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d| UTC)?": "‹time›",
    r"\d{4}-\d\d-\d\d": "‹day›",
    r"127\.0\.0\.1:\d+": "127.0.0.1:‹port›",
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}": "‹uuid›",
    r"\d+(\.\d+)? ms, attempt": "‹duration› ms, attempt",
}


class _QuickClock:
    """A clock that runs four times as fast, to shorten the wait for the running call."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)

    def now(self) -> datetime:
        return self._start + 4 * (datetime.now(UTC) - self._start)


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for name in ("CARTESIA_ENGINE", "CARTESIA_VERSION", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    with Sandbox(clock=_QuickClock()) as running:
        monkeypatch.setenv("CARTESIA_BASE_URL", running.url)
        monkeypatch.setenv("CARTESIA_API_KEY", running.api_key)
        yield running


@pytest.mark.usefixtures("quick_pauses")
@pytest.mark.parametrize("page", EXAMPLES, ids=str)
def test_examples_print_the_documented_output(
    page: Page, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = sorted(_modules(page) - {"app"} - set(sys.stdlib_module_names))
    missing = [name for name in missing if importlib.util.find_spec(name) is None]
    if missing and not COMPLETE:
        pytest.skip(f"{', '.join(missing)} not installed; `nox -s docs` runs this page")
    # Pydantic looks names up in the module of a class.
    module = ModuleType("documented")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    try:
        for block in page.blocks:
            if not block.is_run_elsewhere:
                _run(page, block, sandbox, vars(module))
    finally:
        for left in vars(module).values():
            if isinstance(left, Client):
                left.close()


@pytest.mark.parametrize("page", EXAMPLES, ids=str)
def test_only_installations_are_not_run(page: Page) -> None:
    for block in page.blocks:
        if block.language in {"sh", "bash", "shell"}:
            typed = block.text.replace("\\\n", "").splitlines()
            assert [line for line in typed if line and not INSTALLS.match(line)] == []


def _modules(page: Page) -> set[str]:
    found: set[str] = set()
    for block in page.blocks:
        if block.language == "python" and not block.is_run_elsewhere:
            for node in ast.walk(ast.parse(block.text)):
                if isinstance(node, ast.Import):
                    found |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    found.add(node.module.split(".")[0])
    return found


def _run(page: Page, block: Block, sandbox: Sandbox, names: dict[str, object]) -> None:
    replaced = {
        r"\bac_123\b": sandbox.calls.finished,
        r"\bac_456\b": sandbox.calls.running,
        r"\bagent_1\b": sandbox.agents.busy,
        r"\bagent_2\b": sandbox.agents.quiet,
        r"\b8765\b": str(_free_port()),
        "s3://": "memory://",  # an example that names a store must not need one
    }
    text, output = block.text, block.output or ""
    for shown, real in replaced.items():
        text, output = (re.sub(shown, real, part) for part in (text, output))
    if block.language == "python" and "def test_" in text:
        _run_tests(page, block, text)
    elif block.language == "python":
        _run_python(page, block, text, names, output)
    elif block.language == "console":
        _run_console(page, block, text)


def _run_python(
    page: Page, block: Block, text: str, names: dict[str, object], expected: str
) -> None:
    # Tracebacks have the line numbers of the page.
    code = compile("\n" * (block.line - 1) + text, str(page.path), "exec")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, names)  # noqa: S102 - our own documentation
    if block.output is not None:
        _compare(page, block, expected, printed.getvalue())


def _run_tests(page: Page, block: Block, text: str) -> None:
    file = Path(f"test_block_{block.line}.py")
    file.write_text(text, encoding="utf-8")
    plugin = "pytest_httpx" if "pytest_httpx" in text else "cartesia_calls.sandbox.pytest_plugin"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-W",
        "error",
        "-p",
        plugin,
        "-p",
        "no:cacheprovider",
        str(file),
    ]
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # many are installed, and slow to import
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ran.returncode == 0, f"{page}:{block.line}\n{ran.stdout}{ran.stderr}"


def _run_console(page: Page, block: Block, text: str) -> None:
    commands = re.split(r"^\$ ", textwrap.dedent(text), flags=re.MULTILINE)[1:]
    script: list[str] = []
    expected: list[str] = []
    for number, command in enumerate(commands):
        typed, _, shown = re.sub(r"\\\n", "\0", command).partition("\n")
        script.append(typed.replace("\0", "\\\n"))
        if command.startswith("cartesia-calls sandbox"):
            script.append("until grep -q accepted output.txt; do sleep 0.1; done")
        script.append(f'code=$?; echo "=={number} $code"; (exit $code)')
        expected.append(shown.replace("\0", "\\\n"))
    results = _bash("\n".join(script))
    assert len(results) == len(commands), f"{page}:{block.line}: {results}"
    for wanted, (printed, code) in zip(expected, results, strict=True):
        is_error_shown = wanted.startswith("Error:")
        assert code == 0 or is_error_shown, f"{page}:{block.line}: exit code {code}\n{printed}"
        if wanted.strip():
            _compare(page, block, wanted, printed)


def _bash(script: str) -> list[tuple[str, int]]:
    """Return the output of each command, and its exit code."""
    output = Path("output.txt")
    with output.open("w", encoding="utf-8") as file:
        ran = subprocess.Popen(
            ["bash", "-c", script],  # noqa: S607 - the reader's shell
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        ran.wait(timeout=LONGEST_RUN)
    # Servers that the block started in the background.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(ran.pid, signal.SIGTERM)
    parts = re.split(r"^==\d+ (\d+)\n", output.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [(printed, int(code)) for printed, code in zip(parts[::2], parts[1::2], strict=False)]


def _compare(page: Page, block: Block, wanted: str, printed: str) -> None:
    for pattern, placeholder in VARYING.items():
        wanted, printed = (re.sub(pattern, placeholder, text) for text in (wanted, printed))
    example = doctest.Example(block.text, wanted)
    checker = doctest.OutputChecker()
    if not checker.check_output(wanted, printed, FLAGS):
        difference = checker.output_difference(example, printed, FLAGS | doctest.REPORT_NDIFF)
        pytest.fail(f"{page}:{block.line}\n{difference}")


def _free_port() -> int:
    """Return a port that is free, and that the system gives to no other program that takes any."""
    while True:
        port = secrets.randbelow(10_000) + 20_000
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
