"""The logger `cartesia_calls`, imported when there is something to log: logging is slow to import."""

from __future__ import annotations


def info(message: str, *details: object) -> None:
    """Log a message at level INFO."""
    import logging  # noqa: PLC0415 - see above

    logging.getLogger("cartesia_calls").info(message, *details, stacklevel=2)


def warning(message: str, *details: object) -> None:
    """Log a message at level WARNING."""
    import logging  # noqa: PLC0415 - see above

    logging.getLogger("cartesia_calls").warning(message, *details, stacklevel=2)
