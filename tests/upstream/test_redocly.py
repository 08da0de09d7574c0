"""Redocly's `diff` and our own comparison, on the same mutants.

`nox -s upstream -- --write-docs` writes the results to `docs/internals/redocly.md`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from drift_campaign import ROOT, SEED, document, mutated_spec
from real_drifts import DRIFTS, RealDrift
from redocly import Redocly, install_redocly, unseen
from spec_mutations import Mutant, mutants
from upstream_check.changes import changes_of
from upstream_check.differences import Difference
from upstream_check.documents import ComparedDocument, compare_documents

DOCUMENT = ROOT / "docs" / "internals" / "redocly.md"
_EVERY = 2
_PINNED = Path(__file__).parent / "redocly"


@dataclass(frozen=True)
class Sight:
    """A mutant, the verdict of our comparison, and that of Redocly."""

    mutant: Mutant
    verdict: str
    ours: list[Difference]
    redocly: list[Difference]


@pytest.fixture(scope="session")
def redocly() -> Redocly:
    return install_redocly(_PINNED, ROOT / ".nox" / "redocly")


@pytest.fixture(scope="session")
def sights(redocly: Redocly) -> list[Sight]:
    spec = mutated_spec()
    before = ComparedDocument(document(spec))
    found: list[Sight] = []
    for mutant in list(mutants(spec, seed=SEED, each=1))[::_EVERY]:
        after = ComparedDocument(document(mutant.spec))
        ours = list(compare_documents(before, after, is_whole=True))
        verdict = changes_of(ours)[0].judgement.verdict.word
        found.append(Sight(mutant, verdict, ours, redocly.differences(spec, mutant.spec)))
    return found


def test_the_settings_extend_the_recommended_rules() -> None:
    text = (_PINNED / "redocly.yaml").read_text(encoding="utf-8")
    assert text.startswith("extends: [diff-recommended]")


def test_the_same_spec_has_no_differences(redocly: Redocly) -> None:
    assert redocly.differences(mutated_spec(), mutated_spec()) == []


def test_our_comparison_finds_everything_that_redocly_finds(sights: list[Sight]) -> None:
    alone = {sight.mutant.name: unseen(sight.redocly, sight.ours) for sight in sights}
    assert {name: found for name, found in alone.items() if found} == {}


def test_our_comparison_finds_everything(sights: list[Sight]) -> None:
    assert all(sight.ours for sight in sights)
    assert any(not sight.redocly for sight in sights)


def test_a_difference_that_only_redocly_finds_is_noticed(redocly: Redocly) -> None:
    spec = mutated_spec()
    (mutant, *_) = [m for m in mutants(spec, seed=SEED, each=1) if m.category == "type changed"]
    assert unseen(redocly.differences(spec, mutant.spec), [])


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: f"{drift.number}: {drift.title}")
def test_redocly_finds_nothing_else_in_the_real_drifts(drift: RealDrift, redocly: Redocly) -> None:
    before, after = drift.specs()
    ours = list(
        compare_documents(
            ComparedDocument(document(before)), ComparedDocument(document(after)), is_whole=True
        )
    )
    assert unseen(redocly.differences(before, after), ours) == []


def _document(sights: list[Sight]) -> str:
    counts = Counter((sight.verdict, bool(sight.redocly)) for sight in sights)
    rows = [
        f"| {verdict} | {counts[verdict, True]} | {counts[verdict, False]} |"
        for verdict in ("breaking", "allowed", "prose")
    ]
    missed = [
        f"| {sight.mutant.category} | {sight.mutant.part} | {sight.verdict} |"
        for sight in sorted(sights, key=lambda sight: sight.mutant.name)
        if not sight.redocly
    ]
    return "\n".join(
        [
            "# What Redocly sees of a moving spec",
            "",
            "Written by `tests/upstream/test_redocly.py`; `nox -s upstream -- --write-docs` writes it again.",
            "",
            f"{len(sights)} mutants of the campaign in `docs/internals/drift.md`, through Redocly's `diff` as it is",
            "pinned in `tests/upstream/redocly/package-lock.json`. Nothing that it sees escapes our comparison.",
            "",
            "| our verdict | seen by Redocly | missed by Redocly |",
            "| --- | --- | --- |",
            *rows,
            "",
            "What it misses:",
            "",
            "| what was changed | in the | our verdict |",
            "| --- | --- | --- |",
            *missed,
            "",
        ]
    )


def test_the_document_matches_redocly(sights: list[Sight], pytestconfig: pytest.Config) -> None:
    text = _document(sights)
    if pytestconfig.getoption("--write-docs"):
        DOCUMENT.write_text(text, encoding="utf-8")
    assert Path(DOCUMENT).read_text(encoding="utf-8") == text, (
        "docs/internals/redocly.md is not what Redocly saw; run: nox -s upstream -- --write-docs"
    )
