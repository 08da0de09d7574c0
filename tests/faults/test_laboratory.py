"""Every situation, for sync and async, over every engine."""

from __future__ import annotations

from collections.abc import Iterator

import certifi
import pytest
import trustme

from engines import INSTALLED
from fake_server import Flavour
from laboratory import ALL, Laboratory
from raw_server import RawServer
from situation import Situation


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    # To read the certificates of all authorities takes longer than a situation; none is needed here.
    one_authority = tmp_path_factory.mktemp("authorities") / "one.pem"
    trustme.CA().cert_pem.write_to_path(str(one_authority))
    with (
        pytest.MonkeyPatch.context() as patch,
        RawServer() as elsewhere,
        RawServer(elsewhere.url) as server,
    ):
        folder = tmp_path_factory.mktemp("laboratory")
        patch.chdir(folder)
        patch.setattr(certifi, "where", lambda: str(one_authority))
        yield Laboratory(server, elsewhere, folder)


@pytest.mark.parametrize("flavour", ["sync", "async"])
@pytest.mark.parametrize("engine", INSTALLED)
@pytest.mark.parametrize("situation", ALL, ids=lambda one: f"{one.family}: {one.name}")
def test_the_user_sees_what_they_must(
    laboratory: Laboratory, situation: Situation, engine: str, flavour: Flavour
) -> None:
    problems = laboratory.stage(situation, engine, flavour)
    assert problems == []


def test_no_two_situations_have_one_name() -> None:
    names = [(situation.family, situation.name) for situation in ALL]
    assert len(set(names)) == len(names)
