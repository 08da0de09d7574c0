"""A sandbox for the command, and the environment that points to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from terminal import environment


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def env(sandbox: Sandbox) -> dict[str, str]:
    return environment(CARTESIA_BASE_URL=sandbox.url, CARTESIA_API_KEY=KEY)
