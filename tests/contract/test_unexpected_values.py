"""A response with one unexpected value is read whole, over every engine, sync and async."""

from __future__ import annotations

import asyncio
import copy
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache, partial
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartesia_calls import AsyncClient, Client
from engines import INSTALLED
from fake_server import KEY, gathered, gathered_async
from kept import LISTS, STRICT, came_through, is_needed
from scripted_server import ScriptedServer, http_response
from spec_schemas import Place, places, response_schemas, whole_example
from spec_strategies import JSON_VALUES
from wrapped_operations import WRAPPED, WrappedOperation

TOLERANT = [
    one for one in WRAPPED if one.operation_id in response_schemas() and one.operation_id != STRICT
]
# Seven operations, four clients: 10,080 readings.
EXAMPLES = 360
LIKELY: st.SearchStrategy[Any] = st.sampled_from(
    ["", "odd", "2026-03-01T10:00:00", 0, 1.5, 10**30, True, None, [], {}]
)

Fetch = Callable[[WrappedOperation], object]


class Clients:
    """Clients of every engine, sync and async, and a server that sends them a given body."""

    def __init__(self) -> None:
        self.body = b""
        self.fetches: list[Fetch] = []
        self._open = ExitStack()
        self._runner = self._open.enter_context(asyncio.Runner())
        server = self._open.enter_context(ScriptedServer(self._send))
        url = server.url.removesuffix("/x")
        for engine in INSTALLED:
            client = Client(KEY, base_url=url, engine=engine)
            self._open.callback(client.close)
            self.fetches.append(partial(self._fetch, client))
            async_client = self._runner.run(self._made(url, engine))
            self._open.callback(self._close, async_client)
            self.fetches.append(partial(self._fetch_async, async_client))

    def _fetch(self, client: Client, operation: WrappedOperation) -> object:
        return gathered(operation.call(client))

    def _fetch_async(self, client: AsyncClient, operation: WrappedOperation) -> object:
        return self._runner.run(gathered_async(operation.call(client)))

    def _close(self, client: AsyncClient) -> None:
        self._runner.run(client.close())

    async def _made(self, url: str, engine: Any) -> AsyncClient:  # noqa: ANN401 - a literal type
        return AsyncClient(KEY, base_url=url, engine=engine)

    def _send(self, connection: socket.socket, _head: bytes) -> None:
        connection.sendall(http_response(self.body, headers=b"Content-Type: application/json\r\n"))

    def close(self) -> None:
        self._open.close()


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    made = Clients()
    yield made
    made.close()


@cache
def _example_and_places(operation_id: str) -> tuple[Any, list[Place]]:
    schema = response_schemas()[operation_id]
    return whole_example(schema), [Place((), schema, required=True), *places(schema)]


def _with_one_unexpected_value(data: st.DataObject, operation: WrappedOperation) -> Any:  # noqa: ANN401 - JSON of any type
    example, everywhere = _example_and_places(operation.operation_id)
    body = copy.deepcopy(example)
    place = data.draw(st.sampled_from(everywhere))
    holder = body
    for step in place.steps[:-1]:
        holder = holder[step]
    here = holder[place.steps[-1]] if place.steps else body
    value = data.draw(LIKELY | JSON_VALUES)
    change = data.draw(st.sampled_from(["add", "set", "drop"]))
    if change == "add" and isinstance(here, dict):
        here[data.draw(st.text().filter(lambda name: name not in here))] = value
    elif (
        change == "add"
        and isinstance(here, list)
        and not is_needed(operation.operation_id, Place((*place.steps, 0), {}, required=True))
    ):
        elements = cast("list[object]", here)
        elements.insert(data.draw(st.integers(0, len(elements))), value)
    elif place.steps and not is_needed(operation.operation_id, place):
        if change == "drop":
            del holder[place.steps[-1]]
        else:
            holder[place.steps[-1]] = value
    if LISTS.get(operation.operation_id) == "data":
        body.pop("next_page", None)
        body["has_more"] = False  # no page follows
    return body


@pytest.mark.parametrize("operation", TOLERANT, ids=lambda one: one.operation_id)
@given(data=st.data())
@settings(
    deadline=None,
    max_examples=EXAMPLES,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_a_response_with_one_unexpected_value_is_read_whole(
    clients: Clients, operation: WrappedOperation, data: st.DataObject
) -> None:
    body = _with_one_unexpected_value(data, operation)
    clients.body = json.dumps(body).encode()
    for fetch in clients.fetches:
        assert came_through(operation, body, fetch(operation))
