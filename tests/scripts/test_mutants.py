"""`docs/internals/faults.md` has a sufficient number of changes to the code that the tests notice."""

from __future__ import annotations

import re

import mutants

DOCUMENT = mutants.DOCUMENT.read_text(encoding="utf-8")


def figure_in(document: str) -> tuple[int, int]:
    """Return the number of noticed changes and of all changes, from a document."""
    section = document.partition("<!-- mutants -->")[2].partition("<!-- end of mutants -->")[0]
    found = re.search(r"^(\d+) of (\d+) changes \(", section, re.MULTILINE)
    assert found is not None, "the document has no figure; `nox -s mutants` writes it"
    return int(found[1]), int(found[2])


def test_the_document_has_a_sufficient_figure() -> None:
    killed, total = figure_in(DOCUMENT)
    assert total > 500
    assert mutants.LEAST_KILLED * total <= killed <= total


def test_the_figure_is_for_the_listed_modules() -> None:
    assert mutants.with_figure(DOCUMENT, *figure_in(DOCUMENT)) == DOCUMENT


def test_a_new_figure_replaces_the_old_one() -> None:
    document = mutants.with_figure(DOCUMENT, 7, 9)
    assert figure_in(document) == (7, 9)
    assert document.count("are noticed, in ") == 1


def test_the_modules_and_the_tests_exist() -> None:
    for module in mutants.SETTINGS["source_paths"]:
        assert (mutants.ROOT / module.replace("src", "wrapper", 1)).is_file()
    for test in mutants.SETTINGS["pytest_add_cli_args_test_selection"]:
        assert (mutants.ROOT / test).is_file()
