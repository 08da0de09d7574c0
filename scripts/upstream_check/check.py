"""Compare the vendored spec with what upstream says now, and find what depends on what moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _console import ScriptError
from _provenance import Provenance, load_provenance
from _read_source import read_source
from _spec_document import OperationKey, SpecDocument, check_document, escaped
from _spec_page import PLAIN_SUFFIXES, read_page
from _yaml_text import parse_yaml

from .changes import Change, changes_of
from .differences import Difference
from .documents import ComparedDocument, compare_documents
from .ours import Impact, impact_of, is_noticed
from .policy import Judgement, Rule, Verdict, judge


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
        found: The changes.
    """

    spec: str
    sources: tuple[str, ...]
    unchecked: tuple[str, ...]
    found: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; prose is none at all to the contract."""
        verdicts = (finding.change.judgement.verdict for finding in self.found)
        return max(verdicts, default=Verdict.PROSE)

    def count(self, verdict: Verdict) -> int:
        """Return how many changes have a verdict."""
        return sum(finding.change.judgement.verdict is verdict for finding in self.found)


def check(locations: Sequence[str], *, spec: Path, record: Path, root: Path) -> Findings:
    """Compare the vendored spec with sources, or with the pages that it was taken from.

    Args:
        locations: Paths or URLs of reference pages and plain specs; none for those of the record.
        spec: The vendored spec.
        record: The record of its sources.
        root: The repository.

    Raises:
        ScriptError: Something can't be read, or there is nothing to compare with.
    """
    vendored, entries = _read_vendored(spec), load_provenance(record)
    unchecked: tuple[str, ...] = ()
    if not locations:
        locations, unchecked = _recorded(record.name, entries)
    sources = [read_source(location, root=root) for location in dict.fromkeys(locations)]
    before = ComparedDocument(vendored)
    differences: list[Difference] = []
    for source in sources:
        after = ComparedDocument(read_page(source).document)
        is_whole = source.suffix in PLAIN_SUFFIXES
        differences += compare_documents(before, after, is_whole=is_whole)
    changes = changes_of(differences, Judge(vendored, entries).judge)
    found = tuple(Finding(change, impact_of(change.kind, change.places)) for change in changes)
    return Findings(spec.name, tuple(source.name for source in sources), unchecked, found)


class Judge:
    """Judges by the provider's rules what a page promised, and by our use what facts said.

    Args:
        spec: The vendored spec.
        entries: Where its operations came from.
    """

    def __init__(self, spec: SpecDocument, entries: dict[OperationKey, Provenance]) -> None:
        operations = {operation.key: operation for operation in spec.operations()}
        facts = {key for key, entry in entries.items() if entry.origin == "facts"}
        self._facts = {operations[key].operation_id for key in facts & operations.keys()}
        pages = [operation for key, operation in operations.items() if key not in facts]
        promised = {key for operation in pages for key in operation.components()}
        self._from_facts = {
            f"#/components/{section}/{escaped(name)}": (section, name) not in promised
            for section, name in spec.components
        }
        self._has_page = bool(pages)

    def judge(self, difference: Difference) -> Judgement:
        """Judge one difference at one place."""
        judgement = judge(difference)
        if judgement.verdict is Verdict.PROSE or not self._is_from_facts(difference):
            return judgement
        if is_noticed(difference):
            return Judgement(Verdict.BREAKING, Rule.OURS)
        return Judgement(Verdict.KNOWN_BETTER, Rule.FACTS)

    def _is_from_facts(self, difference: Difference) -> bool:
        component = "/".join(difference.pointer.split("/")[:4])
        if component in self._from_facts:
            return self._from_facts[component]
        if difference.place.operation_id:
            return difference.place.operation_id in self._facts
        return not self._has_page


def _read_vendored(spec: Path) -> SpecDocument:
    try:
        text = spec.read_text(encoding="utf-8")
        return check_document(parse_yaml(text), spec.name, text)
    except (OSError, ValueError) as error:
        raise ScriptError(
            f"Cannot read {spec}: {error}.", "Restore it from version control."
        ) from error


def _recorded(
    record: str, entries: dict[OperationKey, Provenance]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the URLs that the spec was taken from, and what was not taken from one."""
    urls = sorted({entry.source for entry in entries.values() if "://" in entry.source})
    unchecked = tuple(
        f"{entry.method.upper()} {entry.path}: vendored from {entry.source}, which is no URL"
        for entry in entries.values()
        if entry.source not in urls
    )
    if not urls:
        raise ScriptError(
            f"There is nothing to fetch: {record} names no URL, only files of this repository.",
            "Name the pages' URLs, or saved pages, as SOURCE; a page vendored from its URL is "
            "checked by itself from then on.",
        )
    return urls, unchecked
