"""What a check found, and how it looked."""

from dataclasses import dataclass

from .changes import Change
from .impact import Impact
from .policy import Verdict


@dataclass(frozen=True)
class Finding:
    """A change and what depends on it."""

    change: Change
    impact: Impact


@dataclass(frozen=True)
class Findings:
    """All that a check found, worst first.

    Attributes:
        spec: The name of the vendored spec.
        sources: What it was compared with.
        unchecked: What should have been compared and was not, with the reason.
        redocly: Why Redocly did not look as well; None if it did.
        found: The changes.
    """

    spec: str
    sources: tuple[str, ...]
    unchecked: tuple[str, ...]
    redocly: str | None
    found: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; prose is none at all to the contract."""
        verdicts = (finding.change.judgement.verdict for finding in self.found)
        return max(verdicts, default=Verdict.PROSE)

    def count(self, verdict: Verdict) -> int:
        """Return how many changes have a verdict."""
        return sum(finding.change.judgement.verdict is verdict for finding in self.found)
