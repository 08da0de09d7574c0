"""The peers: ways to fetch a call's logs, each as its users would write it.

Each peer imports its library when it is opened, so that a process loads only what it measures. A
fetch returns the number of log lines, so that a measurement can check that the work was done.

The official SDK has no logs operation, so its peers use its generic `client.get`: once with a model as
`cast_to`, as its own operations do, which returns typed attributes as ours does; once with
`cast_to=object`, which returns the parsed JSON. It validates in neither case.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

import raw_socket

if TYPE_CHECKING:
    import asyncio

KEY = "sk_car_only_for_benchmarks"
API_VERSION = "2026-03-01"
TIMEOUT = 120.0
"""The bound of one request, in seconds."""
HEADERS = {"Authorization": f"Bearer {KEY}", "Cartesia-Version": API_VERSION}

Fetch = Callable[[str], int]
AsyncFetch = Callable[[str], Awaitable[int]]
Engine = Literal["fast", "httpx"]


@dataclass(frozen=True)
class Peer:
    """One way to fetch logs.

    Attributes:
        name: Its name in tables and plots.
        open: Opens it on a server's URL; None if it has no such flavour.
        open_async: The same for asyncio.
        streams: Whether it reads a body of any size in constant memory.
        is_previous: Whether it runs with the code of the checkout named by `--previous`.
    """

    name: str
    open: Callable[[str], AbstractContextManager[Fetch]] | None
    open_async: Callable[[str], AbstractAsyncContextManager[AsyncFetch]] | None = None
    streams: bool = False
    is_previous: bool = False


class NotThereError(Exception):
    """This environment lacks something to measure, which the message names."""


def _path(call_id: str) -> str:
    return f"/agents/calls/{call_id}/logs"


# Ours


def _client(kind: Any, url: str, **options: object) -> Any:  # noqa: ANN401 - either client
    from cartesia_calls import ConfigurationError

    try:
        return kind(KEY, base_url=url, api_version=API_VERSION, timeout=TIMEOUT, **options)
    except ConfigurationError as error:
        raise NotThereError(str(error)) from error


@contextlib.contextmanager
def _ours(engine: Engine, url: str) -> Generator[Fetch]:
    from cartesia_calls import Client

    with _client(Client, url, engine=engine) as client:
        yield lambda call_id: len(client.calls.logs(call_id).logs)


@contextlib.asynccontextmanager
async def _ours_async(engine: Engine, url: str) -> AsyncGenerator[AsyncFetch]:
    from cartesia_calls import AsyncClient

    async with _client(AsyncClient, url, engine=engine) as client:

        async def fetch(call_id: str) -> int:
            return len((await client.calls.logs(call_id)).logs)

        yield fetch


@contextlib.contextmanager
def _ours_streaming(engine: Engine, url: str) -> Generator[Fetch]:
    from cartesia_calls import Client

    with _client(Client, url, engine=engine) as client:
        yield lambda call_id: sum(1 for _ in client.calls.stream_logs(call_id))


@contextlib.contextmanager
def _ours_without_orjson(url: str) -> Generator[Fetch]:
    import sys

    if "orjson" in sys.modules:
        raise NotThereError("orjson is in use in this process")
    sys.modules["orjson"] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        with _ours("httpx", url) as fetch:
            yield fetch
    finally:
        del sys.modules["orjson"]


@contextlib.contextmanager
def _ours_over_httpx2(url: str) -> Generator[Fetch]:
    import httpx2

    from cartesia_calls import Client

    with httpx2.Client() as own, _client(Client, url, http_client=own) as client:
        yield lambda call_id: len(client.calls.logs(call_id).logs)


@contextlib.asynccontextmanager
async def _ours_over_httpx2_async(url: str) -> AsyncGenerator[AsyncFetch]:
    import httpx2

    from cartesia_calls import AsyncClient

    async with (
        httpx2.AsyncClient(limits=httpx2.Limits(max_connections=None)) as own,
        _client(AsyncClient, url, http_client=own) as client,
    ):

        async def fetch(call_id: str) -> int:
            return len((await client.calls.logs(call_id)).logs)

        yield fetch


# The official SDK


def _official_response() -> Any:  # noqa: ANN401 - a class of the SDK's kind
    from datetime import datetime

    import cartesia

    # Written as the SDK writes its own models.
    class AgentCallLogs(cartesia.BaseModel):
        call_id: str
        logs: list[str]
        updated_at: datetime

    # pydantic cannot find names that are local to a function, so they are passed.
    AgentCallLogs.model_rebuild(_types_namespace={"datetime": datetime})
    return AgentCallLogs


def _official_options(url: str) -> dict[str, Any]:
    headers = {"Cartesia-Version": API_VERSION}
    return {"api_key": KEY, "base_url": url, "default_headers": headers, "timeout": TIMEOUT}


@contextlib.contextmanager
def _official(url: str, *, is_typed: bool) -> Generator[Fetch]:
    import cartesia

    cast_to = _official_response() if is_typed else object
    with cartesia.Cartesia(**_official_options(url)) as client:
        yield lambda call_id: _official_lines(client.get(_path(call_id), cast_to=cast_to))


@contextlib.asynccontextmanager
async def _official_async(url: str, *, is_typed: bool) -> AsyncGenerator[AsyncFetch]:
    import cartesia

    cast_to = _official_response() if is_typed else object
    async with cartesia.AsyncCartesia(**_official_options(url)) as client:

        async def fetch(call_id: str) -> int:
            return _official_lines(await client.get(_path(call_id), cast_to=cast_to))

        yield fetch


def _official_lines(response: Any) -> int:  # noqa: ANN401 - a model or a dict
    return len(response.logs if hasattr(response, "logs") else response["logs"])


# Bare HTTP clients


@contextlib.contextmanager
def _httpx(url: str) -> Generator[Fetch]:
    import httpx

    with httpx.Client(base_url=url, headers=HEADERS, timeout=TIMEOUT) as client:
        yield lambda call_id: len(client.get(_path(call_id)).json()["logs"])


@contextlib.asynccontextmanager
async def _httpx_async(url: str) -> AsyncGenerator[AsyncFetch]:
    import httpx

    async with httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=TIMEOUT) as client:

        async def fetch(call_id: str) -> int:
            return len((await client.get(_path(call_id))).json()["logs"])

        yield fetch


@contextlib.asynccontextmanager
async def _aiohttp_async(url: str) -> AsyncGenerator[AsyncFetch]:
    import aiohttp

    async with aiohttp.ClientSession(
        url, headers=HEADERS, timeout=aiohttp.ClientTimeout(total=TIMEOUT)
    ) as session:

        async def fetch(call_id: str) -> int:
            async with session.get(_path(call_id)) as response:
                return len((await response.json())["logs"])

        yield fetch


@contextlib.contextmanager
def _pyreqwest(url: str) -> Generator[Fetch]:
    import orjson
    from pyreqwest.client import SyncClientBuilder

    with SyncClientBuilder().default_headers(HEADERS).build() as client:

        def fetch(call_id: str) -> int:
            response = client.get(f"{url}{_path(call_id)}").build().send()
            return len(orjson.loads(response.bytes().to_bytes())["logs"])

        yield fetch


@contextlib.asynccontextmanager
async def _pyreqwest_async(url: str) -> AsyncGenerator[AsyncFetch]:
    import orjson
    from pyreqwest.client import ClientBuilder

    async with ClientBuilder().default_headers(HEADERS).build() as client:

        async def fetch(call_id: str) -> int:
            response = await client.get(f"{url}{_path(call_id)}").build().send()
            return len(orjson.loads((await response.bytes()).to_bytes())["logs"])

        yield fetch


# The generated client, without the wrapper


def _generated_client(url: str) -> Any:  # noqa: ANN401 - its class is imported when it is opened
    import httpx

    from cartesia_api.client import AuthenticatedClient

    return AuthenticatedClient(
        base_url=url, token=KEY, timeout=httpx.Timeout(TIMEOUT), raise_on_unexpected_status=True
    )


@contextlib.contextmanager
def _generated(url: str) -> Generator[Fetch]:
    from cartesia_api.api.agents import agents_get_call_logs
    from cartesia_api.models import CartesiaVersion

    version = CartesiaVersion(API_VERSION)
    with _generated_client(url) as client:

        def fetch(call_id: str) -> int:
            response = agents_get_call_logs.sync(call_id, client=client, cartesia_version=version)
            return len(cast("Any", response).logs)

        yield fetch


@contextlib.asynccontextmanager
async def _generated_async(url: str) -> AsyncGenerator[AsyncFetch]:
    from cartesia_api.api.agents import agents_get_call_logs
    from cartesia_api.models import CartesiaVersion

    version = CartesiaVersion(API_VERSION)
    async with _generated_client(url) as client:

        async def fetch(call_id: str) -> int:
            response = await agents_get_call_logs.asyncio(
                call_id, client=client, cartesia_version=version
            )
            return len(cast("Any", response).logs)

        yield fetch


# The floor


@contextlib.contextmanager
def _raw(url: str) -> Generator[Fetch]:
    import orjson

    with contextlib.closing(raw_socket.connect(url)) as connection:

        def fetch(call_id: str) -> int:
            body = raw_socket.fetch(connection, raw_socket.request_for(call_id, HEADERS))
            return len(orjson.loads(body)["logs"])

        yield fetch


@contextlib.asynccontextmanager
async def _raw_async(url: str) -> AsyncGenerator[AsyncFetch]:
    import asyncio

    import orjson

    idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def fetch(call_id: str) -> int:
        connection = idle.pop() if idle else await asyncio.open_connection(*address)
        body = await raw_socket.fetch_async(*connection, raw_socket.request_for(call_id, HEADERS))
        idle.append(connection)
        return len(orjson.loads(body)["logs"])

    address = raw_socket.address_of(url)
    yield fetch
    for _, writer in idle:
        writer.close()


FAST = Peer("ours, fast", partial(_ours, "fast"), partial(_ours_async, "fast"))
HTTPX_ENGINE = Peer("ours, httpx", partial(_ours, "httpx"), partial(_ours_async, "httpx"))
FAST_PREVIOUS = replace(FAST, name="ours, fast, previous", is_previous=True)
HTTPX_PREVIOUS = replace(HTTPX_ENGINE, name="ours, httpx, previous", is_previous=True)
HTTPX2 = Peer("ours, an httpx2 client", _ours_over_httpx2, _ours_over_httpx2_async)
HTTPX_WITHOUT_ORJSON = Peer("ours, httpx, without orjson", _ours_without_orjson)
FAST_STREAM = Peer("ours, fast, stream_logs", partial(_ours_streaming, "fast"), streams=True)
HTTPX_STREAM = Peer("ours, httpx, stream_logs", partial(_ours_streaming, "httpx"), streams=True)
OFFICIAL = Peer(
    "official SDK", partial(_official, is_typed=True), partial(_official_async, is_typed=True)
)
OFFICIAL_UNTYPED = Peer("official SDK, untyped", partial(_official, is_typed=False))
BARE_HTTPX = Peer("bare httpx", _httpx, _httpx_async)
GENERATED = Peer("generated client", _generated, _generated_async)
AIOHTTP = Peer("aiohttp", None, _aiohttp_async)
PYREQWEST = Peer("pyreqwest + orjson", _pyreqwest, _pyreqwest_async)
FLOOR = Peer("raw socket + orjson", _raw, _raw_async)

PEERS = (
    FAST,
    HTTPX_ENGINE,
    FAST_PREVIOUS,
    HTTPX_PREVIOUS,
    HTTPX2,
    HTTPX_WITHOUT_ORJSON,
    FAST_STREAM,
    HTTPX_STREAM,
    OFFICIAL,
    OFFICIAL_UNTYPED,
    BARE_HTTPX,
    GENERATED,
    AIOHTTP,
    PYREQWEST,
    FLOOR,
)


def peer_named(name: str) -> Peer:
    """Return the peer of a name.

    Raises:
        KeyError: There is none.
    """
    return {peer.name: peer for peer in PEERS}[name]
