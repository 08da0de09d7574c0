"""Which engine sends a client's requests."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal, TypeVar, get_args

from cartesia_calls._exceptions import ConfigurationError

from ._environment import look_around

if TYPE_CHECKING:
    import httpx

    from cartesia_calls._clock import Clock
    from cartesia_calls._http import AsyncEngine, Engine

EngineName = Literal["auto", "fast", "httpx"]
"""`fast` needs the extra of that name; `auto` takes it where it is installed and can be used."""

ClientT = TypeVar("ClientT", bound="httpx.Client | httpx.AsyncClient")

_PACKAGES_OF_FAST = ("httptools", "orjson")


def make_engine(
    name: EngineName, base_url: str, http_client: httpx.Client | None, clock: Clock
) -> Engine:
    """Return an engine; nothing is sent.

    Raises:
        ConfigurationError: There is no such engine, or it can't be used here.
    """
    if _is_own_client(name, http_client):
        import httpx  # noqa: PLC0415 - the user's client has imported it

        from ._httpx_client import OwnClientEngine  # noqa: PLC0415 - only the chosen engine's

        return OwnClientEngine(_checked(http_client, httpx.Client), clock)
    around = look_around(base_url)
    if _is_fast(name):
        from ._fast import FastEngine  # noqa: PLC0415 - only the chosen engine's

        try:
            return FastEngine(around, clock)
        except ConfigurationError:
            if name == "fast":
                raise
    from ._httpx import HttpxEngine  # noqa: PLC0415 - only the chosen engine's

    return HttpxEngine(around, clock)


def make_async_engine(
    name: EngineName, base_url: str, http_client: httpx.AsyncClient | None
) -> AsyncEngine:
    """Return an engine to be awaited; as `make_engine`."""
    if _is_own_client(name, http_client):
        import httpx  # noqa: PLC0415 - the user's client has imported it

        from ._httpx_client import AsyncOwnClientEngine  # noqa: PLC0415 - only the chosen engine's

        return AsyncOwnClientEngine(_checked(http_client, httpx.AsyncClient))
    around = look_around(base_url)
    if _is_fast(name):
        from ._fast_async import AsyncFastEngine  # noqa: PLC0415 - only the chosen engine's

        try:
            return AsyncFastEngine(around)
        except ConfigurationError:
            if name == "fast":
                raise
    from ._httpx import AsyncHttpxEngine  # noqa: PLC0415 - only the chosen engine's

    return AsyncHttpxEngine(around)


def _is_own_client(name: object, http_client: object) -> bool:
    known = get_args(EngineName)
    if name not in known:
        raise ConfigurationError(
            f"There is no engine {name!r}.", hint=f"Use one of: {', '.join(known)}."
        )
    if http_client is not None and name == "fast":
        raise ConfigurationError(
            "An http_client is httpx's, which the engine `fast` does not send with.",
            hint="Leave out one of engine and http_client.",
        )
    return http_client is not None


def _is_fast(name: EngineName) -> bool:
    if name == "httpx":
        return False
    missing = [package for package in _PACKAGES_OF_FAST if find_spec(package) is None]
    if missing and name == "fast":
        raise ConfigurationError(
            f"The engine `fast` needs what is not installed here: {' and '.join(missing)}.",
            hint="Run: pip install 'cartesia-calls[fast]'",
        )
    return not missing


def _checked(client: object, kind: type[ClientT]) -> ClientT:
    if not isinstance(client, kind):
        raise ConfigurationError(
            f"http_client is a {type(client).__name__}, not an httpx.{kind.__name__}.",
            hint=f"Pass an httpx.{kind.__name__}, or nothing.",
        )
    return client
