"""The command vendor_spec.py as a maintainer runs it: exit codes and messages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import vendor_spec
from reference_pages import ROOT, Vendoring, fragment

INSTALL_HINT = (
    "Run `nox -s vendor -- PAGE_OR_SPEC`, or install the dependency group `generator` here."
)


def test_the_command_reports_bad_input_without_a_traceback(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "scripts" / "vendor_spec.py", tmp_path / "missing.md"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stdout == ""
    assert run.stderr.startswith("error: Cannot read ")


def test_a_report_that_cannot_be_written_is_one_error_after_the_work_is_done(
    vendoring: Vendoring,
) -> None:
    page = vendoring.page("agents.md", fragment())
    places = ["--output", str(vendoring.output), "--sources", str(vendoring.record)]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        run = subprocess.run(
            [sys.executable, ROOT / "scripts" / "vendor_spec.py", page, *places],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert run.returncode == 1
    assert run.stderr == (
        "error: Cannot write to standard output: No space left on device.\n"
        "       The work is done; only the report is lost.\n"
    )
    assert vendoring.result() == fragment()


def test_without_its_libraries_the_command_names_the_command_to_run(tmp_path: Path) -> None:
    # -S leaves out site-packages, -E what PYTHONPATH would add.
    run = subprocess.run(
        [sys.executable, "-S", "-E", ROOT / "scripts" / "vendor_spec.py", tmp_path / "page.md"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 3
    assert run.stderr.splitlines() == [
        "error: openapi_spec_validator is not installed.",
        f"       {INSTALL_HINT}",
    ]


def test_wrong_usage_exits_with_2() -> None:
    with pytest.raises(SystemExit, match="2"):
        vendor_spec.main([])
