"""Responses that fuzzing found, and useful initial ones, replayed over every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzzing import Target, fuzz, kept, target


@pytest.fixture(scope="module")
def aim() -> Iterator[Target]:
    with target() as aimed:
        yield aimed


@pytest.mark.parametrize("file", kept(), ids=lambda file: file.stem)
def test_bytes_of_the_corpus_are_a_value_or_one_of_our_errors(aim: Target, file: Path) -> None:
    aim.check(file.read_bytes())


def test_the_corpus_is_not_empty() -> None:
    assert kept()


def test_a_failure_is_kept_in_its_shortest_form(tmp_path: Path) -> None:
    def check(data: bytes) -> None:
        if len(data) > 3:
            raise KeyError

    with pytest.raises(KeyError):
        fuzz(check, 60, tmp_path)
    assert [file.read_bytes() for file in tmp_path.glob("*.http")] == [bytes(4)]


def test_an_interruption_is_not_a_failure(tmp_path: Path) -> None:
    def check(_: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fuzz(check, 60, tmp_path)
    assert list(tmp_path.iterdir()) == []
