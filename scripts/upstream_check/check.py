"""Compare the vendored spec with what upstream says now, and find what depends on what moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from _console import ScriptError
from _open_outputs import overlay_entries_to_drop, read_overlay
from _provenance import Provenance, load_provenance
from _read_source import read_source
from _spec_document import OperationKey, SpecDocument, escaped
from _spec_page import PLAIN_SUFFIXES, read_page, read_vendored
from _yaml_text import JsonObject, parse_yaml

from .changes import Change, changes_of
from .differences import Difference
from .documents import ComparedDocument, compare_documents
from .ours import is_noticed
from .policy import Judgement, Rule, Verdict, judge


@dataclass(frozen=True)
class Findings:
    """All that a check found, worst first.

    Attributes:
        spec: The name of the vendored spec.
        sources: What it was compared with.
        unchecked: What should have been compared and was not, with the reason.
        overlay: Entries of overlay.yml that a source makes superfluous.
        found: The changes.
    """

    spec: str
    sources: tuple[str, ...]
    unchecked: tuple[str, ...]
    overlay: tuple[str, ...]
    found: tuple[Change, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict; prose is none at all to the contract."""
        verdicts = (change.judgement.verdict for change in self.found)
        return max(verdicts, default=Verdict.PROSE)

    def count(self, verdict: Verdict) -> int:
        """Return how many changes have a verdict."""
        return sum(change.judgement.verdict is verdict for change in self.found)


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
    vendored, entries = read_vendored(spec), load_provenance(record)
    unchecked: tuple[str, ...] = ()
    if not locations:
        locations, unchecked = _recorded(record.name, entries)
    sources = [read_source(location, root=root) for location in dict.fromkeys(locations)]
    before = ComparedDocument(vendored)
    differences: list[Difference] = []
    overlay: list[str] = []
    for source in sources:
        _, document = read_page(source)
        overlay += _superfluous(document, spec.with_name("overlay.yml"))
        after = ComparedDocument(document)
        is_whole = source.suffix in PLAIN_SUFFIXES
        differences += compare_documents(before, after, is_whole=is_whole)
    found = tuple(changes_of(differences, Judge(vendored, entries).judge))
    names = tuple(source.name for source in sources)
    return Findings(spec.name, names, unchecked, tuple(dict.fromkeys(overlay)), found)


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


def _superfluous(document: SpecDocument, overlay: Path) -> list[str]:
    """Return a line for each overlay entry that a document which has its record says itself."""
    if not overlay.exists():
        return []
    schemas: JsonObject = {
        name: definition
        for (section, name), definition in document.components.items()
        if section == "schemas"
    }
    spec: JsonObject = {**document.header, "components": {"schemas": schemas}}
    entries = read_overlay(parse_yaml(overlay.read_text(encoding="utf-8")), overlay.name)
    return overlay_entries_to_drop(spec, [one for one in entries if one.record in schemas])


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
