"""One sandbox for all examples, and a way to run them as a user does."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import key_watch
from cartesia_calls.sandbox import Sandbox
from fake_server import KEY
from terminal import Done, environment

EXAMPLES = Path(__file__).parents[2] / "examples"

Run = Callable[..., Done]


class FastClock:
    """A clock that runs ten times as fast, so that calls end soon."""

    def __init__(self) -> None:
        self._start = datetime.now(UTC)

    def now(self) -> datetime:
        return self._start + 10 * (datetime.now(UTC) - self._start)


@pytest.fixture(scope="package")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(clock=FastClock()) as sandbox:
        yield sandbox


@pytest.fixture
def run(sandbox: Sandbox, tmp_path: Path) -> Run:
    """Run an example in an environment that names the API."""

    def run_example(name: str, *arguments: str, **variables: str) -> Done:
        settings = {"CARTESIA_BASE_URL": sandbox.url, "CARTESIA_API_KEY": KEY, "TZ": "UTC"}
        done = subprocess.run(
            [sys.executable, str(EXAMPLES / name), *arguments],
            cwd=tmp_path,
            env=environment(**{**settings, **variables}),
            capture_output=True,
            timeout=600,
            check=False,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        key_watch.check(out, err)
        return Done(done.returncode, out, err)

    return run_example
