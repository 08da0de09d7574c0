"""Every situation, sync and async, over every engine, with `logs` and with `stream_logs`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engines import INSTALLED
from fake_server import Flavour
from faults_document import Column, table_of, write_table, written_columns, written_table
from laboratory import ALL, STREAMED, Laboratory
from raw_server import RawServer
from situation import Situation

FLAVOURS: tuple[Flavour, ...] = ("sync", "async")
COLUMNS: list[tuple[str, Flavour]] = [
    (engine, flavour) for engine in INSTALLED for flavour in FLAVOURS
]


def _title(situation: Situation) -> str:
    return f"{situation.family}: {situation.name}"


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    with (
        pytest.MonkeyPatch.context() as patch,
        RawServer() as elsewhere,
        RawServer(elsewhere.url) as server,
    ):
        folder = tmp_path_factory.mktemp("laboratory")
        patch.chdir(folder)
        yield Laboratory(server, elsewhere, folder)


@pytest.fixture(scope="module")
def verdicts() -> dict[tuple[str, Column], bool]:
    """Return the results of all situations; the tests fill it in."""
    return {}


@pytest.mark.parametrize("situation", ALL, ids=_title)
def test_the_user_sees_the_expected_outcome(
    laboratory: Laboratory, verdicts: dict[tuple[str, Column], bool], situation: Situation
) -> None:
    problems = _problems(laboratory, situation)
    verdicts.update({(_title(situation), column): not problems[column] for column in COLUMNS})
    assert not any(problems.values()), problems


@pytest.mark.parametrize("situation", STREAMED, ids=_title)
def test_a_streaming_user_sees_the_expected_outcome(
    laboratory: Laboratory, verdicts: dict[tuple[str, Column], bool], situation: Situation
) -> None:
    streamed = situation.over_a_stream()
    assert streamed is not None
    problems = _problems(laboratory, streamed)
    for column in COLUMNS:
        verdicts[_title(situation), column] &= not problems[column]
    assert not any(problems.values()), problems


def _problems(laboratory: Laboratory, situation: Situation) -> dict[tuple[str, Flavour], list[str]]:
    return {column: laboratory.stage(situation, *column) for column in COLUMNS}


def test_names_of_situations_are_unique() -> None:
    names = list(map(_title, ALL))
    assert sorted(set(names)) == sorted(names)


def _as_it_must_be(_situation: Situation, _column: Column) -> bool:
    return True


def test_the_document_is_current(
    verdicts: dict[tuple[str, Column], bool], pytestconfig: pytest.Config
) -> None:
    if pytestconfig.getoption("--write-docs"):
        write_table(
            table_of(ALL, COLUMNS, lambda one, column: verdicts.get((_title(one), column), False))
        )
    # Not all engines that the document was written with may be installed here.
    expected = table_of(ALL, written_columns(), _as_it_must_be)
    assert written_table() == expected, (
        "docs/internals/faults.md is not the laboratory's table, or a row falls short; run: "
        "nox -s faults -- --write-docs"
    )
