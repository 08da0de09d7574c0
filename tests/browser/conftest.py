"""Chromium, and pages in it whose console and requests are watched. `nox -s browser` sets it up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from browsing import OPTIONS, Open, opened
from cartesia_calls import CallLogsNotAvailableError, CallStats, Client
from cartesia_calls.report import call_page, calls_page
from cartesia_calls.sandbox import Sandbox
from long_call import long_call, long_log


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    command = os.environ.get("BROWSER_COMMAND")
    if command is None:
        pytest.fail("BROWSER_COMMAND does not say where Chromium is: run `nox -s browser`.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=command, args=[*OPTIONS])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser) -> Open:
    return partial(opened, chromium)


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pages: calls of the sandbox by id, and others by their subject."""
    folder = tmp_path_factory.mktemp("pages")

    def write(name: str, text: str) -> None:
        (folder / f"{name}.html").write_text(text, encoding="utf-8")

    stats = CallStats()
    with Sandbox() as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        ids = ("ac_finished", "ac_odd_tools", "ac_odd_metadata", "ac_deleted", "ac_running")
        for call in (client.calls.get(call_id) for call_id in ids):
            try:
                logs = client.calls.logs(call.id)
            except CallLogsNotAvailableError as error:
                write(call.id, call_page(call, notes=[error.summary]))
            else:
                write(call.id, call_page(call, logs))
        recording = client.calls.download_audio("ac_finished", folder / "call.wav")
        write("audio", call_page(client.calls.get("ac_finished"), audio=recording))
        for call in client.calls.list(agent_id="agent_busy", since="7d", expand_transcript=True):
            stats.add(call)
    write("week", calls_page(stats.as_dict(), title="Calls of agent_busy"))
    write("nothing", calls_page(CallStats().as_dict()))
    write("long", call_page(long_call(), long_log(50_000)))
    hostile = (
        "<script>document.title = 'owned'</script><img src=x onerror=alert(1)> \x1b[31mred\x07"
    )
    turn = {"role": "user", "start_timestamp": 1, "end_timestamp": 2, "text": hostile}
    record: dict[str, object] = {"id": hostile, "agent_id": hostile, "status": hostile}
    record |= {"transcript": [turn], "error_message": hostile, "metadata": {hostile: hostile}}
    write("hostile", call_page(record, [hostile, f"ERROR:root:{hostile}"]))
    stats = CallStats()
    stats.add(record, [f"ERROR:root:{hostile}"])
    write("hostile_week", calls_page(stats.as_dict(), title=hostile, notes=[hostile]))
    return folder
