"""Vendoring reference pages into latest.yml and sources.yml."""

from __future__ import annotations

import hashlib
import itertools
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from _spec_forms import structure
from reference_pages import ROOT, SEED_PAGE, Vendoring, fragment, seed_block

FACTS = ROOT / "openapi" / "facts.yml"

# The vendored files of this repository


def test_latest_yml_holds_the_seed_pages_block() -> None:
    latest = yaml.safe_load((ROOT / "openapi" / "latest.yml").read_text(encoding="utf-8"))
    seed = seed_block()
    path = "/agents/calls/{call_id}/logs"
    assert latest["paths"][path] == seed["paths"][path]
    assert (
        latest["components"]["schemas"]["AgentCallLogs"]
        == (seed["components"]["schemas"]["AgentCallLogs"])
    )
    for field in ("openapi", "servers", "security"):
        assert latest[field] == seed[field]


def test_vendoring_the_seed_page_alone_results_in_its_block(vendoring: Vendoring) -> None:
    assert vendoring.run(SEED_PAGE) == 0
    assert vendoring.result() == seed_block()


def test_the_record_names_the_page_by_its_place_in_the_repository(vendoring: Vendoring) -> None:
    vendoring.run(SEED_PAGE)
    assert vendoring.sources() == {
        "agents_get-call-logs": {
            "operation": "GET /agents/calls/{call_id}/logs",
            "source": "tests/data/get-call-logs.md",
            "title": "Get Call Runtime Logs",
            "origin": "page",
            "retrieved": datetime.now(UTC).date().isoformat(),
            "sha256": hashlib.sha256(SEED_PAGE.read_bytes()).hexdigest(),
        }
    }


def test_the_repositorys_record_matches_the_pages_that_it_holds() -> None:
    record = yaml.safe_load((ROOT / "openapi" / "sources.yml").read_text(encoding="utf-8"))
    for entry in record.values():
        if (page := ROOT / entry["source"]).is_file():
            assert entry["sha256"] == hashlib.sha256(page.read_bytes()).hexdigest()


def test_vendoring_the_repositorys_sources_again_changes_no_byte(vendoring: Vendoring) -> None:
    for name in ("latest.yml", "sources.yml"):
        shutil.copy(ROOT / "openapi" / name, vendoring.folder / name)
    assert vendoring.run(*recorded_pages()) == 0
    assert vendoring.run("--origin", "facts", FACTS) == 0
    assert vendoring.output.read_bytes() == (ROOT / "openapi" / "latest.yml").read_bytes()
    assert vendoring.record.read_bytes() == (ROOT / "openapi" / "sources.yml").read_bytes()


def test_vendoring_the_repositorys_sources_from_scratch_reproduces_its_spec(
    vendoring: Vendoring,
) -> None:
    assert vendoring.run("--origin", "facts", FACTS) == 0
    assert vendoring.run(*recorded_pages()) == 0
    latest = yaml.safe_load((ROOT / "openapi" / "latest.yml").read_text(encoding="utf-8"))
    # If prose is equally new, that of another page may stay.
    assert structure(vendoring.result(), "3.0.1") == structure(latest, "3.0.1")


def recorded_pages() -> list[Path]:
    record = yaml.safe_load((ROOT / "openapi" / "sources.yml").read_text(encoding="utf-8"))
    pages = {entry["source"]: None for entry in record.values() if entry["origin"] == "page"}
    return [ROOT / page for page in pages if (ROOT / page).is_file()]


# Runs after one another


def test_a_second_run_changes_no_byte_and_keeps_the_day(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    vendoring.run(SEED_PAGE)
    today = datetime.now(UTC).date().isoformat()
    earlier = vendoring.record.read_text(encoding="utf-8").replace(today, "2026-03-01")
    vendoring.record.write_text(earlier, encoding="utf-8")
    before = vendoring.output.read_bytes()

    assert vendoring.run(SEED_PAGE) == 0

    assert vendoring.output.read_bytes() == before
    assert vendoring.record.read_text(encoding="utf-8") == earlier
    assert "unchanged  GET /agents/calls" in capsys.readouterr().out


def test_a_changed_page_gets_todays_date_even_if_only_its_prose_changed(
    vendoring: Vendoring,
) -> None:
    page = vendoring.page("agents.md", fragment())
    vendoring.run(page)
    today = datetime.now(UTC).date().isoformat()
    vendoring.file("sources.yml", vendoring.record.read_text().replace(today, "2026-03-01"))
    vendoring.file("agents.md", page.read_text() + "\nNew prose.\n")
    vendoring.run(page)
    assert vendoring.sources()["agents_list"]["retrieved"] == today


def test_the_order_of_arguments_and_of_runs_does_not_matter(vendoring: Vendoring) -> None:
    pages = [
        vendoring.page("b.md", fragment("/b", operation_id="b", schema_name="B")),
        vendoring.page("a.md", fragment("/a", "post", operation_id="a2", schema_name="Z")),
        vendoring.page("c.md", fragment("/a", operation_id="a1", schema_name="B")),
    ]
    results: set[tuple[bytes, bytes]] = set()
    for order in itertools.permutations(pages):
        for groups in ([order], [(page,) for page in order]):
            vendoring.output.unlink(missing_ok=True)
            vendoring.record.unlink(missing_ok=True)
            for group in groups:
                assert vendoring.run(*group) == 0
            results.add((vendoring.output.read_bytes(), vendoring.record.read_bytes()))
    assert len(results) == 1
    merged = vendoring.result()
    assert list(merged["paths"]) == ["/a", "/b"]
    assert list(merged["paths"]["/a"]) == ["get", "post"]
    assert list(merged["components"]["schemas"]) == ["B", "Z"]


def test_one_page_is_added_without_naming_the_others(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    vendoring.run(SEED_PAGE)
    assert vendoring.run(vendoring.page("agents.md", fragment())) == 0
    assert set(vendoring.result()["paths"]) == {"/agents", "/agents/calls/{call_id}/logs"}
    assert set(vendoring.sources()) == {"agents_list", "agents_get-call-logs"}
    assert capsys.readouterr().out.splitlines()[-1] == (
        "added      GET /agents (agents_list) from agents.md"
    )


def test_a_page_named_again_replaces_its_operation_and_drops_unused_components(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    page = vendoring.page("agents.md", fragment(schema_name="Old"))
    vendoring.run(SEED_PAGE, page)
    vendoring.page("agents.md", fragment(schema_name="New"))
    assert vendoring.run(page) == 0
    assert set(vendoring.result()["components"]["schemas"]) == {"AgentCallLogs", "New"}
    assert "updated    GET /agents" in capsys.readouterr().out


def test_a_change_in_a_nested_component_counts_as_an_update(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    page = vendoring.page("agents.md", fragment(schema={"type": "object"}))
    vendoring.run(page)
    vendoring.page("agents.md", fragment(schema={"type": "string"}))
    vendoring.run(page)
    assert "updated    GET /agents" in capsys.readouterr().out


def test_an_operation_that_its_page_no_longer_has_is_removed(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    page = vendoring.page("agents.md", fragment("/agents"))
    vendoring.run(page)
    vendoring.page("agents.md", fragment("/v1/agents"))
    assert vendoring.run(page) == 0
    assert list(vendoring.result()["paths"]) == ["/v1/agents"]
    assert "removed    GET /agents (agents_list) from agents.md" in capsys.readouterr().out


def test_a_page_replaces_an_operation_that_was_written_from_facts(vendoring: Vendoring) -> None:
    facts = vendoring.file("facts.yml", yaml.safe_dump(fragment(schema={"type": "string"})))
    assert vendoring.run("--origin", "facts", facts) == 0
    assert vendoring.sources()["agents_list"]["origin"] == "facts"
    assert vendoring.run(vendoring.page("agents.md", fragment())) == 0
    entry = vendoring.sources()["agents_list"]
    assert (entry["origin"], entry["source"]) == ("page", "agents.md")
    assert vendoring.result()["components"]["schemas"]["Agent"] == {"type": "object"}


def test_plain_documents_in_yaml_and_json_are_accepted(vendoring: Vendoring) -> None:
    first = vendoring.file("one.yaml", yaml.safe_dump(fragment("/a", operation_id="a")))
    second = vendoring.file("two.json", json.dumps(fragment("/b", operation_id="b")))
    assert vendoring.run(first, second) == 0
    assert list(vendoring.result()["paths"]) == ["/a", "/b"]
    assert "title" not in vendoring.sources()["a"]


def test_components_that_no_operation_needs_are_left_out_and_named(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    document = fragment()
    document["components"]["schemas"]["Unused"] = {"type": "string"}
    vendoring.run(vendoring.page("agents.md", document))
    assert "Unused" not in vendoring.result()["components"]["schemas"]
    assert "left out   schemas.Unused of agents.md" in capsys.readouterr().out


def test_components_reached_only_through_a_discriminator_stay(vendoring: Vendoring) -> None:
    document = fragment(
        schema={
            "type": "object",
            "discriminator": {
                "propertyName": "kind",
                "mapping": {"a": "#/components/schemas/A", "b": "B"},
            },
        }
    )
    document["components"]["schemas"] |= {"A": {"type": "object"}, "B": {"type": "object"}}
    assert vendoring.run(vendoring.page("agents.md", document)) == 0
    assert set(vendoring.result()["components"]["schemas"]) == {"A", "Agent", "B"}
