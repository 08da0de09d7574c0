"""Vendoring refuses bad input with a message, and writes nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

import _spec_document
import vendor_spec
from reference_pages import Vendoring, fragment, page_text

if TYPE_CHECKING:
    from pathlib import Path


def refusal(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], *arguments: str | Path
) -> str:
    """Run on bad input; check that nothing is written, and return the message."""
    kept = {
        path: path.read_bytes() for path in (vendoring.output, vendoring.record) if path.exists()
    }
    assert vendoring.run(*arguments) == 1
    assert {path: path.read_bytes() for path in kept} == kept
    assert vendoring.output.exists() == (vendoring.output in kept)
    message = capsys.readouterr().err
    assert len(message.splitlines()) == 2
    assert message.startswith("error: ")
    return message


def changed(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a document
    return fragment("/other", operation_id="other") | changes


@pytest.mark.parametrize(
    ("document", "named"),
    [
        (fragment("/other", operation_id="other", schema={"type": "string"}), "schemas.Agent"),
        (fragment(schema={"type": "string"}), "schemas.Agent"),
        (fragment(operation_id="another"), "GET /agents"),
        (fragment("/other"), "agents_list"),
        (changed(info={"title": "Cartesia API", "version": "0.0.2"}), "info"),
        (changed(servers=[{"url": "https://other.example"}]), "servers"),
        (changed(openapi="3.0.3"), "openapi"),
    ],
)
def test_two_pages_that_disagree_are_refused_in_any_order(
    vendoring: Vendoring,
    capsys: pytest.CaptureFixture[str],
    document: dict[str, Any],
    named: str,
) -> None:
    first = vendoring.page("first.md", fragment())
    second = vendoring.page("second.md", document)
    for order in ((first, second), (second, first)):
        message = refusal(vendoring, capsys, *order)
        for part in (named, "first.md", "second.md", "defined differently"):
            assert part in message


def test_a_refreshed_page_that_disagrees_with_a_kept_one_is_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    first = vendoring.page("first.md", fragment())
    second = vendoring.page("second.md", fragment("/other", operation_id="other"))
    vendoring.run(first, second)
    vendoring.page(
        "second.md", fragment("/other", operation_id="other", schema={"type": "integer"})
    )
    message = refusal(vendoring, capsys, second)
    for part in ("schemas.Agent", "first.md", "second.md"):
        assert part in message


def test_true_and_one_are_not_the_same_definition(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    first = vendoring.page("first.md", fragment(schema={"default": 1}))
    second = vendoring.page(
        "second.md", fragment("/other", operation_id="other", schema={"default": True})
    )
    assert "schemas.Agent" in refusal(vendoring, capsys, first, second)


def test_a_page_without_a_block_is_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    page = vendoring.file("empty.md", "# Hello\n\n```yaml\na: 1\n```\n")
    assert "empty.md has no block" in refusal(vendoring, capsys, page)


@pytest.mark.parametrize("path", ["/agents", "/other"])
def test_a_page_with_two_blocks_is_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    text = page_text(fragment()) + page_text(fragment(path, operation_id="other"))
    message = refusal(vendoring, capsys, vendoring.file("two.md", text))
    assert f"two.md has 2 blocks of OpenAPI: GET /agents, GET {path}." in message


@pytest.mark.parametrize("heading", ["POST /agents", "GET /agents/{id}"])
def test_a_heading_that_names_another_operation_is_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], heading: str
) -> None:
    message = refusal(vendoring, capsys, vendoring.page("agents.md", fragment(), heading))
    for part in (f"headed {heading}", "holds GET /agents", "agents.md"):
        assert part in message


def test_a_page_that_is_cut_short_is_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    text = page_text(fragment()).partition("````\n")[0].rstrip("`")
    assert "never ends" in refusal(vendoring, capsys, vendoring.file("agents.md", text))


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("https://example.com/a.yml#/A", "outside the document"),
        ("other.yml#/A", "outside the document"),
        ("file:///etc/passwd", "outside the document"),
        ("#/components/schemas/Nowhere", "points at nothing"),
        ("#/paths/~1agents/get", "does not point into components"),
    ],
)
def test_references_that_cannot_be_kept_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], reference: str, problem: str
) -> None:
    document = fragment(schema={"type": "array", "items": {"$ref": reference}})
    message = refusal(vendoring, capsys, vendoring.page("agents.md", document))
    for part in (problem, reference, "#/components/schemas/Agent/items/$ref", "agents.md"):
        assert part in message


@pytest.mark.parametrize("keyword", ["$dynamicRef", "$recursiveRef"])
@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ("https://example.com/a.yml#/A", "outside the document"),
        ("#node", "does not point into components"),
    ],
)
def test_other_kinds_of_references_are_checked(
    vendoring: Vendoring,
    capsys: pytest.CaptureFixture[str],
    keyword: str,
    reference: str,
    problem: str,
) -> None:
    document = fragment(schema={keyword: reference, "default": {}}) | {"openapi": "3.1.0"}
    message = refusal(vendoring, capsys, vendoring.page("agents.md", document))
    assert problem in message
    assert f"#/components/schemas/Agent/{keyword}" in message


def test_aliases_that_would_grow_without_end_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = ["a0: &a0 [lol, lol]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]" for n in range(1, 50)]
    message = refusal(vendoring, capsys, vendoring.file("bomb.yml", "\n".join(lines)))
    assert "bomb.yml cannot be read: the aliases expand to too much text (line 11)" in message


def test_a_pattern_that_backtracks_without_end_is_abandoned(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_spec_document, "MAX_VALIDATION_SECONDS", 1.0)
    schema = {"type": "string", "pattern": "(a+)+$", "default": "a" * 60 + "!"}
    message = refusal(vendoring, capsys, vendoring.page("agents.md", fragment(schema=schema)))
    assert "agents.md cannot be validated: TimeoutError: it takes longer than 1 seconds" in message


def test_references_in_a_circle_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    document = fragment(schema={"$ref": "#/components/schemas/Other"})
    document["components"]["schemas"]["Other"] = {"$ref": "#/components/schemas/Agent"}
    message = refusal(vendoring, capsys, vendoring.page("agents.md", document))
    assert "agents.md cannot be validated" in message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not an OpenAPI 3 document"),
        ("just text", "not an OpenAPI 3 document"),
        ("- a\n- b", "not an OpenAPI 3 document"),
        ("swagger: '2.0'", "not an OpenAPI 3 document"),
        ("a: [", "cannot be read"),
        ("a: 1\nb: *x", "the alias *x has no anchor before it (line 2)"),
        ("a: &x [*x]", "the alias *x has no anchor before it (line 1)"),
        ("a: 1\n<<: 2", "a merge key (<<) names no mapping (line 1)"),
        ("a: !!python/object/apply:os.system [x]", "tags are not accepted (line 1)"),
        ("a: 1\na: 2", "'a' occurs twice (line 2)"),
        ("? [a]\n: 1", "a key is not plain text"),
        ("a: 1\n---\nb: 1", "a second document begins"),
        ("a: " + "[" * 1500, "nested too deeply"),
        ("a: " + "9" * 5000, "cannot be read"),
        ("openapi: 3.0.1", "not valid OpenAPI"),
        ("openapi: 3.0.1\ninfo: {title: T, version: '1'}\npaths: {}", "has no operation"),
        ("openapi: 3.9.0\ninfo: {title: T, version: '1'}\npaths: {}", "cannot be validated"),
    ],
)
def test_text_that_is_no_document_is_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], text: str, problem: str
) -> None:
    message = refusal(vendoring, capsys, vendoring.file("spec.yml", text))
    assert problem in message
    assert "spec.yml" in message


@pytest.mark.parametrize("name", ["spec.yml", "spec.json"])
@pytest.mark.parametrize("levels", [101, 400, 950, 1500])
def test_text_that_is_nested_too_deeply_is_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], name: str, levels: int
) -> None:
    text = json.dumps(fragment() | {"x-deep": "HERE"})
    text = text.replace('"HERE"', "[" * levels + "]" * levels)
    message = refusal(vendoring, capsys, vendoring.file(name, text))
    assert f"{name} cannot be read: it is nested too deeply (more than 100 levels)" in message


def test_nesting_beyond_any_need_is_accepted(vendoring: Vendoring) -> None:
    text = json.dumps(fragment() | {"x-deep": "HERE"}).replace('"HERE"', "[" * 99 + "]" * 99)
    assert vendoring.run(vendoring.file("spec.json", text)) == 0
    assert vendoring.result() == json.loads(text)


@pytest.mark.parametrize("record", ["latest.yml", "here/../latest.yml", "link.yml"])
def test_one_path_for_the_spec_and_its_record_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], record: str
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "link.yml").symlink_to(tmp_path / "latest.yml")
    page = Vendoring(tmp_path).page("agents.md", fragment())
    places = ["--output", str(tmp_path / "latest.yml"), "--sources", str(tmp_path / record)]
    assert vendor_spec.main([str(page), *places]) == 1
    assert "would both be written to" in capsys.readouterr().err
    assert not (tmp_path / "latest.yml").exists()


def test_an_invalid_fragment_is_refused_with_the_place(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    page = vendoring.page("agents.md", fragment(schema={"type": "strin"}))
    message = refusal(vendoring, capsys, page)
    assert "agents.md is not valid OpenAPI at #/components/schemas/Agent" in message
    assert "strin" in message


@pytest.mark.parametrize("part", ["operationId", "security scheme"])
def test_required_parts_of_an_operation_are_checked(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], part: str
) -> None:
    document = fragment()
    if part == "operationId":
        del document["paths"]["/agents"]["get"]["operationId"]
        expected = "GET /agents in agents.md has no operationId"
    else:
        del document["components"]["securitySchemes"]
        expected = "requires securitySchemes.APIKeyAuth"
    assert expected in refusal(vendoring, capsys, vendoring.page("agents.md", document))


def test_two_different_files_of_one_name_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    (vendoring.folder / "other").mkdir()
    first = vendoring.page("agents.md", fragment())
    second = vendoring.page("other/agents.md", fragment("/other", operation_id="other"))
    assert "recorded as agents.md" in refusal(vendoring, capsys, first, second)


@pytest.mark.parametrize("missing", ["latest.yml", "sources.yml"])
def test_a_spec_and_a_record_that_do_not_match_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    page = vendoring.page("agents.md", fragment())
    vendoring.run(page)
    (vendoring.folder / missing).unlink()
    assert "GET /agents is in only one of" in refusal(vendoring, capsys, page)


def test_files_that_cannot_be_read_are_refused(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = vendoring.folder / "binary.md"
    binary.write_bytes(b"\xff\xfe")
    large = vendoring.folder / "large.md"
    with large.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    for source, problem in (
        (vendoring.folder / "missing.md", "No such file"),
        (vendoring.folder, "Is a directory"),
        (binary, "not UTF-8"),
        (large, "larger than 20 MB"),
    ):
        assert problem in refusal(vendoring, capsys, source)


def test_neither_file_is_written_if_one_cannot_be(
    vendoring: Vendoring, capsys: pytest.CaptureFixture[str]
) -> None:
    (vendoring.folder / ".sources.yml.new").mkdir()  # the temporary place of the new record
    message = refusal(vendoring, capsys, vendoring.page("agents.md", fragment()))
    assert "Cannot write" in message
    assert not list(vendoring.folder.glob(".latest.yml*"))
