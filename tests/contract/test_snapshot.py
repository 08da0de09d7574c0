"""`snapshot.txt` has the spec's wrapped operations, for a reviewer to read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contract_snapshot import SNAPSHOT, skip_unless_reviewed, snapshot, spec_line
from spec_schemas import load_spec
from wrapped_operations import WRAPPED

WHAT_TO_DO = """\
What the wrapper relies on has changed. Write the snapshot again:
    nox -s contract -- --write-docs
Then read `git diff tests/contract/snapshot.txt`. For each line that moved, look whether
wrapper/cartesia_calls/ still fits it; change the wrapper, its tests and CHANGELOG.md where it
doesn't, and commit the snapshot together with them."""

LOGS = "/agents/calls/{call_id}/logs"


def test_the_wrapped_operations_are_as_reviewed(pytestconfig: pytest.Config) -> None:
    now = f"{spec_line()}\n{snapshot(load_spec())}"
    if pytestconfig.getoption("--write-docs"):
        SNAPSHOT.write_text(now, encoding="utf-8")
    skip_unless_reviewed()
    assert SNAPSHOT.read_text(encoding="utf-8") == now, WHAT_TO_DO


def test_every_wrapped_operation_is_in_it() -> None:
    text = SNAPSHOT.read_text(encoding="utf-8")
    assert [o.operation_id for o in WRAPPED if f"({o.operation_id})\n" not in text] == []


def _logs(spec: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = spec["paths"][LOGS]["get"]
    return operation


def _schema(spec: dict[str, Any], name: str) -> dict[str, Any]:
    schema: dict[str, Any] = spec["components"]["schemas"][name]
    return schema


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "a moved server": lambda spec: spec["servers"][0].update(url="https://eu.example"),
    "a renamed path": lambda spec: spec["paths"].update({"/l": spec["paths"].pop(LOGS)}),
    "another method": lambda spec: spec["paths"][LOGS].update(post=spec["paths"][LOGS].pop("get")),
    "another scheme": lambda spec: spec["components"]["securitySchemes"]["APIKeyAuth"].update(
        scheme="basic"
    ),
    "no security": lambda spec: _logs(spec).update(security=[]),
    "a shared parameter": lambda spec: spec["paths"][LOGS].update(
        parameters=[{"name": "region", "in": "query", "schema": {"type": "string"}}]
    ),
    "a parameter's enum": lambda spec: spec["components"]["parameters"]["CartesiaVersionHeader"][
        "schema"
    ].update(enum=["2026-08-14"]),
    "a parameter's style": lambda spec: _logs(spec)["parameters"][1].update(style="label"),
    "a request body": lambda spec: _logs(spec).update(
        requestBody={"content": {"application/json": {"schema": {"type": "object"}}}}
    ),
    "a new response": lambda spec: _logs(spec)["responses"].update({"204": {"description": ""}}),
    "a new field": lambda spec: _schema(spec, "AgentCallLogs")["properties"].update(size={}),
    "a required field": lambda spec: _schema(spec, "AgentCall")["required"].append("summary"),
    "a nullable field": lambda spec: _schema(spec, "AgentCallLogs")["properties"]["logs"].update(
        nullable=True
    ),
    "a keyword of tomorrow": lambda spec: _schema(spec, "AgentCallLogs").update(minProperties=4),
    "closed objects": lambda spec: _schema(spec, "AgentCallLogs").update(
        additionalProperties=False
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_snapshot_shows(change: str) -> None:
    spec = load_spec()
    CHANGES[change](spec)
    assert snapshot(spec) != snapshot(load_spec())


def test_it_does_not_show_prose() -> None:
    spec = load_spec()
    _logs(spec).update(summary="Other words", description="More of them")
    _schema(spec, "AgentCallLogs")["description"] = "Reworded"
    assert snapshot(spec) == snapshot(load_spec())


def test_a_schema_that_holds_itself_is_written_once() -> None:
    spec = load_spec()
    myself = {"$ref": "#/components/schemas/AgentCallLogs"}
    _schema(spec, "AgentCallLogs")["properties"]["next"] = myself
    assert "      next: as #/components/schemas/AgentCallLogs above\n" in snapshot(spec)
