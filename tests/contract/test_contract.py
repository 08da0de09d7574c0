"""Every operation that the wrapper calls matches `openapi/latest.yml`."""

from __future__ import annotations

import httpx
import pytest

from contract import CHECKS
from fake_server import LOGS, LOGS_NOT_AVAILABLE, FakeServer, ok
from oracle import Oracle
from spec_schemas import load_spec


@pytest.mark.parametrize("name", CHECKS)
def test_the_wrapper_fits_the_spec(name: str) -> None:
    assert CHECKS[name](load_spec()) == []


def test_an_optional_parameter_that_the_spec_adds_breaks_nothing() -> None:
    spec = load_spec()
    added = {"name": "region", "in": "query", "schema": {"type": "string"}}
    spec["paths"]["/agents/calls"]["get"]["parameters"].append(added)
    assert {name: problems for name, check in CHECKS.items() if (problems := check(spec))} == {}


def _request(
    method: str = "GET",
    path: str = "/agents/calls/ac_1/logs",
    host: str = "api.cartesia.ai",
    **headers: str | None,
) -> httpx.Request:
    right = {"Authorization": "Bearer sk_car_x", "Cartesia-Version": "2026-03-01"}
    changed = {**right, **{name.replace("_", "-"): value for name, value in headers.items()}}
    sent = {name: value for name, value in changed.items() if value is not None}
    return httpx.Request(method, f"https://{host}{path}", headers=sent)


def test_the_oracle_accepts_a_valid_request() -> None:
    assert Oracle(load_spec()).problems_of_request(_request()) == []


@pytest.mark.parametrize(
    ("request_", "problem"),
    [
        (_request(method="POST"), "Operation post not found"),
        (_request(path="/agents/calls/ac_1/log"), "Path not found"),
        (_request(path="/agents/calls/a/b/logs"), "Path not found"),
        (_request(path="/agents/calls/ac_1/logs/"), "not found"),
        (_request(host="api.example.com"), "Server not found"),
        (_request(Authorization=None), "Security not found"),
        (_request(Authorization="Basic dTpw"), "Security not found"),
        (_request(Cartesia_Version=None), "Missing required header parameter: Cartesia-Version"),
        (_request(Cartesia_Version="2025-04-16"), "is not one of ['2026-03-01']"),
        (_request(X_API_Key="sk_car_x"), "the header 'x-api-key' is sent and not declared"),
        (_request(path="/agents/calls/ac_1/logs?limit=3"), "query parameter 'limit' is sent"),
    ],
)
def test_the_oracle_catches_a_wrong_request(request_: httpx.Request, problem: str) -> None:
    (found,) = Oracle(load_spec()).problems_of_request(request_)
    assert problem in found


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        (ok({**LOGS, "logs": None}), "None is not of type 'array'"),
        (ok({**LOGS, "logs": [1]}), "1 is not of type 'string'"),
        (ok({**LOGS, "updated_at": "yesterday"}), "is not a 'date-time'"),
        (ok({"call_id": "ac_1", "logs": []}), "'updated_at' is a required property"),
        (httpx.Response(200, text="<html>"), "mimetype not found"),
        (httpx.Response(418), "Unknown response http status: 418"),
        (httpx.Response(404, json={"message": "x"}), "'description' is a required property"),
    ],
)
def test_the_oracle_catches_a_wrong_response(response: httpx.Response, problem: str) -> None:
    found = Oracle(load_spec()).problems_of_response(_request(), response)
    assert any(problem in text for text in found), found


def test_the_bounds_of_a_window_are_times_as_the_spec_declares_them() -> None:
    server = FakeServer([ok({"data": []})])
    client = server.client(base_url="https://api.cartesia.ai")
    list(client.calls.list(agent_id="agent_1", since="3d", until="2h"))
    (request,) = server.requests
    assert "start_time_gte" in request.url.params
    assert Oracle(load_spec()).problems_of_request(request) == []


def test_the_request_that_is_sent_is_the_one_that_is_checked() -> None:
    server = FakeServer([httpx.Response(404, json=LOGS_NOT_AVAILABLE), ok()])
    client = server.client(base_url="https://api.cartesia.ai", headers={"x-undeclared": "1"})
    client.calls.wait_for_logs("ac_1", timeout=5)
    oracle = Oracle(load_spec())
    assert [oracle.problems_of_request(request) for request in server.requests] == [
        ["the header 'x-undeclared' is sent and not declared"]
    ] * 2
