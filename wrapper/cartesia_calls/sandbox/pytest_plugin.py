"""The pytest fixture that a project has once it installs `cartesia-calls[sandbox]`.

pytest imports this module in every run where the package is installed, so it imports nothing until
a test uses the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cartesia_calls.sandbox import Sandbox


@pytest.fixture
def cartesia_sandbox() -> Iterator[Sandbox]:
    """A running sandbox of the Cartesia calls API, a new one for each test.

    Pass its `url` and `api_key` to a client; `agents` and `calls` name its examples.
    """
    try:
        from cartesia_calls.sandbox import Sandbox  # noqa: PLC0415 - costs time, and is an extra
    except ModuleNotFoundError as error:
        pytest.fail(str(error), pytrace=False)
    with Sandbox() as sandbox:
        yield sandbox
