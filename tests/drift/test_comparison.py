"""Documents that are equal, and the place where a change is reported."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from drift_campaign import base_spec
from reference_pages import page_text, seed_block

Spec = dict[str, Any]
Check = Callable[..., int]
Report = Callable[[], dict[str, Any]]
_LOGS = "/agents/calls/{call_id}/logs"


def _as_3_1(spec: Spec) -> Spec:
    """Convert a spec to OpenAPI 3.1."""

    def written(value: Any) -> Any:  # noqa: ANN401 - any part of a spec
        if isinstance(value, list):
            return [written(item) for item in cast("Iterable[object]", value)]
        if not isinstance(value, dict):
            return value
        given = cast("Spec", value)
        result: Spec = {key: written(inner) for key, inner in given.items()}
        if result.get("nullable") is True:
            del result["nullable"]
            if "allOf" in result:
                (only,) = result.pop("allOf")
                result["anyOf"] = [only, {"type": "null"}]
            else:
                result["type"] = [result["type"], "null"]
        return result

    return {**written(spec), "openapi": "3.1.0"}


def test_the_same_contract_in_openapi_3_1_is_no_change(check: Check, report: Report) -> None:
    assert check(_as_3_1(base_spec()), "--json") == 1
    assert [change["subject"] for change in report()["changes"]] == ["openapi"]


def test_nullable_left_in_openapi_3_1_is_a_change(check: Check, report: Report) -> None:
    spec = _as_3_1(base_spec())
    fields = spec["components"]["schemas"]["AgentCall"]["properties"]
    fields["summary"] = {"type": "string", "nullable": True}
    assert check(spec, "--json") == 2
    change = report()["changes"][0]
    assert change["pointer"] == "#/components/schemas/AgentCall/properties/summary/nullable"


def test_a_different_spelling_is_no_change(check: Check, report: Report) -> None:
    spec = base_spec()
    success = spec["paths"][_LOGS]["get"]["responses"]["200"]
    content = success["content"]
    content["application/json; charset=utf-8"] = content.pop("application/json")
    reference = content["application/json; charset=utf-8"].pop("schema")
    content["application/json; charset=utf-8"]["schema"] = {"allOf": [reference]}
    assert check(spec, "--json") == 0
    assert report()["changes"] == []


def test_limits_in_both_forms_are_no_change(check: Check, tmp_path: Path, report: Report) -> None:
    before = base_spec()
    count = before["components"]["schemas"]["AgentSummary"]["properties"]["deployment_count"]
    count.update(minimum=0, exclusiveMinimum=True)
    old = tmp_path / "old.json"
    old.write_text(json.dumps(before), encoding="utf-8")
    count.pop("minimum")
    count.update(exclusiveMinimum=0)
    assert check("--spec", str(old), _as_3_1(before), "--json") == 1
    assert [change["subject"] for change in report()["changes"]] == ["openapi"]


def test_titles_in_another_language_are_prose(check: Check, report: Report) -> None:
    spec = base_spec()
    spec["components"]["schemas"]["AgentCall"].update(
        title="通話の記録", description="一つ\n\n二つ"
    )
    assert check(spec, "--json") == 0
    assert {change["kind"] for change in report()["changes"]} == {"prose"}


def test_a_page_is_compared_with_its_own_operation_only(
    check: Check, tmp_path: Path, report: Report
) -> None:
    block = seed_block()
    block["components"]["schemas"]["AgentCallLogs"]["required"].remove("updated_at")
    page = tmp_path / "page.md"
    page.write_text(page_text(block), encoding="utf-8")
    assert check(str(page), "--json") == 2
    (change,) = report()["changes"]
    assert change["kind"] == "requiredness changed"


def test_a_page_whose_operation_has_moved_is_matched_by_its_id(
    check: Check, tmp_path: Path, report: Report
) -> None:
    block = seed_block()
    block["paths"][f"{_LOGS}/"] = block["paths"].pop(_LOGS)
    page = tmp_path / "page.md"
    page.write_text(page_text(block), encoding="utf-8")
    assert check(str(page), "--json") == 2
    (change,) = report()["changes"]
    assert change["kind"] == "path changed"
    assert "client.calls.logs" in change["impact"]["methods"]


def test_one_change_of_a_shared_schema_is_reported_once(check: Check, report: Report) -> None:
    spec = base_spec()
    del spec["components"]["schemas"]["AgentCall"]["properties"]["summary"]
    check(spec, "--json")
    (change,) = report()["changes"]
    assert {place["operation_id"] for place in change["places"]} == {
        "agents_get-call",
        "agents_list-calls",
        "agents_delete-call",
    }


def test_the_order_of_sources_changes_nothing(check: Check, tmp_path: Path, report: Report) -> None:
    block = seed_block()
    block["paths"][_LOGS]["get"]["operationId"] = "renamed"
    other = copy.deepcopy(block)
    other["paths"] = {"/voices": {"get": {**other["paths"][_LOGS]["get"], "operationId": "voices"}}}
    other["paths"]["/voices"]["get"]["parameters"] = []
    paths: list[str] = []
    for name, document in {"one.md": block, "two.md": other}.items():
        (tmp_path / name).write_text(page_text(document), encoding="utf-8")
        paths.append(str(tmp_path / name))
    reports: list[Any] = []
    for given in (paths, paths[::-1]):
        assert check(*given, "--json") == 2
        reports.append(report()["changes"])
    assert reports[0] == reports[1]
