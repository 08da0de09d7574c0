"""Exit codes, and errors in the command's words: what happened, and what to do next."""

from __future__ import annotations

import re
import sys
from enum import IntEnum
from typing import TYPE_CHECKING

from cartesia_calls import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    CallLogsNotAvailableError,
    CallNotFoundError,
    CartesiaError,
    ConfigurationError,
    ConflictError,
    LogsRewrittenError,
    LogsWaitTimeoutError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseValidationError,
    printable,
)

from ._terminal import Screen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


class ExitCode(IntEnum):
    """The exit codes; scripts rely on them."""

    DONE = 0
    LOCAL_FAILURE = 1
    """A file could not be written, or something on this machine is broken."""
    USAGE = 2
    CONFIGURATION = 3
    """Configuration or authentication."""
    NOT_FOUND = 4
    LOGS_NOT_AVAILABLE = 5
    RATE_LIMITED = 6
    NETWORK = 7
    """No response came, or not in time."""
    SERVER = 8
    """The server failed, or its response is not what the spec says."""
    REFUSED = 9
    """The server refused the request: another 4XX."""
    INTERRUPTED = 130


class Failure(Exception):  # noqa: N818 - not an error of this program
    """What is wrong with what was typed, or with this machine: what happened, and what to do."""

    def __init__(self, what: str, to_do: str = "", code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(what)
        self.to_do = to_do
        self.code = code


# The first that fits counts, so that a class stands above its base.
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
_CHECK_URL = "Check --base-url or CARTESIA_BASE_URL"
_WAIT = "Wait for them with --wait"
_HINTS: dict[type[CartesiaError], str] = {
    AuthenticationError: "Check CARTESIA_API_KEY; `cartesia-calls doctor` shows which key is used.",
    PermissionDeniedError: "Set CARTESIA_API_KEY to a key of the account that owns the call.",
    CallNotFoundError: "Check the id, and that CARTESIA_API_KEY is of the account that owns the call.",
    NotFoundError: "Check the id, and --base-url or CARTESIA_BASE_URL.",
    ConflictError: "See the call's status with `cartesia-calls show CALL_ID`.",
    RateLimitError: "Wait a while, and run fewer commands at once.",
    LogsRewrittenError: "Read them again: cartesia-calls logs CALL_ID",
    LogsWaitTimeoutError: "Wait longer with --timeout, or check that the call is over: logs may come "
    "only after its end.",
}
_MISSING = {
    "in_progress": f"{_WAIT}, or watch them appear with --follow.",
    "not_written_yet": f"{_WAIT}.",
    "unknown": f"If the call is running or has just ended: {_WAIT.lower()}.",
}
# What the causes of a connection's error say, what that means, and what to do.
_CONNECTIONS = (
    (
        r"connection refused",
        "Could not connect to {server}: connection refused.",
        f"Nothing listens at that address. {_CHECK_URL}.",
    ),
    (
        r"certificate verify failed",
        "The certificate of {server} is not trusted.",
        "A proxy may stand in between: set SSL_CERT_FILE to its certificate authority.",
    ),
    (
        r"ssl:|wrong.version.number",
        "{server} does not speak TLS.",
        f"It is most likely a plain HTTP port. {_CHECK_URL}; http:// works on this machine.",
    ),
    (
        r"name or service not known|name resolution|no address|nodename nor servname",
        "There is no host {host}, or no name server to ask for it.",
        f"{_CHECK_URL}, and the network.",
    ),
)


def exit_code_of(error: CartesiaError | Failure) -> ExitCode:
    """Return the exit code of an error."""
    if isinstance(error, Failure):
        return error.code
    code = next((code for kind, code in _CODES if isinstance(error, kind)), ExitCode.LOCAL_FAILURE)
    if code is ExitCode.SERVER and isinstance(error, APIStatusError):
        is_refusal = 400 <= error.status_code < 500  # noqa: PLR2004 - 4XX
        return ExitCode.REFUSED if is_refusal else code
    return code


def report(error: CartesiaError | Failure, *, verbose: bool) -> ExitCode:
    """Write an error to stderr: what happened, what to do, and with `verbose` the details."""
    what, to_do = in_our_words(error)
    _write("Error:", what)
    if to_do:
        _write("", to_do)
    if verbose and isinstance(error, CartesiaError):
        for detail in details(error):
            _write("", f"  {detail}", indent=4)
    return exit_code_of(error)


def _write(label: str, text: str, *, indent: int = 2) -> None:
    lines = Screen.of(sys.stderr).hang(label, printable(text), style="error", indent=indent)
    print("\n".join(lines), file=sys.stderr)


def for_each(ids: Sequence[str], act: Callable[[str], object], *, verbose: bool) -> ExitCode:
    """Do something for each id, whatever fails; return the exit code of the first failure."""
    first = ExitCode.DONE
    for one in ids:
        try:
            act(one)
        except (CartesiaError, Failure) as error:
            code = report(error, verbose=verbose)
            first = first or code
    return first


def in_our_words(error: CartesiaError | Failure) -> tuple[str, str]:
    """Return what happened and what to do, in terms of commands and options."""
    if isinstance(error, Failure):
        return str(error), error.to_do
    if isinstance(error, CallLogsNotAvailableError):
        return error.summary, _MISSING.get(error.reason, error.hint)
    if isinstance(error, APIConnectionError):
        return _of_connection(error)
    if isinstance(error, ResponseValidationError) and error.problem.startswith("is longer than"):
        return error.summary, "Write the log to a file with -o FILE, which takes any size."
    if isinstance(error, LogsWaitTimeoutError) and "requests a pause" in error.summary:
        return error.summary, error.hint
    if type(error) is APIStatusError and error.status_code >= 400:  # noqa: PLR2004 - no redirect
        return error.summary, "The spec does not name this status; -v shows the response's body."
    if exit_code_of(error) is ExitCode.REFUSED and not isinstance(error, ConflictError):
        return error.summary, "Check the ids, the options and --api-version; -v shows more."
    hint = next((hint for kind, hint in _HINTS.items() if isinstance(error, kind)), error.hint)
    return error.summary, hint


def _of_connection(error: APIConnectionError) -> tuple[str, str]:
    """Return what most likely is wrong with a connection."""
    said = " ".join(map(str, _causes(error)))
    found = re.search(r"https?://[^\s/]+", error.summary)
    server = found[0] if found else "the server"
    host = re.sub(r"^https?://|:\d+$", "", server)
    tries = f" It was tried {error.attempts} times." if error.attempts > 1 else ""
    for words, what, to_do in _CONNECTIONS:
        if re.search(words, said, re.IGNORECASE):
            return what.format(server=server, host=host) + tries, to_do
    if isinstance(error, APITimeoutError):
        return error.summary, "Check the network and any proxy, or try again later."
    return error.summary, f"Check the network and any proxy. {_CHECK_URL}."


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def details(error: CartesiaError) -> list[str]:
    """Return what `--verbose` adds to an error, a line for each fact."""
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
        known |= {"attempts": error.attempts, "reason": error.summary}
    elif isinstance(error, ResponseValidationError):
        known |= {"pointer": error.pointer or "(the whole body)", "body": error.body}
    if error.__cause__ is not None:
        known["cause"] = f"{type(error.__cause__).__name__}: {error.__cause__}"
    return [f"{name}: {value}" for name, value in known.items() if value is not None]
