"""From calls that were fetched to tables that dlt loads, fetched by a thread of its own meanwhile."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha256
from importlib import import_module
from queue import Queue
from typing import TYPE_CHECKING, Any, TypeVar

from cartesia_calls.export._entry import Exported, Skipped
from cartesia_calls.export._fetching import Rows
from cartesia_calls.export._ndjson import encode
from cartesia_calls.export._schema import TABLES
from cartesia_calls.export._writing import written

from ._memory import SETTLED
from ._tables import SKIPPED, to_load, to_remove

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Sequence

    from cartesia_calls.export._entry import Outcome
    from cartesia_calls.export._fetching import Fetched
    from cartesia_calls.export._index import Work
    from cartesia_calls.export._schema import Row
    from cartesia_calls.export._writing import Pending, Written

T = TypeVar("T")
# pyarrow has no types.
pa: Any = import_module("pyarrow")
Batch = dict[str, Any]
"""What to load of several calls: a `pyarrow.Table` by the table's name."""
# Batches that wait for dlt, so that memory is bounded.
_AHEAD = 4


class Loader:
    """Hands on what was fetched; see `Writer`.

    Args:
        hand_on: Takes a batch, and blocks while there are too many.
    """

    is_waiting = False

    def __init__(self, hand_on: Callable[[Batch], None]) -> None:
        self._hand_on = hand_on

    def write(self, calls: Sequence[Pending]) -> tuple[list[Written], None]:
        """See `Writer.write`."""
        tables: dict[str, list[Any]] = defaultdict(list)
        done = [_load(call, tables) for call in calls]
        if tables:
            self._hand_on({name: pa.concat_tables(found) for name, found in tables.items()})
        return done, None

    def flush(self) -> None:
        """See `Writer.flush`."""


def _load(call: Pending, tables: dict[str, list[Any]]) -> Written:
    made: dict[str, Any] = {}

    def part(name: str, work: Work, fetched: Fetched, _old: Outcome | None) -> Outcome:
        if isinstance(fetched, Skipped):
            return fetched
        assert isinstance(fetched, Rows)  # noqa: S101 - recordings are not asked for
        made[name] = to_load(TABLES[name], fetched.rows)
        digest = sha256(encode(TABLES[name], fetched.rows)).hexdigest()
        return Exported("", len(fetched.rows), 0, digest, work.final, fetched.updated_at)

    one = written(call, part)
    call_id = one.entry.call_id
    for name in one.parts:
        rows = made[name]
        tables[name].append(rows if len(rows) else to_remove(TABLES[name], call_id=call_id))
    for name in call.fetched.parts:
        before = call.before.parts.get(name) if call.before else None
        found = one.entry.parts[name]
        if isinstance(found, Skipped) and found != before:
            row: Row = {"call_id": call_id, "agent_id": one.entry.agent_id, "part": name}
            row |= {"reason": found.reason, "detail": found.detail}
            tables[SKIPPED.name].append(to_load(SKIPPED, [row]))
        elif isinstance(found, Exported) and (isinstance(before, Skipped) or before == SETTLED):
            tables[SKIPPED.name].append(to_remove(SKIPPED, call_id=call_id, part=name))
    return one


def in_background(
    work: Callable[[Callable[[Batch], None], asyncio.Event], Coroutine[Any, Any, T]],
) -> Generator[Batch, None, T]:
    """Yield the batches that `work` hands on while it runs in a thread, and return what it returns.

    A thread, since an event loop may be running in this one, such as in a notebook.

    Args:
        work: Gets what takes a batch, and the event that tells it to end.
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
            # No more batches are wanted; it may have come to its end by itself meanwhile.
            with suppress(RuntimeError):
                loops.get().call_soon_threadsafe(stop.set)
            list(iter(batches.get, None))  # what was on its way
            raise
        return result.result()
