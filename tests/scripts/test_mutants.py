"""`docs/internals/faults.md` has the number of changes to the code that the tests notice, and they are enough."""

from __future__ import annotations

import re

import mutants

DOCUMENT = mutants.DOCUMENT.read_text(encoding="utf-8")


def figure_in(document: str) -> tuple[int, int]:
    """Return how many changes were noticed, and of how many, by what a document says."""
    section = document.partition("<!-- mutants -->")[2].partition("<!-- end of mutants -->")[0]
    found = re.search(r"^(\d+) of (\d+) changes \(", section, re.MULTILINE)
    assert found is not None, "the document has no figure; `nox -s mutants` writes it"
    return int(found[1]), int(found[2])


def test_the_document_has_a_figure_and_it_is_high_enough() -> None:
    killed, total = figure_in(DOCUMENT)
    assert total > 500
    assert mutants.LEAST_KILLED * total <= killed <= total


def test_the_figure_is_of_the_modules_that_are_changed() -> None:
    assert mutants.with_figure(DOCUMENT, *figure_in(DOCUMENT)) == DOCUMENT


def test_a_new_figure_replaces_the_old_one() -> None:
    document = mutants.with_figure(DOCUMENT, 7, 9)
    assert figure_in(document) == (7, 9)
    assert document.count("are noticed, in ") == 1


def test_what_is_changed_and_what_must_notice_it_are_there() -> None:
    for module in mutants.SETTINGS["source_paths"]:
        assert (mutants.ROOT / module.replace("src", "wrapper", 1)).is_file()
    for test in mutants.SETTINGS["pytest_add_cli_args_test_selection"]:
        file, _, name = test.partition("::")
        assert f"def {name or 'test_'}" in (mutants.ROOT / file).read_text(encoding="utf-8")
