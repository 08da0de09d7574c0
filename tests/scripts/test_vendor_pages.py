"""The forms of pages and documents, and of the vendored spec."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from reference_pages import Vendoring, fragment, page_text

if TYPE_CHECKING:
    pass


@pytest.mark.parametrize(
    "heading",
    ["yaml latest.yml get /agents", "yaml /latest.yml GET /agents", "yml latest.yml Get /agents"],
)
def test_the_heading_may_vary(vendoring: Vendoring, heading: str) -> None:
    text = page_text(fragment()).replace("yaml /latest.yml GET /agents", heading)
    assert heading in text
    assert vendoring.run(vendoring.file("agents.md", text)) == 0


def test_windows_line_ends_and_a_byte_order_mark_are_accepted(vendoring: Vendoring) -> None:
    page = vendoring.folder / "agents.md"
    page.write_bytes(b"\xef\xbb\xbf" + page_text(fragment()).replace("\n", "\r\n").encode())
    assert vendoring.run(page) == 0
    assert vendoring.result() == fragment()


@pytest.mark.parametrize(
    "text",
    ["2026-03-01", "200", "no", "1e3", "0o17", "010", "1:30", "~", "+1", ".5", "\x85", "a\nb "],
)
def test_text_is_text_to_every_yaml_reader(vendoring: Vendoring, text: str) -> None:
    from ruamel.yaml import YAML  # noqa: PLC0415 - the generator's reader, for YAML 1.2

    document = fragment(schema={"type": "string", "description": text, "enum": [text]})
    assert vendoring.run(vendoring.file("agents.json", json.dumps(document))) == 0
    written = vendoring.output.read_text(encoding="utf-8")
    newer: Any = YAML(typ="safe", pure=True)
    for value in (yaml.safe_load(written), newer.load(written)):
        assert value["components"]["schemas"]["Agent"]["enum"] == [text]


def test_unquoted_dates_and_status_codes_are_read_as_text(vendoring: Vendoring) -> None:
    text = page_text(fragment(schema={"type": "string", "example": "DAY"}))
    text = text.replace("DAY", "2026-03-01").replace("'200'", "200")
    assert vendoring.run(vendoring.file("agents.md", text)) == 0
    assert vendoring.result() == fragment(schema={"type": "string", "example": "2026-03-01"})


def test_long_text_is_written_as_a_block(vendoring: Vendoring) -> None:
    schema = {"type": "string", "description": "many words " * 30 + "end"}
    vendoring.run(vendoring.page("agents.md", fragment(schema=schema)))
    assert "description: >-\n" in vendoring.output.read_text(encoding="utf-8")
    assert max(map(len, vendoring.output.read_text(encoding="utf-8").splitlines())) <= 110
