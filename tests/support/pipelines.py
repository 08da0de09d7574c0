"""What the tests of loads are given, as types; dlt need not be installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

MakePipeline = Callable[[], Any]
"""Makes the test's `dlt.Pipeline`, as another process would."""
Rows = Callable[[str], list[tuple[Any, ...]]]
"""Returns what a query finds in the warehouse."""
