"""Texts that the language check reports, and texts that it does not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import check

LISTED = [{"wrong": "told of", "write": "logged"}]
SETTINGS = tomllib.loads(check.CONFIGURATION.read_text(encoding="utf-8"))


def _lines(folder: Path, name: str, text: str) -> list[int]:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    found = list(check.phrases(str(file), LISTED))
    assert all(line.lower().endswith("for 'told of' write: logged") for line in found)
    return [int(line.removeprefix(f"{file}:").partition(":")[0]) for line in found]


@pytest.mark.parametrize(
    "text",
    [
        "# It is told of.\n",
        "# It is told\n# of.\n",
        "    # It is told\n    # of.\n",
        '"""It is told\nof."""\n',
        'MESSAGE = "it is told of"\n',
        'MESSAGE = f"it is told of {NAME}"\n',
        "def told_of():\n    pass\n",
        "told_of = 1\n",
    ],
)
def test_a_phrase_is_found_in_the_prose_of_python(text: str, tmp_path: Path) -> None:
    assert _lines(tmp_path, "file.py", f"import os\n\n{text}") == [3]


@pytest.mark.parametrize(
    "text", ["told(of)\n", "# See `told of`.\n", "told\nof\n", "import told_of\n"]
)
def test_code_is_not_prose(text: str, tmp_path: Path) -> None:
    assert _lines(tmp_path, "file.py", text) == []


def test_markdown_is_prose_outside_code(tmp_path: Path) -> None:
    text = "Told of.\n\n```sh\ntold of\n```\n\n`told of`, [x](told of)\n\n- told\n  of\n"
    assert _lines(tmp_path, "file.md", text) == [1, 9]


def test_a_phrase_may_be_allowed_in_places(tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    file.write_text("# told of\n", encoding="utf-8")
    allowed = [{**LISTED[0], "allowed": [str(tmp_path)]}]
    assert len(list(check.phrases(str(file), LISTED))) == 1
    assert list(check.phrases(str(file), allowed)) == []


def test_each_phrase_has_a_replacement() -> None:
    for phrase in SETTINGS["phrase"]:
        assert set(phrase) <= {"wrong", "write", "allowed"}, phrase
        assert phrase["write"], phrase
        assert re.compile(phrase["wrong"]), phrase
        assert all((check.ROOT / place).exists() for place in phrase.get("allowed", ())), phrase


def test_each_rule_that_is_ignored_has_a_reason() -> None:
    assert all(SETTINGS["harper"]["ignored"].values())
