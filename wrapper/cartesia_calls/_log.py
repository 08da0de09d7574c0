"""The logger `cartesia_calls`. `logging` is slow to import, so it waits for something to log."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from logging import Logger


@cache
def logger() -> Logger:
    """Return the logger."""
    import logging  # noqa: PLC0415 - see above

    return logging.getLogger("cartesia_calls")


def is_debugging() -> bool:
    """Return whether records at level DEBUG go anywhere, without importing `logging`."""
    # Without the module, no handler or level is set.
    return "logging" in sys.modules and logger().isEnabledFor(10)
