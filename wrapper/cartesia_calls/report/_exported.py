"""Calls read from an export, in memory that does not grow with it: DuckDB reads and filters."""

from __future__ import annotations

import json
from copy import copy
from difflib import get_close_matches
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cartesia_calls import ConfigurationError, read_status, read_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

# How many calls are read at once: few enough that their logs fit into memory.
_BATCH = 100
_READERS = {
    "parquet": "read_parquet($files, hive_partitioning = false, filename = true)",
    "ndjson": """read_ndjson($files, hive_partitioning = false, filename = true, columns = {
        call_id: 'VARCHAR', agent_id: 'VARCHAR', status: 'VARCHAR', start_time: 'TIMESTAMPTZ',
        end_time: 'TIMESTAMPTZ', index: 'BIGINT', text: 'VARCHAR', raw: 'JSON'})""",
}
# Calls go by the names of their files, so that those of other tables are found without reading them.
_FILES = "SELECT parse_filename(file, true), file FROM glob($pattern) ORDER BY file"
_CHOSEN = """
SELECT epoch(coalesce(start_time, end_time)), parse_filename(filename, true), agent_id, call_id
FROM {reader}
WHERE (len($agents) = 0 OR list_contains($agents, agent_id))
  AND (len($calls) = 0 OR list_contains($calls, call_id))
  AND (len($status) = 0 OR list_contains($status, status))
  AND ($since::TIMESTAMPTZ IS NULL OR coalesce(start_time, end_time) >= $since)
  AND ($until::TIMESTAMPTZ IS NULL OR coalesce(start_time, end_time) < $until)
"""
_IDS = "SELECT agent_id, call_id FROM {reader}"
_COLUMNS = {
    "record": "SELECT call_id, raw FROM {reader} ORDER BY list_position($files, filename)",
    "transcript": "SELECT call_id, raw FROM {reader} ORDER BY call_id, index",
    "logs": "SELECT call_id, text FROM {reader} ORDER BY call_id, index",
}


def exported_calls(
    source: str,
    *,
    agents: str | Iterable[str] = (),
    calls: str | Iterable[str] = (),
    status: str | Iterable[str] = (),
    since: datetime | str | None = None,
    until: datetime | str | None = None,
    logs: bool = True,
) -> Iterator[tuple[dict[str, Any], list[str] | None]]:
    """Return the records and the log lines of the calls in an export, newest first.

    It needs DuckDB, and for a URL fsspec with the package of the store. The export must have the part
    `record`; `transcript` and `logs` are read if they are there.

    Args:
        source: The folder or the fsspec URL that holds the export.
        agents: Only the calls of this agent, or of these.
        calls: Only this call, or these.
        status: Only calls with this status, or with one of these.
        since: Only calls that started at this time or later, as in `calls.list`. A call that never
            started counts by its end.
        until: Only calls that started before this time.
        logs: Whether to read the logs.

    Returns:
        An iterator over a call's record as JSON with its transcript, and the lines of its log; None
        without `logs`, or if the export has no log of it.

    Raises:
        ConfigurationError: `source` holds no export with records.
        ValueError: It holds nothing of one of `agents` or `calls`, `since` is later than `until`, or a
            status is nearly a known one.
    """
    agent_ids, call_ids, statuses = _many(agents), _many(calls), map(read_status, _many(status))
    first, end = read_window(since, until)
    wanted = {"agents": agent_ids, "calls": call_ids, "status": [*statuses]}
    export = copy(_open(source))
    export.find(_COLUMNS if logs else ("record", "transcript"))
    found: list[tuple[float | None, str]] = []
    missing = {*agent_ids, *call_ids}
    for time, name, *ids in export.records(_CHOSEN, **wanted, since=first, until=end):
        found.append((time, name))
        missing.difference_update(ids)
    if missing:
        known = [*zip(*export.records(_IDS), strict=True)] or [(), ()]
        for what, ids, there in zip(("agent", "call"), (agent_ids, call_ids), known, strict=True):
            for one in ids:
                if one not in there:
                    close = get_close_matches(one, {*there}, n=1)
                    suggestion = f"; did you mean {close[0]}?" if close else ""
                    raise ValueError(f"{source} holds no {what} {one!r}{suggestion or '.'}")
    found.sort(key=lambda call: (call[0] is None, *call), reverse=True)
    return _read(export, [name for _, name in found])


def is_redacted(source: str) -> bool:
    """Return whether an export was made with redaction; it needs what `exported_calls` needs."""
    export = _open(source)
    query = "SELECT contains(content, '\"redaction\"') FROM read_text($file)"
    about = export.files_of("_manifest/about.json").values()
    return any(found for file in about for (found,) in export.query(query, file=file))


def _read(export: _Export, names: list[str]) -> Iterator[tuple[dict[str, Any], list[str] | None]]:
    for batch in _batches(names):
        turns, lines = export.read("transcript", batch), export.read("logs", batch)
        for call_id, (raw,) in export.read("record", batch).items():
            record = json.loads(raw)
            if record.get("transcript") is None and call_id in turns:
                record["transcript"] = [json.loads(turn) for turn in turns[call_id]]
            yield record, lines.get(call_id)


class _Export:
    """An export, and DuckDB to read it with."""

    reader: str
    files: dict[str, dict[str, str]]

    def __init__(self, source: str) -> None:
        import duckdb  # noqa: PLC0415 - only exports are read with it

        self.source, self._error = source.rstrip("/"), duckdb.Error
        self._database = duckdb.connect()
        try:
            if "://" in source:
                fsspec: Any = import_module("fsspec")  # it has no types, and only URLs need it
                self._database.register_filesystem(fsspec.filesystem(source.partition("://")[0]))
        except (ImportError, ValueError) as error:
            raise ConfigurationError(
                f"{source} can't be read: {error}.",
                hint="Install fsspec and the package of the store, such as s3fs, or name a folder.",
            ) from error

    def find(self, tables: Iterable[str]) -> None:
        """Look up the files of these tables, of which it must have records."""
        for form, self.reader in _READERS.items():
            self.files = {table: self.files_of(f"{table}/**/*.{form}") for table in tables}
            if self.files["record"]:
                return
        raise ConfigurationError(
            f"{self.source} holds no export with records.",
            hint="Export with --include record,transcript,logs, and name the folder or URL that "
            "--to named.",
        )

    def query(self, query: str, **values: object) -> list[tuple[Any, ...]]:
        """Return the rows of a query; a file that can't be read is a `ConfigurationError`."""
        try:
            # A cursor of its own, since threads share the database.
            return self._database.cursor().execute(query, values).fetchall()
        except (self._error, OSError) as error:
            raise ConfigurationError(
                f"The export {self.source} can't be read: {str(error).splitlines()[0]}",
                hint="Check the folder or the store. `cartesia-calls export --refresh` writes "
                "damaged files again.",
            ) from error

    def files_of(self, pattern: str) -> dict[str, str]:
        """Return the files of a pattern by their names without suffix."""
        return dict(self.query(_FILES, pattern=f"{self.source}/{pattern}"))

    def records(self, query: str, **values: object) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query that reads each record."""
        for files in _batches([*self.files["record"].values()]):
            yield from self.query(query.format(reader=self.reader), files=files, **values)

    def read(self, table: str, names: Iterable[str]) -> dict[str, list[str]]:
        """Return the values of a table for each of these calls that has some, in their order."""
        paths = self.files.get(table, {})
        files = [paths[name] for name in names if name in paths]
        found: dict[str, list[str]] = {}
        query = _COLUMNS[table].format(reader=self.reader)
        for call_id, value in self.query(query, files=files) if files else ():
            found.setdefault(call_id, []).append(value)
        return found


_open = lru_cache(maxsize=1)(_Export)  # opening DuckDB is slow


def _many(given: str | Iterable[str]) -> list[str]:
    return [given] if isinstance(given, str) else [*given]


def _batches(items: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(items), _BATCH):
        yield items[start : start + _BATCH]
