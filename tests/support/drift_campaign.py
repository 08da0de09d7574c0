"""The mutation campaign: checks every mutant and compares the verdict with an independent one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from _spec_document import SpecDocument
from _yaml_text import JsonObject, parse_yaml
from provider_rules import expected_verdict, facts_of
from spec_mutations import Mutant, mutants
from upstream_check.changes import Change, changes_of
from upstream_check.documents import ComparedDocument, compare_documents

ROOT = Path(__file__).resolve().parents[2]
BASE_SPEC = ROOT / "tests" / "data" / "campaign-spec.yml"
SEED = 20260301
OF_EACH = 5
"""The number of mutants of each sort of change, in requests, in responses and in the document."""
UNSEEN = "not seen"

# No request of the API has a body yet; a future one may, so the mutants get one to change.
_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["reason", "phone"],
                "properties": {
                    "reason": {"type": "string", "enum": ["user", "error"]},
                    "after": {"type": "number", "minimum": 1, "default": 2, "nullable": True},
                    "phone": {"$ref": "#/components/schemas/TelephonyParams"},
                    "labels": {"type": "array", "items": {"type": "string"}},
                    "more": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            }
        }
    },
}


@dataclass(frozen=True)
class Outcome:
    """A mutant, the expected verdict, and the check's verdict."""

    mutant: Mutant
    expected: str
    found: str
    changes: list[Change]


def base_spec() -> dict[str, Any]:
    """Return the spec that mutants and drifts are made from, which vendoring does not change."""
    text = BASE_SPEC.read_text(encoding="utf-8")
    return cast("dict[str, Any]", parse_yaml(text))


def mutated_spec() -> dict[str, Any]:
    """Return that spec with a request body, so that mutants can change one."""
    spec = base_spec()
    spec["paths"]["/agents/calls/{call_id}/cancel"]["post"]["requestBody"] = copy.deepcopy(_BODY)
    return spec


def document(spec: dict[str, Any]) -> SpecDocument:
    """Return a spec in the form that the check takes, without validating it, which is slow."""
    value = cast("JsonObject", spec)
    return SpecDocument(
        "spec",
        {key: field for key, field in value.items() if key not in ("paths", "components", "tags")},
        cast("list[JsonObject]", spec.get("tags", [])),
        {
            (section, name): definition
            for section, definitions in spec.get("components", {}).items()
            for name, definition in definitions.items()
        },
        cast("dict[str, JsonObject]", spec["paths"]),
    )


def run_campaign() -> Iterator[Outcome]:
    """Yield the outcome of each mutant."""
    spec = mutated_spec()
    before, facts = ComparedDocument(document(spec)), facts_of(spec)
    for mutant in mutants(spec, seed=SEED, each=OF_EACH):
        after = ComparedDocument(document(mutant.spec))
        changes = changes_of(compare_documents(before, after, is_whole=True))
        found = changes[0].judgement.verdict.word if changes else UNSEEN
        expected = expected_verdict(facts, facts_of(mutant.spec))
        if expected == "same":
            expected = "prose" if mutant.is_prose else "allowed"
        yield Outcome(mutant, expected, found, changes)
