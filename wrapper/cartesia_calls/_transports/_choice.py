"""Which transport sends a client's requests."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from cartesia_calls._exceptions import ConfigurationError
from cartesia_calls._log import logger

from ._route import find_route

if TYPE_CHECKING:
    from types import ModuleType

    from cartesia_calls._clock import Clock
    from cartesia_calls._settings import EngineName

    from ._pool import PooledTransport

_PACKAGES_OF_FAST = ("httptools", "orjson")


class Flavour(NamedTuple):
    """The parts of sync or async transports, and what httpx calls its client."""

    slots: str
    fast: str
    httpx: str
    http_client: Literal["Client", "AsyncClient"]


SYNC = Flavour("_pool.Slots", "fast._sockets.SocketConnection", "_httpx.SyncConnection", "Client")
ASYNC = Flavour(
    "_loops.Slots", "fast._asyncio.LoopConnection", "_httpx.AsyncConnection", "AsyncClient"
)


def make_transport(
    flavour: Flavour, name: EngineName, base_url: str, own: object, clock: Clock
) -> PooledTransport:
    """Return a transport; nothing is sent."""
    slots = _part(flavour.slots)(clock)
    transport: PooledTransport
    if own is not None:
        if name == "fast":
            raise ConfigurationError(
                "An http_client is httpx's, which the engine `fast` does not send with.",
                hint="Leave out one of engine and http_client.",
            )
        library = _library_of(own, flavour)
        transport = _part(flavour.httpx).make_own_transport(library, own, slots)
        return transport
    route = find_route(base_url)
    if name != "httpx":
        try:
            transport = _fast(flavour).make_transport(route, slots)
        except ConfigurationError:
            if name == "fast":
                raise
        else:
            return transport
    transport = _part(flavour.httpx).make_transport(route, slots)
    return transport


# Only what is chosen is imported.
def _part(path: str) -> Any:  # noqa: ANN401 - of either flavour
    module, _, name = path.rpartition(".")
    return getattr(import_module(f".{module}", __package__), name)


def _fast(flavour: Flavour) -> Any:  # noqa: ANN401 - as `_part`
    try:
        for package in _PACKAGES_OF_FAST:
            import_module(package)
        return _part(flavour.fast)
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


def _library_of(client: object, flavour: Flavour) -> ModuleType:
    kind = flavour.http_client
    for name in ("httpx", "httpx2"):
        library = sys.modules.get(name)  # imported, if there is such a client
        if library is not None and isinstance(client, getattr(library, kind)):
            return library
    raise ConfigurationError(
        f"http_client is of type {type(client).__name__}, not httpx.{kind}.",
        hint=f"Pass an httpx.{kind} or an httpx2.{kind}, or nothing.",
    )
