"""The logger `cartesia_calls`, imported when there is something to log: logging is slow to import."""

from __future__ import annotations

import sys


def info(message: str, *details: object) -> None:
    """Log a message at level INFO."""
    import logging  # noqa: PLC0415 - see above

    logging.getLogger("cartesia_calls").info(message, *details, stacklevel=2)


def warning(message: str, *details: object) -> None:
    """Log a message at level WARNING."""
    import logging  # noqa: PLC0415 - see above

    logging.getLogger("cartesia_calls").warning(message, *details, stacklevel=2)


def is_debugging() -> bool:
    """Return whether records at level DEBUG go anywhere; without importing logging."""
    logging = sys.modules.get("logging")  # nobody else has set it up if nobody has imported it
    return logging is not None and logging.getLogger("cartesia_calls").isEnabledFor(logging.DEBUG)


def debug(message: str, *details: object) -> None:
    """Log a message at level DEBUG."""
    import logging  # noqa: PLC0415 - see above

    logging.getLogger("cartesia_calls").debug(message, *details, stacklevel=2)
