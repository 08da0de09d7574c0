"""`cartesia-calls doctor`: each setting and its source, and whether the server responds."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

from cartesia_calls import (
    CallNotFoundError,
    CartesiaError,
    ConfigurationError,
    __version__,
    printable,
)

from ._api import KEY_VARIABLE, open_client
from ._errors import ExitCode, details, exit_code_of, in_our_words
from ._terminal import Screen, write_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ._arguments import CommandParser

USAGE = "[options]"
ABOUT = (
    "Show each setting, where it came from, and whether the server responds and accepts the key. "
    "The key is shown masked."
)
EXAMPLES = (
    "doctor",
    "doctor --base-url http://127.0.0.1:8765 -v",
)
# An id that no call has: a server that says so has responded and accepted the key.
_PROBE_CALL_ID = "ac_doctor_probe"
_PROBE_TIMEOUT = 10.0
_SETTINGS = (
    ("API key", "api_key", KEY_VARIABLE),
    ("Base URL", "base_url", "CARTESIA_BASE_URL"),
    ("API version", "api_version", "CARTESIA_VERSION"),
)
_GOOD = {"api_key": "sk_car_x", "base_url": "http://127.0.0.1", "api_version": "2026-03-01"}
_KEY_PREFIX = "sk_car_"
# Of a shorter one, four characters would be too much to show.
_SHORTEST_TO_HINT_AT = 12
_INDENT = 19
_END_OF_HOSTING = date(2026, 12, 1)
_BEFORE = (
    "Cartesia stops hosting code-first (Line SDK) agents on 2026-12-01. Recordings, transcripts and "
    "call records stay; whether the runtime logs of past calls stay is not known, so export them "
    "before that day: "
)
_AFTER = (
    "Cartesia stopped hosting code-first (Line SDK) agents on 2026-12-01. Recordings, transcripts "
    "and call records stayed; whether the runtime logs of earlier calls stayed was not announced. To "
    "keep what is still there: "
)
_SOURCE = (
    "cartesia-calls export --agent ID --to FOLDER (source: agents/migrate-from-line-sdk in the "
    "documentation of Cartesia)"
)


@dataclass(frozen=True, slots=True)
class _Finding:
    what: str
    ok: bool
    value: str
    source: str = ""
    hint: str = ""
    details: list[str] = field(default_factory=list[str])
    exit_code: ExitCode = ExitCode.DONE


def add_options(parser: CommandParser) -> None:
    """Add what can be typed."""
    parser.section("output")
    parser.flag("--json", does="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Check each setting, then the server; the exit code is that of the first thing wrong."""
    findings = [_setting(arguments, *setting) for setting in _SETTINGS]
    if all(finding.ok for finding in findings):
        findings.append(_server(arguments))
    versions = {"cartesia-calls": __version__, "Python": platform.python_version()}
    versions["httpx"] = version("httpx")
    note = hosting_note(datetime.now(UTC).date())
    if arguments.json:
        rows = [{k: v for k, v in asdict(one).items() if v not in ("", [])} for one in findings]
        write_object({"versions": versions, "findings": rows, "notes": [note]})
    else:
        screen = Screen.of(sys.stdout)
        lines = [*screen.hang("", ", ".join(map(" ".join, versions.items())))]
        lines += _as_text(findings, screen, verbose=bool(arguments.verbose))
        lines += screen.hang("note", f" {note}", style="yellow", indent=6)
        print("\n".join(lines))
    return next((finding.exit_code for finding in findings if not finding.ok), ExitCode.DONE)


def _setting(arguments: argparse.Namespace, name: str, argument: str, variable: str) -> _Finding:
    """Check a setting by itself: with good values of the others."""
    option: str | None = getattr(arguments, argument, None)
    in_environment = variable if os.environ.get(variable) else "default"
    try:
        with open_client(argparse.Namespace(**{**_GOOD, argument: option})) as client:
            value = _masked_key() if argument == "api_key" else getattr(client, argument)
    except ConfigurationError as error:
        return _failed(name, error)
    source = in_environment if option is None else "option"
    return _Finding(name, ok=True, value=value, source=source)


def _masked_key() -> str:
    key = os.environ[KEY_VARIABLE]
    prefix = _KEY_PREFIX if key.startswith(_KEY_PREFIX) else ""
    secret = key.removeprefix(prefix)
    return f"{prefix}…{secret[-4:] if len(secret) >= _SHORTEST_TO_HINT_AT else ''}"


def _server(arguments: argparse.Namespace) -> _Finding:
    with open_client(arguments) as client:
        probe = client.with_options(timeout=_PROBE_TIMEOUT, max_retries=0)
        start = time.perf_counter()
        try:
            probe.calls.logs(_PROBE_CALL_ID)
        except CallNotFoundError:
            pass
        except CartesiaError as error:
            return _failed("Server", error)
        milliseconds = (time.perf_counter() - start) * 1000
    return _Finding("Server", ok=True, value=f"responds in {milliseconds:.0f} ms, accepts the key")


def _failed(what: str, error: CartesiaError) -> _Finding:
    summary, hint = in_our_words(error)
    return _Finding(
        what,
        ok=False,
        value=summary,
        # It is running already.
        hint=hint.replace("; `cartesia-calls doctor` shows which key is used", ""),
        details=details(error),
        exit_code=exit_code_of(error),
    )


def hosting_note(today: date) -> str:
    """Return what the end of hosted code means for runtime logs, as seen from a day (in UTC).

    The facts come from the provider's page `agents/migrate-from-line-sdk`.
    """
    return (_BEFORE if today < _END_OF_HOSTING else _AFTER) + _SOURCE


def _as_text(findings: list[_Finding], screen: Screen, *, verbose: bool) -> Iterator[str]:
    for finding in findings:
        mark, style = ("ok  ", "green") if finding.ok else ("FAIL", "error")
        source = f"  ({finding.source})" if finding.source else ""
        text = f" {finding.what:<12} {printable(finding.value)}{source}"
        yield from screen.hang(mark, text, style=style, indent=_INDENT)
        for line in [finding.hint, *(finding.details if verbose else ())]:
            if line:
                yield from screen.hang(" " * (_INDENT - 1), printable(line), indent=_INDENT)
