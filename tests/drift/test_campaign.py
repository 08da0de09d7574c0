"""Specs with one change each: every change is found, with the verdict of the provider's rules.

`docs/internals/drift.md` has the results; `nox -s tests -- tests/drift --write-docs` writes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from drift_campaign import SEED, UNSEEN, Outcome, document, mutated_spec
from provider_rules import expected_verdict, facts_of
from real_drifts import DRIFTS
from spec_mutations import mutants
from upstream_check.changes import changes_of
from upstream_check.differences import Part
from upstream_check.documents import ComparedDocument, compare_documents
from upstream_check.policy import Rule, judge, worst

_FEWEST = 500
DOCUMENT = Path(__file__).parents[2] / "docs" / "internals" / "drift.md"
_VERDICTS = ("breaking", "allowed", "prose")
_INTRODUCTION = """\
# When the provider's spec moves

Written by `tests/drift/test_campaign.py` from what it saw;
`nox -s tests -- tests/drift --write-docs` writes it again.

`nox -s check-upstream -- SOURCE…` runs `scripts/check_upstream.py`. It compares `openapi/latest.yml` with
reference pages or specs, paths or URLs; without any, with the URLs in `openapi/sources.yml`. The script
exits with `0` (no drift, prose aside), `1` (drift that the provider's rules allow, or facts known better
now), `2` (breaking drift) or `3` (the check failed). nox prints this code and exits with `1` for all but `0`.
`--json` and `--markdown FILE` write the report for programs and for reviews.

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


def _names(outcomes: list[Outcome]) -> list[str]:
    return [f"{o.mutant.name}: {o.found}, not {o.expected}" for o in outcomes]


def test_there_are_enough_mutants_in_every_part(outcomes: list[Outcome]) -> None:
    assert len(outcomes) >= _FEWEST
    for part in ("request", "response", "document"):
        for expected in ("breaking", "allowed", "prose"):
            assert any(o.mutant.part == part and o.expected == expected for o in outcomes)


def test_the_sample_is_always_the_same() -> None:
    spec = mutated_spec()
    one, other = ([m.name for m in mutants(spec, seed=7, each=1)] for _ in range(2))
    assert one == other


def test_every_mutant_is_found(outcomes: list[Outcome]) -> None:
    assert _names([o for o in outcomes if o.found == UNSEEN]) == []


def test_every_verdict_follows_the_providers_rules(outcomes: list[Outcome]) -> None:
    assert _names([o for o in outcomes if o.found != o.expected]) == []


def test_prose_alone_is_reported_as_prose(outcomes: list[Outcome]) -> None:
    prose = [o for o in outcomes if o.mutant.is_prose]
    assert prose
    assert {o.found for o in prose} == {"prose"}


def test_a_change_has_its_place(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        for change in outcome.changes:
            assert change.pointer.startswith("#/")
            assert change.places


def test_an_unchanged_spec_has_no_changes() -> None:
    documents = [ComparedDocument(document(mutated_spec())) for _ in range(2)]
    assert list(compare_documents(*documents, is_whole=True)) == []


def test_the_oracle_notices_a_policy_that_confuses_requests_and_responses() -> None:
    spec = mutated_spec()
    before, facts = ComparedDocument(document(spec)), facts_of(spec)
    other_part = {Part.REQUEST: Part.RESPONSE, Part.RESPONSE: Part.REQUEST}
    confused = set[str]()
    for mutant in mutants(spec, seed=7, each=1):
        if mutant.category not in ("field added", "x-extensible-enum value added", "error added"):
            continue
        found = compare_documents(before, ComparedDocument(document(mutant.spec)), is_whole=True)
        turned = [
            replace(d, place=replace(d.place, part=other_part.get(d.place.part, d.place.part)))
            for d in found
        ]
        verdict = worst(judge(difference) for difference in turned).verdict.word
        if verdict != expected_verdict(facts, facts_of(mutant.spec)):
            confused.add(mutant.category)
    assert confused == {"x-extensible-enum value added", "error added"}


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.title)
def test_the_oracle_agrees_on_the_real_drifts(drift: object) -> None:
    assert isinstance(drift, type(DRIFTS[0]))
    before, after = drift.specs()
    if "webhooks" not in before:  # no operation, so no fact for the oracle
        assert expected_verdict(facts_of(before), facts_of(after)) == drift.verdict


# The document


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
