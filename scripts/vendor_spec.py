"""Vendor the provider's spec from its reference pages into openapi/latest.yml.

Run it with one page, some or all of them:

    python scripts/vendor_spec.py PAGE_OR_SPEC...

A source is a reference page (Markdown) or a plain OpenAPI document (named .yml, .yaml or .json),
given as a path or an https:// URL. What a run does to the operations already vendored:

- a source named again replaces all operations that came from it;
- an operation that a named source defines is taken from there, wherever it came from before;
- all others stay, with the components that they need;
- a component that no operation needs any more is left out.

So the result depends on the sources alone, not on the order or number of runs. Two sources that
define something differently are refused, and then nothing is written.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from _console import ScriptError, complain, say
from _file_swap import replace_files
from _provenance import Provenance, load_provenance, render_provenance
from _read_source import Source, read_source
from _spec_document import Operation, OperationKey, SpecDocument, check_document
from _spec_merge import in_order, merge
from _spec_page import SpecPage, read_page
from _yaml_text import JsonObject, canonical, parse_yaml, render_yaml

ROOT = Path(__file__).resolve().parents[1]
_HEADER = "# Vendored by scripts/vendor_spec.py from what sources.yml names; do not edit.\n"


@dataclass(frozen=True)
class _Vendored:
    """The contract as it stands in the repository before a run."""

    document: SpecDocument | None
    operations: dict[OperationKey, Operation]
    provenance: dict[OperationKey, Provenance]


@dataclass(frozen=True)
class _Given:
    """A source named on the command line, and what it holds."""

    source: Source
    page: SpecPage


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns:
        0 when done, 1 when the input is refused. (Wrong usage exits with 2.)
    """
    options = _parser().parse_args(arguments)
    try:
        given = [_Given(source, read_page(source)) for source in _read_all(options.sources_given)]
        _vendor(given, origin=options.origin, output=options.output, record=options.sources)
    except ScriptError as error:
        return complain(error)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Vendor reference pages or plain OpenAPI documents into latest.yml.",
        epilog="Operations from sources that are not named stay as they are.",
    )
    parser.add_argument(
        "sources_given", nargs="+", metavar="PAGE_OR_SPEC", help="a path or an https:// URL"
    )
    parser.add_argument(
        "--origin",
        choices=("page", "facts"),
        default="page",
        help="record the sources as taken from the provider's pages (default), "
        "or as written by hand from facts",
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=ROOT / "openapi" / "latest.yml",
        help="the vendored spec (default: openapi/latest.yml)",
    )
    parser.add_argument(
        "--sources",
        type=Path,
        default=ROOT / "openapi" / "sources.yml",
        help="the record of sources (default: openapi/sources.yml)",
    )
    return parser


def _read_all(locations: Sequence[str]) -> list[Source]:
    sources: dict[str, Source] = {}
    for location in dict.fromkeys(locations):
        source = read_source(location, root=ROOT)
        if source.name in sources and sources[source.name] != source:
            raise ScriptError(
                f"Two different sources would both be recorded as {source.name}.",
                "Rename one of the files, or keep them inside the repository.",
            )
        sources[source.name] = source
    return list(sources.values())


def _vendor(given: list[_Given], *, origin: str, output: Path, record: Path) -> None:
    old = _load_vendored(output, record)
    incoming = in_order(
        operation
        for one in given
        for document in one.page.documents
        for operation in document.operations()
    )
    renewed = {operation.key for operation in incoming} | {
        key
        for key, entry in old.provenance.items()
        if any(entry.source == one.source.name for one in given)
    }
    kept = [operation for key, operation in old.operations.items() if key not in renewed]
    operations = in_order([*kept, *incoming])
    merged = merge(operations)
    result = check_document(merged, "The merged spec")
    entries = {operation.key: old.provenance[operation.key] for operation in kept} | _entries(
        incoming, given, old.provenance, origin
    )
    provenance = [entries[operation.key] for operation in result.operations()]
    _write(merged, provenance, output, record)
    _report(old, result, renewed, entries)
    _report_dropped(given, result)


def _load_vendored(output: Path, record: Path) -> _Vendored:
    provenance = load_provenance(record)
    document: SpecDocument | None = None
    operations: dict[OperationKey, Operation] = {}
    if output.exists():
        try:
            document = check_document(
                parse_yaml(output.read_text(encoding="utf-8")), str(output.name)
            )
        except (OSError, ValueError) as error:
            raise ScriptError(
                f"Cannot read {output}: {error}.", "Restore it from version control."
            ) from error
        operations = {operation.key: operation for operation in document.operations()}
    unmatched = sorted(operations.keys() ^ provenance.keys())
    if unmatched:
        path, method = unmatched[0]
        raise ScriptError(
            f"{method.upper()} {path} stands in only one of {output.name} and {record.name}.",
            "Restore both from version control, or delete both and vendor every source again.",
        )
    return _Vendored(
        document,
        {
            key: replace(operation, source=provenance[key].source)
            for key, operation in operations.items()
        },
        provenance,
    )


def _entries(
    incoming: list[Operation],
    given: list[_Given],
    old: dict[OperationKey, Provenance],
    origin: str,
) -> dict[OperationKey, Provenance]:
    by_name = {one.source.name: one for one in given}
    today = datetime.now(UTC).date().isoformat()
    entries: dict[OperationKey, Provenance] = {}
    for operation in incoming:
        one = by_name[operation.source]
        before = old.get(operation.key)
        is_same = before is not None and (before.source, before.sha256) == (
            operation.source,
            one.source.sha256,
        )
        entry = Provenance(
            operation_id=operation.operation_id,
            path=operation.path,
            method=operation.method,
            source=operation.source,
            title=one.page.title,
            origin=origin,
            retrieved=before.retrieved if before is not None and is_same else today,
            sha256=one.source.sha256,
        )
        entries.setdefault(operation.key, entry)
    return entries


def _write(merged: JsonObject, provenance: list[Provenance], output: Path, record: Path) -> None:
    try:
        contents = {
            output: (_HEADER + render_yaml(merged)).encode(),
            record: render_provenance(provenance).encode(),
        }
    except ValueError as error:
        raise ScriptError(
            f"The merged spec cannot be written: {error}.", "Correct that value in its source."
        ) from error
    try:
        replace_files(contents)
    except OSError as error:
        raise ScriptError(
            f"Cannot write {error.filename}: {error.strerror}.",
            "The old files stand; make the folder writable and run this again.",
        ) from error


def _report(
    old: _Vendored,
    result: SpecDocument,
    renewed: set[OperationKey],
    entries: dict[OperationKey, Provenance],
) -> None:
    new = {operation.key: operation for operation in result.operations()}
    for operation in in_order([new.get(key) or old.operations[key] for key in renewed]):
        key = operation.key
        if key not in new:
            change = "removed"
        elif key not in old.operations:
            change = "added"
        elif _fingerprint(new[key]) == _fingerprint(old.operations[key]):
            change = "unchanged"
        else:
            change = "updated"
        source = entries[key].source if key in entries else old.provenance[key].source
        say(f"{change:<9}  {operation.title} ({operation.operation_id}) from {source}")
    before = old.document.header if old.document is not None else result.header
    for field in sorted(before.keys() | result.header.keys()):
        if canonical(before.get(field)) != canonical(result.header.get(field)):
            say(f"updated    the document's {field}")


def _report_dropped(given: list[_Given], result: SpecDocument) -> None:
    for one in given:
        for document in one.page.documents:
            for key in sorted(document.components.keys() - result.components.keys()):
                say(f"left out   {'.'.join(key)} of {one.source.name}: no operation needs it")


def _fingerprint(operation: Operation) -> str:
    components = {".".join(key): value for key, value in operation.components().items()}
    return canonical([operation.definition, operation.path_fields, components])


if __name__ == "__main__":
    sys.exit(main())
