"""What is measured against what: ways to fetch a call's logs, each as its users would write it.

Each peer imports its library when it is opened, so that a process has only what it measures. A
fetch returns the number of log lines, by which a measurement knows that the work was done.

The official SDK has no logs operation. The closest it has is its generic `client.get`: once with a
model as `cast_to`, which is what its own operations do and gives typed attributes as ours does, and
once with `cast_to=object`, which gives the parsed JSON. It validates in neither.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
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
        name: As tables and plots show it.
        open: Opens it on a server's URL; None where it has no such flavour.
        open_async: The same for asyncio.
        streams: It takes a body of any size in constant memory.
    """

    name: str
    open: Callable[[str], AbstractContextManager[Fetch]] | None
    open_async: Callable[[str], AbstractAsyncContextManager[AsyncFetch]] | None = None
    streams: bool = False


class NotThereError(Exception):
    """What was to be measured is not in this environment; the text says what."""


def _path(call_id: str) -> str:
    return f"/agents/calls/{call_id}/logs"


# Ours


@contextlib.contextmanager
def _ours(engine: Engine, url: str) -> Generator[Fetch]:
    from cartesia_calls import Client

    with _client(Client, engine, url) as client:
        yield lambda call_id: len(client.calls.logs(call_id).logs)


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


@contextlib.asynccontextmanager
async def _ours_async(engine: Engine, url: str) -> AsyncGenerator[AsyncFetch]:
    from cartesia_calls import AsyncClient

    async with _client(AsyncClient, engine, url) as client:

        async def fetch(call_id: str) -> int:
            return len((await client.calls.logs(call_id)).logs)

        yield fetch


@contextlib.contextmanager
def _ours_streaming(engine: Engine, url: str) -> Generator[Fetch]:
    from cartesia_calls import Client

    with _client(Client, engine, url) as client:
        stream_logs = getattr(client.calls, "stream_logs", None)
        if stream_logs is None:
            raise NotThereError("calls.stream_logs is not in the installed version")
        yield lambda call_id: _count(cast("Iterable[object]", stream_logs(call_id)))


def _client(kind: Any, engine: Engine, url: str) -> Any:  # noqa: ANN401 - either client
    from cartesia_calls import ConfigurationError

    try:
        return kind(KEY, base_url=url, api_version=API_VERSION, timeout=TIMEOUT, engine=engine)
    except ConfigurationError as error:
        raise NotThereError(str(error)) from error


def _count(items: Iterable[object]) -> int:
    return sum(1 for _ in items)


# The official SDK


def _official_answer() -> Any:  # noqa: ANN401 - a class of the SDK's kind, or what it takes as one
    from datetime import datetime

    import cartesia

    # Written as the SDK writes its own models.
    class AgentCallLogs(cartesia.BaseModel):
        call_id: str
        logs: list[str]
        updated_at: datetime

    # Made here, its names can't be found by pydantic, which is told of them.
    AgentCallLogs.model_rebuild(_types_namespace={"datetime": datetime})
    return AgentCallLogs


@contextlib.contextmanager
def _official(answer: Callable[[], Any], url: str) -> Generator[Fetch]:
    import cartesia

    cast_to = answer()
    headers = {"Cartesia-Version": API_VERSION}
    with cartesia.Cartesia(
        api_key=KEY, base_url=url, default_headers=headers, timeout=TIMEOUT
    ) as client:
        yield lambda call_id: _official_lines(client.get(_path(call_id), cast_to=cast_to))


@contextlib.asynccontextmanager
async def _official_async(answer: Callable[[], Any], url: str) -> AsyncGenerator[AsyncFetch]:
    import cartesia

    cast_to = answer()
    headers = {"Cartesia-Version": API_VERSION}
    async with cartesia.AsyncCartesia(
        api_key=KEY, base_url=url, default_headers=headers, timeout=TIMEOUT
    ) as client:

        async def fetch(call_id: str) -> int:
            return _official_lines(await client.get(_path(call_id), cast_to=cast_to))

        yield fetch


def _official_lines(answer: Any) -> int:  # noqa: ANN401 - a model or a dict
    return len(answer.logs if hasattr(answer, "logs") else answer["logs"])


def _untyped() -> type[object]:
    return object


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
            answer = client.get(f"{url}{_path(call_id)}").build().send()
            return len(orjson.loads(answer.bytes().to_bytes())["logs"])

        yield fetch


@contextlib.asynccontextmanager
async def _pyreqwest_async(url: str) -> AsyncGenerator[AsyncFetch]:
    import orjson
    from pyreqwest.client import ClientBuilder

    async with ClientBuilder().default_headers(HEADERS).build() as client:

        async def fetch(call_id: str) -> int:
            answer = await client.get(f"{url}{_path(call_id)}").build().send()
            return len(orjson.loads((await answer.bytes()).to_bytes())["logs"])

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
            answer = agents_get_call_logs.sync(call_id, client=client, cartesia_version=version)
            return len(cast("Any", answer).logs)

        yield fetch


@contextlib.asynccontextmanager
async def _generated_async(url: str) -> AsyncGenerator[AsyncFetch]:
    from cartesia_api.api.agents import agents_get_call_logs
    from cartesia_api.models import CartesiaVersion

    version = CartesiaVersion(API_VERSION)
    async with _generated_client(url) as client:

        async def fetch(call_id: str) -> int:
            answer = await agents_get_call_logs.asyncio(
                call_id, client=client, cartesia_version=version
            )
            return len(cast("Any", answer).logs)

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


def _with_engine(engine: Engine) -> Peer:
    def open_sync(url: str) -> AbstractContextManager[Fetch]:
        return _ours(engine, url)

    def open_async(url: str) -> AbstractAsyncContextManager[AsyncFetch]:
        return _ours_async(engine, url)

    return Peer(f"ours, {engine}", open_sync, open_async)


@contextlib.contextmanager
def _ours_over_httpx2(url: str) -> Generator[Fetch]:
    import httpx2

    from cartesia_calls import Client

    with (
        httpx2.Client() as own,
        Client(
            KEY, base_url=url, api_version=API_VERSION, timeout=TIMEOUT, http_client=own
        ) as client,
    ):
        yield lambda call_id: len(client.calls.logs(call_id).logs)


@contextlib.asynccontextmanager
async def _ours_over_httpx2_async(url: str) -> AsyncGenerator[AsyncFetch]:
    import httpx2

    from cartesia_calls import AsyncClient

    async with (
        httpx2.AsyncClient(limits=httpx2.Limits(max_connections=None)) as own,
        AsyncClient(
            KEY, base_url=url, api_version=API_VERSION, timeout=TIMEOUT, http_client=own
        ) as client,
    ):

        async def fetch(call_id: str) -> int:
            return len((await client.calls.logs(call_id)).logs)

        yield fetch


def _streaming_with_engine(engine: Engine) -> Peer:
    def open_sync(url: str) -> AbstractContextManager[Fetch]:
        return _ours_streaming(engine, url)

    return Peer(f"ours, {engine}, stream_logs", open_sync, streams=True)


def _official_as(name: str, answer: Callable[[], Any]) -> Peer:
    def open_sync(url: str) -> AbstractContextManager[Fetch]:
        return _official(answer, url)

    def open_async(url: str) -> AbstractAsyncContextManager[AsyncFetch]:
        return _official_async(answer, url)

    return Peer(name, open_sync, open_async)


FAST = _with_engine("fast")
HTTPX_ENGINE = _with_engine("httpx")
HTTPX2 = Peer("ours, an httpx2 client", _ours_over_httpx2, _ours_over_httpx2_async)
HTTPX_WITHOUT_ORJSON = Peer("ours, httpx, without orjson", _ours_without_orjson)
FAST_STREAM = _streaming_with_engine("fast")
HTTPX_STREAM = _streaming_with_engine("httpx")
OFFICIAL = _official_as("official SDK", _official_answer)
OFFICIAL_UNTYPED = _official_as("official SDK, untyped", _untyped)
BARE_HTTPX = Peer("bare httpx", _httpx, _httpx_async)
GENERATED = Peer("generated client", _generated, _generated_async)
AIOHTTP = Peer("aiohttp", None, _aiohttp_async)
PYREQWEST = Peer("pyreqwest + orjson", _pyreqwest, _pyreqwest_async)
FLOOR = Peer("raw socket + orjson", _raw, _raw_async)

PEERS = (
    FAST,
    HTTPX_ENGINE,
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
