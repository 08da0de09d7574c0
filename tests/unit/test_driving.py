"""A sync client runs coroutines without an event loop, even inside a running one."""

from __future__ import annotations

import asyncio
import inspect
import subprocess
import sys
from typing import Any, cast

import httpx
import pytest

from cartesia_calls import AsyncClient, Client
from fake_server import KEY, URL, FakeServer, ok
from scripted_server import ScriptedServer, http_response, serving

LINES = [f"line {number}" for number in range(100)]
DOCUMENT = {"call_id": "ac_1", "logs": LINES, "updated_at": "2026-03-01T10:00:00Z"}


def _two_lists() -> list[httpx.Response]:
    call = {"agent_id": "a", "status": "completed", "start_time": "2026-03-01T10:00:00Z"}
    first = {"data": [{"id": "ac_1", **call}], "has_more": True, "next_page": "ac_1"}
    second = {"data": [{"id": "ac_2", **call}], "has_more": False}
    return [ok(first), ok(second)]


def test_a_sync_client_works_inside_a_running_event_loop() -> None:
    async def fetch() -> tuple[int, list[str], list[str]]:
        with FakeServer([ok(DOCUMENT)]).client() as client:
            logs = client.calls.logs("ac_1").logs
            lines = list(client.calls.stream_logs("ac_1"))
        with FakeServer(_two_lists()).client() as client:
            return len(logs), lines, [call.id for call in client.calls.list(agent_id="a")]

    assert asyncio.run(fetch()) == (100, LINES, ["ac_1", "ac_2"])


@pytest.mark.parametrize("name", ["lines", "calls"])
def test_an_iteration_survives_the_end_of_an_event_loop(name: str) -> None:
    responses = [ok(DOCUMENT)] if name == "lines" else _two_lists()
    client = FakeServer(responses).client()

    async def begin() -> tuple[Any, object]:
        streamed = client.calls.stream_logs("ac_1") if name == "lines" else None
        items = iter(streamed or client.calls.list(agent_id="a"))
        return items, next(items)

    items, first = asyncio.run(begin())  # which closes the async generators that it knows
    rest = list(items)
    assert (first, len(rest)) == (LINES[0], 99) if name == "lines" else len(rest) == 1
    client.close()


def test_an_abandoned_iteration_closes_its_connection() -> None:
    class Body(httpx.SyncByteStream):
        closed = False

        def __iter__(self) -> Any:  # noqa: ANN401 - of bytes
            yield ok(DOCUMENT).content

        def close(self) -> None:
            Body.closed = True

    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Body()))
    with Client(KEY, base_url=URL, http_client=httpx.Client(transport=transport)) as client:
        for line in client.calls.stream_logs("ac_1"):
            assert line == LINES[0]
            break
        assert Body.closed


def test_a_coroutine_that_suspends_in_a_sync_client_is_reported_as_a_bug() -> None:
    class Suspending:
        def __await__(self) -> Any:  # noqa: ANN401 - a generator
            yield

    client = Client(KEY, base_url=URL)

    sender = client.calls._inner._sender  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - what is tested
    object.__setattr__(sender, "transport", _Suspending(Suspending))
    with pytest.raises(RuntimeError, match="suspended in a sync client"):
        client.status()


class _Suspending:
    name = "suspending"

    def __init__(self, kind: type) -> None:
        self._kind = kind

    async def send(self, _request: object) -> object:
        return await self._kind()


@pytest.mark.parametrize("resource", [None, "calls", "agents"])
def test_both_clients_have_the_same_methods_with_the_same_documentation(
    resource: str | None,
) -> None:
    clients: tuple[object, object] = (Client(KEY), AsyncClient(KEY))
    faces = [client if resource is None else getattr(client, resource) for client in clients]
    sync, asynchronous = ({n for n in dir(face) if not n.startswith("_")} for face in faces)
    assert sync == asynchronous
    for name in asynchronous - {"calls", "agents"}:
        one, other = (getattr(type(cast("object", face)), name) for face in faces)
        assert inspect.getdoc(one), name
        assert inspect.getdoc(one) == inspect.getdoc(other), name
        if callable(one):
            assert _parameters(one) == _parameters(other), name
            assert "Async" not in str(inspect.signature(one)), name
            # What frameworks ask, to learn whether to await its result.
            assert not inspect.iscoroutinefunction(inspect.unwrap(one)), name


def _parameters(method: object) -> list[tuple[str, object, object]]:
    signature = inspect.signature(cast("Any", method))
    return [(p.name, p.kind, p.default) for p in signature.parameters.values()]


def test_a_sync_client_over_fast_imports_no_asyncio() -> None:
    pytest.importorskip("httptools", reason="the extra fast is not installed")
    code = f"""
import sys
from cartesia_calls import Client
with Client("{KEY}", base_url=sys.argv[1], engine="fast") as client:
    print(len(client.calls.logs("ac_1").logs), len(list(client.calls.stream_logs("ac_1"))))
print("asyncio" in sys.modules, "httpx" in sys.modules)
"""
    with ScriptedServer(serving(http_response(ok(DOCUMENT).content))) as server:
        url = server.url.removesuffix("/x")
        done = subprocess.run(
            [sys.executable, "-c", code, url], capture_output=True, text=True, check=True
        )
    assert done.stdout == "100 100\nFalse False\n"
