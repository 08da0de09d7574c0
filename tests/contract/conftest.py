"""After the tests, report the overlay entries that the vendored spec makes superfluous."""

from __future__ import annotations

import pytest

from _open_outputs import overlay_entries_to_drop
from contract import load_overlay
from spec_schemas import load_spec


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in overlay_entries_to_drop(load_spec(), load_overlay()):
        terminalreporter.write_line(line)
