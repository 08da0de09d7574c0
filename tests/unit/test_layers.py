"""Dependencies point one way, and imports load little."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import cartesia_calls

ROOT = Path(__file__).parents[2]
WRAPPER = ROOT / "wrapper" / "cartesia_calls"


def _imported_by(folder: Path, package: str, files: str = "**/*.py") -> set[str]:
    """Return the full names of all modules that files in a folder import."""
    found: set[str] = set()
    for path in folder.glob(files):
        parents = [package, *path.relative_to(folder).parts[:-1]]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = parents[: len(parents) - node.level + 1] if node.level else []
                module = ".".join([*base, *filter(None, [node.module])])
                found.add(module)
                found.update(f"{module}.{alias.name}" for alias in node.names)
    return found


def _are_below(names: set[str], package: str) -> set[str]:
    return {name for name in names if name == package or name.startswith(f"{package}.")}


def test_the_generated_layer_does_not_import_our_code() -> None:
    imported = _imported_by(ROOT / "generated" / "cartesia_api", "cartesia_api")
    assert _are_below(imported, "cartesia_api")
    assert not _are_below(imported, "cartesia_calls")


def test_the_sandbox_imports_neither_client_layer() -> None:
    imported = _imported_by(WRAPPER / "sandbox", "cartesia_calls.sandbox")
    ours = _are_below(imported, "cartesia_calls")
    assert ours
    assert ours == _are_below(imported, "cartesia_calls.sandbox")
    assert not _are_below(imported, "cartesia_api")
    assert not _are_below(imported, "httpx")


def test_the_library_imports_neither_the_command_nor_the_sandbox() -> None:
    for path in [*WRAPPER.glob("*.py"), *WRAPPER.glob("_*/**/*.py")]:
        if path.name != "__main__.py":
            names = {
                node.module or ""
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                if isinstance(node, ast.ImportFrom)
            }
            assert not [n for n in names if n.split(".")[-1] in {"cli", "sandbox"}], path


@pytest.mark.parametrize(
    ("own", "paths"),
    [
        ("cartesia_calls._analysis", "_analysis/**/*.py"),
        ("cartesia_calls.cli", "cli/**/*.py"),
        ("cartesia_calls.export", "export/**/*.py"),
        ("cartesia_calls.mcp", "mcp.py"),
        ("cartesia_calls.otel", "otel.py"),
        ("cartesia_calls.report", "report/**/*.py"),
        ("cartesia_calls.sandbox", "sandbox/**/*.py"),
    ],
)
def test_outer_layers_use_only_public_names_of_the_client(own: str, paths: str) -> None:
    imported = _imported_by(WRAPPER, "cartesia_calls", paths)
    ours = _are_below(imported, "cartesia_calls") - _are_below(imported, own)
    ours -= {"cartesia_calls.__version__"}
    assert {name for name in ours if any(part.startswith("_") for part in name.split("."))} == set()
    assert not _are_below(imported, "cartesia_api")
    text = "".join(path.read_text(encoding="utf-8") for path in WRAPPER.glob(paths))
    assert "SLF001" not in text  # the linter's rule on private attributes


def test_only_the_operations_file_calls_generated_functions() -> None:
    callers = [
        path.name
        for path in WRAPPER.rglob("*.py")
        if "cartesia_api.api" in path.read_text(encoding="utf-8")
    ]
    assert callers == ["_operations.py"]


@pytest.mark.parametrize(
    "statement",
    [
        "import cartesia_calls",
        "from cartesia_calls import CartesiaError, CallLogsNotAvailableError",
        "from cartesia_calls.cli import main; main(['--help'])",
        "from cartesia_calls.cli import main; main(['--version'])",
        "from cartesia_calls.cli import main; main(['logs', '--help'])",
    ],
)
def test_importing_and_showing_help_load_neither_httpx_nor_the_models(statement: str) -> None:
    code = f"""
import sys
try:
    {statement}
except SystemExit:
    pass
heavy = {{"httpx", "attrs", "dateutil", "asyncio", "cartesia_api.models", "starlette", "jinja2"}}
print("loaded:", *sorted(heavy & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_only_an_export_on_a_cluster_imports_dask() -> None:
    code = """
import sys
sys.modules["distributed"] = None
import cartesia_calls.export
try:
    import cartesia_calls.export.dask
except ModuleNotFoundError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Install it with: pip install 'cartesia-calls[dask]'" in done.stdout


def test_pages_without_jinja_are_refused_with_how_to_install_it() -> None:
    code = """
import sys
sys.modules["jinja2"] = None
from cartesia_calls.report import call_page
try:
    call_page({"id": "ac_1"})
except ModuleNotFoundError as error:
    print(*error.__notes__)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "Install it with: pip install 'cartesia-calls[report]'" in done.stdout


def test_every_public_name_exists_and_is_documented() -> None:
    names: list[str] = import_module("cartesia_calls").__all__
    for name in names:
        value: object = getattr(cartesia_calls, name)
        assert value is not None
        if isinstance(value, type):
            assert value.__doc__, name
    assert set(names) <= set(dir(cartesia_calls))
    with pytest.raises(AttributeError, match="no attribute 'Nope'"):
        cartesia_calls.Nope  # noqa: B018 - wrong on purpose
