"""`docs/faults.md` says how many changes to the code the tests notice, and they are enough."""

from __future__ import annotations

import pytest

import mutants

DOCUMENT = mutants.DOCUMENT.read_text(encoding="utf-8")


def test_the_document_has_a_figure_and_it_is_high_enough() -> None:
    killed, total = mutants.figure_in(DOCUMENT)
    assert total > 500
    assert mutants.LEAST_KILLED * total <= killed <= total


def test_the_figure_is_of_the_modules_that_are_changed() -> None:
    assert mutants.with_figure(DOCUMENT, *mutants.figure_in(DOCUMENT)) == DOCUMENT


def test_a_new_figure_takes_the_place_of_the_old_one() -> None:
    document = mutants.with_figure(DOCUMENT, 7, 9)
    assert mutants.figure_in(document) == (7, 9)
    assert document.count("are noticed, in ") == 1


@pytest.mark.parametrize("document", ["", "<!-- mutants -->\n<!-- end of mutants -->\n"])
def test_a_document_without_a_figure_is_told_of(document: str) -> None:
    with pytest.raises(ValueError, match="no figure; `nox -s mutants`"):
        mutants.figure_in(document)


def test_what_is_changed_and_what_must_notice_it_are_there() -> None:
    for module in mutants.MODULES:
        assert (mutants.ROOT / "wrapper" / "cartesia_calls" / f"{module}.py").is_file()
    for test in mutants.TESTS:
        assert (mutants.ROOT / "tests" / "unit" / f"{test}.py").is_file()
