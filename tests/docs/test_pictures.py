"""The pictures in the documentation show the output of the command."""

from __future__ import annotations

import subprocess
import sys

import pytest

from markdown_pages import ROOT

pytest.importorskip("pty", reason="the pictures are drawn where there are terminals")


def test_pictures_show_the_output_of_the_command() -> None:
    command = [sys.executable, str(ROOT / "docs" / "make_pictures.py"), "--check"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
