"""The start of every test: no settings in the environment, and a watch on the output."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import tempfile
import time
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import certifi
import pytest

import key_watch

with contextlib.suppress(ImportError):  # a few sessions do not install it
    import hypothesis

    # The time of an example depends on the load of the machine.
    hypothesis.settings.register_profile("tests", deadline=None)
    hypothesis.settings.load_profile("tests")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # After `nohup … &`, programs that tests start and interrupt would inherit this.
    signal.signal(signal.SIGINT, signal.default_int_handler)


# Each file of tests runs in one process, so slow files must not begin last.
LONG_FILES = (
    "test_update_spec.py",
    "test_laboratory.py",
    "test_growth.py",
    "test_documented_examples.py",
    "test_logs.py",
    "test_unexpected_values.py",
    "test_regenerate.py",
    "test_concurrency.py",
    "test_other_commands.py",
    "test_vendor_real_pages.py",
    "test_campaign.py",
    "test_conformance.py",
    "test_examples.py",
    "test_output_by_stream.py",
    "test_export_interrupted.py",
    "test_stream_logs.py",
    "test_left_out.py",
    "test_pytest_fixture.py",
    "test_export_full_disks.py",
    "test_accelerators.py",
    "test_audio_cancel_delete.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    place = {name: number for number, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONG_FILES)))


def pytest_collection_finish() -> None:
    gc.enable()


def pytest_sessionfinish() -> None:
    # xdist kills a worker that takes longer than 10 s to exit, and coverage saves when it exits.
    measured: Any = sys.modules.get("coverage")
    if measured is not None and (running := measured.Coverage.current()) is not None:
        running.save()


@pytest.fixture(autouse=True, scope="session")
def temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Keep temporary files of tests, and of programs that they kill, in pytest's temporary folder."""
    folder = str(tmp_path_factory.mktemp("temporary"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


@pytest.fixture(autouse=True, scope="session")
def one_authority(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    """Make clients trust one authority, since each client loads all authorities that it trusts."""
    end = "-----END CERTIFICATE-----\n"
    first, _, _ = Path(certifi.where()).read_text(encoding="utf-8").partition(end)
    file = tmp_path_factory.mktemp("authorities") / "one.pem"
    file.write_text(first + end, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))
        patch.delenv("SSL_CERT_DIR", raising=False)
        yield


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CARTESIA_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def quick_pauses(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Let each pause of this process take no time, and move its clock forward instead."""
    import time_machine  # noqa: PLC0415 - a few sessions do not install it

    with time_machine.travel(datetime.now(UTC)) as clock:
        monkeypatch.setattr(time, "sleep", clock.shift)
        yield


@pytest.fixture
def capsys(capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    return key_watch.watched(capsys)


@pytest.fixture
def capfd(capfd: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    return key_watch.watched(capfd)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    key_watch.judge(report)
    return report


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-docs",
        action="store_true",
        help="write the documents that tests make from what they see, instead of comparing",
    )
