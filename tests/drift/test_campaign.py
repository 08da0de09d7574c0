"""Specs with one change each: every change is found, with the verdict of the provider's rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drift_campaign import UNSEEN, Outcome, document, mutated_spec
from provider_rules import expected_verdict, facts_of
from real_drifts import DRIFTS
from spec_mutations import mutants
from upstream_check.differences import Part
from upstream_check.documents import ComparedDocument, compare_documents
from upstream_check.policy import judge, worst

_FEWEST = 500


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
