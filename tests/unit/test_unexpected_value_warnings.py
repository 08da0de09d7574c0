"""Values that do not match the spec are logged as warnings."""

from __future__ import annotations

import logging
from typing import cast

import httpx
import pytest

from fake_server import FakeServer
from wrapped_operations import CALL


def test_each_kind_of_place_is_logged_once_per_client_without_the_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    (turn,) = cast("list[dict[str, object]]", CALL["transcript"])
    turn = {**turn, "log_metric": {"name": "m", "value": [4], "timestamp": 0.5}}
    call = {**CALL, "transcript": [turn, turn, "no turn"], "summary": ["sk_secret"]}
    server = FakeServer([], record=httpx.Response(200, json=call))
    with caplog.at_level(logging.WARNING, "cartesia_calls"), server.client() as client:
        client.calls.get("ac_1")
        client.calls.get("ac_1")
    assert {(one.name, one.levelname) for one in caplog.records} == {("cartesia_calls", "WARNING")}
    assert sorted(one.getMessage() for one in caplog.records) == [
        f"In the response to agents_get-call the value {place}; it is kept as it came in "
        "additional_properties."
        for place in (
            "/summary is an array, not a string",
            "/transcript/* is a string, not an object",
            "/transcript/*/log_metric/value is an array, not a number or a string",
        )
    ]


def test_a_valid_response_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    server = FakeServer([], record=httpx.Response(200, json=dict(CALL)))
    with caplog.at_level(logging.DEBUG, "cartesia_calls"), server.client() as client:
        client.calls.get("ac_1")
    assert [one for one in caplog.records if one.levelno >= logging.WARNING] == []
