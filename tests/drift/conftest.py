"""The campaign, run once for all tests that look at it."""

from __future__ import annotations

import pytest

from drift_campaign import Outcome, run_campaign


@pytest.fixture(scope="session")
def outcomes() -> list[Outcome]:
    return list(run_campaign())
