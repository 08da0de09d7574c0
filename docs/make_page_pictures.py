"""Draw the pages of `cartesia-calls report` about the sandbox's calls, light and dark, as a browser shows them.

`python docs/make_page_pictures.py CHROMIUM` writes `docs/pictures/call-*.png` and `week-*.png`. It needs
the extras `report` and `sandbox`, and Playwright.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import sync_playwright

from cartesia_calls import CallLogsNotAvailableError, CallStats, Client
from cartesia_calls.report import call_page, calls_page
from cartesia_calls.sandbox import Sandbox

PICTURES = Path(__file__).parent / "pictures"
WIDTH = 1000
HEIGHT = 1250


class _Then:
    """A clock that stands still, so that the pictures change only with the pages."""

    def now(self) -> datetime:
        """Return the moment at which the pages are made."""
        return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def pages() -> dict[str, str]:
    """Return a page about a call, and one about a week."""
    stats = CallStats()
    with Sandbox(clock=_Then()) as sandbox, Client(sandbox.api_key, base_url=sandbox.url) as client:
        call = client.calls.get("ac_finished")
        one = call_page(call, client.calls.logs("ac_finished"), zone=UTC)
        for each in client.calls.list(
            agent_id="agent_busy", since=datetime(2026, 2, 23, tzinfo=UTC), expand_transcript=True
        ):
            logs = None
            with suppress(CallLogsNotAvailableError):
                logs = client.calls.logs(each.id)
            stats.add(each, logs)
    about = ["Calls of agent_busy from 2026-02-23 00:00:00 UTC on. Times and days are in UTC."]
    return {
        "call": one,
        "week": calls_page(stats.as_dict(), title="Calls of agent_busy", notes=about, zone=UTC),
    }


def main(chromium: str) -> None:
    """Write the pictures."""
    with sync_playwright() as playwright, TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for name, text in pages().items():
            file = Path(folder) / f"{name}.html"
            file.write_text(text, encoding="utf-8")
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": WIDTH, "height": HEIGHT},
                    color_scheme="dark" if scheme == "dark" else "light",
                )
                page.goto(file.as_uri())
                page.screenshot(path=PICTURES / f"{name}-{scheme}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
