"""Prism, a third-party mock server and validating proxy, started for these tests.

`nox -s prism` installs it and passes its place. Limits of its responses and verdicts:

- As a proxy it takes every body for UTF-8 text, so a recording does not come through as it was
  sent: the tests only check that it is requested as the spec says.
- It looks at neither undeclared query parameters nor undeclared headers; the contract tests do.
- A status that the spec does not name counts as a violation. Most of the provider's pages name no
  errors, so Prism gets the spec with a `4XX` for each operation.
"""

from __future__ import annotations

import json
import os
import queue
import re
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

import pytest

from spec_schemas import spec_with_errors

_COMMAND_VARIABLE = "PRISM_COMMAND"
_LONGEST_START = 60.0
_LONGEST_STOP = 10.0
_LISTENING = re.compile(r"Prism is listening on (?P<url>http://\S+)")


@pytest.fixture(scope="session")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prism") / "spec.json"
    path.write_text(json.dumps(spec_with_errors()), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def start_prism(spec: Path) -> Callable[..., AbstractContextManager[str]]:
    """Start Prism in one of its modes, and yield its URL while it runs."""
    command = os.environ.get(_COMMAND_VARIABLE)
    if command is None:
        pytest.fail(f"{_COMMAND_VARIABLE} does not say where Prism is: run `nox -s prism`.")

    def start(mode: str, *upstream: str) -> AbstractContextManager[str]:
        address = ["--host", "127.0.0.1", "--port", "0"]
        return _running([command, mode, str(spec), *upstream, "--errors", *address])

    return start


@contextmanager
def _running(command: list[str]) -> Generator[str]:
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        # Read to the end: a full pipe would stop Prism.
        reader = threading.Thread(target=_read, args=(process.stdout, lines))
        reader.start()
        try:
            yield _url_once_listening(lines)
        finally:
            process.terminate()
            try:
                process.wait(_LONGEST_STOP)
            except subprocess.TimeoutExpired:
                process.kill()
            reader.join()


def _read(output: IO[str], lines: queue.SimpleQueue[str | None]) -> None:
    for line in output:
        lines.put(line)
    lines.put(None)


def _url_once_listening(lines: queue.SimpleQueue[str | None]) -> str:
    deadline = time.monotonic() + _LONGEST_START
    seen = ""
    try:
        while (line := lines.get(timeout=max(0.0, deadline - time.monotonic()))) is not None:
            if found := _LISTENING.search(line):
                return found["url"]
            seen += line
    except queue.Empty:
        pytest.fail(f"Prism was not listening after {_LONGEST_START:.0f} s. It said:\n{seen}")
    pytest.fail(f"Prism ended before it was listening. It said:\n{seen}")
