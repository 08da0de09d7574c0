"""What a client is set up with, and where each setting came from.

An argument beats the environment, the environment beats the default. An environment variable that
is set to nothing counts as not set.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Generic, TypeGuard, TypeVar, cast
from urllib.parse import urlsplit

from ._arguments import check_seconds
from ._exceptions import ConfigurationError
from ._http import DEFAULT_MAX_RESPONSE_BYTES
from ._retry import RetryEvent
from ._secret import ApiKey, concealed

API_KEY_VARIABLE = "CARTESIA_API_KEY"
BASE_URL_VARIABLE = "CARTESIA_BASE_URL"
API_VERSION_VARIABLE = "CARTESIA_VERSION"
DEFAULT_BASE_URL = "https://api.cartesia.ai"
DEFAULT_TIMEOUT = 60.0
DEFAULT_MAX_RETRIES = 2
DEFAULT_LOGS_GRACE_PERIOD = 600.0
DEFAULT_TOTAL_TIMEOUT = 300.0

_ADMIN_KEY_PREFIX = "sk_car_admin_"
_KEYS_PAGE = "https://play.cartesia.ai/keys"
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")
_VISIBLE_ASCII = re.compile(r"[\x21-\x7e]+")
# Labels of up to 63 characters, 253 in all.
_HOST_NAME = re.compile(
    r"(?=.{1,253}$)(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
# Each has a setting of its own, or is the transport's business.
_RESERVED_HEADERS = frozenset(
    {
        "authorization",
        "cartesia-version",
        "connection",
        "content-length",
        "host",
        "transfer-encoding",
    }
)

OnRetry = Callable[[RetryEvent], object]
"""Is told of each retry, before the pause."""

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Resolved(Generic[T_co]):
    """A setting's value and its source: `argument`, a variable's name, or `default`."""

    value: T_co
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """A client's settings, all checked.

    Attributes:
        api_key: Sent as a bearer token with every request.
        base_url: Scheme, host and an optional path, without a slash at its end.
        api_version: The `Cartesia-Version` header, a date.
        timeout: The bound of one attempt, in seconds.
        max_retries: How often a request that failed in passing is sent again.
        headers: More headers to send with every request, names in lower case.
        logs_grace_period: How long after a call's end its logs may still be written, in seconds.
        total_timeout: The bound of an operation with all its retries, in seconds; None where it
            follows from `timeout`.
        max_response_bytes: How long an answer's body may be, decoded.
        on_retry: Is told of each retry.
    """

    api_key: ApiKey
    base_url: str
    api_version: str
    timeout: float
    max_retries: int
    headers: Mapping[str, str] = field(repr=False)
    logs_grace_period: float
    total_timeout: float | None = None
    max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES
    on_retry: OnRetry | None = field(default=None, repr=False)

    def total_bound(self, timeout: float) -> float:
        """Return the bound of an operation whose every attempt has this time-out, in seconds."""
        if self.total_timeout is not None:
            return self.total_timeout
        return max(DEFAULT_TOTAL_TIMEOUT, timeout)

    def changed(
        self,
        *,
        api_key: ApiKey | None,
        api_version: str | None,
        timeout: float | None,
        max_retries: int | None,
        headers: Mapping[str, str] | None,
        logs_grace_period: float | None,
        total_timeout: float | None,
        max_response_bytes: int | None,
        on_retry: OnRetry | None,
    ) -> Settings:
        """Return a copy with what is given, all checked; headers are added.

        Raises:
            ConfigurationError: One is wrong.
        """
        changes: dict[str, Any] = {"headers": {**self.headers, **check_headers(headers)}}
        if api_key is not None:
            changes["api_key"] = resolve_api_key(api_key).value
        if api_version is not None:
            version = resolve_api_version(api_version, self.api_version)
            changes["api_version"] = version.value
        if timeout is not None:
            changes["timeout"] = _check_span(timeout, "timeout")
        if max_retries is not None:
            changes["max_retries"] = check_max_retries(max_retries)
        if logs_grace_period is not None:
            grace = _check_span(logs_grace_period, "logs_grace_period")
            changes["logs_grace_period"] = grace
        if total_timeout is not None:
            changes["total_timeout"] = _check_span(total_timeout, "total_timeout")
        if max_response_bytes is not None:
            changes["max_response_bytes"] = check_max_response_bytes(max_response_bytes)
        if on_retry is not None:
            changes["on_retry"] = check_on_retry(on_retry)
        return replace(self, **changes)


def _given(argument: str | None, variable: str) -> Resolved[str] | None:
    if argument is not None:
        return Resolved(argument, "argument")
    if from_environment := os.environ.get(variable):
        return Resolved(from_environment, variable)
    return None


def resolve_settings(
    *,
    api_key: ApiKey | None,
    base_url: str | None,
    api_version: str | None,
    default_api_version: str,
    timeout: float,
    max_retries: int,
    headers: Mapping[str, str] | None,
    logs_grace_period: float,
    total_timeout: float | None,
    max_response_bytes: int,
    on_retry: OnRetry | None,
) -> Settings:
    """Find and check all of a client's settings.

    Raises:
        ConfigurationError: One is missing or wrong.
    """
    return Settings(
        api_key=resolve_api_key(api_key).value,
        base_url=resolve_base_url(base_url).value,
        api_version=resolve_api_version(api_version, default_api_version).value,
        timeout=_check_span(timeout, "timeout"),
        max_retries=check_max_retries(max_retries),
        headers=check_headers(headers),
        logs_grace_period=_check_span(logs_grace_period, "logs_grace_period"),
        total_timeout=None
        if total_timeout is None
        else _check_span(total_timeout, "total_timeout"),
        max_response_bytes=check_max_response_bytes(max_response_bytes),
        on_retry=check_on_retry(on_retry),
    )


def resolve_api_key(argument: ApiKey | None = None) -> Resolved[ApiKey]:
    """Find and check the API key. No frame that may raise holds its text.

    Raises:
        ConfigurationError: There is none, or it can't be one.
    """
    key = argument or concealed(os.environ.get(API_KEY_VARIABLE) or None)
    source = "argument" if argument else API_KEY_VARIABLE
    if key is None:
        raise ConfigurationError(
            "No API key is set.",
            hint=f"Set {API_KEY_VARIABLE} or pass api_key=…; keys are made at {_KEYS_PAGE}.",
        )
    if not _matches(key.reveal(), _VISIBLE_ASCII):
        raise ConfigurationError(
            f"The API key ({source}) is not a word of visible ASCII characters: it is empty, "
            "no string, or has spaces, line breaks or other characters in it.",
            hint="Copy it again without what surrounds it; a key is one word that starts with sk_car_.",
        )
    if key.reveal().startswith(_ADMIN_KEY_PREFIX):
        raise ConfigurationError(
            f"The API key ({source}) is an admin key, which works on no route used here.",
            hint=f"Use an ordinary key; they are made at {_KEYS_PAGE}.",
        )
    return Resolved(key, source)


def resolve_base_url(argument: str | None = None) -> Resolved[str]:
    """Find and check the base URL.

    Raises:
        ConfigurationError: It is not a plain https:// URL, nor an http:// one to a loopback address.
    """
    resolved = _given(argument, BASE_URL_VARIABLE) or Resolved(DEFAULT_BASE_URL, "default")
    _check_base_url(resolved.value)
    return Resolved(resolved.value.rstrip("/"), resolved.source)


def _check_base_url(url: object) -> None:
    if not _matches(url, _VISIBLE_ASCII) or "\\" in url:
        raise _bad_base_url(url, "is not a URL in plain ASCII")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        # Without the cause, whose text may repeat what the URL holds before an @.
        raise _bad_base_url(url, "is malformed") from None
    if "@" in url:
        raise _bad_base_url(url, "holds a user name or password")
    if parts.scheme not in {"http", "https"} or not host:
        raise _bad_base_url(url, "is not an https:// URL")
    if "?" in url or "#" in url:
        raise _bad_base_url(url, "has a query or a fragment")
    if ":" not in host and not _HOST_NAME.fullmatch(host):
        raise _bad_base_url(url, "has a host that can't be one")
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"The base URL {url!r} would send the API key over plain HTTP.",
            hint="Use https://; http:// is only for a loopback address such as http://127.0.0.1:8000.",
        )


def _bad_base_url(url: object, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"The base URL {_without_secrets(url)!r} {problem}.",
        hint=f"Pass base_url=… or set {BASE_URL_VARIABLE} to something like {DEFAULT_BASE_URL}.",
    )


def _without_secrets(url: object) -> object:
    """Leave out what may be a secret: all before an @, the query and the fragment."""
    if not isinstance(url, str):
        return url
    shown = re.split(r"[?#]", url)[0]
    return f"…@{shown.rpartition('@')[2]}" if "@" in url else shown


def is_loopback(host: str) -> bool:
    """Tell whether a URL's host can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def resolve_api_version(argument: str | None, default: str) -> Resolved[str]:
    """Find and check the `Cartesia-Version` header: any real date in the form YYYY-MM-DD.

    Raises:
        ConfigurationError: It is not a date.
    """
    resolved = _given(argument, API_VERSION_VARIABLE) or Resolved(default, "default")
    if not _is_date(resolved.value):
        raise ConfigurationError(
            f"The API version {resolved.value!r} ({resolved.source}) is not a date.",
            hint=f"Use the form YYYY-MM-DD, such as {default}.",
        )
    return resolved


def _is_date(text: object) -> bool:
    # fromisoformat alone would take other forms, such as 20260301.
    if not _matches(text, _DATE):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _check_span(value: object, name: str) -> float:
    try:
        seconds = check_seconds(value, name)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{error}.", hint=f"Such as {name}=60.") from error
    if not seconds:
        raise ConfigurationError(f"{name} is 0.", hint=f"Pass seconds, such as {name}=60.")
    return seconds


def check_max_retries(max_retries: object) -> int:
    """Return a number of retries.

    Raises:
        ConfigurationError: It is not a whole number from 0.
    """
    if isinstance(max_retries, bool) or not isinstance(max_retries, int) or max_retries < 0:
        raise ConfigurationError(
            f"max_retries={max_retries!r} is not a whole number from 0.",
            hint="Pass 0 to send each request once.",
        )
    return max_retries


def check_max_response_bytes(max_response_bytes: object) -> int:
    """Return a number of bytes.

    Raises:
        ConfigurationError: It is not a whole number from 1.
    """
    if (
        isinstance(max_response_bytes, bool)
        or not isinstance(max_response_bytes, int)
        or max_response_bytes < 1
    ):
        raise ConfigurationError(
            f"max_response_bytes={max_response_bytes!r} is not a whole number from 1.",
            hint=f"Pass bytes, such as {DEFAULT_MAX_RESPONSE_BYTES}, which is the default.",
        )
    return max_response_bytes


def check_on_retry(on_retry: OnRetry | None) -> OnRetry | None:
    """Return the hook.

    Raises:
        ConfigurationError: It can't be called.
    """
    if on_retry is not None and not callable(on_retry):
        raise ConfigurationError(
            f"on_retry is a {type(on_retry).__name__}, which can't be called.",
            hint="Pass a function that takes a RetryEvent.",
        )
    return on_retry


def check_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    """Return a copy of the user's own headers, with their names in lower case.

    Raises:
        ConfigurationError: One is malformed, or has a setting of its own.
    """
    checked: dict[str, str] = {}
    for name, value in _items(headers):
        if not _matches(name, _HEADER_NAME) or not _matches(value, _HEADER_VALUE):
            # The value is not shown: it may be a secret.
            raise ConfigurationError(
                f"The header {name!r} or its value is no text, or has characters that HTTP does "
                "not allow.",
                hint="Use ASCII without line breaks.",
            )
        if name.lower() in _RESERVED_HEADERS:
            raise ConfigurationError(
                f"The header {name!r} can't be set through headers=….",
                hint="Use api_key, api_version or base_url.",
            )
        checked[name.lower()] = value
    return checked


def _items(headers: object) -> Iterable[tuple[object, object]]:
    if headers is None:
        return ()
    if not isinstance(headers, Mapping):
        raise ConfigurationError(
            f"headers is a {type(headers).__name__}, not a mapping.",
            hint="Pass a dict of names and values.",
        )
    return cast("Mapping[object, object]", headers).items()


def _matches(text: object, pattern: re.Pattern[str]) -> TypeGuard[str]:
    return isinstance(text, str) and pattern.fullmatch(text) is not None
