"""The sandbox matches the spec, as schemathesis finds; planted bugs show that it would find others.

Random ids never name an existing call, so the examples' ids are mixed in. The calls of `agent_odd`
are left out, because their records break the spec on purpose.
"""

# schemathesis leaves the parameters of its own generic classes out of its annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import pytest
import schemathesis
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.checks import CheckContext
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cartesia_calls.sandbox import Clock, ExampleAgents, ExampleCalls, create_app
from spec_schemas import spec_with_errors

Operation = APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Operation]
Check = Callable[[CheckContext, schemathesis.Response, schemathesis.Case[Any]], bool | None]

KEY = {"Authorization": "Bearer sk_car_sandbox_accepted"}
VERSION = {"Cartesia-Version": "2026-03-01"}
AGENTS = ExampleAgents()
CALLS = ExampleCalls()
IDS = {
    "agent_id": [agent_id for agent_id in asdict(AGENTS).values() if agent_id != AGENTS.odd],
    "call_id": list(asdict(CALLS).values()),
}

STATUS = "GET /"
LIST_AGENTS = "GET /agents"
GET_AGENT = "GET /agents/{agent_id}"
LIST_CALLS = "GET /agents/calls"
GET_CALL = "GET /agents/calls/{call_id}"
AUDIO = "GET /agents/calls/{call_id}/audio"
LOGS = "GET /agents/calls/{call_id}/logs"
CANCEL = "POST /agents/calls/{call_id}/cancel"
DELETE = "DELETE /agents/calls/{call_id}"

STATUSES = {
    STATUS: {200},
    LIST_AGENTS: {200},
    GET_AGENT: {200, 404},
    LIST_CALLS: {200, 400},
    GET_CALL: {200, 404},
    AUDIO: {200, 404},
    LOGS: {200, 404},
    CANCEL: {200, 404, 409},
    DELETE: {200, 404, 409},
}


def operation_of(app: ASGIApp, label: str) -> Operation:
    schema = schemathesis.openapi.from_dict(spec_with_errors())
    schema.app = app
    method, path = label.split()
    return schema[path][method]


def fetch(
    app: ASGIApp, label: str, ids: dict[str, str], query: dict[str, str] | None = None
) -> schemathesis.Response:
    """Send the request; raise everything that schemathesis finds wrong with the response."""
    case: Case = operation_of(app, label).Case(
        path_parameters=ids, query=query or {}, headers=VERSION
    )
    return case.call_and_validate(headers=KEY)


def status_of(app: ASGIApp, label: str, call_id: str) -> int:
    return fetch(app, label, {"call_id": call_id}).status_code


def test_every_operation_of_the_sandbox_is_in_the_spec() -> None:
    schema = schemathesis.openapi.from_dict(spec_with_errors())

    labels = {found.label for path in schema.values() for found in path.values()}
    assert labels >= set(STATUSES)


def requests_about_examples(label: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    """Return the path parameters and the query of requests that exhaust the examples."""
    if label == LIST_CALLS:
        return [({}, {}), *(({}, {"agent_id": agent_id}) for agent_id in IDS["agent_id"])]
    for name, values in IDS.items():
        if f"{{{name}}}" in label:
            return [({name: value}, {}) for value in values]
    return [({}, {})]


@pytest.mark.parametrize("label", STATUSES)
def test_every_response_matches_the_spec(label: str) -> None:
    app = create_app()
    examples = requests_about_examples(label)
    seen = {fetch(app, label, ids, query).status_code for ids, query in examples}
    operation = operation_of(app, label)
    # The spec cannot express that a list needs an id, nor which cursors exist.
    excluded: list[Check] | None = [positive_data_acceptance] if label == LIST_CALLS else None

    @settings(max_examples=40, derandomize=True, database=None, deadline=None)
    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        example=st.none() | st.sampled_from(examples),
    )
    def conforms(case: Case, example: tuple[dict[str, str], dict[str, str]] | None) -> None:
        if example is not None:
            case.path_parameters.update(example[0])
            case.query.update(example[1])
        response = case.call_and_validate(headers=KEY, excluded_checks=excluded)
        seen.add(response.status_code)

    conforms()

    assert seen == STATUSES[label]


@pytest.mark.parametrize("label", [GET_CALL, AUDIO, LOGS, CANCEL, DELETE])
@pytest.mark.parametrize("call_id", IDS["call_id"])
def test_every_operation_on_each_example_call_conforms(call_id: str, label: str) -> None:
    app = create_app()

    assert status_of(app, label, call_id) in STATUSES[label]
    # The rest of the data conforms as well.
    assert status_of(app, GET_CALL, call_id) == (404 if call_id == CALLS.unknown else 200)


@pytest.mark.parametrize("agent_id", [AGENTS.busy, AGENTS.quiet])
def test_every_call_conforms_with_its_transcript(agent_id: str) -> None:
    app = create_app()
    query = {"agent_id": agent_id, "limit": "100", "expand": "transcript"}
    pages = [fetch(app, LIST_CALLS, {}, query).json()]
    while pages[-1]["has_more"]:
        query["starting_after"] = pages[-1]["next_page"]
        pages.append(fetch(app, LIST_CALLS, {}, query).json())

    assert sum(len(page["data"]) for page in pages) >= 30


def test_the_agent_with_unexpected_calls_conforms_and_its_calls_do_not() -> None:
    app = create_app()

    assert fetch(app, GET_AGENT, {"agent_id": AGENTS.odd}).status_code == 200
    with pytest.raises(FailureGroup):
        fetch(app, LIST_CALLS, {}, {"agent_id": AGENTS.odd, "expand": "transcript"})


@pytest.mark.parametrize("label", [GET_CALL, LOGS, CANCEL, DELETE])
@pytest.mark.parametrize("call_id", ["a%2Fb", "%2E%2E", "%00", "%F0%9F%8D%95"])
def test_an_id_that_schemathesis_does_not_generate_conforms(call_id: str, label: str) -> None:
    assert status_of(create_app(), label, call_id) == 404


def test_a_growing_log_conforms(clock: Clock, advance: Callable[[float], None]) -> None:
    app = create_app(clock=clock)
    statuses: list[int] = []
    for _ in range(6):
        statuses.append(status_of(app, LOGS, CALLS.running))
        advance(1)

    assert statuses == [404, 404, 200, 200, 200, 200]


@dataclass(frozen=True, kw_only=True)
class Bug:
    """A bug in the sandbox's response, and the name of schemathesis' check for it."""

    finding: str = "JsonSchemaError"
    label: str = LOGS
    call_id: str = CALLS.finished
    status: int | None = None
    content_type: str | None = None
    fields: dict[str, object] = field(default_factory=dict[str, object])
    dropped: str | None = None


BUGS = {
    "a missing field": Bug(dropped="updated_at"),
    "null for an array": Bug(fields={"logs": None}),
    "a line that is no text": Bug(fields={"logs": ["one", 2]}),
    "an invalid time": Bug(fields={"updated_at": "yesterday"}),
    "a time without offset": Bug(fields={"updated_at": "2026-03-01T10:00:00"}),
    "an error that is not described": Bug(call_id=CALLS.expired, dropped="description"),
    "an undocumented status": Bug(finding="UndefinedStatusCode", status=206),
    "another content type": Bug(finding="UndefinedContentType", content_type="text/html"),
    "a server error": Bug(finding="ServerError", call_id=CALLS.unknown, status=500),
    "a status in words": Bug(label=STATUS, fields={"ok": "yes"}),
    "no list of agents": Bug(label=LIST_AGENTS, dropped="summaries"),
    "a count in words": Bug(label=GET_AGENT, fields={"deployment_count": "seven"}),
    "a page that is no list": Bug(label=LIST_CALLS, fields={"data": {}}),
    "a call without an agent": Bug(
        label=LIST_CALLS, fields={"data": [{"id": "ac_1", "status": "started"}]}
    ),
    "a cursor that is no text": Bug(label=LIST_CALLS, fields={"next_page": 7}),
    "a call without a status": Bug(label=GET_CALL, dropped="status"),
    "a turn without a speaker": Bug(
        label=GET_CALL, fields={"transcript": [{"start_timestamp": 0, "end_timestamp": 1}]}
    ),
    "null for a phone number": Bug(label=GET_CALL, fields={"telephony_params": {"to": None}}),
    "metadata that is no text": Bug(label=GET_CALL, fields={"metadata": {"items": 2}}),
    "an error without its id": Bug(label=GET_CALL, call_id=CALLS.unknown, dropped="request_id"),
    "a recording of another kind": Bug(
        finding="UndefinedContentType", label=AUDIO, content_type="audio/mpeg"
    ),
    "a missing recording in words": Bug(
        finding="UndefinedContentType",
        label=AUDIO,
        call_id=CALLS.expired,
        content_type="text/plain",
    ),
    "a cancelled call that does not report it": Bug(
        label=CANCEL, call_id=CALLS.running, dropped="cancelled"
    ),
    "a refusal without a title": Bug(label=CANCEL, dropped="title"),
    "a deletion at no time": Bug(label=DELETE, fields={"redacted_at": "now"}),
}


class Broken:
    """ASGI middleware: a sandbox with a bug in its responses."""

    def __init__(self, app: ASGIApp, bug: Bug) -> None:
        self._app = app
        self._bug = bug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        bug = self._bug
        start: Message = {}

        async def send_broken(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            content_type = dict(start["headers"])[b"content-type"]
            body: bytes = message["body"]
            if content_type == b"application/json":
                content = {**json.loads(body), **bug.fields}
                content.pop(bug.dropped, None)
                body = json.dumps(content).encode()
            if bug.content_type is not None:
                content_type = bug.content_type.encode()
            headers = [(b"content-type", content_type)]
            await send({**start, "status": bug.status or start["status"], "headers": headers})
            await send({**message, "body": body})

        await self._app(scope, receive, send_broken)


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS.keys())
def test_a_planted_bug_is_found(bug: Bug) -> None:
    ids = {"call_id": bug.call_id, "agent_id": AGENTS.busy}
    query = {"agent_id": AGENTS.busy} if bug.label == LIST_CALLS else None

    with pytest.raises(FailureGroup) as caught:
        fetch(Broken(create_app(), bug), bug.label, ids, query)

    assert bug.finding in {type(failure).__name__ for failure in caught.value.exceptions}


@pytest.mark.parametrize("label", [LOGS, GET_CALL, DELETE])
def test_a_planted_missing_authorization_is_found(label: str) -> None:
    app = create_app()

    async def open_door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            key = (b"authorization", KEY["Authorization"].encode())
            others = [header for header in scope["headers"] if header[0] != b"authorization"]
            scope = {**scope, "headers": [*others, key]}
        await app(scope, receive, send)

    with pytest.raises(FailureGroup) as caught:
        status_of(open_door, label, CALLS.finished)

    assert {type(failure).__name__ for failure in caught.value.exceptions} == {"IgnoredAuth"}
