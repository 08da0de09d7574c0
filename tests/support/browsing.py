"""Pages in Chromium whose console and requests are watched."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page

OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
Scheme = Literal["light", "dark"]
Open = Callable[..., AbstractContextManager[Page]]


@contextmanager
def opened(
    browser: Browser,
    path: Path,
    *,
    width: int = 1400,
    scheme: Scheme = "light",
    scripts: bool = True,
    is_watched: bool = True,
) -> Generator[Page]:
    """Open a file; if `is_watched`, allow no other request and no message in the console."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        java_script_enabled=scripts,
    )
    page = context.new_page()
    requests: list[str] = []
    messages: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("dialog", lambda dialog: messages.append(dialog.message))
    page.goto(path.as_uri())
    yield page
    if is_watched:
        assert [url for url in requests if not url.startswith("data:")] == [path.as_uri()]
        assert messages == []
    context.close()
