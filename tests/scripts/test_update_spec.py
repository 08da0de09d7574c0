"""Updating the spec succeeds in all steps or changes nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reference_pages import ROOT, fragment, page_text, seed_block

PAGE = "tests/data/get-call-logs.md"
Block = dict[str, Any]
_QUICK = ("test_generated.py", "test_reading_the_contract.py")


class Checkout:
    """A copy of this repository to update, with the quicker tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        left_out = shutil.ignore_patterns(
            ".*",
            "__pycache__",
            "node_modules",
            "dist",
            "test_every_field.py",
            "test_unexpected_values.py",
            "test_over_engines.py",
            "test_spec_changes.py",
        )
        shutil.copytree(ROOT, folder, ignore=left_out)
        for tests in ("unit", "sandbox"):
            for path in (folder / "tests" / tests).glob("test_*.py"):
                if path.name not in _QUICK:
                    path.unlink()

    def page(self, change: Callable[[Block], object]) -> None:
        """Write a page with a changed block to the place in the record."""
        block = seed_block()
        change(block)
        (self.folder / PAGE).write_text(page_text(block), encoding="utf-8")

    def update(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "scripts/update_spec.py", *arguments],
            cwd=self.folder,
            # The tests of a copy take less time than starting processes for them.
            env=os.environ | {"PATH": str(self.folder), "PYTEST_XDIST_AUTO_NUM_WORKERS": "0"},
            capture_output=True,
            text=True,
            check=False,
        )

    def without_tests(self) -> None:
        """Replace all tests, which are slow, with one that passes."""
        for folder in ("contract", "unit", "sandbox"):
            for path in (self.folder / "tests" / folder).glob("*.py"):
                path.unlink()
            name = self.folder / "tests" / folder / f"test_{folder}.py"
            name.write_text("def test_nothing() -> None: ...\n", encoding="utf-8")

    def contents(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "checkout")


def logs_schema(block: Block) -> Block:
    schema: Block = block["components"]["schemas"]["AgentCallLogs"]
    return schema


def logs_operation(block: Block) -> Block:
    operation: Block = block["paths"]["/agents/calls/{call_id}/logs"]["get"]
    return operation


def add_a_field(block: Block) -> None:
    logs_schema(block)["properties"]["line_count"] = {"type": "integer"}


def test_allowed_changes_are_applied_as_a_whole(checkout: Checkout, tmp_path: Path) -> None:
    checkout.page(add_a_field)
    new = page_text(fragment("/batches", operation_id="batches_list", schema_name="Batch"))
    (tmp_path / "new.md").write_text(new, encoding="utf-8")
    before = checkout.contents()
    done = checkout.update(PAGE, "../new.md")
    assert done.returncode == 0, done.stdout + done.stderr
    after = checkout.contents()
    package = "generated/cartesia_api"
    assert sorted(name for name in after if after[name] != before.get(name)) == [
        f"{package}/api/default/__init__.py",
        f"{package}/api/default/batches_list.py",
        f"{package}/models/__init__.py",
        f"{package}/models/agent_call_logs.py",
        f"{package}/models/batch.py",
        "openapi/latest.yml",
        "openapi/sources.yml",
        "spec-drift.md",
        "tests/contract/snapshot.txt",
    ]
    assert before.keys() - after.keys() == set()
    assert b"line_count: integer" in after["tests/contract/snapshot.txt"]
    for source in (f"source: {PAGE}", "source: new.md"):
        assert source in after["openapi/sources.yml"].decode()
    for change in ("line_count", "batches_list"):
        assert change in after["spec-drift.md"].decode()
    assert [path.name for path in (checkout.folder / "generated").iterdir()] == ["cartesia_api"]


def response_of_unknown_type(block: Block) -> None:
    logs_operation(block)["responses"]["200"]["content"] = {"application/x-unheard-of": {}}


def rename_the_lines(block: Block) -> None:
    properties = logs_schema(block)["properties"]
    properties["lines"] = properties.pop("logs")
    logs_schema(block)["required"] = ["call_id", "lines", "updated_at"]


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        (response_of_unknown_type, "Regenerating"),
        (rename_the_lines, "Running the contract tests"),
    ],
)
def test_a_step_that_fails_leaves_every_byte_as_it_was(
    checkout: Checkout, change: Callable[[Block], object], failed: str
) -> None:
    checkout.page(change)
    before = checkout.contents()
    done = checkout.update()
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"error: {failed} failed; see the output above. Nothing was changed." in done.stderr
    assert checkout.contents() == before


def test_pages_that_disagree_leave_every_byte_as_it_was(checkout: Checkout) -> None:
    block = fragment("/batches", operation_id="batches_list", schema_name="AgentCallLogs")
    (checkout.folder / "new.md").write_text(page_text(block), encoding="utf-8")
    before = checkout.contents()
    done = checkout.update("new.md")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "error: Vendoring failed; see the output above. Nothing was changed." in done.stderr
    for place in (f"{PAGE} (vendored in latest.yml), line ", "new.md, line "):
        assert place in done.stderr
    assert checkout.contents() == before


def test_a_missing_source_leaves_every_byte_as_it_was(checkout: Checkout) -> None:
    before = checkout.contents()
    done = checkout.update("missing.md")
    assert done.returncode != 0
    assert "missing.md" in done.stderr
    assert (
        "Comparing with upstream failed; see the output above. Nothing was changed." in done.stderr
    )
    assert checkout.contents() == before


def test_a_crash_of_the_comparison_is_not_allowed_drift(checkout: Checkout) -> None:
    (checkout.folder / "scripts" / "check_upstream.py").write_text("raise RuntimeError\n")
    before = checkout.contents()
    done = checkout.update()
    assert done.returncode == 1
    assert (
        "Comparing with upstream failed; see the output above. Nothing was changed." in done.stderr
    )
    assert checkout.contents() == before


def test_results_that_cannot_be_installed_are_undone(checkout: Checkout) -> None:
    checkout.page(add_a_field)
    checkout.without_tests()
    before = checkout.contents()
    done = checkout.update("--report", "README.md/report.md")
    assert done.returncode == 1
    assert "README.md" in done.stderr.splitlines()[-2]
    assert "nothing was changed" in done.stderr
    assert checkout.contents() == before


def test_without_a_recorded_page_sources_must_be_named(checkout: Checkout) -> None:
    record = checkout.folder / "openapi" / "sources.yml"
    record.write_text(record.read_text().replace("origin: page", "origin: facts"))
    done = checkout.update()
    assert done.returncode == 1
    assert done.stderr == (
        "error: openapi/sources.yml records no page.\n       Name the pages or specs to use.\n"
    )
