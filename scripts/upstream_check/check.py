"""Compare the vendored spec with upstream, and find our dependencies on each change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from _console import ScriptError
from _open_outputs import load_overlay, overlay_entries_to_drop
from _provenance import Provenance, load_provenance
from _read_source import read_source
from _spec_document import OperationKey, SpecDocument, escaped, read_vendored
from _spec_page import PLAIN_SUFFIXES, read_page

from .changes import Change, changes_of
from .differences import Difference
from .documents import ComparedDocument, compare_documents
from .ours import is_noticed
from .policy import Judgement, Rule, Verdict, judge


@dataclass(frozen=True)
class Findings:
    """The findings of a check, worst first.

    Attributes:
        spec: The name of the vendored spec.
        sources: The sources that it was compared with.
        unchecked: The parts that could not be compared, with the reason.
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
        """The worst verdict; prose does not count."""
        verdicts = (change.judgement.verdict for change in self.found)
        return max(verdicts, default=Verdict.PROSE)

    def count(self, verdict: Verdict) -> int:
        """Return how many changes have a verdict."""
        return sum(change.judgement.verdict is verdict for change in self.found)


def check(locations: Sequence[str], *, spec: Path, record: Path, root: Path) -> Findings:
    """Compare the vendored spec with sources, or with the pages that it was taken from.

    `locations` are paths or URLs of reference pages and plain specs; none for those of the record.

    Raises:
        ScriptError: A source cannot be read, or there is nothing to compare with.
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
    found = tuple(changes_of(differences, _judging(vendored, entries)))
    names = tuple(source.name for source in sources)
    return Findings(spec.name, names, unchecked, tuple(dict.fromkeys(overlay)), found)


def _judging(
    spec: SpecDocument, entries: dict[OperationKey, Provenance]
) -> Callable[[Difference], Judgement]:
    """Judge pages by the rules of the provider, and facts by how this project uses them."""
    operations = {operation.key: operation for operation in spec.operations()}
    facts = {key for key, entry in entries.items() if entry.origin == "facts"}
    from_facts = {operations[key].operation_id for key in facts & operations.keys()}
    pages = [operation for key, operation in operations.items() if key not in facts]
    promised = {key for operation in pages for key in operation.components()}
    components = {
        f"#/components/{section}/{escaped(name)}": (section, name) not in promised
        for section, name in spec.components
    }

    def is_from_facts(difference: Difference) -> bool:
        component = "/".join(difference.pointer.split("/")[:4])
        if component in components:
            return components[component]
        if difference.place.operation_id:
            return difference.place.operation_id in from_facts
        return not pages

    def judged(difference: Difference) -> Judgement:
        judgement = judge(difference)
        if judgement.verdict is Verdict.PROSE or not is_from_facts(difference):
            return judgement
        if is_noticed(difference):
            return Judgement(Verdict.BREAKING, Rule.OURS)
        return Judgement(Verdict.KNOWN_BETTER, Rule.FACTS)

    return judged


def _superfluous(document: SpecDocument, overlay: Path) -> list[str]:
    """Return a line for each overlay entry that a document with its record makes superfluous."""
    if not overlay.exists():
        return []
    schemas = {
        name: definition
        for (section, name), definition in document.components.items()
        if section == "schemas"
    }
    entries = [one for one in load_overlay(overlay) if one.record in schemas]
    return overlay_entries_to_drop({**document.header, "components": {"schemas": schemas}}, entries)


def _recorded(
    record: str, entries: dict[OperationKey, Provenance]
) -> tuple[list[str], tuple[str, ...]]:
    """Return the URLs that the spec came from, and the operations that did not come from one."""
    urls = sorted({entry.source for entry in entries.values() if "://" in entry.source})
    unchecked = tuple(
        f"{entry.method.upper()} {entry.path}: vendored from {entry.source}, which is not a URL"
        for entry in entries.values()
        if entry.source not in urls
    )
    if not urls:
        raise ScriptError(
            f"There is nothing to fetch: {record} names no URL, only files of this repository.",
            "Name the URLs of pages, or saved pages, as SOURCE. A page that was vendored from its "
            "URL is checked without being named.",
        )
    return urls, unchecked
