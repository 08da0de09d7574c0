"""Real changes upstream get the right verdict and explanation."""

from __future__ import annotations

import pytest

from drift_campaign import document
from real_drifts import DRIFTS, RealDrift
from upstream_check.changes import changes_of
from upstream_check.documents import ComparedDocument, compare_documents
from upstream_check.ours import impact_of


def test_all_ten_real_drifts_are_listed() -> None:
    assert {drift.number for drift in DRIFTS} == set(range(1, 11))


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: f"{drift.number}: {drift.title}")
def test_a_real_drift_gets_its_verdict_and_its_impact(drift: RealDrift) -> None:
    before, after = (document(spec) for spec in drift.specs())
    differences = compare_documents(
        ComparedDocument(before), ComparedDocument(after), is_whole=True
    )
    changes = changes_of(differences)

    assert changes[0].judgement.verdict.word == drift.verdict
    assert {change.judgement.rule for change in changes} == drift.rules
    impacts = [impact_of(change.difference.kind, change.places) for change in changes]
    assert {name for impact in impacts for name in impact.methods} == drift.methods
