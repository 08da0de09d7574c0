"""Fetching pages: sources, limits, and the record."""

from __future__ import annotations

import contextlib
import gzip
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, ClassVar

import pytest

import _read_source
from reference_pages import Vendoring, fragment, page_text

if TYPE_CHECKING:
    from collections.abc import Generator

_TOO_LARGE = 20 * 1024 * 1024 + 1
_LONGEST_TRICKLE = 500


class _Pages(BaseHTTPRequestHandler):
    """Responds, depending on the path, with a page, an error, a redirect, or too much data."""

    requested: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.requested.append(self.path)
        step, _, target = self.path.removeprefix("/").partition("/to/")
        if step == "agents.md":
            self._respond(200, page_text(fragment()).encode())
        elif step == "large.md":
            self._respond(200, b" " * _TOO_LARGE)
        elif step == "gzipped.md":
            self._respond(200, gzip.compress(b"page"), encoding="gzip")
        elif step == "trickle-headers":
            self._trickle(b"X-More: 1\r\n")
        elif step == "trickle-body":
            self._trickle(b"1\r\n \r\n", b"Transfer-Encoding: chunked\r\n\r\n")
        elif step == "redirect":
            self._respond(302, location=target)
        else:
            self._respond(404)

    def _respond(
        self,
        status: int,
        body: bytes = b"",
        location: str | None = None,
        encoding: str | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location is not None:
            self.send_header("Location", location)
        if encoding is not None:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            self.close_connection = True  # the reader has closed the connection

    def _trickle(self, part: bytes, start: bytes = b"") -> None:
        """Send the same part until the reader closes the connection, or should have."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 200 OK\r\n" + start)
            for _ in range(_LONGEST_TRICKLE):
                self.wfile.write(part)
                threading.Event().wait(0.01)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the tests' output clean."""


@contextmanager
def _serving() -> Generator[str]:
    with HTTPServer(("127.0.0.1", 0), _Pages) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site() -> Generator[str]:
    with _serving() as address:
        yield address


def test_a_page_is_fetched_and_recorded_by_its_url(vendoring: Vendoring, site: str) -> None:
    assert vendoring.run(f"{site}/agents.md#top") == 0
    assert vendoring.sources()["agents_list"]["source"] == f"{site}/agents.md"
    assert vendoring.result() == fragment()


def test_a_redirect_is_followed_and_the_original_url_is_recorded(
    vendoring: Vendoring, site: str
) -> None:
    url = f"{site}/redirect/to//agents.md"
    assert vendoring.run(url) == 0
    assert vendoring.sources()["agents_list"]["source"] == url


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("/redirect/to/file:///etc/passwd", "Refused to fetch file:/"),
        ("/redirect/to/http://example.com/a.md", "Refused to fetch http://example.com/a.md"),
        ("/redirect/to/https://example.com/a.md", "redirects to another host: https://example.com"),
        ("/redirect/to/http://127.0.0.1:1/a.md", "redirects to another host: http://127.0.0.1:1/"),
        ("/redirect/to/", "redirects more than 5 times"),
        ("/missing.md", "status 404"),
        ("/large.md", "larger than 20 MB"),
        ("/gzipped.md", "the encoding 'gzip', which was not requested"),
    ],
)
def test_responses_that_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], site: str, path: str, problem: str
) -> None:
    assert vendoring.run(f"{site}{path}") == 1
    assert problem in capsys.readouterr().err
    assert not vendoring.output.exists()


@pytest.mark.parametrize("path", ["/trickle-headers", "/trickle-body"])
def test_a_response_that_never_ends_is_abandoned(
    vendoring: Vendoring,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    site: str,
    path: str,
) -> None:
    monkeypatch.setattr(_read_source, "MAX_SECONDS", 0.2)
    assert vendoring.run(f"{site}{path}") == 1
    assert "did not arrive within 0 seconds" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://example.com/agents.md", "only https:// is fetched"),
        ("ftp://example.com/agents.md", "only https:// is fetched"),
        ("file:///etc/passwd", "only https:// is fetched"),
        ("https://user:hunter2@example.com/agents.md", "user name or password"),
        ("https://[broken/agents.md", "is not a URL"),
        ("http://127.0.0.1:1/agents.md", "Cannot fetch"),
        ("http://127.0.0.1:99999/agents.md", "is not a URL: Port out of range"),
    ],
)
def test_urls_that_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], url: str, problem: str
) -> None:
    assert vendoring.run(url) == 1
    message = capsys.readouterr().err
    assert problem in message
    assert "hunter2" not in message


def test_no_address_in_a_spec_is_fetched(vendoring: Vendoring, site: str) -> None:
    document = fragment()
    document["info"]["termsOfService"] = f"{site}/terms"
    document["externalDocs"] = {"url": f"{site}/docs"}
    document["servers"] = [{"url": f"{site}/server"}]
    response = document["paths"]["/agents"]["get"]["responses"]["200"]
    response["links"] = {"next": {"operationRef": f"{site}/operation"}}
    response["content"]["application/json"]["examples"] = {"one": {"externalValue": f"{site}/one"}}
    _Pages.requested.clear()
    assert vendoring.run(vendoring.page("agents.md", document)) == 0
    assert _Pages.requested == []
    assert vendoring.run(f"{site}/agents.md") == 0
    assert _Pages.requested == ["/agents.md"]
