"""Compare the vendored spec with what upstream says now, and find what depends on what moved."""

from collections.abc import Callable, Sequence
from pathlib import Path

from _console import ScriptError
from _provenance import load_provenance
from _read_source import Source, read_source
from _spec_document import SpecDocument, check_document
from _spec_merge import merge
from _spec_page import PLAIN_SUFFIXES, read_page
from _yaml_text import parse_yaml

from .changes import changes_of
from .differences import Difference
from .documents import ComparedDocument, compare_documents
from .findings import Finding, Findings
from .impact import ImpactMap
from .redocly import Redocly, RedoclyMissingError, unseen


def check(
    locations: Sequence[str],
    *,
    spec: Path,
    record: Path,
    root: Path,
    find_redocly: Callable[[], Redocly],
) -> Findings:
    """Compare the vendored spec with sources, or with the pages that it was taken from.

    Args:
        locations: Paths or URLs of reference pages and plain specs; none for those of the record.
        spec: The vendored spec.
        record: The record of its sources.
        root: The repository.
        find_redocly: Gives Redocly's command, or says why there is none.

    Raises:
        ScriptError: Something can't be read, or there is nothing to compare with.
    """
    vendored = _read_vendored(spec)
    unchecked: tuple[str, ...] = ()
    if not locations:
        locations, unchecked = _recorded(record)
    comparison = _Comparison(vendored, find_redocly)
    sources = [read_source(location, root=root) for location in dict.fromkeys(locations)]
    for source in sources:
        comparison.add(source)
    impacts = ImpactMap(vendored, root)
    found = [Finding(change, impacts.of(change)) for change in changes_of(comparison.differences)]
    names = tuple(source.name for source in sources)
    return Findings(spec.name, names, unchecked, comparison.redocly_is_missing, tuple(found))


class _Comparison:
    """Collects the differences of one source after the other."""

    def __init__(self, vendored: SpecDocument, find_redocly: Callable[[], Redocly]) -> None:
        self._vendored = ComparedDocument(vendored)
        self._find_redocly = find_redocly
        self.differences: list[Difference] = []
        self.redocly_is_missing: str | None = None

    def add(self, source: Source) -> None:
        is_whole = source.suffix in PLAIN_SUFFIXES
        for document in read_page(source).documents:
            other = ComparedDocument(document)
            found = list(compare_documents(self._vendored, other, is_whole=is_whole))
            self.differences += found
            if self.redocly_is_missing is None:
                self._look_again(other, found, is_whole=is_whole)

    def _look_again(
        self, other: ComparedDocument, found: list[Difference], *, is_whole: bool
    ) -> None:
        ids = {operation.operation_id for operation in other.operations.values()}
        known = [
            operation
            for key, operation in self._vendored.operations.items()
            if is_whole or key in other.operations or operation.operation_id in ids
        ]
        if not known:
            return
        try:
            seen = self._find_redocly().differences(merge(known), merge(other.operations.values()))
        except RedoclyMissingError as error:
            self.redocly_is_missing = str(error)
            return
        self.differences += unseen(seen, found)


def _read_vendored(spec: Path) -> SpecDocument:
    try:
        value = parse_yaml(spec.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ScriptError(
            f"Cannot read {spec}: {error}.", "Restore it from version control."
        ) from error
    return check_document(value, spec.name)


def _recorded(record: Path) -> tuple[list[str], tuple[str, ...]]:
    """Return the URLs that the spec was taken from, and what was not taken from one."""
    entries = load_provenance(record).values()
    urls = sorted({entry.source for entry in entries if "://" in entry.source})
    unchecked = tuple(
        f"{entry.method.upper()} {entry.path}: vendored from {entry.source}, which is no URL"
        for entry in entries
        if entry.source not in urls
    )
    if not urls:
        raise ScriptError(
            f"There is nothing to fetch: {record.name} names no URL, only files of this repository.",
            "Name the pages' URLs, or saved pages, as SOURCE; a page vendored from its URL is "
            "checked by itself from then on.",
        )
    return urls, unchecked
