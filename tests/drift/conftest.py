"""The campaign, run once for all tests that use it, and a page to fetch."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from drift_campaign import Outcome, run_campaign
from fake_pages import Pages, serving
from reference_pages import SEED_PAGE


@pytest.fixture(scope="session")
def outcomes() -> list[Outcome]:
    return list(run_campaign())


@pytest.fixture
def pages() -> Generator[Pages]:
    with serving(SEED_PAGE.read_bytes()) as page:
        yield page
