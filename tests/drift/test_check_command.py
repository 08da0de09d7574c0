"""`scripts/check_upstream.py`: its input, output and exit codes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

import check_upstream
from drift_campaign import BASE_SPEC, base_spec
from fake_pages import Pages
from reference_pages import SEED_PAGE, page_text, seed_block

Spec = dict[str, Any]
Check = Callable[..., int]
_LOGS = "/agents/calls/{call_id}/logs"


@pytest.fixture
def source(tmp_path: Path) -> Callable[[Spec], str]:
    """Write a spec to a file and give its path."""

    def write(spec: Spec) -> str:
        path = tmp_path / "upstream.yml"
        path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        return str(path)

    return write


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run the command on a spec of which the operations named come from facts."""

    def run(*arguments: str, facts: tuple[str, ...] = ()) -> int:
        record = tmp_path / "sources.yml"
        entries = {
            operation["operationId"]: {
                "operation": f"{method.upper()} {path}",
                "source": "somewhere",
                "origin": "facts" if operation["operationId"] in facts else "page",
                "retrieved": "2026-03-01",
                "sha256": "0",
            }
            for path, item in base_spec()["paths"].items()
            for method, operation in item.items()
        }
        record.write_text(yaml.safe_dump(entries), encoding="utf-8")
        given = ["--spec", str(BASE_SPEC), "--sources", str(record)]
        return check_upstream.main([*given, *arguments])

    return run


def _report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_the_vendored_page_is_not_drift(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(str(SEED_PAGE)) == 0
    assert capsys.readouterr().out.startswith(
        "No drift: campaign-spec.yml compared with tests/data/"
    )


def test_prose_is_reported_and_is_not_drift(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    spec["paths"][_LOGS]["get"]["summary"] = "Read the logs"
    assert check(source(spec), "--json") == 0
    report = _report(capsys)
    assert report["verdict"] == "prose"
    assert [change["subject"] for change in report["changes"]] == ["summary"]


def test_allowed_drift_ends_with_1(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    spec["components"]["schemas"]["AgentCallLogs"]["properties"]["region"] = {"type": "string"}
    assert check(source(spec), "--json") == 1
    (change,) = _report(capsys)["changes"]
    assert change["rule"] == "response-field-added"
    assert change["pointer"] == "#/components/schemas/AgentCallLogs/properties/region"


def test_breaking_drift_ends_with_2_and_is_explained(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    spec["components"]["schemas"]["AgentCallLogs"]["properties"]["logs"]["items"]["type"] = "object"
    assert check(source(spec), "--json") == 2
    report = _report(capsys)
    (change,) = report["changes"]
    assert (change["verdict"], change["rule"]) == ("breaking", "response-changed")
    assert (change["before"], change["after"]) == ("string", "object")
    (place,) = change["places"]
    assert place["operation"] == f"GET {_LOGS}"
    assert place["location"] == "response > 200 application/json > logs > []"
    assert change["touches_what_we_wrap"] is True
    assert change["impact"]["methods"] == [
        "client.calls.follow_logs",
        "client.calls.logs",
        "client.calls.stream_logs",
        "client.calls.timeline",
        "client.calls.wait_for_logs",
    ]
    assert change["impact"]["errors"] == ["ResponseValidationError"]
    assert change["impact"]["sandbox"] == [f"GET {_LOGS}"]
    assert {"export", "logs", "report", "show"} <= {*change["impact"]["commands"]}


def test_a_page_in_place_of_facts_is_known_better_field_by_field(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    schemas = spec["components"]["schemas"]
    schemas["AgentSummary"]["required"].remove("tts_voice")
    schemas["AgentSummary"]["properties"]["name"]["maxLength"] = 80
    schemas["AgentPhoneNumber"]["properties"]["label"] = {"type": "string"}
    for path in ("/agents", "/agents/{agent_id}"):
        del spec["paths"][path]["get"]["responses"]["4XX"]
    facts = ("agents_list", "agents_get")
    assert check(source(spec), "--json", facts=facts) == 1
    report = _report(capsys)
    assert report["verdict"] == "known better now"
    assert len(report["changes"]) == 5
    assert {change["rule"] for change in report["changes"]} == {"facts-made-precise"}
    assert check(source(spec), facts=facts) == 1
    assert "\nKnown better now\n" in capsys.readouterr().out
    # What a page promises, also for an operation from facts, is held to the provider's rules.
    assert check(source(spec), facts=("agents_get",)) == 2


def _drop(spec: Spec, *steps: str) -> None:
    value: Any = spec
    for step in steps[:-1]:
        value = value[step]
    del value[steps[-1]]


WRONG_FACTS: dict[str, tuple[Callable[[Spec], object], str]] = {
    "an operation that is not there": (
        lambda spec: _drop(spec, "paths", "/agents"),
        "client.agents.list",
    ),
    "a field that is not there": (
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
def test_facts_that_our_methods_depend_on_are_breaking(
    check: Check,
    source: Callable[[Spec], str],
    capsys: pytest.CaptureFixture[str],
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
    assert check(source(spec), "--json", facts=everything) == 2
    worst = _report(capsys)["changes"][0]
    assert worst["rule"] == "facts-wrong-where-we-depend-on-them"
    assert method in worst["impact"]["methods"]


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


def test_the_same_contract_in_openapi_3_1_is_no_change_of_it(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(source(_as_3_1(base_spec())), "--json") == 1
    assert [change["subject"] for change in _report(capsys)["changes"]] == ["openapi"]


def test_nullable_left_in_openapi_3_1_is_a_change(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = _as_3_1(base_spec())
    fields = spec["components"]["schemas"]["AgentCall"]["properties"]
    fields["summary"] = {"type": "string", "nullable": True}
    assert check(source(spec), "--json") == 2
    change = _report(capsys)["changes"][0]
    assert change["pointer"] == "#/components/schemas/AgentCall/properties/summary/nullable"


def test_what_is_written_differently_is_not_a_change(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    success = spec["paths"][_LOGS]["get"]["responses"]["200"]
    content = success["content"]
    content["application/json; charset=utf-8"] = content.pop("application/json")
    reference = content["application/json; charset=utf-8"].pop("schema")
    content["application/json; charset=utf-8"]["schema"] = {"allOf": [reference]}
    assert check(source(spec), "--json") == 0
    assert _report(capsys)["changes"] == []


def test_limits_in_both_forms_are_no_change(
    check: Check, source: Callable[[Spec], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = base_spec()
    count = before["components"]["schemas"]["AgentSummary"]["properties"]["deployment_count"]
    count.update(minimum=0, exclusiveMinimum=True)
    old = tmp_path / "old.json"
    old.write_text(json.dumps(before), encoding="utf-8")
    count.pop("minimum")
    count.update(exclusiveMinimum=0)
    assert check("--spec", str(old), source(_as_3_1(before)), "--json") == 1
    assert [change["subject"] for change in _report(capsys)["changes"]] == ["openapi"]


def test_titles_in_another_language_are_prose(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    spec["components"]["schemas"]["AgentCall"].update(
        title="通話の記録", description="一つ\n\n二つ"
    )
    assert check(source(spec), "--json") == 0
    assert {change["kind"] for change in _report(capsys)["changes"]} == {"prose"}


def test_the_text_and_the_markdown_say_the_same(
    check: Check, source: Callable[[Spec], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    del spec["paths"]["/agents"]
    spec["paths"]["/voices"] = {
        "get": {"operationId": "voices", "responses": {"200": {"description": ""}}}
    }
    assert check(source(spec), "--markdown", str(tmp_path / "report.md")) == 2
    text = capsys.readouterr().out
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    for words in (
        "Breaking drift: campaign-spec.yml compared with upstream.yml (1 breaking, 1 allowed, 0 prose)",
        "What we wrap",
        "Nothing that we wrap",
        "client.agents.list",
        "operation-removed",
        "operation-added",
    ):
        assert words in text
        assert words in markdown
    assert text.index("What we wrap") < text.index("client.agents.list")
    assert text.index("Nothing that we wrap") < text.index("voices")


def test_a_page_is_compared_with_its_own_operation_only(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = seed_block()
    block["components"]["schemas"]["AgentCallLogs"]["required"].remove("updated_at")
    page = tmp_path / "page.md"
    page.write_text(page_text(block), encoding="utf-8")
    assert check(str(page), "--json") == 2
    (change,) = _report(capsys)["changes"]
    assert change["kind"] == "requiredness changed"


def test_a_page_whose_operation_has_moved_is_matched_by_its_id(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = seed_block()
    block["paths"][f"{_LOGS}/"] = block["paths"].pop(_LOGS)
    page = tmp_path / "page.md"
    page.write_text(page_text(block), encoding="utf-8")
    assert check(str(page), "--json") == 2
    (change,) = _report(capsys)["changes"]
    assert change["kind"] == "path changed"
    assert "client.calls.logs" in change["impact"]["methods"]


def test_one_change_of_a_shared_schema_is_reported_once(
    check: Check, source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    del spec["components"]["schemas"]["AgentCall"]["properties"]["summary"]
    check(source(spec), "--json")
    (change,) = _report(capsys)["changes"]
    assert {place["operation_id"] for place in change["places"]} == {
        "agents_get-call",
        "agents_list-calls",
        "agents_delete-call",
    }


def test_control_characters_of_a_spec_are_escaped(
    check: Check, source: Callable[[Spec], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    fields = spec["components"]["schemas"]["AgentCallLogs"]["properties"]
    fields["\x1b[31m`red`"] = {"type": "string"}
    check(source(spec), "--markdown", str(tmp_path / "report.md"))
    assert "\x1b" not in capsys.readouterr().out
    assert "`red`" not in (tmp_path / "report.md").read_text(encoding="utf-8")


def test_without_a_source_the_pages_of_the_record_are_fetched(
    tmp_path: Path, pages: Pages, capsys: pytest.CaptureFixture[str]
) -> None:
    record = tmp_path / "sources.yml"
    entry = {"operation": f"GET {_LOGS}", "source": pages.url, "origin": "page"}
    written = {"operation": "GET /", "source": "openapi/facts.yml", "origin": "facts"}
    when = {"retrieved": "2026-03-01", "sha256": "0"}
    text = yaml.safe_dump({"agents_get-call-logs": entry | when, "apiStatus_get": written | when})
    record.write_text(text, encoding="utf-8")
    assert check_upstream.main(["--spec", str(BASE_SPEC), "--sources", str(record)]) == 0
    assert pages.asked == 1
    out = capsys.readouterr().out
    assert "Not checked: GET /: vendored from openapi/facts.yml, which is not a URL" in out


def test_a_record_without_a_url_ends_with_3(
    check: Check, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check() == 3
    assert "names no URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("empty.md", "# No block\n", "has no block"),
        ("broken.yml", "a: [", "cannot be read"),
        ("other.yml", "a: 1\n", "is not an OpenAPI 3 document"),
    ],
)
def test_what_cannot_be_read_ends_with_3(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    text: str,
    problem: str,
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert check_upstream.main([str(path), "--json"]) == 3
    captured = capsys.readouterr()
    assert problem in captured.err
    assert captured.out == ""


def test_a_missing_file_ends_with_3(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(str(tmp_path / "none.md")) == 3
    assert "Cannot read" in capsys.readouterr().err


def test_wrong_usage_ends_with_3_as_2_means_breaking(check: Check) -> None:
    with pytest.raises(SystemExit) as ended:
        check("--no-such-option")
    assert ended.value.code == 3


def test_a_report_that_cannot_be_written_ends_with_3(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(str(SEED_PAGE), "--markdown", str(tmp_path / "no" / "report.md")) == 3
    assert "Cannot write" in capsys.readouterr().err


def test_the_order_of_sources_changes_nothing(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
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
        reports.append(_report(capsys)["changes"])
    assert reports[0] == reports[1]
