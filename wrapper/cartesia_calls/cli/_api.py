"""A client as the options and the environment say."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from cartesia_calls import ConfigurationError

if TYPE_CHECKING:
    import argparse

    from cartesia_calls import AsyncClient, Client

ClientT = TypeVar("ClientT", "Client", "AsyncClient")

KEY_VARIABLE = "CARTESIA_API_KEY"
_QUOTES = tuple("\"'`\u201c\u201d\u2018\u2019")


def open_client(arguments: argparse.Namespace) -> Client:
    """Return a client.

    Raises:
        ConfigurationError: There is no key, or a setting is wrong.
    """
    from cartesia_calls import Client  # noqa: PLC0415 - help does without httpx

    return _open(Client, arguments)


def open_async_client(arguments: argparse.Namespace) -> AsyncClient:
    """Return an asynchronous client; as `open_client`."""
    from cartesia_calls import AsyncClient  # noqa: PLC0415 - as above

    return _open(AsyncClient, arguments)


def _open(kind: type[ClientT], arguments: argparse.Namespace) -> ClientT:
    key: str | None = getattr(arguments, "api_key", None)
    if key is None:
        in_environment = os.environ.get(KEY_VARIABLE, "")
        if in_environment.startswith(_QUOTES) or in_environment.endswith(_QUOTES):
            raise ConfigurationError(f"The API key ({KEY_VARIABLE}) has quotes around it.")
    return kind(key, base_url=arguments.base_url, api_version=arguments.api_version)
