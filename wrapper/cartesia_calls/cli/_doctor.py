"""`cartesia-calls doctor`: what is configured, from where, and does the server answer?"""

from __future__ import annotations

import json
import platform
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import httpx

from cartesia_calls import (
    CallNotFoundError,
    CartesiaError,
    Client,
    ConfigurationError,
    __version__,
)
from cartesia_calls._operations import DEFAULT_API_VERSION
from cartesia_calls._printable import printable
from cartesia_calls._settings import (
    Resolved,
    resolve_api_key,
    resolve_api_version,
    resolve_base_url,
)

from ._errors import details, exit_code_of
from ._exit_codes import ExitCode

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

# Any id that no call has: to be told so is the proof that the server answers and takes the key.
_PROBE_CALL_ID = "ac_doctor_probe"
_PROBE_TIMEOUT = 10.0
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
    findings = [
        _setting("API key", resolve_api_key),
        _setting("Base URL", lambda: resolve_base_url(arguments.base_url)),
        _setting(
            "API version", lambda: resolve_api_version(arguments.api_version, DEFAULT_API_VERSION)
        ),
    ]
    if all(finding.ok for finding in findings):
        findings.append(_server(arguments))
    if arguments.json:
        print(json.dumps(_as_object(findings), ensure_ascii=False))
    else:
        print("\n".join(_as_text(findings, verbose=arguments.verbose)))
    return next((finding.exit_code for finding in findings if not finding.ok), ExitCode.DONE)


def _setting(what: str, resolve: Callable[[], Resolved[object]]) -> _Finding:
    try:
        resolved = resolve()
    except ConfigurationError as error:
        return _failed(what, error)
    source = {"argument": "option", "default": "default"}.get(resolved.source, resolved.source)
    return _Finding(what, ok=True, value=str(resolved.value), source=source)


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
    return _Finding("Server", ok=True, value=f"answers in {milliseconds:.0f} ms, takes the key")


def _failed(what: str, error: CartesiaError) -> _Finding:
    return _Finding(
        what,
        ok=False,
        value=error.summary,
        hint=error.hint,
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


def _as_text(findings: list[_Finding], *, verbose: bool) -> list[str]:
    lines = [", ".join(f"{name} {version}" for name, version in _versions().items())]
    for finding in findings:
        mark = "ok  " if finding.ok else "FAIL"
        source = f"  ({finding.source})" if finding.source else ""
        lines.append(f"{mark}  {finding.what:<12} {printable(finding.value)}{source}")
        more = [finding.hint] if finding.hint else []
        if verbose:
            more += finding.details
        lines += [f"{'':19}{printable(line)}" for line in more]
    return [*lines, f"note  {hosting_note(datetime.now(UTC).date())}"]
