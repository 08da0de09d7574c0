"""Requirements of a release: a section in the changelog, and true metadata."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import yaml

from cartesia_calls import __version__

ROOT = Path(__file__).parents[2]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def _named() -> set[str]:
    found = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    return set(found)


def test_the_changelog_has_a_section_for_the_version() -> None:
    first, *released = re.findall(r"^## (.+)$", CHANGELOG, re.MULTILINE)
    assert first == "Unreleased"
    versions = [re.fullmatch(r"(\d+\.\d+\.\d+) \(\d{4}-\d\d-\d\d\)", title) for title in released]
    assert [found[1] for found in versions if found][:1] == [__version__]
    assert None not in versions


def test_changes_are_sorted_and_have_one_line_each() -> None:
    sections = set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE))
    assert sections <= {"Added", "Changed", "Removed", "Fixed", "Upgrading"}
    for line in CHANGELOG.splitlines():
        assert len(line) <= 240, line


def test_ci_tests_every_python_that_the_classifiers_name() -> None:
    text = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    tested = set(yaml.safe_load(text)["jobs"]["tests"]["strategy"]["matrix"]["python"])
    assert min(_named(), key=lambda version: int(version[2:])) == PROJECT["requires-python"][2:]
    assert _named() <= tested


def test_the_installed_package_has_the_version() -> None:
    assert metadata.version("cartesia-calls") == __version__
