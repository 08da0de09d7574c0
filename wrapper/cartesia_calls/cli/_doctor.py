"""`cartesia-calls doctor`: each setting and its source, and whether the server responds."""

from __future__ import annotations

import json
import platform
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import httpx

from cartesia_calls import CallNotFoundError, CartesiaError, Client, __version__, printable

from ._api import Setting, settings
from ._errors import details, exit_code_of, in_our_words
from ._exit_codes import ExitCode
from ._terminal import Screen

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

# An id that no call has: a server that says so has responded and accepted the key.
_PROBE_CALL_ID = "ac_doctor_probe"
_PROBE_TIMEOUT = 10.0
_INDENT = 19
_END_OF_HOSTING = date(2026, 12, 1)
_MIGRATION_PAGE = "agents/migrate-from-line-sdk in the documentation of Cartesia"


@dataclass(frozen=True, slots=True)
class _Finding:
    what: str
    ok: bool
    value: str
    source: str = ""
    hint: str = ""
    details: list[str] = field(default_factory=list[str])
    exit_code: ExitCode = ExitCode.DONE


def run(arguments: argparse.Namespace) -> int:
    """Check each setting, then the server; the exit code is that of the first thing wrong."""
    findings = [_finding(setting) for setting in settings(arguments)]
    if all(finding.ok for finding in findings):
        findings.append(_server(arguments))
    if arguments.json:
        print(json.dumps(_as_object(findings), ensure_ascii=False))
    else:
        screen = Screen.of(sys.stdout)
        print("\n".join(_as_text(findings, screen, verbose=bool(arguments.verbose))))
    return next((finding.exit_code for finding in findings if not finding.ok), ExitCode.DONE)


def _finding(setting: Setting) -> _Finding:
    if setting.error is not None:
        return _failed(setting.name, setting.error)
    return _Finding(setting.name, ok=True, value=setting.value, source=setting.source)


def _server(arguments: argparse.Namespace) -> _Finding:
    with Client(
        base_url=arguments.base_url,
        api_version=arguments.api_version,
        timeout=_PROBE_TIMEOUT,
        max_retries=0,
    ) as client:
        start = time.perf_counter()
        try:
            client.calls.logs(_PROBE_CALL_ID)
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
        details=[detail.strip() for detail in details(error)],
        exit_code=exit_code_of(error),
    )


def hosting_note(today: date) -> str:
    """Return what the end of hosted code means for runtime logs, as seen from a day (in UTC).

    The facts come from the provider's page `agents/migrate-from-line-sdk`.
    """
    if today < _END_OF_HOSTING:
        return (
            "Cartesia stops hosting code-first (Line SDK) agents on 2026-12-01. Recordings, "
            "transcripts and call records stay; whether the runtime logs of past calls stay is not "
            "known, so keep them before that day: cartesia-calls export --agent ID --to FOLDER "
            f"(source: {_MIGRATION_PAGE})"
        )
    return (
        "Cartesia stopped hosting code-first (Line SDK) agents on 2026-12-01. Recordings, "
        "transcripts and call records stayed; whether the runtime logs of earlier calls stayed was "
        "not announced. To keep what is still there: cartesia-calls export --agent ID --to FOLDER "
        f"(source: {_MIGRATION_PAGE})"
    )


def _versions() -> dict[str, str]:
    return {
        "cartesia-calls": __version__,
        "Python": platform.python_version(),
        "httpx": httpx.__version__,
    }


def _as_object(findings: list[_Finding]) -> dict[str, object]:
    return {
        "versions": _versions(),
        "findings": [
            {key: value for key, value in asdict(finding).items() if value not in ("", [])}
            for finding in findings
        ],
        "notes": [hosting_note(datetime.now(UTC).date())],
    }


def _as_text(findings: list[_Finding], screen: Screen, *, verbose: bool) -> Iterator[str]:
    versions = ", ".join(f"{name} {version}" for name, version in _versions().items())
    yield from screen.hang("", versions)
    for finding in findings:
        mark, style = ("ok  ", "green") if finding.ok else ("FAIL", "error")
        source = f"  ({finding.source})" if finding.source else ""
        text = f" {finding.what:<12} {printable(finding.value)}{source}"
        yield from screen.hang(mark, text, style=style, indent=_INDENT)
        more = [finding.hint] if finding.hint else []
        if verbose:
            more += finding.details
        for line in more:
            yield from screen.hang(" " * (_INDENT - 1), printable(line), indent=_INDENT)
    note = hosting_note(datetime.now(UTC).date())
    yield from screen.hang("note", f" {note}", style="yellow", indent=6)
