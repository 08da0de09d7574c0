"""A client's settings and their checks.

An argument overrides the environment, and the environment overrides the default. An empty
environment variable counts as not set.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any, Literal, TypeGuard, cast, get_args
from urllib.parse import urlsplit

import attrs

from cartesia_api.types import parse_rfc3339

from ._arguments import check_seconds
from ._clock import Clock, SystemClock
from ._exceptions import ConfigurationError
from ._http import DEFAULT_MAX_RESPONSE_BYTES
from ._operations import SPEC_VERSION
from ._retry import RetryEvent
from ._secret import ApiKey, concealed

API_KEY_VARIABLE = "CARTESIA_API_KEY"
BASE_URL_VARIABLE = "CARTESIA_BASE_URL"
API_VERSION_VARIABLE = "CARTESIA_VERSION"
ENGINE_VARIABLE = "CARTESIA_ENGINE"
DEFAULT_API_VERSION = SPEC_VERSION.value
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
# Each has a setting of its own, or is set by the transport.
_RESERVED_HEADERS = frozenset(
    {
        "accept-encoding",
        "authorization",
        "cartesia-version",
        "connection",
        "content-length",
        "host",
        "transfer-encoding",
    }
)

OnRetry = Callable[[RetryEvent], object]
"""Called with each retry, before the pause."""
EngineName = Literal["auto", "fast", "httpx"]
"""`fast` needs the extra of that name; `auto` is `fast` if it is installed and can be used."""


def _given(argument: object, variable: str) -> tuple[object, str]:
    """Return a setting and its source; None if neither argument nor environment has it."""
    if argument is not None:
        return argument, "argument"
    return os.environ.get(variable) or None, variable


def _checked_key(argument: ApiKey | None) -> ApiKey:
    # No frame that may raise holds the key's text.
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
            hint="Copy the key alone. It is one word that starts with sk_car_.",
        )
    if key.reveal().startswith(_ADMIN_KEY_PREFIX):
        raise ConfigurationError(
            f"The API key ({source}) is an admin key, which works on no route used here.",
            hint=f"Use an ordinary key; keys are made at {_KEYS_PAGE}.",
        )
    return key


def _checked_base_url(argument: str | None) -> str:
    url, _ = _given(argument, BASE_URL_VARIABLE)
    if url is None:
        return DEFAULT_BASE_URL
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
    if parts.scheme == "http" and not is_loopback(host):
        raise ConfigurationError(
            f"The base URL {url!r} would send the API key over plain HTTP.",
            hint="Use https://; http:// is only for a loopback address such as http://127.0.0.1:8000.",
        )
    if not _can_be_host(parts.netloc):
        raise _bad_base_url(url, "has a host that is no host name and no address")
    return url.rstrip("/")


def _bad_base_url(url: object, problem: str) -> ConfigurationError:
    return ConfigurationError(
        f"The base URL {_without_secrets(url)!r} {problem}.",
        hint=f"Pass base_url=… or set {BASE_URL_VARIABLE} to something like {DEFAULT_BASE_URL}.",
    )


def _without_secrets(url: object) -> object:
    """Leave out the parts that may hold a secret: all before an @, the query and the fragment."""
    if not isinstance(url, str):
        return url
    shown = re.split(r"[?#]", url)[0]
    return f"…@{shown.rpartition('@')[2]}" if "@" in url else shown


def _can_be_host(netloc: str) -> bool:
    host = re.sub(r":\d*$", "", netloc)
    if "[" in host or not host.strip(".0123456789"):
        try:
            ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return False
        return True
    return _HOST_NAME.fullmatch(host) is not None


def is_loopback(host: str) -> bool:
    """Return whether a URL's host can only be this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_api_version(argument: str | None) -> str:
    version, source = _given(argument, API_VERSION_VARIABLE)
    if version is None:
        return DEFAULT_API_VERSION
    if not isinstance(version, str) or parse_rfc3339(f"{version}T00:00:00Z") is None:
        raise ConfigurationError(
            f"The API version {version!r} ({source}) is not a date.",
            hint=f"Use the form YYYY-MM-DD, such as {DEFAULT_API_VERSION}.",
        )
    return version


def _checked_engine(argument: EngineName | None) -> EngineName:
    name, source = _given(argument, ENGINE_VARIABLE)
    if name is None:
        return "auto"
    known = get_args(EngineName)
    if name not in known:
        raise ConfigurationError(
            f"There is no engine {name!r} ({source}).", hint=f"Use one of: {', '.join(known)}."
        )
    return cast("EngineName", name)


def _is_span(_: object, field: attrs.Attribute[float], value: object) -> None:
    name = field.name
    try:
        seconds = check_seconds(value, name)
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{error}.", hint=f"Such as {name}=60.") from error
    if not seconds:
        raise ConfigurationError(f"{name} is 0.", hint=f"Pass seconds, such as {name}=60.")


def _is_whole_number(
    least: int, hint: str
) -> Callable[[object, attrs.Attribute[int], object], None]:
    def check(_: object, field: attrs.Attribute[int], value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ConfigurationError(
                f"{field.name}={value!r} is not a whole number from {least}.", hint=hint
            )

    return check


def _is_hook(_: object, field: attrs.Attribute[OnRetry | None], value: object) -> None:
    if value is not None and (not callable(value) or iscoroutinefunction(value)):
        kind = "a coroutine function" if callable(value) else f"of type {type(value).__name__}"
        raise ConfigurationError(
            f"{field.name} is {kind}, not a plain function.",
            hint="Pass a function that takes a RetryEvent.",
        )


def _checked_clock(clock: object) -> Clock:
    if clock is None:
        return SystemClock()
    if isinstance(clock, type) or not isinstance(clock, Clock):
        raise ConfigurationError(
            f"clock is of type {type(clock).__name__}, which lacks the methods of a clock.",
            hint="Pass an object with the methods of `Clock`, such as SystemClock().",
        )
    return clock


def _checked_headers(headers: object) -> Mapping[str, str]:
    """Return a copy of the user's own headers, with their names in lower case."""
    if headers is None:
        return {}
    if not isinstance(headers, Mapping):
        raise ConfigurationError(
            f"headers is of type {type(headers).__name__}, not a mapping.",
            hint="Pass a dict of names and values.",
        )
    checked: dict[str, str] = {}
    for name, value in cast("Mapping[object, object]", headers).items():
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
                hint="Leave it out: the client sets it, from api_key, api_version, base_url or the engine.",
            )
        checked[name.lower()] = value
    return checked


def _matches(text: object, pattern: re.Pattern[str]) -> TypeGuard[str]:
    return isinstance(text, str) and pattern.fullmatch(text) is not None


@attrs.frozen(kw_only=True, repr=False)
class Settings:
    """A client's settings, which `Client` documents. A wrong one raises `ConfigurationError`."""

    api_key: ApiKey = attrs.field(converter=_checked_key)
    base_url: str = attrs.field(converter=_checked_base_url)
    api_version: str = attrs.field(converter=_checked_api_version)
    timeout: float = attrs.field(validator=_is_span)
    max_retries: int = attrs.field(
        validator=_is_whole_number(0, "Pass 0 to send each request once.")
    )
    engine: EngineName = attrs.field(converter=_checked_engine)
    headers: Mapping[str, str] = attrs.field(converter=_checked_headers)
    logs_grace_period: float = attrs.field(validator=_is_span)
    total_timeout: float | None = attrs.field(validator=attrs.validators.optional(_is_span))
    max_response_bytes: int = attrs.field(
        validator=_is_whole_number(
            1, f"Pass bytes, such as {DEFAULT_MAX_RESPONSE_BYTES}, which is the default."
        )
    )
    on_retry: OnRetry | None = attrs.field(validator=_is_hook)
    clock: Clock = attrs.field(converter=_checked_clock)

    def total_bound(self, timeout: float) -> float:
        """Return the bound of an operation whose every attempt has this timeout, in seconds."""
        if self.total_timeout is not None:
            return self.total_timeout
        return max(DEFAULT_TOTAL_TIMEOUT, timeout)

    def changed(self, **changes: object) -> Settings:
        """Return a copy with every change that is not None; headers are added."""
        given: dict[str, Any] = {name: it for name, it in changes.items() if it is not None}
        if "headers" in given:
            given["headers"] = {**self.headers, **_checked_headers(given["headers"])}
        return attrs.evolve(self, **given)
