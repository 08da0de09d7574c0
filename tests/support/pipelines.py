"""Types of the fixtures for tests of loads; dlt need not be installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MakePipeline = Callable[[], Any]
"""Makes the test's `dlt.Pipeline`, as another process would."""
Rows = Callable[[str], list[tuple[Any, ...]]]
"""Runs a query on the warehouse, and returns its result."""
