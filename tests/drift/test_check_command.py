"""`scripts/check_upstream.py`: what it reads, says and ends with."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import check_upstream
from drift_campaign import vendored
from fake_pages import Pages
from reference_pages import SEED_PAGE, page_text, seed_block

Spec = dict[str, Any]
_LOGS = "/agents/calls/{call_id}/logs"


@pytest.fixture
def source(tmp_path: Path) -> Callable[[Spec], str]:
    """Write a spec to a file and give its path."""

    def write(spec: Spec) -> str:
        path = tmp_path / "upstream.yml"
        path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
        return str(path)

    return write


def _check(*arguments: str) -> int:
    return check_upstream.main([*arguments, "--without-redocly"])


def _report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_the_vendored_page_is_no_drift(capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(str(SEED_PAGE)) == 0
    assert capsys.readouterr().out.startswith("No drift: latest.yml compared with tests/data/")


def test_prose_is_told_of_and_is_no_drift(
    source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = vendored()
    spec["paths"][_LOGS]["get"]["summary"] = "Read the logs"
    assert _check(source(spec), "--json") == 0
    report = _report(capsys)
    assert report["verdict"] == "prose"
    assert [change["subject"] for change in report["changes"]] == ["summary"]


def test_allowed_drift_ends_with_1(
    source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = vendored()
    spec["components"]["schemas"]["AgentCallLogs"]["properties"]["region"] = {"type": "string"}
    assert _check(source(spec), "--json") == 1
    (change,) = _report(capsys)["changes"]
    assert change["rule"] == "response-field-added"
    assert change["pointer"] == "#/components/schemas/AgentCallLogs/properties/region"


def test_breaking_drift_ends_with_2_and_is_explained(
    source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = vendored()
    spec["components"]["schemas"]["AgentCallLogs"]["properties"]["logs"]["items"]["type"] = "object"
    assert _check(source(spec), "--json") == 2
    report = _report(capsys)
    (change,) = report["changes"]
    assert (change["verdict"], change["rule"]) == ("breaking", "response-changed")
    assert (change["before"], change["after"]) == ("string", "object")
    (place,) = change["places"]
    assert place["operation"] == f"GET {_LOGS}"
    assert place["location"] == "answer > 200 application/json > logs > []"
    assert change["touches_what_we_wrap"] is True
    assert change["impact"]["methods"] == [
        "client.calls.follow_logs",
        "client.calls.logs",
        "client.calls.stream_logs",
        "client.calls.wait_for_logs",
    ]
    assert change["impact"]["errors"] == ["ResponseValidationError"]
    assert change["impact"]["sandbox"] == [f"GET {_LOGS}"]
    assert "generated/cartesia_api/models/agent_call_logs.py" in change["impact"]["generated"]
    assert any(line.startswith("logs CALL_ID --wait") for line in change["impact"]["command"])
    assert report["is_smaller_check"] is True


def test_the_text_and_the_markdown_say_the_same(
    source: Callable[[Spec], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = vendored()
    del spec["paths"]["/agents"]
    spec["paths"]["/voices"] = {
        "get": {"operationId": "voices", "responses": {"200": {"description": ""}}}
    }
    assert _check(source(spec), "--markdown", str(tmp_path / "report.md")) == 2
    text = capsys.readouterr().out
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    for words in (
        "Breaking drift: latest.yml compared with upstream.yml (1 breaking, 1 allowed, 0 prose)",
        "This is the smaller check",
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


def test_a_page_speaks_of_its_own_operation_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = seed_block()
    block["components"]["schemas"]["AgentCallLogs"]["required"].remove("updated_at")
    page = tmp_path / "page.md"
    page.write_text(page_text(block), encoding="utf-8")
    assert _check(str(page), "--json") == 2
    (change,) = _report(capsys)["changes"]
    assert change["kind"] == "requiredness changed"


def test_a_page_whose_operation_has_moved_is_matched_by_its_id(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    block = seed_block()
    block["paths"][f"{_LOGS}/"] = block["paths"].pop(_LOGS)
    page = tmp_path / "page.md"
    page.write_text(page_text(block), encoding="utf-8")
    assert _check(str(page), "--json") == 2
    (change,) = _report(capsys)["changes"]
    assert change["kind"] == "path changed"
    assert "client.calls.logs" in change["impact"]["methods"]


def test_one_change_of_a_shared_schema_is_told_once(
    source: Callable[[Spec], str], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = vendored()
    del spec["components"]["schemas"]["AgentCall"]["properties"]["summary"]
    _check(source(spec), "--json")
    (change,) = _report(capsys)["changes"]
    assert {place["operation_id"] for place in change["places"]} == {
        "agents_get-call",
        "agents_list-calls",
        "agents_delete-call",
    }


def test_control_characters_of_a_spec_are_shown_and_not_obeyed(
    source: Callable[[Spec], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = vendored()
    fields = spec["components"]["schemas"]["AgentCallLogs"]["properties"]
    fields["\x1b[31m`red`"] = {"type": "string"}
    _check(source(spec), "--markdown", str(tmp_path / "report.md"))
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
    assert _check("--sources", str(record)) == 0
    assert pages.asked == 1
    out = capsys.readouterr().out
    assert "Not checked: GET /: vendored from openapi/facts.yml, which is no URL" in out


def test_a_record_without_a_url_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert _check() == 3
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
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, problem: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert _check(str(path), "--json") == 3
    captured = capsys.readouterr()
    assert problem in captured.err
    assert captured.out == ""


def test_a_missing_file_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _check(str(tmp_path / "none.md")) == 3
    assert "Cannot read" in capsys.readouterr().err


def test_without_node_the_smaller_check_runs_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert check_upstream.main([str(SEED_PAGE)]) == 0
    out = capsys.readouterr().out
    assert "smaller check: Redocly did not look as well (node and npm not found)" in out


def test_wrong_usage_ends_with_3_as_2_means_breaking() -> None:
    with pytest.raises(SystemExit) as ended:
        _check("--no-such-option")
    assert ended.value.code == 3


def test_a_report_that_cannot_be_written_ends_with_3(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _check(str(SEED_PAGE), "--markdown", str(tmp_path / "no" / "report.md")) == 3
    assert "Cannot write" in capsys.readouterr().err


def test_the_order_of_sources_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
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
        assert _check(*given, "--json") == 2
        reports.append(_report(capsys)["changes"])
    assert reports[0] == reports[1]
