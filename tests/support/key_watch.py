"""Fail every test whose output shows the API key of the tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pytest

from fake_server import KEY

if TYPE_CHECKING:
    from _pytest.capture import CaptureResult  # pytest gives it no public name


def check(*shown: str) -> None:
    """Fail if the key is in a text that was shown."""
    # No assert: its explanation would show the text.
    if any(KEY in text for text in shown):
        pytest.fail("the API key was printed", pytrace=False)


def watched(capture: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """Make a capture fixture check everything that it returns."""
    read = capture.readouterr

    def read_and_check() -> CaptureResult[str]:
        captured = read()
        check(captured.out, captured.err)
        return captured

    capture.readouterr = read_and_check  # type: ignore[method-assign]
    return capture


def judge(report: pytest.TestReport) -> None:
    """Make a report a failure if its captured output, or its own text, shows the key."""
    sections: Iterable[tuple[str, str]] = report.sections
    if KEY not in "".join([report.nodeid, report.longreprtext, *(text for _, text in sections)]):
        return
    report.outcome = "failed"
    report.longrepr = f"the API key was printed\n{report.longreprtext.replace(KEY, '(the key)')}"
    report.sections = [(title, text.replace(KEY, "(the key)")) for title, text in sections]
