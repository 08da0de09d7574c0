"""Lists and JSON on stdout, and packages that only some commands need."""

from __future__ import annotations

import json
import sys
from importlib.metadata import distributions
from importlib.util import find_spec
from typing import TYPE_CHECKING, TypeVar

from cartesia_calls import ConfigurationError

from ._tables import Table
from ._terminal import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ._tables import Column

T = TypeVar("T")

# What each extra of pyproject.toml makes importable, by the names to install.
_PACKAGES = {
    "cli": {"shtab": "shtab"},
    "mcp": {"mcp": "mcp"},
    "otel": {
        "opentelemetry-sdk": "opentelemetry.sdk",
        "opentelemetry-exporter-otlp-proto-http": "opentelemetry.exporter.otlp.proto.http",
    },
    "report": {"Jinja2": "jinja2"},
    "sandbox": {"starlette": "starlette", "uvicorn": "uvicorn", "PyYAML": "yaml"},
}


def write_object(value: Mapping[str, object]) -> None:
    """Write an object as a line of JSON, at once; on a terminal all but ASCII is escaped."""
    print(json.dumps(value, ensure_ascii=sys.stdout.isatty()), flush=True)


def write_list(
    batches: Iterable[Sequence[T]], columns: Callable[[Screen], Sequence[Column[T]]]
) -> int:
    """Write rows as they come: a table on a terminal, else tab-separated; return how many."""
    screen = Screen.of(sys.stdout)
    table = Table(columns(screen), screen)
    count = 0
    for batch in batches:
        count += len(batch)
        for line in table.lines(batch):
            print(line)
        sys.stdout.flush()
    return count


def require(extra: str) -> None:
    """Check that the packages of an extra are installed.

    Raises:
        ConfigurationError: One is not.
    """
    packages = _PACKAGES[extra]
    missing = [name for name, module in packages.items() if not _is_installed(module)]
    if not missing:
        return
    # Named one by one, since the name of this package may not be one that an index has.
    versions = " ".join(f"'{_with_version(name)}'" for name in missing)
    install = f"{sys.executable} -m pip install {versions}"
    if find_spec("pip") is None:
        install = f"uv pip install --python {sys.executable} {versions}"
    raise ConfigurationError(
        f"This command needs what is not installed: {', '.join(missing)}.",
        hint=f"Install with: {install}",
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
