"""Reference pages to vendor, and a place to vendor them into."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import vendor_spec

ROOT = Path(__file__).resolve().parents[2]
SEED_PAGE = ROOT / "tests" / "data" / "get-call-logs.md"


def seed_block() -> dict[str, Any]:
    """Take the seed's YAML out of its page, without the code of the scripts."""
    text = SEED_PAGE.read_text(encoding="utf-8")
    _, _, rest = text.partition("````yaml /latest.yml GET /agents/calls/{call_id}/logs\n")
    block: dict[str, Any] = yaml.safe_load(rest.partition("````")[0])
    return block


def fragment(
    path: str = "/agents",
    method: str = "get",
    *,
    operation_id: str = "agents_list",
    schema: dict[str, Any] | None = None,
    schema_name: str = "Agent",
) -> dict[str, Any]:
    """Make the OpenAPI fragment of one operation whose response is a named schema."""
    return {
        "openapi": "3.0.1",
        "info": {"title": "Cartesia API", "version": "0.0.1"},
        "servers": [{"url": "https://api.cartesia.ai", "description": "Production"}],
        "security": [],
        "paths": {
            path: {
                method: {
                    "operationId": operation_id,
                    "responses": {
                        "200": {
                            "description": "",
                            "content": {
                                "application/json": {
                                    "schema": {"$ref": f"#/components/schemas/{schema_name}"}
                                }
                            },
                        }
                    },
                    "security": [{"APIKeyAuth": []}],
                }
            }
        },
        "components": {
            "schemas": {schema_name: schema or {"type": "object"}},
            "securitySchemes": {
                "APIKeyAuth": copy.deepcopy(
                    seed_block()["components"]["securitySchemes"]["APIKeyAuth"]
                )
            },
        },
    }


def page_text(document: dict[str, Any], heading: str | None = None) -> str:
    """Write a fragment into a reference page."""
    if heading is None:
        path, item = next(iter(document["paths"].items()))
        heading = f"{next(iter(item)).upper()} {path}"
    block = yaml.safe_dump(document, sort_keys=False)
    return (
        "# A page\n\nProse, and another block:\n\n```yaml\nnot: this\n```\n\n"
        f"````yaml /latest.yml {heading}\n{block}\n````\n\nMore prose.\n"
    )


@dataclass(frozen=True)
class Vendoring:
    """A folder with pages to vendor, and the two files that vendoring writes."""

    folder: Path

    @property
    def output(self) -> Path:
        return self.folder / "latest.yml"

    @property
    def record(self) -> Path:
        return self.folder / "sources.yml"

    def page(self, name: str, document: dict[str, Any], heading: str | None = None) -> Path:
        return self.file(name, page_text(document, heading))

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, *arguments: str | Path) -> int:
        """Run the command on some sources."""
        places = ["--output", str(self.output), "--sources", str(self.record)]
        return vendor_spec.main([*map(str, arguments), *places])

    def result(self) -> dict[str, Any]:
        value: dict[str, Any] = yaml.safe_load(self.output.read_text(encoding="utf-8"))
        return value

    def sources(self) -> dict[str, Any]:
        value: dict[str, Any] = yaml.safe_load(self.record.read_text(encoding="utf-8"))
        return value
