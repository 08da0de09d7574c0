"""Properties of all responses: the client accepts valid ones, and raises one error for the rest."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any, cast

import httpx
import pytest
from dateutil.parser import isoparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartesia_calls import AsyncClient, CartesiaError, Client
from fake_clock import FakeClock
from fake_server import KEY, LOGS, URL, FakeServer, gathered
from spec_schemas import Schema, resolved, response_schemas
from spec_strategies import JSON_VALUES, values_of
from wrapped_operations import WRAPPED, WrappedOperation

# The time of an example depends on the machine; tests with slow servers cover timeouts.
# The fuzz session runs more examples.
PATIENT = settings(
    deadline=None, max_examples=25, database=None, suppress_health_check=[HealthCheck.too_slow]
)
MODELLED = [one for one in WRAPPED if one.operation_id in response_schemas()]
# Of these responses the wrapper returns only the list, and of a cancellation nothing.
LISTS = {"agents_list": "summaries", "agents_list-calls": "data"}
RIGHT = json.dumps(LOGS).encode()


def _same_times(value: Any, schema: Schema) -> Any:  # noqa: ANN401 - JSON of any type
    """Return JSON with the times that the schema declares as datetimes."""
    schema = resolved(schema)
    if isinstance(value, dict):
        named = schema.get("properties", {})
        items = cast("dict[str, Any]", value).items()
        return {k: _same_times(v, named[k]) if k in named else v for k, v in items}
    if isinstance(value, list):
        return [_same_times(item, schema["items"]) for item in cast("list[object]", value)]
    if value is None or schema.get("format") != "date-time":
        return value
    return isoparse(value.upper().replace(" ", "T"))


@pytest.mark.parametrize("operation", MODELLED, ids=lambda one: one.operation_id)
@given(data=st.data())
@PATIENT
def test_any_response_that_the_spec_allows_is_read_in_full(
    operation: WrappedOperation, data: st.DataObject
) -> None:
    schema = response_schemas()[operation.operation_id]
    name = LISTS.get(operation.operation_id)
    sent = data.draw(values_of(schema))
    if name == "data":
        sent.update({"has_more": False})  # no page follows
    response = httpx.Response(200, json=sent)
    result = FakeServer([response], record=response).do(operation.call)
    if operation.operation_id == "agents_cancel-call":
        assert result is None
    elif name is None:
        assert _same_times(_json(result), schema) == _same_times(sent, schema)
    else:
        items = resolved(schema)["properties"][name]
        assert _same_times(_json(result), items) == _same_times(sent[name], items)


def _json(result: Any) -> Any:  # noqa: ANN401 - a model or a list of them
    if isinstance(result, list):
        return [item.to_dict() for item in cast("Sequence[Any]", result)]
    return result.to_dict()


@st.composite
def _spoilt(draw: st.DrawFn) -> bytes:
    """Return valid JSON with some bytes replaced, inserted or removed."""
    start = draw(st.integers(0, len(RIGHT)))
    end = draw(st.integers(start, min(len(RIGHT), start + 8)))
    return RIGHT[:start] + draw(st.binary(max_size=8)) + RIGHT[end:]


BODIES = (
    st.binary(max_size=300)
    | _spoilt()
    | JSON_VALUES.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from([*LOGS, "title", "message"]), JSON_VALUES).map(
        lambda value: json.dumps(value).encode()
    )
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["content-encoding", "content-type", "location", "retry-after", "retry-after-ms", "x"]
    ),
    st.sampled_from(["gzip", "deflate", "gzip, deflate", "br", "0", "1e9", "/", "audio/wav"])
    | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\x00")),
    max_size=3,
)
STATUSES = st.just(200) | st.integers(100, 999)


def _transport(status: int, headers: dict[str, str], body: bytes) -> httpx.MockTransport:
    def respond(_: httpx.Request) -> httpx.Response:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        return httpx.Response(status, headers=raw, stream=httpx.ByteStream(body))

    return httpx.MockTransport(respond)


@pytest.mark.parametrize("operation", WRAPPED, ids=lambda one: one.operation_id)
@given(status=STATUSES, headers=HEADERS, body=BODIES)
@PATIENT
def test_any_response_is_a_value_or_one_of_our_errors(
    operation: WrappedOperation, status: int, headers: dict[str, str], body: bytes
) -> None:
    own = httpx.Client(transport=_transport(status, headers, body))
    client = Client(KEY, base_url=URL, http_client=own, clock=FakeClock())
    _check(lambda: gathered(operation.call(client)))


@given(status=STATUSES, headers=HEADERS, body=BODIES)
@PATIENT
def test_any_response_is_a_value_or_one_of_our_errors_in_async(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    async def fetch() -> object:
        own = httpx.AsyncClient(transport=_transport(status, headers, body))
        async with AsyncClient(KEY, base_url=URL, http_client=own, clock=FakeClock()) as client:
            return await client.calls.logs("ac_1")

    _check(lambda: asyncio.run(fetch()))


def _check(fetch: Callable[[], object]) -> None:
    """Make a call, and raise any error that is not ours or shows the key."""
    seen: CartesiaError | None = None
    try:
        fetch()
    except CartesiaError as error:
        seen = error
    assert seen is None or seen.hint
    assert KEY not in f"{seen}{vars(seen) if seen else ''}"
