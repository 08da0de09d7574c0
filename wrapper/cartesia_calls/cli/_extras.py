"""Packages that only some commands need."""

from __future__ import annotations

import sys
from importlib.metadata import distributions
from importlib.util import find_spec

from ._errors import ExitCode, Failure

# What each extra of pyproject.toml makes importable, by the names to install.
_PACKAGES = {
    "cli": {"shtab": "shtab"},
    "duckdb": {"duckdb": "duckdb"},
    "mcp": {"mcp": "mcp"},
    "otel": {
        "opentelemetry-sdk": "opentelemetry.sdk",
        "opentelemetry-exporter-otlp-proto-http": "opentelemetry.exporter.otlp.proto.http",
    },
    "report": {"Jinja2": "jinja2"},
    "sandbox": {"starlette": "starlette", "uvicorn": "uvicorn", "PyYAML": "yaml"},
}


def require(extra: str) -> None:
    """Check that the packages of an extra are installed.

    Raises:
        Failure: One is not.
    """
    missing = [name for name, module in _PACKAGES[extra].items() if not _is_installed(module)]
    if not missing:
        return
    # Named one by one, since the name of this package may not be one that an index has.
    versions = " ".join(f"'{_with_version(name)}'" for name in missing)
    install = f"{sys.executable} -m pip install {versions}"
    if find_spec("pip") is None:
        install = f"uv pip install --python {sys.executable} {versions}"
    raise Failure(
        f"This command needs what is not installed: {', '.join(missing)}.",
        f"Install with: {install}",
        ExitCode.CONFIGURATION,
    )


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package that it is in
        return False


def _with_version(name: str) -> str:
    """Return a package's name with the versions that this package needs."""
    needed = [one for found in distributions(name="cartesia-calls") for one in found.requires or []]
    found = (one.partition(";")[0].strip() for one in needed)
    return next((one for one in found if one.lower().startswith(name.lower())), name)
