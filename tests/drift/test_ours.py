"""The table of our dependencies on the API matches the code."""

from __future__ import annotations

import contextlib
import inspect
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

import cartesia_calls
from cartesia_calls import CartesiaError
from cartesia_calls.cli import main
from drift_campaign import ROOT, base_spec
from fake_server import LOGS_NOT_AVAILABLE, FakeServer
from spec_schemas import Schemas
from upstream_check.differences import Kind, Part, Place
from upstream_check.ours import FIELDS, MODELS, USES, Impact, impact_of
from wrapped_operations import WRAPPED

_WRAPPER = ROOT / "wrapper" / "cartesia_calls"
Action = Callable[[Any], Any]

ACTIONS: dict[str, Action] = {
    "status": lambda client: client.status(),
    "agents.list": lambda client: client.agents.list(),
    "agents.get": lambda client: client.agents.get("a"),
    "calls.list": lambda client: client.calls.list(agent_id="a", expand_transcript=True, limit=3),
    "calls.get": lambda client: client.calls.get("c"),
    "calls.timeline": lambda client: client.calls.timeline("c"),
    "calls.logs": lambda client: client.calls.logs("c"),
    "calls.wait_for_logs": lambda client: client.calls.wait_for_logs("c", timeout=1),
    "calls.follow_logs": lambda client: client.calls.follow_logs("c"),
    "calls.stream_logs": lambda client: client.calls.stream_logs("c"),
    "calls.download_audio": lambda client: client.calls.download_audio(
        "c", os.devnull, overwrite=True
    ),
    "calls.cancel": lambda client: client.calls.cancel("c"),
    "calls.delete": lambda client: client.calls.delete("c"),
}

RECORD = {"id": "c", "agent_id": "a", "status": "failed"}


def _operations(requests: list[httpx.Request]) -> Iterator[tuple[str, set[str]]]:
    """Yield the operationId of each request, and its parameters."""
    for request in requests:
        for path, item in base_spec()["paths"].items():
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
            found = re.fullmatch(pattern, request.url.path)
            # A literal segment is no parameter: `/agents/calls` is not an agent.
            is_exact = path == request.url.path or request.url.path != "/agents/calls"
            if found and is_exact and request.method.lower() in item:
                operation = item[request.method.lower()]
                yield operation["operationId"], {*found.groupdict(), *request.url.params}


def _seen(method: str) -> dict[str, set[str]]:
    """Return the requests of a method, with and without logs."""
    seen: dict[str, set[str]] = {}
    for response in (httpx.Response(404, json=LOGS_NOT_AVAILABLE), httpx.Response(200, json={})):
        server = FakeServer([response], record=httpx.Response(200, json=RECORD))
        with contextlib.suppress(CartesiaError):
            server.do(ACTIONS[method], max_retries=0)
        for operation_id, given in _operations([*server.requests, *server.record_requests]):
            seen.setdefault(operation_id, set()).update(given)
    return seen


@pytest.mark.parametrize("method", ACTIONS)
def test_a_method_depends_on_the_operations_that_it_requests(method: str) -> None:
    seen = _seen(method)
    assert seen.keys() == {name for name, use in USES.items() if method in use.methods}
    for operation_id, given in seen.items():
        assert given <= USES[operation_id].parameters


def test_every_public_method_and_every_wrapped_operation_is_in_the_table() -> None:
    client = cartesia_calls.Client("sk_car_x")
    public = {
        f"{prefix}{name}"
        for prefix, owner in {"": client, "calls.": client.calls, "agents.": client.agents}.items()
        for name, _ in inspect.getmembers(type(owner), inspect.isfunction)
        if not name.startswith("_")
    }
    client.close()
    assert ACTIONS.keys() == public - {"close", "with_options"}
    assert USES.keys() == {wrapped.operation_id for wrapped in WRAPPED}
    for wrapped in WRAPPED:
        assert set(wrapped.arguments) <= USES[wrapped.operation_id].parameters


def test_every_command_in_the_table_exists(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    usage = capsys.readouterr().out
    assert [
        c for use in USES.values() for c in use.commands if not re.search(rf"\b{c}\b", usage)
    ] == []


def _texts() -> str:
    """Return our code without the sandbox, which is a server."""
    files = [path for path in _WRAPPER.rglob("*.py") if "sandbox" not in path.parts]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_the_fields_in_the_table_are_those_that_the_code_names() -> None:
    text = _texts()
    schemas = Schemas(base_spec())
    fields = {
        str(step)
        for schema in schemas.responses().values()
        for place in schemas.places(schema)
        for step in place.steps[-1:]
        if isinstance(step, str)
    }
    named = {name for name in fields if re.search(rf'\.{name}_?\b(?!\()|"{name}"', text)}
    # The code has other things with these names.
    assert named - {"headers", "provider"} <= FIELDS
    assert [name for name in FIELDS if not re.search(rf'\.{name}_?\b|"{name}"', text)] == []


def test_the_models_in_the_table_are_those_that_the_code_names() -> None:
    text = _texts()
    assert {name for name in MODELS if not re.search(rf"\b{name}\b", text)} == set()
    package = (ROOT / "generated" / "cartesia_api" / "models" / "__init__.py").read_text("utf-8")
    generated = set(re.findall(r"^from \.\w+ import (\w+)$", package, re.MULTILINE))
    assert {name for name in generated if re.search(rf"\b{name}\b", text)} <= MODELS


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ({"status": "200"}, "ResponseValidationError"),
        ({"status": "429"}, "RateLimitError"),
        ({"status": "4XX"}, "ConflictError"),
        ({"status": "5XX"}, "InternalServerError"),
        ({"part": Part.REQUEST, "carrier": "security"}, "AuthenticationError"),
        ({"part": Part.REQUEST, "carrier": "query limit"}, "BadRequestError"),
    ],
)
def test_the_errors_are_those_that_the_wrapper_raises(place: dict[str, Any], error: str) -> None:
    where = replace(Place("GET /agents/calls", "agents_list-calls", Part.RESPONSE), **place)
    impact = impact_of(Kind.KEYWORD_CHANGED, [where])
    assert error in impact.errors
    assert all(hasattr(cartesia_calls, name) for name in impact.errors)


def test_the_errors_of_statuses_are_those_that_a_client_raises() -> None:
    for status in (400, 401, 403, 404, 409, 418, 422, 429, 500):
        where = Place("GET /agents", "agents_list", Part.RESPONSE, str(status), str(status))
        server = FakeServer([httpx.Response(status, json={})])
        with pytest.raises(CartesiaError) as caught:
            server.do(ACTIONS["agents.list"], max_retries=0)
        names = impact_of(Kind.RESPONSE_ADDED, [where]).errors
        assert names == (type(caught.value).__name__,)


def test_operations_that_are_not_wrapped_are_distinguished() -> None:
    impact = impact_of(Kind.KEYWORD_CHANGED, [Place("GET /voices", "voices_list", Part.RESPONSE)])
    assert not impact.is_on_us
    assert impact == Impact((), (), (), ())


def test_every_command_that_calls_a_method_is_in_the_table() -> None:
    commands = _WRAPPER / "cli"
    for use in USES.values():
        for method in use.methods:
            calling = {
                file.stem.removeprefix("_")
                for file in commands.glob("_*.py")
                if re.search(rf"\bclient\.{re.escape(method)}\(", file.read_text("utf-8"))
            }
            assert calling <= {*use.commands}, method
