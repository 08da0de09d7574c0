"""A client as the options and the environment say, and what is wrong with its settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cartesia_calls import AsyncClient, Client, ConfigurationError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

ClientT = TypeVar("ClientT", Client, AsyncClient)

_KEY_VARIABLE = "CARTESIA_API_KEY"
_KEY_PREFIX = "sk_car_"
# Of a shorter one, four characters would be too much to show.
_SHORTEST_TO_HINT_AT = 12
_QUOTES = tuple("\"'`\u201c\u201d\u2018\u2019")
# Good values, so that one setting can be tried at a time.
_GOOD = {"api_key": "sk_car_x", "base_url": "http://127.0.0.1", "api_version": "2026-03-01"}
# Each setting's name and argument, and what to do where it is wrong.
_SETTINGS = {
    "API key": (
        "api_key",
        f"Set {_KEY_VARIABLE} to the key alone; keys are made at https://play.cartesia.ai/keys.",
    ),
    "Base URL": ("base_url", "Set --base-url or CARTESIA_BASE_URL to https://api.cartesia.ai."),
    "API version": ("api_version", "Set --api-version or CARTESIA_VERSION to YYYY-MM-DD."),
}
_VARIABLES = {
    "api_key": _KEY_VARIABLE,
    "base_url": "CARTESIA_BASE_URL",
    "api_version": "CARTESIA_VERSION",
}


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
    try:
        _check_quotes()
        return kind(base_url=arguments.base_url, api_version=arguments.api_version)
    except ConfigurationError:
        for setting in settings(arguments):
            if setting.error is not None:
                raise setting.error from None
        raise


def settings(arguments: argparse.Namespace) -> list[Setting]:
    """Return each setting, checked by itself."""
    found: list[Setting] = []
    for name, (argument, hint) in _SETTINGS.items():
        option: str | None = getattr(arguments, argument, None)
        variable = _VARIABLES[argument]
        in_environment = variable if os.environ.get(variable) else "default"
        source = "option" if option is not None else in_environment
        try:
            value = _checked({**_GOOD, argument: option})[argument]
        except ConfigurationError as error:
            summary = error.summary.replace("(argument)", "(option)")
            found.append(Setting(name, "", source, ConfigurationError(summary, hint=hint)))
        else:
            found.append(Setting(name, value, source))
    return found


def _checked(given: Mapping[str, str | None]) -> dict[str, str]:
    """Return the values of settings, for people to see; what is None comes from the environment."""
    if given["api_key"] is None:
        _check_quotes()
    with Client(
        given["api_key"], base_url=given["base_url"], api_version=given["api_version"]
    ) as client:
        base_url, version = client.base_url, client.api_version
    return {"api_key": _masked_key(), "base_url": base_url, "api_version": version}


def _masked_key() -> str:
    key = os.environ.get(_KEY_VARIABLE, "")
    prefix = _KEY_PREFIX if key.startswith(_KEY_PREFIX) else ""
    secret = key.removeprefix(prefix)
    return f"{prefix}…{secret[-4:] if len(secret) >= _SHORTEST_TO_HINT_AT else ''}"


def _check_quotes() -> None:
    key = os.environ.get(_KEY_VARIABLE, "")
    if key.startswith(_QUOTES) or key.endswith(_QUOTES):
        raise ConfigurationError(
            f"The API key ({_KEY_VARIABLE}) has quotes around it.", hint="Set it without quotes."
        )
