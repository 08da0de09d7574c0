"""Take sources into the vendored spec and its record, all or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from _console import ScriptError, say
from _files import replace_files
from _provenance import Provenance, load_provenance, render_provenance
from _read_source import Source, read_source
from _spec_document import Operation, OperationKey, SpecDocument, check_document, read_vendored
from _spec_forms import structure
from _spec_merge import Standing, in_order, merge
from _spec_page import read_page
from _yaml_text import JsonObject, canonical, render_yaml

_HEADER = "# Vendored by scripts/vendor_spec.py from what sources.yml names; do not edit.\n"


@dataclass(frozen=True)
class _Vendored:
    """The contract in the repository before a run."""

    document: SpecDocument | None
    operations: dict[OperationKey, Operation]
    provenance: dict[OperationKey, Provenance]


@dataclass(frozen=True)
class _Given:
    """A source from the command line, and its content."""

    source: Source
    title: str | None
    document: SpecDocument


def vendor(
    locations: Sequence[str], *, origin: str, output: Path, record: Path, root: Path
) -> None:
    """Take sources into the spec, and report the result for each operation.

    Args:
        locations: Paths or URLs of reference pages and plain OpenAPI documents.
        origin: Their origin in the record: `page` or `facts`.
        output: The vendored spec.
        record: The record of sources.
        root: The repository; a file inside it is recorded by its path relative to it.

    Raises:
        ScriptError: A source was refused and nothing was written, or only the report failed.
    """
    if _is_same_file(output, record):
        raise ScriptError(
            f"The spec and the record of its sources would both be written to {output}.",
            "Give --output and --sources different paths.",
        )
    given = [_Given(source, *read_page(source)) for source in _read_all(locations, root)]
    old = _load_vendored(output, record)
    incoming = in_order(operation for one in given for operation in one.document.operations())
    entries = _entries(incoming, given, old.provenance, origin)
    kept, incoming = _select(old, given, incoming, origin)
    entries |= {operation.key: old.provenance[operation.key] for operation in kept}
    offered = [
        (
            one,
            Standing(entry.origin == "page", entry.retrieved, entry != old.provenance.get(one.key)),
        )
        for one in in_order([*kept, *incoming])
        for entry in [entries[one.key]]
    ]
    merged = merge(offered, old.document)
    result = check_document(merged, "The merged spec")
    provenance = [entries[operation.key] for operation in result.operations()]
    _write(merged, provenance, output, record)
    _report(old, result, entries, {one.source.name for one in given})
    _report_left_out(given, result)


def _select(
    old: _Vendored, given: list[_Given], incoming: list[Operation], origin: str
) -> tuple[list[Operation], list[Operation]]:
    """Return the operations that stay, and the new ones; a page replaces facts."""
    named = {one.source.name for one in given}
    renewed = [one for one in old.operations.values() if one.source in named]
    rest = [one for one in old.operations.values() if one.source not in named]
    if origin == "facts":
        pages = [one for one in rest if old.provenance[one.key].origin == "page"]
        for operation in [one for one in incoming if _has(pages, one)]:
            say(f"left out   {operation.title} of {operation.source}: a page says what it is")
        taken = [one for one in incoming if not _has(pages, one)]
    else:
        taken = incoming
    kept = [one for one in rest if not _has(taken, one)]
    gone = {one.key for one in [*renewed, *rest]} - {one.key for one in [*kept, *taken]}
    for operation in in_order(old.operations[key] for key in gone):
        say(f"removed    {operation.title} ({operation.operation_id}) from {operation.source}")
    return kept, taken


def _has(operations: list[Operation], one: Operation) -> bool:
    """Return whether others have the operation: the same on the wire, or the same name."""
    return any(
        (one.wire, one.method) == (other.wire, other.method)
        or one.operation_id == other.operation_id
        for other in operations
    )


def _is_same_file(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def _read_all(locations: Sequence[str], root: Path) -> list[Source]:
    sources: dict[str, Source] = {}
    for location in dict.fromkeys(locations):
        source = read_source(location, root=root)
        if source.name in sources and sources[source.name] != source:
            raise ScriptError(
                f"Two different sources would both be recorded as {source.name}.",
                "Rename one of the files, or keep them inside the repository.",
            )
        sources[source.name] = source
    return list(sources.values())


def _load_vendored(output: Path, record: Path) -> _Vendored:
    provenance = load_provenance(record)
    document = read_vendored(output) if output.exists() else None
    operations = {one.key: one for one in document.operations()} if document else {}
    unmatched = sorted(operations.keys() ^ provenance.keys())
    if unmatched:
        path, method = unmatched[0]
        raise ScriptError(
            f"{method.upper()} {path} is in only one of {output.name} and {record.name}.",
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
        entry = Provenance(
            operation_id=operation.operation_id,
            path=operation.path,
            method=operation.method,
            source=operation.source,
            title=one.title,
            origin=origin,
            retrieved=today,
            sha256=one.source.sha256,
        )
        before = old.get(operation.key)
        is_known = before is not None and replace(entry, retrieved=before.retrieved) == before
        entries.setdefault(operation.key, before if before and is_known else entry)
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
            "The old files are unchanged. Make the folder writable and run this again.",
        ) from error


def _report(
    old: _Vendored,
    result: SpecDocument,
    entries: dict[OperationKey, Provenance],
    named: set[str],
) -> None:
    for operation in result.operations():
        before = old.operations.get(operation.key)
        source = entries[operation.key].source
        is_same = before is not None and _fingerprint(operation) == _fingerprint(before)
        change = "added" if before is None else "unchanged" if is_same else "updated"
        if not is_same or source in named:
            say(f"{change:<9}  {operation.title} ({operation.operation_id}) from {source}")
    before_header = old.document.header if old.document is not None else result.header
    for field in sorted(before_header.keys() | result.header.keys()):
        if canonical(before_header.get(field)) != canonical(result.header.get(field)):
            say(f"updated    the document's {field}")


def _report_left_out(given: list[_Given], result: SpecDocument) -> None:
    for one in given:
        document = one.document
        version = document.header.get("openapi")
        for key, definition in sorted(document.components.items()):
            name = f"{'.'.join(key)} of {one.source.name}"
            if key not in result.components:
                say(f"left out   {name}: no operation needs it")
            elif canonical(structure(definition, version)) != canonical(
                structure(result.components[key], result.header.get("openapi"))
            ):
                say(f"left out   {name}: a page says what it is")


def _fingerprint(operation: Operation) -> str:
    components = {".".join(key): value for key, value in operation.components().items()}
    return canonical([operation.definition, operation.path_fields, components])
