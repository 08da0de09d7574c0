"""Errors as the command shows them: what happened, what to do, and an exit code."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import (
    APIConnectionError,
    APIStatusError,
    AuthenticationError,
    CallLogsNotAvailableError,
    ConfigurationError,
    LogsRewrittenError,
    LogsWaitTimeoutError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseValidationError,
)
from cartesia_calls._printable import printable

from ._exit_codes import ExitCode

if TYPE_CHECKING:
    from cartesia_calls._exceptions import CartesiaError

# The first that fits counts, so a class stands before its base.
_CODES: tuple[tuple[type[CartesiaError], ExitCode], ...] = (
    (ConfigurationError, ExitCode.CONFIGURATION),
    (AuthenticationError, ExitCode.CONFIGURATION),
    (PermissionDeniedError, ExitCode.CONFIGURATION),
    (CallLogsNotAvailableError, ExitCode.LOGS_NOT_AVAILABLE),
    (LogsWaitTimeoutError, ExitCode.LOGS_NOT_AVAILABLE),
    (NotFoundError, ExitCode.NOT_FOUND),
    (RateLimitError, ExitCode.RATE_LIMITED),
    (APIConnectionError, ExitCode.NETWORK),
    (APIStatusError, ExitCode.SERVER),
    (ResponseValidationError, ExitCode.SERVER),
    (LogsRewrittenError, ExitCode.SERVER),
)


def exit_code_of(error: CartesiaError) -> ExitCode:
    """Return the exit code that stands for an error."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.LOCAL_FAILURE)


def report(error: CartesiaError, *, verbose: bool) -> None:
    """Write an error to stderr: what happened, what to do, and with `verbose` the details."""
    lines = [f"Error: {error.summary}"]
    if error.hint:
        lines.append(error.hint)
    if verbose:
        lines += details(error)
    print("\n".join(printable(line) for line in lines), file=sys.stderr)


def details(error: CartesiaError) -> list[str]:
    """Return what `--verbose` adds to an error, a line for each thing known."""
    known: dict[str, object] = {"error": type(error).__name__}
    if isinstance(error, APIStatusError):
        known |= {
            "request": f"{error.method} {error.url}",
            "status": error.status_code,
            "attempts": error.attempts,
            "request id": error.request_id,
            "error code": error.error_code,
            "documentation": error.doc_url,
            "body": error.body,
        }
    elif isinstance(error, APIConnectionError):
        known["attempts"] = error.attempts
    elif isinstance(error, ResponseValidationError):
        known |= {"pointer": error.pointer or "(the whole body)", "body": error.body}
    if error.__cause__ is not None:
        known["cause"] = f"{type(error.__cause__).__name__}: {error.__cause__}"
    return [f"  {name}: {value}" for name, value in known.items() if value is not None]
