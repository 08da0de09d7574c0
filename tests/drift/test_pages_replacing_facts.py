"""Changes from an operation that was written from facts to the first real page about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from drift_campaign import base_spec

Spec = dict[str, Any]
Check = Callable[..., int]
Report = Callable[[], dict[str, Any]]


def test_a_page_that_replaces_facts_is_compared_field_by_field(
    check: Check, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    schemas = spec["components"]["schemas"]
    schemas["AgentSummary"]["required"].remove("tts_voice")
    schemas["AgentSummary"]["properties"]["name"]["maxLength"] = 80
    schemas["AgentPhoneNumber"]["properties"]["label"] = {"type": "string"}
    for path in ("/agents", "/agents/{agent_id}"):
        del spec["paths"][path]["get"]["responses"]["4XX"]
    facts = ("agents_list", "agents_get")
    assert check(spec, "--json", facts=facts) == 1
    found = report()
    assert found["verdict"] == "known better now"
    assert len(found["changes"]) == 5
    assert {change["rule"] for change in found["changes"]} == {"facts-made-precise"}
    assert check(spec, facts=facts) == 1
    assert "\nKnown better now\n" in capsys.readouterr().out
    # Changes of a page, even of one that replaces facts, are subject to the provider's rules.
    assert check(spec, facts=("agents_get",)) == 2


def _drop(spec: Spec, *steps: str) -> None:
    value: Any = spec
    for step in steps[:-1]:
        value = value[step]
    del value[steps[-1]]


WRONG_FACTS: dict[str, tuple[Callable[[Spec], object], str]] = {
    "a missing operation": (
        lambda spec: _drop(spec, "paths", "/agents"),
        "client.agents.list",
    ),
    "a missing field": (
        lambda spec: _drop(_schema(spec, "GetAgentsResponse"), "properties", "summaries"),
        "client.agents.list",
    ),
    "a field of another type": (
        lambda spec: _schema(spec, "AgentCall")["properties"].update(end_time={"type": "integer"}),
        "client.calls.logs",
    ),
    "a parameter that must be given": (
        lambda spec: _list_parameters(spec).append(
            {"name": "region", "in": "query", "required": True, "schema": {"type": "string"}}
        ),
        "client.calls.list",
    ),
    "a parameter with other values": (
        lambda spec: _list_parameters(spec)[3]["schema"].update(enum=["starting"]),
        "client.calls.list",
    ),
    "a class of another name": (
        lambda spec: _schema(spec, "AgentCall").update(title="CallRecord"),
        "client.calls.get",
    ),
}


def _schema(spec: Spec, name: str) -> Spec:
    schema: Spec = spec["components"]["schemas"][name]
    return schema


def _list_parameters(spec: Spec) -> list[Spec]:
    parameters: list[Spec] = spec["paths"]["/agents/calls"]["get"]["parameters"]
    return parameters


@pytest.mark.parametrize("wrong", WRONG_FACTS)
def test_a_change_of_facts_that_our_methods_need_is_breaking(
    check: Check,
    report: Report,
    wrong: str,
) -> None:
    change, method = WRONG_FACTS[wrong]
    spec = base_spec()
    change(spec)
    everything = tuple(
        operation["operationId"]
        for item in base_spec()["paths"].values()
        for operation in item.values()
    )
    assert check(spec, "--json", facts=everything) == 2
    worst = report()["changes"][0]
    assert worst["rule"] == "facts-wrong-where-we-depend-on-them"
    assert method in worst["impact"]["methods"]
