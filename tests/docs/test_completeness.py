"""The guide and the reference document every public name, error and exit code."""

from __future__ import annotations

import re
from importlib import import_module
from typing import get_args

import pytest

import cartesia_calls
from cartesia_calls.cli import main
from markdown_pages import PAGES, ROOT, Page

REFERENCE = ROOT / "docs" / "reference"
ERRORS = Page(ROOT / "docs" / "guide" / "errors.md")
LOGS = Page(ROOT / "docs" / "guide" / "logs.md")
COMMAND = Page(ROOT / "docs" / "guide" / "command.md")
MODULES = (
    "cartesia_calls",
    "cartesia_calls.export",
    "cartesia_calls.export.dask",
    "cartesia_calls.export.dlt",
    "cartesia_calls.mcp",
    "cartesia_calls.otel",
    "cartesia_calls.report",
    "cartesia_calls.sandbox",
)


def _first_cells(page: Page) -> set[str]:
    """Return everything in backticks in the first column of a page's tables."""
    rows = re.findall(r"^\| ([^|]+) \|", page.text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    pytest.importorskip(module, exc_type=ImportError)
    text = "".join(page.text for page in PAGES if page.path.parent == REFERENCE)
    documented = set(re.findall(rf"^::: {re.escape(module)}\.(\w+)$", text, re.MULTILINE))
    assert documented == set(import_module(module).__all__)


@pytest.mark.parametrize("module", MODULES)
def test_every_error_has_advice(module: str) -> None:
    names = pytest.importorskip(module, exc_type=ImportError).__all__
    errors = {name for name in names if name.endswith("Error")}
    documented = {name.rpartition(".")[2] for name in _first_cells(ERRORS)}
    assert errors - documented <= {"CartesiaError"}


def test_every_reason_for_missing_logs_is_explained() -> None:
    assert set(get_args(cartesia_calls.MissingLogsReason)) <= _first_cells(LOGS)


def test_every_exit_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    listed = capsys.readouterr().out.partition("exit codes:")[2].partition("environment:")[0]
    codes = set(re.findall(r"(?<!\S)(\d+)  ", listed))
    assert {"0", "9", "130"} <= codes <= _first_cells(COMMAND)
