"""Pages in the provider's form replace operations written from facts, in any order."""

from __future__ import annotations

import copy
import itertools
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from reference_pages import ROOT, SEED_PAGE, Vendoring, fragment, page_text

DATA = ROOT / "tests" / "data"
FACTS = ROOT / "openapi" / "facts.yml"
WHOLE = DATA / "whole-spec.yml"
PAGES = sorted(path for path in DATA.glob("*.md") if path != SEED_PAGE)
Block = dict[str, Any]


@pytest.fixture
def facts(vendoring: Vendoring) -> Vendoring:
    """Vendor the logs page, and everything else from facts."""
    assert vendoring.run("--origin", "facts", FACTS) == 0
    assert vendoring.run(SEED_PAGE) == 0
    return vendoring


def block_of(page: Path) -> Block:
    text = page.read_text(encoding="utf-8")
    block: Block = yaml.safe_load(text.split("````")[1].partition("\n")[2])
    return block


def origins(vendoring: Vendoring) -> dict[str, str]:
    return {name: entry["origin"] for name, entry in vendoring.sources().items()}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_replaces_only_facts_of_its_operation_and_components(
    facts: Vendoring, page: Path
) -> None:
    others = {name for name, origin in origins(facts).items() if origin == "facts"}
    assert facts.run(page) == 0
    block, result = block_of(page), facts.result()
    for path, item in block["paths"].items():
        for method, operation in item.items():
            assert result["paths"][path][method] == operation
            others -= {operation["operationId"]}
    for section, names in block["components"].items():
        for name, definition in names.items():
            assert result["components"][section][name] == definition
    assert {name for name, origin in origins(facts).items() if origin == "facts"} == others


@pytest.mark.parametrize("first", PAGES, ids=lambda page: page.stem)
def test_pages_give_the_same_spec_in_any_order_and_all_together(
    facts: Vendoring, first: Path
) -> None:
    assert facts.run(*PAGES) == 0
    together = facts.output.read_bytes(), facts.record.read_bytes()
    facts.output.unlink()
    facts.record.unlink()
    start = PAGES.index(first)
    for page in [SEED_PAGE, *PAGES[start:], *PAGES[:start]]:
        assert facts.run(page) == 0
    assert facts.run("--origin", "facts", FACTS) == 0
    assert (facts.output.read_bytes(), facts.record.read_bytes()) == together


def test_facts_vendored_again_leave_pages_alone(
    facts: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    assert facts.run(*PAGES) == 0
    before = facts.output.read_bytes()
    capsys.readouterr()
    assert facts.run("--origin", "facts", FACTS) == 0
    assert facts.output.read_bytes() == before
    out = capsys.readouterr().out
    assert "left out   GET /agents of openapi/facts.yml: a page says what it is" in out


def test_the_whole_spec_with_its_aliases_is_accepted(facts: Vendoring) -> None:
    assert facts.run(WHOLE) == 0
    assert set(origins(facts).values()) == {"page"}
    whole: Block = yaml.safe_load(WHOLE.read_text(encoding="utf-8"))
    assert facts.result()["paths"] == whole["paths"]
    assert "&" not in facts.output.read_text(encoding="utf-8").partition("paths:")[2].split("\n")[0]
    assert facts.run(*PAGES) == 0


def test_prose_of_the_newest_page_is_used_in_any_order(vendoring: Vendoring) -> None:
    def page(name: str, operation_id: str, words: str) -> Path:
        schema = {"x-order": 1, "type": "object", "description": words, "title": f"題 {words}"}
        block = fragment(f"/{operation_id}", operation_id=operation_id, schema=schema)
        return vendoring.page(name, block)

    newer, older = page("a.md", "a", "新しい\n\n二段落"), page("z.md", "z", "古い")
    vendoring.run(older)
    today = datetime.now(UTC).date().isoformat()
    vendoring.file("sources.yml", vendoring.record.read_text().replace(today, "2026-03-01"))
    assert vendoring.run(newer) == 0
    assert vendoring.result()["components"]["schemas"]["Agent"]["description"] == "新しい\n\n二段落"
    assert vendoring.run(older) == 0
    assert vendoring.run(older, newer) == 0
    assert vendoring.result()["components"]["schemas"]["Agent"]["title"] == "題 新しい\n\n二段落"


def test_the_order_of_keys_and_x_keys_make_no_difference(vendoring: Vendoring) -> None:
    one: Block = {"type": "object", "required": ["a", "b"], "properties": {"a": {}, "b": {}}}
    other: Block = {"x-a": 1, "properties": {"b": {}, "a": {"example": 3}}, "required": ["b", "a"]}
    pages = [
        vendoring.page("one.md", fragment("/a", operation_id="a", schema=one)),
        vendoring.page(
            "two.md", fragment("/b", operation_id="b", schema={**other, "type": "object"})
        ),
    ]
    for order in itertools.permutations(pages):
        assert vendoring.run(*order) == 0


def test_a_field_named_like_prose_is_structure(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    schemas = [
        {"type": "object", "properties": {"description": {"type": kind}}}
        for kind in ("string", "integer")
    ]
    pages = [
        vendoring.page(f"{n}.md", fragment(f"/{n}", operation_id=f"o{n}", schema=schema))
        for n, schema in enumerate(schemas)
    ]
    assert vendoring.run(*pages) == 1
    assert "#/components/schemas/Agent/properties/description/type" in capsys.readouterr().err


def test_a_conflict_is_shown_with_both_places(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = [block_of(DATA / name) for name in ("get-call.md", "delete-call.md")]
    blocks[1]["components"]["schemas"]["AgentCall"]["properties"]["summary"]["type"] = "integer"
    paths = [
        vendoring.file(f"{name}.md", page_text(block))
        for name, block in zip(("get", "delete"), blocks, strict=True)
    ]
    assert vendoring.run(*paths) == 1
    message = capsys.readouterr().err
    lines = {}
    for path in paths:
        text = path.read_text(encoding="utf-8").splitlines()
        start = text.index("        summary:")
        lines[path.name] = next(
            n for n, line in enumerate(text, 1) if n > start and "type:" in line
        )
    assert "The component schemas.AgentCall is defined differently by " in message
    assert f'get.md, line {lines["get.md"]} ("string")' in message
    assert f'delete.md, line {lines["delete.md"]} ("integer")' in message
    assert "at #/components/schemas/AgentCall/properties/summary/type" in message


@pytest.mark.parametrize("title", ["# 通話の取得\n\n", "", "# One\n\nTwo\n\n# Three\n\n"])
def test_any_title_is_accepted(vendoring: Vendoring, title: str) -> None:
    text = page_text(fragment()).removeprefix("# A page\n\n")
    assert vendoring.run(vendoring.file("agents.md", title + text)) == 0
    expected = title.partition("\n")[0].removeprefix("# ") or None
    assert vendoring.sources()["agents_list"].get("title") == expected


def test_a_page_whose_path_has_another_parameter_replaces_the_fact(
    facts: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    block = copy.deepcopy(block_of(DATA / "download-call-audio.md"))
    block["paths"] = {"/agents/calls/{id}/audio": next(iter(block["paths"].values()))}
    block["components"]["parameters"]["CallId"]["name"] = "id"
    block["components"]["parameters"]["Id"] = block["components"]["parameters"].pop("CallId")
    operation = block["paths"]["/agents/calls/{id}/audio"]["get"]
    operation["parameters"][1] = {"$ref": "#/components/parameters/Id"}
    assert facts.run(facts.file("audio.md", page_text(block))) == 0
    assert "/agents/calls/{call_id}/audio" not in facts.result()["paths"]
    assert "removed    GET /agents/calls/{call_id}/audio" in capsys.readouterr().out
