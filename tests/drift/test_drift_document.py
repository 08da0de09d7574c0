"""`docs/internals/drift.md` has the campaign's results; `nox -s tests -- tests/drift --write-docs` writes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from drift_campaign import SEED, UNSEEN, Outcome, document
from real_drifts import DRIFTS
from upstream_check.changes import changes_of
from upstream_check.documents import ComparedDocument, compare_documents
from upstream_check.policy import Rule

DOCUMENT = Path(__file__).parents[2] / "docs" / "internals" / "drift.md"
_VERDICTS = ("breaking", "allowed", "prose")
_INTRODUCTION = """\
# When the provider's spec moves

Written by `tests/drift/test_drift_document.py` from what it saw;
`nox -s tests -- tests/drift --write-docs` writes it again.

`nox -s check-upstream -- SOURCE…` compares `openapi/latest.yml` with reference pages or specs, paths or
URLs; without any, with the pages in `openapi/sources.yml`. It exits with `0` (no drift, prose aside), `1`
(drift that the provider's rules allow, or facts known better now), `2` (breaking drift) or `3` (the
check failed). `--json` and `--markdown FILE` write the report for programs and for reviews.

## What is compared

Both documents are normalised first, so that another form of the same contract is not a change: a lone
`allOf` around a `$ref`, `anyOf` or a type list with null for `nullable`, `exclusiveMinimum` in both
forms, the charset of a media type. `nullable` left in an OpenAPI 3.1 document is a change, since it
means nothing there. A title that cannot be the name of a class, such as one in Japanese, is prose.

## Who decides

A page is a promise of the provider. The provider's rules are taken literally: every change outside the four
allowances is breaking, even a higher limit or a field that is now always sent. A change that leaves the
wire alone is breaking if it renames something in the generated Python: an operationId, a first tag (its
module), a path parameter, a schema, or the title of a schema that becomes a class.

What was written from facts (`origin: facts` in `openapi/sources.yml`) is not a promise. If a page differs,
each field is *known better now*. It is breaking only if our code depends on it: a parameter that a method
sends is refused, a field that the code reads is gone or has another type, or a class that it uses has
another name. `scripts/upstream_check/ours.py` has the table of what depends on what,
and `tests/drift/test_ours.py` compares it with the code. A component that a page's operation needs belongs to
the page, even if an operation from facts uses it too.

Redocly's `diff` is the oracle of `nox -s upstream`: this comparison finds everything that it finds (`docs/internals/redocly.md`).
"""


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(str(cell) for cell in line)} |" for line in lines]


def _rules() -> list[str]:
    return _table(("rule", "why"), ((f"`{rule}`", rule.why) for rule in Rule))


def _confusion(outcomes: list[Outcome]) -> list[str]:
    pairs = Counter((outcome.expected, outcome.found) for outcome in outcomes)
    found = (*_VERDICTS, UNSEEN)
    rows = [[e, *(pairs[e, f] for f in found)] for e in _VERDICTS]
    return _table(("by the provider's rules", *(f"found {word}" for word in found)), rows)


def _categories(outcomes: list[Outcome]) -> list[str]:
    agreed: Counter[tuple[str, str]] = Counter()
    expected: dict[tuple[str, str], Counter[str]] = {}
    for outcome in outcomes:
        key = (outcome.mutant.category, outcome.mutant.part)
        agreed[key] += outcome.expected == outcome.found
        expected.setdefault(key, Counter())[outcome.expected] += 1
    rows = [
        [
            *key,
            *(counts[verdict] or "" for verdict in _VERDICTS),
            f"{agreed[key]} of {counts.total()}",
        ]
        for key, counts in sorted(expected.items())
    ]
    return _table(("change", "in the", *_VERDICTS, "verdicts that agree"), rows)


def _real_drifts() -> list[str]:
    rows: list[list[object]] = []
    for drift in DRIFTS:
        before, after = (ComparedDocument(document(spec)) for spec in drift.specs())
        changes = changes_of(compare_documents(before, after, is_whole=True))
        rules = sorted({f"`{change.judgement.rule}`" for change in changes})
        touched = ", ".join(f"`{name}`" for name in sorted(drift.methods)) or "nothing that we wrap"
        verdict = changes[0].judgement.verdict.word
        rows.append([drift.number, drift.title, verdict, ", ".join(rules), touched])
    return _table(("", "what happened", "verdict", "rules", "touches"), rows)


def _document(outcomes: list[Outcome]) -> str:
    lines = [
        _INTRODUCTION,
        "## The rules",
        "",
        *_rules(),
        "",
        "## Real changes upstream",
        "",
        *_real_drifts(),
        "",
        "## The mutation campaign",
        "",
        f"{len(outcomes)} copies of the spec, each with one change (seed {SEED}). The rows are the",
        "verdicts of a judge that shares no code with the check (`tests/support/provider_rules.py`).",
        "",
        *_confusion(outcomes),
        "",
        *_categories(outcomes),
        "",
    ]
    return "\n".join(lines)


def test_the_document_matches_the_campaign(
    outcomes: list[Outcome], pytestconfig: pytest.Config
) -> None:
    text = _document(outcomes)
    if pytestconfig.getoption("--write-docs"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == text, (
        "docs/internals/drift.md is not what the campaign saw; run: nox -s tests -- tests/drift --write-docs"
    )
