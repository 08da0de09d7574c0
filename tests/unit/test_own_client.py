"""The user's own httpx client: its failures, its hooks and its mocked transports."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AsyncClient,
    CallNotFoundError,
    Client,
    ConfigurationError,
    InternalServerError,
    NotFoundError,
)
from fake_clock import FakeClock
from fake_server import CALL_NOT_FOUND, FLAVOURS, KEY, LOGS, URL, Action, FakeServer, Flavour, ok
from scripted_server import ScriptedServer, http_response, serving

_LOGS: Action = lambda client: client.calls.logs("ac_1")  # noqa: E731 - the annotation types it
_STREAM: Action = lambda client: client.calls.stream_logs("ac_1")  # noqa: E731 - as above
FETCHES = pytest.mark.parametrize("fetch", [_LOGS, _STREAM], ids=["logs", "stream_logs"])


@FLAVOURS
@FETCHES
def test_a_connection_that_fails_is_reported_with_its_reason(
    flavour: Flavour, fetch: Action
) -> None:
    server = FakeServer([httpx.ConnectError("no server there")], flavour)
    with pytest.raises(APIConnectionError, match="no server there") as caught:
        server.do(fetch, max_retries=0)
    assert not caught.value.may_have_arrived


@FLAVOURS
@FETCHES
def test_a_bug_of_the_transport_is_raised_unchanged(flavour: Flavour, fetch: Action) -> None:
    with pytest.raises(RuntimeError, match="my fault"):
        FakeServer([RuntimeError("my fault")], flavour).do(fetch)


@FLAVOURS
@FETCHES
def test_a_url_that_httpx_rejects_is_a_configuration_error(flavour: Flavour, fetch: Action) -> None:
    too_long = f"{URL}/{'a' * 70_000}"
    with pytest.raises(ConfigurationError, match="can't be sent to https://api"):
        FakeServer([ok()], flavour).do(fetch, base_url=too_long)


@pytest.mark.parametrize("name", ["logs", "stream_logs"])
def test_a_response_that_never_begins_is_abandoned_in_time(name: str) -> None:
    async def never(_request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async def fetch() -> None:
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(never)) as own,
            AsyncClient(KEY, http_client=own, timeout=0.05, max_retries=0) as client,
        ):
            if name == "logs":
                await client.calls.logs("ac_1")
            else:
                await anext(client.calls.stream_logs("ac_1"))

    with pytest.raises(APITimeoutError, match=r"within 0\.05 s"):
        asyncio.run(fetch())


@FLAVOURS
def test_a_mocked_transport_is_used_again(
    flavour: Flavour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mock it as respx, pytest-httpx, vcrpy and OpenTelemetry do; see tests/mocking."""
    requested: list[httpx.URL] = []

    def handle(_self: object, request: httpx.Request) -> httpx.Response:
        requested.append(request.url)
        return ok()

    async def handle_async(_self: object, request: httpx.Request) -> httpx.Response:
        return handle(_self, request)

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    monkeypatch.setattr(httpx.AsyncHTTPTransport, "handle_async_request", handle_async)

    async def fetch() -> list[str]:
        async with AsyncClient(KEY, engine="httpx") as client:
            return [(await client.calls.logs(call_id)).call_id for call_id in ("ac_1", "ac_2")]

    if flavour == "sync":
        with Client(KEY, engine="httpx") as client:
            got = [client.calls.logs(call_id).call_id for call_id in ("ac_1", "ac_2")]
    else:
        got = asyncio.run(fetch())
    assert got == ["ac_1", "ac_1"]
    assert [url.path for url in requested] == [f"/agents/calls/{n}/logs" for n in ("ac_1", "ac_2")]


def test_a_mocked_timeout_is_raised_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def handle(_self: object, _request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("mocked")

    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", handle)
    with (
        Client(KEY, engine="httpx", clock=FakeClock(), max_retries=0) as client,
        pytest.raises(APITimeoutError) as caught,
    ):
        client.calls.logs("ac_1")
    assert not caught.value.may_have_arrived


@FLAVOURS
def test_an_overlong_error_body_is_cut(flavour: Flavour) -> None:
    body = json.dumps({"message": "x" * 300_000}).encode()

    def fetch(base_url: str) -> None:
        with (
            httpx.Client() as own,
            Client(KEY, base_url=base_url, http_client=own, max_response_bytes=1000) as client,
        ):
            client.calls.get("ac_1")

    async def fetch_async(base_url: str) -> None:
        async with (
            httpx.AsyncClient() as own,
            AsyncClient(KEY, base_url=base_url, http_client=own, max_response_bytes=1000) as client,
        ):
            await client.calls.get("ac_1")

    with ScriptedServer(serving(http_response(body, 404))) as server:
        base_url = server.url.removesuffix("/x")
        with pytest.raises(NotFoundError) as caught:
            fetch(base_url) if flavour == "sync" else asyncio.run(fetch_async(base_url))
    assert caught.value.body == body[:1000].decode()


class _WithAnEmptyPiece(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body with an empty piece in the middle, as keep-alive messages of streams make them."""

    _pieces = (ok().content[:10], b"", ok().content[10:])

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


@FLAVOURS
def test_an_empty_piece_is_not_the_end(flavour: Flavour) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=_WithAnEmptyPiece()))

    async def fetch() -> list[str]:
        async with (
            httpx.AsyncClient(transport=transport) as own,
            AsyncClient(KEY, http_client=own) as client,
        ):
            return (await client.calls.logs("ac_1")).logs

    if flavour == "sync":
        with httpx.Client(transport=transport) as own, Client(KEY, http_client=own) as client:
            lines = client.calls.logs("ac_1").logs
    else:
        lines = asyncio.run(fetch())
    assert lines == LOGS["logs"]


class _BreakingPieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"{"
        raise RuntimeError("my fault")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


@FLAVOURS
def test_a_bug_in_the_body_is_raised_unchanged(flavour: Flavour) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=_BreakingPieces()))

    def fetch() -> None:
        with httpx.Client(transport=transport) as own, Client(KEY, http_client=own) as client:
            client.calls.logs("ac_1")

    async def fetch_async() -> None:
        async with (
            httpx.AsyncClient(transport=transport) as own,
            AsyncClient(KEY, http_client=own) as client,
        ):
            await client.calls.logs("ac_1")

    with pytest.raises(RuntimeError, match="my fault"):
        fetch() if flavour == "sync" else asyncio.run(fetch_async())


@FLAVOURS
def test_a_closed_client_of_the_user_is_reported(flavour: Flavour) -> None:
    def fetch() -> None:
        own = httpx.Client()
        own.close()
        Client(KEY, http_client=own).calls.logs("ac_1")

    async def fetch_async() -> None:
        own = httpx.AsyncClient()
        await own.aclose()
        await AsyncClient(KEY, http_client=own).calls.logs("ac_1")

    with pytest.raises(ConfigurationError, match="is closed"):
        fetch() if flavour == "sync" else asyncio.run(fetch_async())


def _read(response: httpx.Response) -> None:
    response.read()


def _raise(response: httpx.Response) -> None:
    response.raise_for_status()


def _close(response: httpx.Response) -> None:
    response.close()


def _iterate(response: httpx.Response) -> None:
    assert list(response.iter_bytes())


def _fetch_with_hooks(
    flavour: Flavour, response: httpx.Response, *hooks: Callable[[httpx.Response], None]
) -> int:
    """Make a call that may be retried once, and return the number of requests."""
    requested: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requested.append(str(request.url))
        return httpx.Response(response.status_code, stream=_Body(response.content))

    def asynchronous(hook: Callable[[httpx.Response], None]) -> Callable[[httpx.Response], object]:
        async def run(response: httpx.Response) -> None:
            if hook is _read:
                await response.aread()
            elif hook is _close:
                await response.aclose()
            elif hook is _iterate:
                assert [piece async for piece in response.aiter_bytes()]
            else:
                hook(response)

        return run

    transport, clock = httpx.MockTransport(handle), FakeClock()

    async def fetch() -> None:
        own = httpx.AsyncClient(
            transport=transport, event_hooks={"response": [*map(asynchronous, hooks)]}
        )
        async with own, AsyncClient(KEY, http_client=own, max_retries=1, clock=clock) as client:
            await client.calls.logs("ac_1")

    if flavour == "sync":
        own = httpx.Client(transport=transport, event_hooks={"response": [*hooks]})
        with own, Client(KEY, http_client=own, max_retries=1, clock=clock) as client:
            client.calls.logs("ac_1")
    else:
        asyncio.run(fetch())
    return len(requested)


class _Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, content: bytes) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        yield self._content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content


@FLAVOURS
@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFoundError), (503, InternalServerError), (302, APIStatusError)]
)
def test_a_hook_that_raises_for_the_status_does_not_replace_our_error(
    flavour: Flavour, status: int, error: type[APIStatusError]
) -> None:
    with pytest.raises(error) as caught:
        _fetch_with_hooks(flavour, httpx.Response(status, content=b"x"), _raise)
    assert (type(caught.value), caught.value.status_code) == (error, status)
    assert caught.value.attempts == (2 if status == 503 else 1)
    assert _fetch_with_hooks(flavour, ok(), _raise) == 1


@FLAVOURS
def test_a_body_that_a_hook_has_read_is_used(flavour: Flavour) -> None:
    with pytest.raises(CallNotFoundError):
        _fetch_with_hooks(flavour, httpx.Response(404, json=CALL_NOT_FOUND), _read, _raise)


@FLAVOURS
@pytest.mark.parametrize("hook", [_close, _iterate])
def test_a_hook_that_consumes_the_body_is_reported(
    flavour: Flavour, hook: Callable[[httpx.Response], None]
) -> None:
    with pytest.raises(ConfigurationError, match=r"before this client could read it.*hooks"):
        _fetch_with_hooks(flavour, ok(), hook)
