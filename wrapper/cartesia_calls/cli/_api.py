"""A client as the options and the environment say, and what is wrong with its settings."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cartesia_calls import AsyncClient, Client, ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

ClientT = TypeVar("ClientT", Client, AsyncClient)

_KEY_VARIABLE = "CARTESIA_API_KEY"
_KEY_PREFIX = "sk_car_"
# Of a shorter one, four characters would be too much to show.
_SHORTEST_TO_HINT_AT = 12
_KEY_HINT = (
    f"Set {_KEY_VARIABLE} to a key, one word that starts with {_KEY_PREFIX}; keys are made at "
    "https://play.cartesia.ai/keys."
)
_QUOTES = "\"'`“”‘’"
# Good values, to try one setting at a time.
_SOME_KEY = "sk_car_x"
_SOME_URL = "http://127.0.0.1"
_SOME_VERSION = "2026-03-01"


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting of the client: its value, for people to see, where it is from, or what is wrong."""

    name: str
    value: str
    source: str
    error: ConfigurationError | None = None


def open_client(arguments: argparse.Namespace) -> Client:
    """Return a client.

    Raises:
        ConfigurationError: There is no key, or a setting is wrong.
    """
    return _open(Client, arguments)


def open_async_client(arguments: argparse.Namespace) -> AsyncClient:
    """Return an asynchronous client; as `open_client`."""
    return _open(AsyncClient, arguments)


def _open(kind: type[ClientT], arguments: argparse.Namespace) -> ClientT:
    key = os.environ.get(_KEY_VARIABLE, "")
    try:
        _check_quotes(key)
        return kind(base_url=arguments.base_url, api_version=arguments.api_version)
    except ConfigurationError:
        for setting in settings(arguments):
            if setting.error is not None:
                raise setting.error from None
        raise


def log_to_stderr(verbosity: int) -> None:
    """Log retries to stderr, with a verbosity of 2 each request."""
    if verbosity:
        logging.basicConfig(format="%(message)s")
        level = logging.INFO if verbosity == 1 else logging.DEBUG
        logging.getLogger("cartesia_calls").setLevel(level)


def settings(arguments: argparse.Namespace) -> list[Setting]:
    """Return each setting, checked by itself."""
    base_url, version = arguments.base_url, arguments.api_version
    return [
        _setting("API key", None, _KEY_VARIABLE, _check_key, _KEY_HINT),
        _setting(
            "Base URL",
            base_url,
            "CARTESIA_BASE_URL",
            lambda: _tried(Client(_SOME_KEY, base_url=base_url, api_version=_SOME_VERSION))[0],
            "Set --base-url or CARTESIA_BASE_URL to an address such as https://api.cartesia.ai; "
            "http:// is only for this machine.",
        ),
        _setting(
            "API version",
            version,
            "CARTESIA_VERSION",
            lambda: _tried(Client(_SOME_KEY, base_url=_SOME_URL, api_version=version))[1],
            f"Set --api-version or CARTESIA_VERSION to a date such as {_SOME_VERSION}.",
        ),
    ]


def _setting(
    name: str, option: str | None, variable: str, check: Callable[[], str], hint: str
) -> Setting:
    in_environment = variable if os.environ.get(variable) else "default"
    source = "option" if option is not None else in_environment
    try:
        return Setting(name, check(), source)
    except ConfigurationError as error:
        return Setting(name, "", source, ConfigurationError(error.summary, hint=hint))


def _tried(client: Client) -> tuple[str, str]:
    with client:
        return client.base_url, client.api_version


def _check_key() -> str:
    """Return the key, masked."""
    key = os.environ.get(_KEY_VARIABLE, "")
    _check_quotes(key)
    Client(base_url=_SOME_URL, api_version=_SOME_VERSION).close()
    prefix = _KEY_PREFIX if key.startswith(_KEY_PREFIX) else ""
    secret = key.removeprefix(prefix)
    return f"{prefix}…{secret[-4:] if len(secret) >= _SHORTEST_TO_HINT_AT else ''}"


def _check_quotes(key: str) -> None:
    if key and (key[0] in _QUOTES or key[-1] in _QUOTES):
        raise ConfigurationError(
            f"The API key ({_KEY_VARIABLE}) has quotes around it.", hint="Set it without them."
        )
