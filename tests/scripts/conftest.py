"""A place to vendor into, fresh for each test."""

from pathlib import Path

import pytest

from reference_pages import Vendoring


@pytest.fixture
def vendoring(tmp_path: Path) -> Vendoring:
    return Vendoring(tmp_path)
