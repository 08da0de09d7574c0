"""Exit codes, and errors in the command's words: what happened or is missing, and what to do."""

from __future__ import annotations

import re
import signal
import sys
from enum import IntEnum
from importlib.metadata import distributions
from importlib.util import find_spec
from typing import TYPE_CHECKING, cast

import cartesia_calls as api
from cartesia_calls import APIConnectionError, APIStatusError, CartesiaError

from ._terminal import say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

# Signals that end a command as Ctrl-C does. SIGHUP: the terminal was closed. Windows has none.
END_SIGNALS = {signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)}


class ExitCode(IntEnum):
    """The exit codes, as `--help` explains them; 128 and its number is that of a signal."""

    DONE = 0
    LOCAL_FAILURE = 1
    USAGE = 2
    CONFIGURATION = 3
    NOT_FOUND = 4
    LOGS_NOT_AVAILABLE = 5
    RATE_LIMITED = 6
    NETWORK = 7
    SERVER = 8
    REFUSED = 9


class Failure(Exception):  # noqa: N818 - not an error of this program
    """What is wrong with what was typed, or with this machine: what happened, and what to do."""

    def __init__(self, what: str, to_do: str = "", code: ExitCode = ExitCode.USAGE) -> None:
        super().__init__(what)
        self.to_do = to_do
        self.code = code


_CHECK_URL = "Check --base-url or CARTESIA_BASE_URL"
# The first that fits counts, so a class precedes its base.
_CODES: tuple[tuple[type[CartesiaError], ExitCode], ...] = (
    (api.ConfigurationError, ExitCode.CONFIGURATION),
    (api.AuthenticationError, ExitCode.CONFIGURATION),
    (api.PermissionDeniedError, ExitCode.CONFIGURATION),
    (api.CallLogsNotAvailableError, ExitCode.LOGS_NOT_AVAILABLE),
    (api.LogsWaitTimeoutError, ExitCode.LOGS_NOT_AVAILABLE),
    (api.NotFoundError, ExitCode.NOT_FOUND),
    (api.RateLimitError, ExitCode.RATE_LIMITED),
    (APIConnectionError, ExitCode.NETWORK),
    (api.ResponseValidationError, ExitCode.SERVER),
    (api.LogsRewrittenError, ExitCode.SERVER),
    (APIStatusError, ExitCode.SERVER),
)
# Words of the library, and what can be typed instead.
_WORDS = {
    "(argument)": "(option)",
    " or pass api_key=…": "",
    "base_url=…": "--base-url",
    "YYYY-MM-DD": "--api-version YYYY-MM-DD",
    "the arguments": "the options",
    "wait_for_logs, or ": "",
    "follow_logs, or ": "",
    "Check the present state of the call": "See the call's status with `cartesia-calls show`",
    "Wait longer": "Wait longer with --timeout",
    "raise max_response_bytes, or read logs with stream_logs": "write the log to a file with -o FILE",
    "see .body": "-v shows the body",
    "Check the id and the base": "`cartesia-calls list` shows ids and statuses. Check the base",
}
_DETAILS = (
    *("method", "url", "status_code", "attempts", "request_id", "error_code", "doc_url"),
    *("pointer", "body"),
)
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
    if isinstance(error, Failure):
        return error.code
    local = ExitCode.LOCAL_FAILURE
    code = next((code for kind, code in _CODES if isinstance(error, kind)), local)
    is_4xx = isinstance(error, APIStatusError) and 400 <= error.status_code < 500  # noqa: PLR2004
    return ExitCode.REFUSED if is_4xx and code is ExitCode.SERVER else code


def report(error: CartesiaError | Failure) -> ExitCode:
    """Write an error to stderr: what happened, and what to do. The details are logged."""
    import logging  # noqa: PLC0415 - help does without it

    what, to_do = in_our_words(error)
    say(what, label="Error:")
    if to_do:
        say(to_do)
    if isinstance(error, CartesiaError):
        for detail in details(error):
            logging.getLogger("cartesia_calls").info("  %s", detail)
    return exit_code_of(error)


def for_each(ids: Iterable[str], act: Callable[[str], object]) -> ExitCode:
    """Do something for each id, whatever fails; return the exit code of the first failure."""
    first = ExitCode.DONE
    for one in ids:
        try:
            act(one)
        except (CartesiaError, Failure) as error:
            code = report(error)
            first = first or code
    return first


def in_our_words(error: CartesiaError | Failure) -> tuple[str, str]:
    """Return what happened and what to do, in terms of commands and options."""
    if isinstance(error, Failure):
        return str(error), error.to_do
    if isinstance(error, APIConnectionError):
        return _of_connection(error)
    what, to_do = error.summary, error.hint
    for ours, theirs in _WORDS.items():
        what, to_do = what.replace(ours, theirs), to_do.replace(ours, theirs)
    return what, to_do


def _of_connection(error: APIConnectionError) -> tuple[str, str]:
    """Return what most likely is wrong with a connection."""
    said, cause = "", cast("BaseException | None", error)
    while cause is not None:
        said, cause = f"{said} {cause}", cause.__cause__ or cause.__context__
    found = re.search(r"https?://[^\s/]+", error.summary)
    server = found[0] if found else "the server"
    host = re.sub(r"^https?://|:\d+$", "", server)
    tries = f" It was tried {error.attempts} times." if error.attempts > 1 else ""
    if (proxy := _proxy(server)) and "certificate" not in said:
        to_do = "Check HTTPS_PROXY, ALL_PROXY, NO_PROXY and the network."
        return f"{error.summary} The request goes through the proxy {proxy}.{tries}", to_do
    for words, what, to_do in _CONNECTIONS:
        if re.search(words, said, re.IGNORECASE):
            return what.format(server=server, host=host) + tries, to_do
    if isinstance(error, api.APITimeoutError):
        return error.summary, "Check the network and any proxy, or try again later."
    return error.summary, f"Check the network and any proxy. {_CHECK_URL}."


def _proxy(server: str) -> str:
    """Return the host and port of the proxy to a server; this machine is reached without one."""
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - only after an error

    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all") or ""
    is_direct = server.startswith("http:") or proxy_bypass(server.partition("//")[2])
    return "" if is_direct else re.sub(r".*[/@]", "", proxy.rstrip("/"))


def details(error: CartesiaError) -> list[str]:
    """Return what `--verbose` adds to an error, a line for each fact."""
    known = {name: getattr(error, name, None) for name in _DETAILS}
    if error.__cause__ is not None:
        known["cause"] = f"{type(error.__cause__).__name__}: {error.__cause__}"
    facts = [f"{name.replace('_', ' ')}: {value}" for name, value in known.items() if value]
    return [f"error: {type(error).__name__}", *facts]


def not_installed(error: ModuleNotFoundError) -> Failure:
    """Return what is missing and how to install its extra; raise the error if no extra brings it."""
    module = (error.name or "").partition(".")[0].lower()
    name = "pyyaml" if module == "yaml" else module
    needed = [one for found in distributions(name="cartesia-calls") for one in found.requires or []]
    extra = next((one.partition(";")[2] for one in needed if one.lower().startswith(name)), None)
    if not (name and extra is not None):
        raise error
    # Named one by one, since the name of this package may not be one that an index has.
    found = {one.partition(";")[0].strip() for one in needed if one.partition(";")[2] == extra}
    install = f"{sys.executable} -m pip install"
    if find_spec("pip") is None:
        install = f"uv pip install --python {sys.executable}"
    return Failure(
        f"This command needs what is not installed: {name}.",
        f"Install with: {install} {' '.join(map(repr, sorted(found)))}",
        ExitCode.CONFIGURATION,
    )
