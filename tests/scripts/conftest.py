"""A new folder to vendor into, for each test."""

from pathlib import Path

import pytest

from reference_pages import Vendoring


@pytest.fixture
def vendoring(tmp_path: Path) -> Vendoring:
    return Vendoring(tmp_path)
