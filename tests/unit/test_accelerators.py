"""Clients work without, or with broken, packages of the extra `fast`, and report what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from cartesia_calls import AsyncClient, Client, ConfigurationError
from engines import INSTALLED
from fake_server import KEY

NEEDS_FAST = pytest.mark.skipif("fast" not in INSTALLED, reason="the extra fast is not installed")


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_an_engine_that_is_missing_is_reported_with_its_package(
    kind: type[Client | AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("httptools", "orjson"):
        monkeypatch.setitem(sys.modules, package, None)  # as in a bare environment
    with pytest.raises(ConfigurationError, match="no package httptools") as caught:
        kind(KEY, engine="fast")
    assert caught.value.hint == "Run: pip install 'cartesia-calls[fast]'"
    assert kind(KEY).engine == "httpx"


@NEEDS_FAST
@pytest.mark.parametrize("kind", [Client, AsyncClient])
@pytest.mark.parametrize(
    "broken",
    [
        ("httptools", "raise ImportError('no such symbol')"),  # it was built for another system
        ("httptools", "raise OSError('no such symbol')"),
        ("httptools", "import no_such_symbol"),
        # This version suffices for uvicorn, and is too old for the engine.
        (
            "httptools",
            (
                "HttpParserCallbackError = HttpParserError = type('symbol', (), {})\n"
                "HttpParserUpgrade = HttpResponseParser = HttpParserError"
            ),
        ),
        ("orjson", "raise ImportError('no such symbol')"),
        ("orjson", "raise RuntimeError('no such symbol')"),
        ("orjson", "import no_such_symbol"),
    ],
)
def test_an_engine_that_fails_to_import_is_replaced_with_a_warning(
    kind: type[Client | AsyncClient],
    broken: tuple[str, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    package, code = broken
    import_module(package)  # so that it is put back at the end
    for name in list(sys.modules):
        if name.startswith(("cartesia_calls._transports.fast", package)):
            monkeypatch.delitem(sys.modules, name)
    (tmp_path / f"{package}.py").write_text(f"{code}\n", encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert kind(KEY).engine == "httpx"
    (record,) = caplog.records
    assert (record.name, record.levelname) == ("cartesia_calls", "WARNING")
    assert "can't be imported: " in record.message
    assert "no" in record.message
    assert "symbol" in record.message
    with pytest.raises(ConfigurationError, match="can't be imported") as caught:
        kind(KEY, engine="fast")
    assert "httptools orjson" in caught.value.hint


@NEEDS_FAST
@pytest.mark.parametrize("package", ["httptools", "orjson"])
@pytest.mark.parametrize("code", ["raise ImportError('x')", "raise OSError('x')", "", None])
def test_a_broken_accelerator_does_not_stop_calls(
    package: str, code: str | None, tmp_path: Path
) -> None:
    if code is None:
        (tmp_path / package).mkdir()  # an uninstalled package left its folder
    else:
        (tmp_path / f"{package}.py").write_text(f"{code}\n", encoding="utf-8")
    program = """
from cartesia_calls import Client
from cartesia_calls.export import export
from cartesia_calls.sandbox import Sandbox
with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
    print(len(client.calls.logs(sandbox.calls.finished).logs) > 1)
"""
    path = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.stdout == "True\n", done.stderr
