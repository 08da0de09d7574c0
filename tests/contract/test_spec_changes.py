"""A changed spec makes a named check fail, with a message that names the change.

`nox -s contract -- --write-docs` writes the table of them in `docs/internals/contract.md`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from contract import CHECKS
from contract_snapshot import skip_unless_reviewed
from spec_schemas import Schemas, load_spec

Spec = dict[str, Any]
DOCUMENT = Path(__file__).parents[2] / "docs" / "internals" / "contract.md"
PATH = "/agents/calls/{call_id}/logs"


def _schema(spec: Spec) -> Spec:
    schema: Spec = spec["components"]["schemas"]["AgentCallLogs"]
    return schema


def _not_found(spec: Spec) -> Spec:
    response: Spec = spec["paths"][PATH]["get"]["responses"]["404"]
    return response


def _rename_logs(spec: Spec) -> None:
    schema = _schema(spec)
    schema["properties"]["lines"] = schema["properties"].pop("logs")
    schema["required"] = ["call_id", "lines", "updated_at"]


def _drop_updated_at(spec: Spec) -> None:
    schema = _schema(spec)
    del schema["properties"]["updated_at"]
    schema["required"].remove("updated_at")


def _make_updated_at_optional(spec: Spec) -> None:
    _schema(spec)["required"].remove("updated_at")


def _make_lines_objects(spec: Spec) -> None:
    _schema(spec)["properties"]["logs"]["items"] = {"type": "object"}


def _require_a_new_field(spec: Spec) -> None:
    schema = _schema(spec)
    schema["properties"]["agent_id"] = {"type": "string"}
    schema["required"].append("agent_id")


def _change_the_404_body(spec: Spec) -> None:
    schema = _not_found(spec)["content"]["application/json"]["schema"]
    schema["properties"] = {"title": {"type": "string"}}
    schema["required"] = ["title"]


def _reword_the_404(spec: Spec) -> None:
    response = _not_found(spec)
    response["description"] = response["description"].replace("Call not found", "No such call")


def _rename_the_path_parameter(spec: Spec) -> None:
    item = spec["paths"].pop(PATH)
    item["get"]["parameters"][1]["name"] = "id"
    spec["paths"]["/agents/calls/{id}/logs"] = item


def _move_the_path(spec: Spec) -> None:
    spec["paths"]["/v1/agents/calls/{call_id}/logs"] = spec["paths"].pop(PATH)


def _add_a_trailing_slash(spec: Spec) -> None:
    spec["paths"][PATH + "/"] = spec["paths"].pop(PATH)


def _change_the_method(spec: Spec) -> None:
    item = spec["paths"][PATH]
    item["post"] = item.pop("get")


def _change_the_versions(spec: Spec) -> None:
    spec["components"]["parameters"]["CartesiaVersionHeader"]["schema"]["enum"] = ["2026-08-14"]


def _add_a_version(spec: Spec) -> None:
    spec["components"]["parameters"]["CartesiaVersionHeader"]["schema"]["enum"] = [
        "2026-03-01",
        "2026-08-14",
    ]


def _require_a_parameter(spec: Spec) -> None:
    parameter = {"name": "region", "in": "query", "required": True, "schema": {"type": "string"}}
    spec["paths"][PATH]["get"]["parameters"].append(parameter)


def _rename_the_operation(spec: Spec) -> None:
    spec["paths"][PATH]["get"]["operationId"] = "calls_logs"


def _remove_the_operation(spec: Spec) -> None:
    del spec["paths"][PATH]


def _require_an_api_key_header(spec: Spec) -> None:
    spec["components"]["securitySchemes"]["APIKeyAuth"] = {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
    }


def _move_the_server(spec: Spec) -> None:
    spec["servers"][0]["url"] = "https://api.cartesia.example"


def _change_the_recording_s_type(spec: Spec) -> None:
    content = spec["paths"]["/agents/calls/{call_id}/audio"]["get"]["responses"]["200"]["content"]
    content["audio/ogg"] = content.pop("audio/wav")


CHANGES: dict[str, Callable[[Spec], None]] = {
    "rename the field `logs`": _rename_logs,
    "drop the field `updated_at`": _drop_updated_at,
    "make `updated_at` optional": _make_updated_at_optional,
    "make log lines objects": _make_lines_objects,
    "require a new field": _require_a_new_field,
    "change the 404's body": _change_the_404_body,
    "reword the 404's `Call not found`": _reword_the_404,
    "rename the path parameter": _rename_the_path_parameter,
    "move the path": _move_the_path,
    "add a trailing slash": _add_a_trailing_slash,
    "change the method": _change_the_method,
    "change the version header's enum": _change_the_versions,
    "add a version to the enum": _add_a_version,
    "require a query parameter": _require_a_parameter,
    "rename the operation": _rename_the_operation,
    "remove the operation": _remove_the_operation,
    "require an API-key header": _require_an_api_key_header,
    "move the server": _move_the_server,
    "send a recording as `audio/ogg`": _change_the_recording_s_type,
}


@cache
def _failures(change: str) -> dict[str, list[str]]:
    spec = load_spec()
    CHANGES[change](spec)
    found = {name: check(spec) for name, check in CHECKS.items()}
    return {name: problems for name, problems in found.items() if problems}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_the_spec_is_noticed(change: str) -> None:
    assert _failures(change)


def test_an_operation_without_declared_errors_is_no_problem() -> None:
    spec = load_spec()
    for described in Schemas(spec).operations():
        described["responses"] = {"200": described["responses"]["200"]}
    assert {name: problems for name, check in CHECKS.items() if (problems := check(spec))} == {}


def test_every_check_notices_something() -> None:
    noticed = {name for change in CHANGES for name in _failures(change)}
    assert noticed == set(CHECKS)


def _document() -> str:
    rows = [
        f"| {title} | `{name}` | {problems[0].replace('|', chr(92) + '|')} |"
        for title in CHANGES
        for name, problems in _failures(title).items()
    ]
    checks = [f"| `{name}` | {(check.__doc__ or '').strip()} |" for name, check in CHECKS.items()]
    return "\n".join(
        [
            "# What holds the wrapper to the spec",
            "",
            "Written by `tests/contract/test_spec_changes.py` from what it saw;",
            "`nox -s contract -- --write-docs` writes it again.",
            "",
            "## The checks",
            "",
            "| check | what it holds |",
            "| --- | --- |",
            *checks,
            "",
            "## What they say when the spec moves",
            "",
            "Each row is a change made to a copy of `openapi/latest.yml`, a check that fails on it,",
            "and the first thing that this check says.",
            "",
            "| change | check that fails | what it says |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def test_the_document_is_current(pytestconfig: pytest.Config) -> None:
    document = _document()
    if pytestconfig.getoption("--write-docs"):
        DOCUMENT.write_text(document, encoding="utf-8")
    else:
        skip_unless_reviewed()
    assert DOCUMENT.read_text(encoding="utf-8") == document, (
        "docs/internals/contract.md is not what the checks say now; run: nox -s contract -- --write-docs"
    )
