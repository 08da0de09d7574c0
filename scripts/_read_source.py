"""Read the bytes of a page or a spec, from a file or over HTTPS, within limits."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import httpx

from _console import ScriptError

MAX_BYTES = 20 * 1024 * 1024
_MAX_SILENCE = 20.0
_LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Source:
    """The content of a source, and the name that it is recorded under.

    Attributes:
        name: The URL, or the path inside the repository, or the file's name if it is outside.
        suffix: The lower-case ending of the file's name, such as `.md`.
        text: The content.
        sha256: The digest of the content's bytes, in hexadecimal.
    """

    name: str
    suffix: str
    text: str
    sha256: str


def read_source(location: str, *, root: Path) -> Source:
    """Read a page or a spec.

    Args:
        location: A path, or an `https://` URL (`http://` only for this machine).
        root: The repository; a file inside it is recorded by its path relative to it.

    Raises:
        ScriptError: It cannot be read, is too large, or is not UTF-8 text.
    """
    if "://" in location:
        is_local = _check_url(location)
        url = urldefrag(location).url
        content = _download(url, is_local=is_local)
        name, suffix = url, Path(urlsplit(url).path).suffix
    else:
        path = Path(location)
        name, suffix, content = _recorded_name(path, root), path.suffix, _read_file(path)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScriptError(
            f"{name} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8 and try again."
        ) from error
    return Source(name, suffix.lower(), text, hashlib.sha256(content).hexdigest())


def _recorded_name(path: Path, root: Path) -> str:
    resolved = path.resolve()
    if resolved.is_relative_to(root.resolve()):
        return resolved.relative_to(root.resolve()).as_posix()
    return path.name  # a path of this machine means nothing on another one


def _read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ScriptError(
            f"Cannot read {path}: {reason}.", "Check the path, or give an https:// URL."
        ) from error
    _check_size(len(content), str(path))
    return content


def _check_size(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise ScriptError(
            f"{name} is larger than {MAX_BYTES // 1024 // 1024} MB.",
            "Give the page of one operation, or a smaller spec.",
        )


def _download(url: str, *, is_local: bool) -> bytes:
    try:
        # Requests to this machine never use a proxy.
        with (
            httpx.Client(timeout=_MAX_SILENCE, trust_env=not is_local) as client,
            client.stream("GET", url) as response,
        ):
            return _read_body(response, url)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ScriptError(
            f"Cannot fetch {url}: {error or type(error).__name__}.",
            "Check the URL and the network, or save the page and give its path.",
        ) from error


def _read_body(response: httpx.Response, url: str) -> bytes:
    if response.has_redirect_location:
        raise ScriptError(
            f"{url} redirects to {response.headers['location']}.",
            "Nothing was fetched from there. If it is the right page, give that URL.",
        )
    if response.status_code != HTTPStatus.OK:
        raise ScriptError(
            f"{url} responded with status {response.status_code}.",
            "Check the URL, or save the page and give its path.",
        )
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        _check_size(len(content), url)
    return bytes(content)


def _check_url(url: str) -> bool:
    """Refuse URLs that are not safe to fetch and to record.

    Returns:
        Whether the URL points at this machine.
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises if the port is invalid
    except ValueError as error:
        raise ScriptError(f"{url!r} is not a URL: {error}.", "Check how it is written.") from error
    if parts.username or parts.password:
        raise ScriptError(
            f"The URL for {parts.hostname} carries a user name or password.",
            "Save the page yourself and give its path, so that no secret is recorded.",
        )
    is_local = parts.hostname in _LOOPBACK_HOSTS
    if parts.scheme == "https" or (parts.scheme == "http" and is_local):
        return is_local
    raise ScriptError(
        f"Refused to fetch {url}: only https:// is fetched (http:// from this machine alone).",
        "Give an https:// URL, or save the page and give its path.",
    )
