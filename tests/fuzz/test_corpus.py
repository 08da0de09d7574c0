"""What fuzzing once found, and answers worth beginning from, replayed over every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fuzzing import Target, kept, target


@pytest.fixture(scope="module")
def aim() -> Iterator[Target]:
    with target() as aimed:
        yield aimed


@pytest.mark.parametrize("file", kept(), ids=lambda file: file.stem)
def test_bytes_of_the_corpus_are_a_value_or_an_error_of_ours(aim: Target, file: Path) -> None:
    aim.check(file.read_bytes())


def test_there_is_a_corpus() -> None:
    assert kept()
