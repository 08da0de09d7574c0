"""The source: one run of fetching, and a resource for each table that takes its rows from it."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cartesia_calls import AsyncClient
from cartesia_calls.export._events import ExportResult
from cartesia_calls.export._fetching import Attempts
from cartesia_calls.export._run import Run
from cartesia_calls.export._session import grace_of, ignore

from ._loading import Batch, Loader, in_background
from ._memory import Memory, State, scope_of
from ._tables import LOADED, SKIPPED, hints, to_load

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Iterator, Mapping

    from dlt.sources import DltSource

    from cartesia_calls._clock import Clock
    from cartesia_calls.export import OnEvent
    from cartesia_calls.export._job import Job, Part

# Its decorators have types of many parts, which differ between its releases.
dlt: Any = import_module("dlt")
_NAME = "cartesia_calls"
_log = logging.getLogger(_NAME)


def source_of(
    job: Job,
    *,
    connect: Callable[[], AsyncClient] | None,
    on_event: OnEvent | None,
    clock: Clock,
) -> DltSource:
    """Return the source of a job; see `calls_source`."""
    fetch = partial(
        _fetch, connect=connect or AsyncClient, on_event=on_event or ignore, clock=clock
    )

    def fetched() -> Iterator[Batch]:
        # What nobody loads is not asked for, and not remembered as loaded.
        selected = dlt.current.source().selected_resources
        wanted = replace(job, include=tuple(part for part in job.include if part in selected))
        states: dict[Part, State] = {
            part: dlt.current.resource_state(part) for part in wanted.include
        }
        if not states:
            return
        if new := [part for part in states if not states[part]]:
            # So that queries find the tables, whatever there is to load.
            yield {name: to_load(LOADED[name], ()) for name in (*new, SKIPPED.name)}
        kept = yield from in_background(partial(fetch, wanted, states))
        for part, agents in kept.items():
            for agent_id, state in agents.items():
                states[part].setdefault(agent_id, {})[scope_of(wanted)] = state

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


async def _fetch(
    job: Job,
    states: Mapping[Part, State],
    hand_on: Callable[[Batch], None],
    stop: asyncio.Event,
    *,
    connect: Callable[[], AsyncClient],
    on_event: OnEvent,
    clock: Clock,
) -> dict[Part, dict[str, State]]:
    began = clock.now()
    result = ExportResult(_NAME)
    memory = Memory(job, states)
    try:
        async with connect() as client:
            asking = client.with_options(max_retries=0)
            scratch = Path()  # for recordings, which are not asked for
            run = Run(
                job=job,
                client=asking,
                attempt=Attempts(asking, scratch).attempt,
                index=memory,
                store=Loader(hand_on),
                lock=_Unlocked(),
                clock=clock,
                on_event=on_event,
                grace=grace_of(client),
                result=result,
            )
            await run.run(stop)
        for agent_id in result.unknown_agents:
            _log.warning("There is no agent %s, or it belongs to another account.", agent_id)
        return memory.kept(began)
    finally:
        memory.close()


class _Unlocked:
    """No lock: dlt lets one run of a pipeline at a time load."""

    def renew(self) -> None:
        """See `Lock.renew`."""

    def release(self) -> None:
        """See `Lock.release`."""
