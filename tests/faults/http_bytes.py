"""HTTP responses as bytes, right ones and the parts of wrong ones."""

from __future__ import annotations

import gzip
import json
from typing import Any

from fake_server import LOGS
from raw_server import Send

LOGS_BODY = json.dumps(LOGS).encode()
JSON_TYPE = {"Content-Type": "application/json"}


def head(status: int | str, *headers: tuple[str, str | bytes]) -> bytes:
    """Return a status line and headers, with the empty line after them."""
    lines = [f"HTTP/1.1 {status}".encode()]
    for name, value in headers:
        raw = value if isinstance(value, bytes) else value.encode("latin-1")
        lines.append(name.encode("latin-1") + b": " + raw)
    return b"\r\n".join([*lines, b"", b""])


def http_response(
    status: int | str = "200 OK",
    body: bytes = LOGS_BODY,
    *headers: tuple[str, str | bytes],
    media_type: str = "application/json",
) -> bytes:
    """Return a whole response with a `Content-Length`."""
    described = ("Content-Type", media_type), ("Content-Length", str(len(body)))
    return head(status, *described, *headers) + body


def json_response(body: object, *headers: tuple[str, str | bytes]) -> Send:
    """Return the step that sends a 200 with a JSON body."""
    return Send(http_response("200 OK", json.dumps(body).encode(), *headers))


def text_response(body: bytes, *headers: tuple[str, str | bytes], media_type: str) -> Send:
    """Return the step that sends a 200 with any body."""
    return Send(http_response("200 OK", body, *headers, media_type=media_type))


def logs_with(**changes: Any) -> dict[str, object]:  # noqa: ANN401 - wrong types are the point
    """Return the body of a right response with fields changed."""
    return {**LOGS, **changes}


def logs_without(name: str) -> dict[str, object]:
    """Return the body of a right response with a field left out."""
    return {key: value for key, value in LOGS.items() if key != name}


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Return a body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + end


def zipped(body: bytes = LOGS_BODY) -> bytes:
    """Return gzip bytes, the same at every run."""
    return gzip.compress(body, mtime=0)
