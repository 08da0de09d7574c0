"""Show each setting, where it came from, and whether the server responds and accepts the key.

The key is shown masked.

[options]

doctor
doctor --base-url http://127.0.0.1:8765 -v
"""

from __future__ import annotations

import os
import platform
import sys
import time
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from cartesia_calls import CallNotFoundError, CartesiaError, __version__

from ._errors import ExitCode, details, exit_code_of, in_our_words
from ._options import KEY_VARIABLE, Arguments, CommandParser, open_client
from ._terminal import Screen, write_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Each setting: its name, the client's argument, its variable, and a value to try the others with.
_SETTINGS = (
    ("API key", "api_key", KEY_VARIABLE, "sk_car_x"),
    ("Base URL", "base_url", "CARTESIA_BASE_URL", "http://127.0.0.1"),
    ("API version", "api_version", "CARTESIA_VERSION", "2026-03-01"),
)
_KEY_PREFIX = "sk_car_"
# Of a shorter one, four characters would be too much to show.
_SHORTEST_TO_HINT_AT = 12
# An id that no call has: a 404 means that the server responds and accepts the key.
_PROBE_CALL_ID = "ac_doctor_probe"
_PROBE_TIMEOUT = 10.0
_INDENT = 19
_NOTE = (
    "Cartesia hosts code-first (Line SDK) agents until 2026-12-01. Recordings, transcripts and call "
    "records stay after that day; whether runtime logs stay is not announced. Keep them with: "
    "cartesia-calls export --agent ID --to FOLDER (source: agents/migrate-from-line-sdk in the "
    "documentation of Cartesia)"
)


def add_options(parser: CommandParser) -> None:
    parser.section("output")
    parser.flag("--json", does="one JSON object")


def run(arguments: Arguments) -> int:
    """Check each setting, then the server; the exit code is that of the first thing wrong."""
    findings = [_setting(arguments, *setting) for setting in _SETTINGS]
    if all(finding["ok"] for finding in findings):
        findings.append(_finding("Server", lambda: _server(arguments)))
    versions = {"cartesia-calls": __version__, "Python": platform.python_version()}
    versions["httpx"] = version("httpx")
    if arguments.json:
        write_object({"versions": versions, "findings": findings, "notes": [_NOTE]})
    else:
        screen = Screen.of(sys.stdout)
        lines = [*screen.hang("", ", ".join(map(" ".join, versions.items())))]
        lines += _as_text(findings, screen, verbose=bool(arguments.verbose))
        lines += screen.hang("note", f" {_NOTE}", style="yellow", indent=6)
        print("\n".join(lines))
    return next((one["exit_code"] for one in findings if not one["ok"]), ExitCode.DONE)


def _finding(what: str, check: Callable[[], str]) -> dict[str, Any]:
    """Return what a check found."""
    try:
        return {"what": what, "ok": True, "value": check(), "exit_code": ExitCode.DONE}
    except CartesiaError as error:
        value, hint = in_our_words(error)
        return {
            "what": what,
            "ok": False,
            "value": value,
            # It is running already.
            "hint": hint.replace(" with `cartesia-calls doctor`", ""),
            "details": details(error),
            "exit_code": exit_code_of(error),
        }


def _setting(
    arguments: Arguments, name: str, argument: str, variable: str, _: str
) -> dict[str, Any]:
    """Check a setting by itself: with good values of the others."""
    option: str | None = getattr(arguments, argument, None)
    tried = {one: good for _, one, _, good in _SETTINGS} | {argument: option}

    def check() -> str:
        with open_client(Arguments(**tried)) as client:
            return _masked_key() if argument == "api_key" else str(getattr(client, argument))

    in_environment = variable if os.environ.get(variable) else "default"
    source = in_environment if option is None else "option"
    return {**_finding(name, check), "source": source}


def _masked_key() -> str:
    key = os.environ[KEY_VARIABLE]
    prefix = _KEY_PREFIX if key.startswith(_KEY_PREFIX) else ""
    secret = key.removeprefix(prefix)
    return f"{prefix}…{secret[-4:] if len(secret) >= _SHORTEST_TO_HINT_AT else ''}"


def _server(arguments: Arguments) -> str:
    with open_client(arguments) as client:
        probe = client.with_options(timeout=_PROBE_TIMEOUT, max_retries=0)
        start = time.perf_counter()
        with suppress(CallNotFoundError):
            probe.calls.logs(_PROBE_CALL_ID)
        return f"responds in {(time.perf_counter() - start) * 1000:.0f} ms, accepts the key"


def _as_text(findings: list[dict[str, Any]], screen: Screen, *, verbose: bool) -> Iterator[str]:
    for one in findings:
        mark, style = ("ok  ", "green") if one["ok"] else ("FAIL", "error")
        source = f"  ({one['source']})" if one["ok"] and "source" in one else ""
        text = f" {one['what']:<12} {one['value']}{source}"
        yield from screen.hang(mark, text, style=style, indent=_INDENT)
        for line in [one.get("hint"), *(one.get("details", ()) if verbose else ())]:
            if line:
                yield from screen.hang(" " * (_INDENT - 1), line, indent=_INDENT)
