"""The dlt source: one run that fetches in a thread, and a resource for each table.

Each resource takes its rows from the batches of the run.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING, Any, TypeVar

from cartesia_calls import AsyncClient
from cartesia_calls.export import ExportResult
from cartesia_calls.export._fetching import Attempts, Rows
from cartesia_calls.export._manifest import Exported, Skipped
from cartesia_calls.export._ndjson import encode
from cartesia_calls.export._parquet import arrow_table
from cartesia_calls.export._run import Run
from cartesia_calls.export._tables import TABLES, Column, Table
from cartesia_calls.export._writing import written

from ._memory import SETTLED, Memory, State, check_redaction, scope_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterator, Mapping, Sequence

    from dlt.sources import DltSource

    from cartesia_calls import Clock
    from cartesia_calls.export import OnEvent
    from cartesia_calls.export._fetching import Fetched, FetchedCall
    from cartesia_calls.export._index import Work
    from cartesia_calls.export._job import Job, Part
    from cartesia_calls.export._manifest import Outcome
    from cartesia_calls.export._tables import Row
    from cartesia_calls.export._writing import Written

T = TypeVar("T")
# pyarrow has no types, and those of dlt's decorators differ between its releases.
pa: Any = import_module("pyarrow")
dlt: Any = import_module("dlt")
_NAME = "cartesia_calls"
_log = logging.getLogger(_NAME)
Batch = dict[str, Any]
"""Data of several calls to load: a `pyarrow.Table` by the name of the table."""
# How many batches wait for dlt at most, so that memory is bounded.
_AHEAD = 4

SKIPPED = Table(
    "skipped",
    (
        Column("call_id", "string", "the call"),
        Column("agent_id", "string", "the agent that took or made it"),
        Column("part", "string", "which part is missing: logs, record, transcript or tools"),
        Column("reason", "string", "why"),
        Column("detail", "string", "more in words, if there is more to say"),
    ),
)
LOADED = {**TABLES, SKIPPED.name: SKIPPED}
# The column that makes dlt remove the rows of a call that no rows replace.
_REMOVED = "removed"
_TYPES = {
    "string": "text",
    "json": "text",
    "integer": "bigint",
    "number": "double",
    "boolean": "bool",
    "time": "timestamp",
}


def source_of(
    job: Job,
    *,
    connect: Callable[[], AsyncClient] | None,
    on_event: OnEvent | None,
    clock: Clock,
) -> DltSource:

    def fetched() -> Iterator[Batch]:
        # A part that is not selected is neither fetched nor recorded as loaded.
        selected = dlt.current.source().selected_resources
        wanted = replace(job, include=tuple(part for part in job.include if part in selected))
        states: dict[Part, State] = {
            part: dlt.current.resource_state(part) for part in wanted.include
        }
        if not states:
            return
        check_redaction(wanted, dlt.current.source_state(), map(dlt.current.resource_state, TABLES))
        if new := [part for part in states if not states[part]]:
            # So that queries find the tables, even if there is nothing to load.
            yield {name: to_load(LOADED[name], ()) for name in (*new, SKIPPED.name)}
        kept = yield from in_background(partial(fetch, wanted, states))
        for part, agents in kept.items():
            for agent_id, state in agents.items():
                states[part].setdefault(agent_id, {})[scope_of(wanted)] = state

    async def fetch(
        wanted: Job,
        states: Mapping[Part, State],
        hand_on: Callable[[Batch], None],
        stop: asyncio.Event,
    ) -> dict[Part, dict[str, State]]:
        start = clock.now()
        result = ExportResult(_NAME)
        memory = Memory(wanted, states)
        try:
            async with (connect or AsyncClient)() as client:
                asking = client.with_options(max_retries=0)
                scratch = Path()  # for recordings, which are not requested
                run = Run(
                    job=wanted,
                    client=asking,
                    attempt=Attempts(asking, scratch, wanted.redact).attempt,
                    index=memory,
                    store=Loader(hand_on),
                    renew=lambda: None,  # dlt runs a pipeline once at a time
                    clock=clock,
                    on_event=on_event or (lambda _: None),
                    result=result,
                )
                await run.run(stop)
            for agent_id in result.unknown_agents:
                _log.warning("There is no agent %s, or it belongs to another account.", agent_id)
            return memory.kept(start)
        finally:
            memory.close()

    def resources() -> Iterator[object]:
        calls = dlt.resource(fetched, name="calls", selected=False)
        yield calls
        for name in (*job.include, SKIPPED.name):
            yield dlt.transformer(
                _taking(name),
                data_from=calls,
                name=name,
                write_disposition="merge",
                columns=hints(LOADED[name]),
            )

    source: DltSource = dlt.source(resources, name=_NAME, max_table_nesting=0)()
    return source


def _taking(name: str) -> Callable[[Batch], object]:
    def rows(batch: Batch) -> object:
        return batch.get(name)

    return rows


def hints(table: Table) -> list[dict[str, object]]:
    """Return the columns of a table for dlt; rows with the same merge key are replaced together."""
    key = {"call_id", "part"} if table is SKIPPED else {"call_id"}
    columns: list[dict[str, object]] = [
        {
            "name": column.name,
            "data_type": _TYPES[column.type],
            "description": column.meaning,
            "merge_key": column.name in key,
        }
        for column in table.columns
    ]
    removed: dict[str, object] = {
        "name": _REMOVED,
        "data_type": "bool",
        "hard_delete": True,
        "description": "empty: marks rows that dlt is to remove",
    }
    return [*columns, removed]


def to_load(table: Table, rows: Sequence[Row], *, removed: bool | None = None) -> Any:  # noqa: ANN401 - as above
    data = arrow_table(table, rows)
    return data.append_column(_REMOVED, pa.array([removed] * len(data), type=pa.bool_()))


def _to_remove(table: Table, **key: str) -> Any:  # noqa: ANN401 - as above
    """Return the row that makes dlt remove those with this key."""
    row: Row = {column.name: key.get(column.name) for column in table.columns}
    return to_load(table, [row], removed=True)


@dataclass(frozen=True, slots=True)
class Loader:
    """A `Writer` that passes calls to `hand_on`, which blocks while too many wait."""

    hand_on: Callable[[Batch], None]

    def write(self, calls: Sequence[FetchedCall]) -> tuple[list[Written], None]:
        tables: dict[str, list[Any]] = defaultdict(list)
        done = [_load(call, tables) for call in calls]
        if tables:
            self.hand_on({name: pa.concat_tables(found) for name, found in tables.items()})
        return done, None

    def flush(self) -> None:
        """Do nothing: dlt records."""


def _load(call: FetchedCall, tables: dict[str, list[Any]]) -> Written:
    made: dict[str, Any] = {}

    def part(name: str, work: Work, fetched: Fetched, _old: Outcome | None) -> Outcome:
        if isinstance(fetched, Skipped):
            return fetched
        assert isinstance(fetched, Rows)  # noqa: S101 - recordings are not requested
        made[name] = to_load(TABLES[name], fetched.rows)
        digest = sha256(encode(TABLES[name], fetched.rows)).hexdigest()
        return Exported("", len(fetched.rows), 0, digest, work.final, fetched.updated_at)

    one = written(call, part)
    call_id = one.entry.call_id
    for name in one.parts:
        rows = made[name]
        tables[name].append(rows if len(rows) else _to_remove(TABLES[name], call_id=call_id))
    for name in call.parts:
        before = call.work.recorded.get(name)
        found = one.entry.parts[name]
        if isinstance(found, Skipped) and found != before:
            row: Row = {"call_id": call_id, "agent_id": one.entry.agent_id, "part": name}
            row |= {"reason": found.reason, "detail": found.detail}
            tables[SKIPPED.name].append(to_load(SKIPPED, [row]))
        elif isinstance(found, Exported) and (isinstance(before, Skipped) or before == SETTLED):
            tables[SKIPPED.name].append(_to_remove(SKIPPED, call_id=call_id, part=name))
    return one


def in_background(
    work: Callable[[Callable[[Batch], None], asyncio.Event], Coroutine[Any, Any, T]],
) -> Generator[Batch, None, T]:
    """Run `work` in a thread, yield the batches that it hands on, and return its result.

    In a thread, since an event loop may be running in this one, such as in a notebook. `work` gets the
    function that takes a batch, and the event that ends it.
    """
    batches: Queue[Batch | None] = Queue(_AHEAD)
    loops: Queue[asyncio.AbstractEventLoop] = Queue()
    stop = asyncio.Event()

    def run() -> T:
        with asyncio.Runner() as runner:
            loops.put(runner.get_loop())
            return runner.run(work(batches.put, stop))

    with ThreadPoolExecutor(1) as pool:
        result = pool.submit(run)
        result.add_done_callback(lambda _: batches.put(None))
        try:
            while (batch := batches.get()) is not None:
                yield batch
        except BaseException:
            # No more batches are wanted; the loop may have ended meanwhile.
            with suppress(RuntimeError):
                loops.get().call_soon_threadsafe(stop.set)
            list(iter(batches.get, None))  # drain the batches in flight
            raise
        return result.result()
