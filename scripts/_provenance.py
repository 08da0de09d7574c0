"""The record of where each vendored operation came from: sources.yml."""

from dataclasses import dataclass
from pathlib import Path

from _console import ScriptError
from _spec_document import OperationKey
from _yaml_text import JsonObject, as_object, read_value, render_yaml

_HEADER = """\
# Where each operation in latest.yml came from. Written by scripts/vendor_spec.py; do not edit.
#   origin: page   taken whole from the provider's reference page
#   origin: facts  written by hand from what is publicly known of the operation
"""
_REPAIR = "Restore the file from version control, or delete it and latest.yml and vendor everything again."


@dataclass(frozen=True)
class Provenance:
    """Where an operation came from.

    Attributes:
        operation_id: The operation's id in the spec.
        path: The path template.
        method: The HTTP method in lower case.
        source: The page's URL or file name.
        title: The page's heading; None for a plain document.
        origin: `page` or `facts`.
        retrieved: The day (UTC) on which these bytes were first read, as YYYY-MM-DD.
        sha256: The digest of the source's bytes, in hexadecimal.
    """

    operation_id: str
    path: str
    method: str
    source: str
    title: str | None
    origin: str
    retrieved: str
    sha256: str


def load_provenance(path: Path) -> dict[OperationKey, Provenance]:
    """Read sources.yml; a missing file is an empty record.

    Raises:
        ScriptError: The file cannot be read or is not such a record.
    """
    if not path.exists():
        return {}
    value = read_value(path, _REPAIR)
    if not isinstance(value, dict):
        raise ScriptError(f"{path} is not a record of sources.", _REPAIR)
    entries = [_entry(operation_id, as_object(item), path) for operation_id, item in value.items()]
    return {(entry.path, entry.method): entry for entry in entries}


def render_provenance(entries: list[Provenance]) -> str:
    """Write the record, one entry for each operation, in the order given."""
    record: JsonObject = {}
    for entry in entries:
        title: JsonObject = {} if entry.title is None else {"title": entry.title}
        record[entry.operation_id] = {
            "operation": f"{entry.method.upper()} {entry.path}",
            "source": entry.source,
            **title,
            "origin": entry.origin,
            "retrieved": entry.retrieved,
            "sha256": entry.sha256,
        }
    return _HEADER + render_yaml(record)


def _entry(operation_id: str, item: JsonObject, path: Path) -> Provenance:
    texts = {key: value for key, value in item.items() if isinstance(value, str)}
    try:
        method, _, template = texts["operation"].partition(" ")
        return Provenance(
            operation_id=operation_id,
            path=template,
            method=method.lower(),
            source=texts["source"],
            title=texts.get("title"),
            origin=texts["origin"],
            retrieved=texts["retrieved"],
            sha256=texts["sha256"],
        )
    except KeyError as error:
        raise ScriptError(f"{path} lacks {error} for {operation_id}.", _REPAIR) from error
