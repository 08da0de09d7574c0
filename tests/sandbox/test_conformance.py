"""The sandbox behaves as the spec says: judged by schemathesis, and schemathesis by planted bugs.

Random ids alone never name a call that exists, so the example calls' ids are mixed in.
"""

# schemathesis leaves the parameters of its own generic classes out of its annotations.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.schemas import APIOperation
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cartesia_calls.sandbox import Clock, ExampleCalls, create_app

Operation = APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Operation]

SPEC = Path(__file__).parents[2] / "openapi" / "latest.yml"
KEY = {"Authorization": "Bearer sk_car_sandbox_accepted"}
VERSION = {"Cartesia-Version": "2026-03-01"}
CALLS = ExampleCalls()


def logs_operation(app: ASGIApp) -> Operation:
    schema = schemathesis.openapi.from_dict(yaml.safe_load(SPEC.read_bytes()))
    schema.app = app
    return schema["/agents/calls/{call_id}/logs"]["GET"]


def status_of(app: ASGIApp, call_id: str) -> int:
    """Ask for the call's logs; raise what schemathesis finds wrong with the answer."""
    case: Case = logs_operation(app).Case(path_parameters={"call_id": call_id}, headers=VERSION)
    return case.call_and_validate(headers=KEY).status_code


def test_every_answer_is_one_that_the_spec_describes() -> None:
    operation = logs_operation(create_app())
    seen: set[int] = set()
    pinned = st.sampled_from([CALLS.finished, CALLS.running, CALLS.expired])

    @settings(max_examples=60, derandomize=True, database=None, deadline=None)
    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        call_id=st.none() | pinned,
    )
    def conforms(case: Case, call_id: str | None) -> None:
        if call_id is not None:
            case.path_parameters["call_id"] = call_id
        seen.add(case.call_and_validate(headers=KEY).status_code)

    conforms()

    assert seen == {200, 404}


@pytest.mark.parametrize(
    ("call_id", "status"), [(CALLS.finished, 200), (CALLS.running, 404), (CALLS.expired, 404)]
)
def test_each_example_call_conforms(call_id: str, status: int) -> None:
    assert status_of(create_app(), call_id) == status


@pytest.mark.parametrize("call_id", ["a%2Fb", "%2E%2E", "%00", "%F0%9F%8D%95"])
def test_an_id_that_schemathesis_does_not_draw_conforms_as_well(call_id: str) -> None:
    assert status_of(create_app(), call_id) == 404


def test_a_growing_log_conforms(clock: Clock, advance: Callable[[float], None]) -> None:
    app = create_app(clock=clock)
    statuses: list[int] = []
    for _ in range(6):
        statuses.append(status_of(app, CALLS.running))
        advance(1)

    assert statuses == [404, 404, 200, 200, 200, 200]


@dataclass(frozen=True, kw_only=True)
class Bug:
    """What is wrong with a broken sandbox's answer, and what schemathesis calls it."""

    finding: str
    call_id: str = CALLS.finished
    status: int | None = None
    content_type: str = "application/json"
    fields: dict[str, object] = field(default_factory=dict[str, object])
    dropped: str | None = None


BUGS = {
    "a missing field": Bug(finding="JsonSchemaError", dropped="updated_at"),
    "null for an array": Bug(finding="JsonSchemaError", fields={"logs": None}),
    "a line that is no text": Bug(finding="JsonSchemaError", fields={"logs": ["one", 2]}),
    "a time that is none": Bug(finding="JsonSchemaError", fields={"updated_at": "yesterday"}),
    "a time without offset": Bug(
        finding="JsonSchemaError", fields={"updated_at": "2026-03-01T10:00:00"}
    ),
    "an error that is not described": Bug(
        finding="JsonSchemaError", call_id=CALLS.expired, dropped="description"
    ),
    "an undocumented status": Bug(finding="UndefinedStatusCode", status=418),
    "another content type": Bug(finding="UndefinedContentType", content_type="text/html"),
    "a server error": Bug(finding="ServerError", call_id=CALLS.unknown, status=500),
}


class Broken:
    """ASGI middleware: a sandbox with a bug in its answers."""

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
            body = {**json.loads(message["body"]), **bug.fields}
            body.pop(bug.dropped, None)
            headers = [(b"content-type", bug.content_type.encode())]
            await send({**start, "status": bug.status or start["status"], "headers": headers})
            await send({**message, "body": json.dumps(body).encode()})

        await self._app(scope, receive, send_broken)


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS.keys())
def test_a_planted_bug_is_found(bug: Bug) -> None:
    with pytest.raises(FailureGroup) as caught:
        status_of(Broken(create_app(), bug), bug.call_id)

    assert bug.finding in {type(failure).__name__ for failure in caught.value.exceptions}


def test_a_planted_open_door_is_found() -> None:
    app = create_app()

    async def open_door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            key = (b"authorization", KEY["Authorization"].encode())
            others = [header for header in scope["headers"] if header[0] != b"authorization"]
            scope = {**scope, "headers": [*others, key]}
        await app(scope, receive, send)

    with pytest.raises(FailureGroup) as caught:
        status_of(open_door, CALLS.finished)

    assert {type(failure).__name__ for failure in caught.value.exceptions} == {"IgnoredAuth"}
