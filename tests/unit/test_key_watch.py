"""The watch on the tests' output finds the key anywhere, and does not show it itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import key_watch
from fake_server import KEY

SUPPORT = Path(key_watch.__file__).parent
PRINTS_A_KEY = f"""
import logging
import pytest

KEY = {KEY!r}

def test_printed():
    print(KEY)

def test_logged():
    logging.getLogger("cartesia_calls").warning("sent %s", KEY)

def test_raised():
    raise ValueError(KEY)

@pytest.mark.parametrize("named", [KEY])
def test_named(named):
    pass

def test_harmless():
    print("sk_car_…ghij")
"""


def test_a_test_that_shows_the_key_fails_without_showing_it(tmp_path: Path) -> None:
    conftest = (SUPPORT.parent / "conftest.py").read_text()
    (tmp_path / "conftest.py").write_text(conftest)
    (tmp_path / "test_showing.py").write_text(PRINTS_A_KEY)
    path = os.pathsep.join(
        [str(SUPPORT), *(os.path.realpath(entry) for entry in sys.path if entry)]
    )
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "no:cacheprovider",
            "-ra",
            "--tb=short",
            str(tmp_path),
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": path},
        timeout=600,
    )
    assert "1 passed" in done.stdout
    for name in ("printed", "logged", "raised", "named"):
        assert re.search(rf"^(FAILED|ERROR) \S+::test_{name}\b", done.stdout, re.MULTILINE)
    assert f"ValueError: {KEY}" not in done.stdout


def test_captured_output_is_watched(capsys: pytest.CaptureFixture[str]) -> None:
    sys.stdout.write(KEY)
    with pytest.raises(pytest.fail.Exception, match="the API key was printed"):
        capsys.readouterr()


def test_output_of_a_program_is_watched() -> None:
    key_watch.check("sk_car_…ghij")
    with pytest.raises(pytest.fail.Exception, match="the API key was printed"):
        key_watch.check("out", f"err {KEY}")
