"""`scripts/check_upstream.py`: its input, output and exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import check_upstream
from drift_campaign import BASE_SPEC, base_spec
from fake_pages import Pages
from reference_pages import SEED_PAGE

Check = Callable[..., int]
Report = Callable[[], dict[str, Any]]
_LOGS = "/agents/calls/{call_id}/logs"


def test_the_vendored_page_is_not_drift(check: Check, capsys: pytest.CaptureFixture[str]) -> None:
    assert check(str(SEED_PAGE)) == 0
    assert capsys.readouterr().out.startswith(
        "No drift: campaign-spec.yml compared with tests/data/"
    )


def test_prose_is_reported_and_is_not_drift(check: Check, report: Report) -> None:
    spec = base_spec()
    spec["paths"][_LOGS]["get"]["summary"] = "Read the logs"
    assert check(spec, "--json") == 0
    found = report()
    assert found["verdict"] == "prose"
    assert [change["subject"] for change in found["changes"]] == ["summary"]


def test_allowed_drift_exits_with_1(check: Check, report: Report) -> None:
    spec = base_spec()
    spec["components"]["schemas"]["AgentCallLogs"]["properties"]["region"] = {"type": "string"}
    assert check(spec, "--json") == 1
    (change,) = report()["changes"]
    assert change["rule"] == "response-field-added"
    assert change["pointer"] == "#/components/schemas/AgentCallLogs/properties/region"


def test_breaking_drift_exits_with_2_and_is_explained(check: Check, report: Report) -> None:
    spec = base_spec()
    spec["components"]["schemas"]["AgentCallLogs"]["properties"]["logs"]["items"]["type"] = "object"
    assert check(spec, "--json") == 2
    found = report()
    (change,) = found["changes"]
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


def test_the_text_and_the_markdown_have_the_same_content(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    del spec["paths"]["/agents"]
    spec["paths"]["/voices"] = {
        "get": {"operationId": "voices", "responses": {"200": {"description": ""}}}
    }
    assert check(spec, "--markdown", str(tmp_path / "report.md")) == 2
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


def test_control_characters_of_a_spec_are_escaped(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = base_spec()
    fields = spec["components"]["schemas"]["AgentCallLogs"]["properties"]
    fields["\x1b[31m`red`"] = {"type": "string"}
    check(spec, "--markdown", str(tmp_path / "report.md"))
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
    assert pages.requests == 1
    out = capsys.readouterr().out
    assert "Not checked: GET /: vendored from openapi/facts.yml, which is not a URL" in out


def test_a_record_without_a_url_exits_with_3(
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
def test_an_unreadable_source_exits_with_3(
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


def test_a_missing_file_exits_with_3(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(str(tmp_path / "none.md")) == 3
    assert "Cannot read" in capsys.readouterr().err


def test_wrong_usage_exits_with_3_because_2_means_breaking(check: Check) -> None:
    with pytest.raises(SystemExit) as ended:
        check("--no-such-option")
    assert ended.value.code == 3


def test_a_report_that_cannot_be_written_exits_with_3(
    check: Check, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(str(SEED_PAGE), "--markdown", str(tmp_path / "no" / "report.md")) == 3
    assert "Cannot write" in capsys.readouterr().err
