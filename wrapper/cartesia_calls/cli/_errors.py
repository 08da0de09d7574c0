"""Exit codes, and errors in the command's words: what happened or is missing, and what to do."""

from __future__ import annotations

import re
import sys
from enum import IntEnum
from importlib.metadata import distributions
from importlib.util import find_spec
from typing import TYPE_CHECKING

import cartesia_calls as api
from cartesia_calls import APIConnectionError, APIStatusError, CartesiaError, printable

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


_CHECK_URL = "Check --base-url or CARTESIA_BASE_URL"
_WAIT = "Wait for them with --wait"
# Exit code, and what to do if the error has no hint. The first that fits counts, so a class precedes
# its base.
_KINDS: tuple[tuple[type[CartesiaError], ExitCode, str], ...] = (
    (api.ConfigurationError, ExitCode.CONFIGURATION, ""),
    (
        api.AuthenticationError,
        ExitCode.CONFIGURATION,
        "Check CARTESIA_API_KEY; `cartesia-calls doctor` shows which key is used.",
    ),
    (
        api.PermissionDeniedError,
        ExitCode.CONFIGURATION,
        "Set CARTESIA_API_KEY to a key of the account that owns the call.",
    ),
    (api.CallLogsNotAvailableError, ExitCode.LOGS_NOT_AVAILABLE, ""),
    (
        api.LogsWaitTimeoutError,
        ExitCode.LOGS_NOT_AVAILABLE,
        "Wait longer with --timeout, or check that the call is over: logs may come only after its end.",
    ),
    (
        api.CallNotFoundError,
        ExitCode.NOT_FOUND,
        "Check the id, and that CARTESIA_API_KEY is of the account that owns the call.",
    ),
    (api.NotFoundError, ExitCode.NOT_FOUND, "Check the id, and --base-url or CARTESIA_BASE_URL."),
    (api.RateLimitError, ExitCode.RATE_LIMITED, "Wait a while, and run fewer commands at once."),
    (APIConnectionError, ExitCode.NETWORK, f"Check the network and any proxy. {_CHECK_URL}."),
    (
        api.ConflictError,
        ExitCode.REFUSED,
        "See the call's status with `cartesia-calls show CALL_ID`.",
    ),
    (api.LogsRewrittenError, ExitCode.SERVER, "Read them again: cartesia-calls logs CALL_ID"),
)
# What to do about a setting that an error names.
_SETTINGS = {
    "base URL": "Set --base-url or CARTESIA_BASE_URL to https://api.cartesia.ai.",
    "API version": "Set --api-version or CARTESIA_VERSION to YYYY-MM-DD.",
    "quotes": "Set CARTESIA_API_KEY without quotes.",
    "API key": "Set CARTESIA_API_KEY to the key alone, from https://play.cartesia.ai/keys.",
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
        "There is no host {host}, or no name server that knows it.",
        f"{_CHECK_URL}, and the network.",
    ),
)


def exit_code_of(error: CartesiaError | Failure) -> ExitCode:
    """Return the exit code of an error."""
    return error.code if isinstance(error, Failure) else _kind(error)[0]


def _kind(error: CartesiaError) -> tuple[ExitCode, str]:
    for kind, code, to_do in _KINDS:
        if isinstance(error, kind):
            return code, to_do or error.hint
    if isinstance(error, APIStatusError) and 400 <= error.status_code < 500:  # noqa: PLR2004 - 4XX
        return ExitCode.REFUSED, "Check the ids, the options and --api-version; -v shows more."
    if isinstance(error, APIStatusError | api.ResponseValidationError):
        return ExitCode.SERVER, error.hint
    return ExitCode.LOCAL_FAILURE, error.hint


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
    if isinstance(error, api.ConfigurationError):
        what = error.summary.replace("(argument)", "(option)")
        return what, next((hint for name, hint in _SETTINGS.items() if name in what), error.hint)
    if isinstance(error, api.CallLogsNotAvailableError):
        return error.summary, _MISSING.get(error.reason, error.hint)
    if isinstance(error, APIConnectionError):
        return _of_connection(error)
    if isinstance(error, api.ResponseValidationError) and error.problem.startswith(
        "is longer than"
    ):
        return error.summary, "Write the log to a file with -o FILE, which takes any size."
    if isinstance(error, api.LogsWaitTimeoutError) and "requests a pause" in error.summary:
        return error.summary, error.hint
    if type(error) is APIStatusError and error.status_code >= 400:  # noqa: PLR2004 - no redirect
        return error.summary, "The spec does not name this status; -v shows the response's body."
    return error.summary, _kind(error)[1]


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
    if isinstance(error, api.APITimeoutError):
        return error.summary, "Check the network and any proxy, or try again later."
    return error.summary, _kind(error)[1]


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
    elif isinstance(error, api.ResponseValidationError):
        known |= {"pointer": error.pointer or "(the whole body)", "body": error.body}
    if error.__cause__ is not None:
        known["cause"] = f"{type(error.__cause__).__name__}: {error.__cause__}"
    return [f"{name}: {value}" for name, value in known.items() if value is not None]


def not_installed(error: ModuleNotFoundError) -> Failure:
    """Return what is missing and how to install it, if an extra brings it; else raise the error."""
    module = (error.name or "").partition(".")[0].lower()
    name = "pyyaml" if module == "yaml" else module
    needed = [one for found in distributions(name="cartesia-calls") for one in found.requires or []]
    # Named one by one, since the name of this package may not be one that an index has.
    versions = sorted(
        {one.partition(";")[0].strip() for one in needed if one.lower().startswith(name)}
    )
    found = re.match(r"[\w-]+", versions[0]) if name and versions else None
    if found is None:
        raise error
    install = f"{sys.executable} -m pip install"
    if find_spec("pip") is None:
        install = f"uv pip install --python {sys.executable}"
    return Failure(
        f"This command needs what is not installed: {found[0]}.",
        f"Install with: {install} {' '.join(map(repr, versions))}",
        ExitCode.CONFIGURATION,
    )
