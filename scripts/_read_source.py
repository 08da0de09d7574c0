"""Read the bytes of a page or a spec, from a file or over HTTPS, within limits."""

import asyncio
import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import httpx

from _console import ScriptError

MAX_BYTES = 20 * 1024 * 1024
MAX_SECONDS = 60.0
_MAX_SILENCE = 20.0
# A few encoded bytes can decode to very many, which would evade the limits.
_UNENCODED = {"Accept-Encoding": "identity"}
_MAX_REDIRECTS = 5
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
        _check_url(location)
        url = urldefrag(location).url
        name, suffix, content = url, Path(urlsplit(url).path).suffix, _download(url)
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


def _download(url: str) -> bytes:
    try:
        return asyncio.run(_download_in_time(url))
    except TimeoutError as error:
        raise ScriptError(
            f"{url} did not arrive within {MAX_SECONDS:.0f} seconds.",
            "Try again later, or save the page and give its path.",
        ) from error


async def _download_in_time(url: str) -> bytes:
    # One limit for everything: timeouts of single reads never end a trickle of bytes.
    async with asyncio.timeout(MAX_SECONDS):
        target = url
        for _ in range(_MAX_REDIRECTS + 1):
            is_local = _check_url(target)
            _check_host(url, target)
            try:
                # Requests to this machine never use a proxy.
                async with (
                    httpx.AsyncClient(timeout=_MAX_SILENCE, trust_env=not is_local) as client,
                    client.stream("GET", target, headers=_UNENCODED) as response,
                ):
                    if not response.has_redirect_location:
                        return await _read_body(response, target)
                    target = str(response.url.join(response.headers["location"]))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise ScriptError(
                    f"Cannot fetch {target}: {error or type(error).__name__}.",
                    "Check the URL and the network, or save the page and give its path.",
                ) from error
    raise ScriptError(
        f"{url} redirects more than {_MAX_REDIRECTS} times.", "Give the final URL instead."
    )


async def _read_body(response: httpx.Response, url: str) -> bytes:
    if response.status_code != HTTPStatus.OK:
        raise ScriptError(
            f"{url} responded with status {response.status_code}.",
            "Check the URL, or save the page and give its path.",
        )
    encoding = response.headers.get("content-encoding", "identity")
    if encoding != "identity":
        raise ScriptError(
            f"{url} responded in the encoding {encoding!r}, which was not requested.",
            "Save the page and give its path.",
        )
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        _check_size(len(content), url)
    return bytes(content)


def _check_host(url: str, target: str) -> None:
    """Refuse a redirect to a host that the user did not name."""
    hosts = [httpx.URL(location) for location in (url, target)]
    if (hosts[0].host, hosts[0].port) != (hosts[1].host, hosts[1].port):
        raise ScriptError(
            f"{url} redirects to another host: {target}.",
            "Nothing was fetched from there. If it is the right host, give that URL.",
        )


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
