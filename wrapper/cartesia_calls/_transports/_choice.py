"""Which transport sends a client's requests."""

# ruff: noqa: PLC0415 - only what is chosen is imported
from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls._log import logger

from ._pool import PooledTransport, Slots
from ._route import find_route

if TYPE_CHECKING:
    from types import ModuleType

    from cartesia_calls._clock import Clock
    from cartesia_calls._settings import EngineName

    from .fast._sockets import FastConnection

_PACKAGES_OF_FAST = ("httptools", "orjson")


def make_transport(
    name: EngineName, base_url: str, own: object, clock: Clock, *, is_async: bool
) -> PooledTransport:
    """Return a transport for threads, or for an event loop; nothing is sent."""
    slots = Slots(clock)
    if is_async:
        from ._loops import LoopSlots

        slots = LoopSlots()
    if own is not None and name == "fast":
        raise ConfigurationError(
            "An http_client is httpx's, which the engine `fast` does not send with.",
            hint="Leave out one of engine and http_client.",
        )
    route = find_route(base_url)
    if own is None and name != "httpx":
        try:
            return _fast(is_async=is_async).make_transport(route, slots)
        except ConfigurationError:
            if name == "fast":
                raise
    from ._httpx import AsyncConnection, SyncConnection

    connection = AsyncConnection if is_async else SyncConnection
    if own is None:
        return connection.make_transport(route, slots)
    library = _library_of(own, "AsyncClient" if is_async else "Client")
    return PooledTransport(
        "httpx", slots, lambda: connection(library, own, is_own=True), is_bounded=False
    )


def _fast(*, is_async: bool) -> type[FastConnection]:
    try:
        for package in _PACKAGES_OF_FAST:
            import_module(package)
        if is_async:
            from .fast._asyncio import LoopConnection

            return LoopConnection
        from .fast._sockets import SocketConnection
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in _PACKAGES_OF_FAST:
            raise ConfigurationError(
                f"The engine `fast` is not installed: there is no package {error.name}.",
                hint="Run: pip install 'cartesia-calls[fast]'",
            ) from None
        # A broken package may raise anything.
        unusable = ConfigurationError(
            f"The engine `fast` is installed and can't be imported: {error}.",
            hint="Run: pip install --upgrade --force-reinstall httptools orjson",
        )
        logger().warning("%s", unusable)
        raise unusable from error
    return SocketConnection


def _library_of(client: object, kind: str) -> ModuleType:
    for name in ("httpx", "httpx2"):
        library = sys.modules.get(name)  # imported, if there is such a client
        if library is not None and isinstance(client, getattr(library, kind)):
            return library
    raise ConfigurationError(
        f"http_client is of type {type(client).__name__}, not httpx.{kind}.",
        hint=f"Pass an httpx.{kind} or an httpx2.{kind}, or nothing.",
    )
