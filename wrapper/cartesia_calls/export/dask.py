"""Exports over a Dask cluster (extra `dask`): its workers fetch and write, this process keeps the rest.

    from distributed import Client
    from cartesia_calls.export import export
    from cartesia_calls.export.dask import DaskWorkers

    with Client("tcp://scheduler:8786") as cluster:
        export(agents="agent_1", to="s3://acme-calls/prod", workers=DaskWorkers(cluster))

The process that calls it holds the target's lock, lists the calls, lets each attempt start, and records
what came of it. An attempt is a task: a worker asks the API for a part of a call, writes it to the
target and returns what the manifest says of it.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from cartesia_calls._exceptions import CartesiaError

from ._errors import TargetError
from ._fetching import Attempts
from ._manifest import parts_there
from ._paths import PARTIAL
from ._session import encoder_of, quietly
from ._target import open_target
from ._throttle import StopExportError
from ._waiting import in_thread
from ._writing import PartWriter

try:
    from distributed import Client, get_worker
    from distributed.diagnostics.plugin import WorkerPlugin
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        f"Exports over a Dask cluster need the package {error.name!r}, which is not installed. "
        "Install it with: pip install 'cartesia-calls[dask]'",
        name=error.name,
    ) from error

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping

    from distributed import Worker

    from cartesia_calls import AsyncClient

    from ._entry import Outcome
    from ._fetching import Attempt
    from ._index import Index, Work
    from ._job import Format
    from ._target import Target
    from ._workers import Site

__all__ = ["ClusterError", "DaskWorkers"]


class _Cluster(Protocol):
    """What is used of an asynchronous `distributed.Client`, whose types are of one that is not."""

    def register_plugin(self, plugin: WorkerPlugin, *, name: str) -> Awaitable[object]: ...
    def unregister_worker_plugin(self, name: str) -> Awaitable[object]: ...
    def submit(
        self, function: Callable[..., object], /, *arguments: object, pure: bool
    ) -> Awaitable[Mapping[str, Outcome] | Exception]: ...


class ClusterError(CartesiaError):
    """The cluster can't do the work. What the target holds is whole, and the export can go on."""


class DaskWorkers:
    """The workers of a Dask cluster, for `export(workers=...)`.

    They make their clients themselves, once a process: by `connect`, which is sent to them, or else
    with the settings of their own environment. All of them must reach the target by the same name.

    Args:
        client: Is connected to the cluster; it stays open.

    Raises:
        ValueError: It is closed.
    """

    most_at_once = 1000

    def __init__(self, client: Client) -> None:
        scheduler: Any = client.scheduler
        if scheduler is None:
            raise ValueError("the Dask client is not connected")
        self._address: str = scheduler.address
        self._security: object = client.security

    @asynccontextmanager
    async def at(self, site: Site) -> AsyncGenerator[Attempt]:
        """See `Workers.at`.

        Raises:
            ClusterError: The cluster can't be reached.
        """
        name = f"cartesia-calls-export-{os.urandom(8).hex()}"
        bench = _Bench(
            to=str(site.target.folder.absolute()) if site.target.folder else os.fspath(site.to),
            run=site.job.shard.name,
            proof=f"{PARTIAL}/{site.job.shard.name}/{name}",
            format=site.job.format,
            connect=site.connect,
            verify=site.job.refresh,
        )
        async with AsyncExitStack() as stack:
            remove = partial(site.target.remove, bench.proof)
            stack.push_async_callback(in_thread, quietly, remove)
            await in_thread(site.target.write, bench.proof, b"")
            # A client of our own, since theirs may live in another event loop.
            connect = cast("Any", Client)
            client = connect(
                self._address, security=self._security, asynchronous=True, set_as_default=False
            )
            try:
                cluster: _Cluster = await stack.enter_async_context(client)
                await cluster.register_plugin(bench, name=name)
            except Exception as error:
                raise _cluster_error(error) from error
            stack.push_async_callback(_leave, cluster, name)
            yield partial(_attempt, cluster, name, site.index)


async def _leave(cluster: _Cluster, name: str) -> None:
    # A cluster that is gone has been told of already.
    with suppress(Exception):
        await cluster.unregister_worker_plugin(name)


async def _attempt(
    cluster: _Cluster, name: str, index: Index, part: str, work: Work
) -> Mapping[str, Outcome]:
    """Make one attempt at a part on a worker; see `Attempt`."""
    entry = index.get(work.call_id)
    before = dict(entry.parts) if entry else {}
    try:
        answer = await cluster.submit(_fetch_and_write, name, part, work, before, pure=False)
    except Exception as error:
        raise StopExportError(_cluster_error(error)) from error
    if isinstance(answer, TargetError):
        raise StopExportError(answer)
    if isinstance(answer, Exception):
        raise answer
    return answer


def _cluster_error(error: Exception) -> ClusterError:
    said = str(error) or type(error).__name__
    return ClusterError(
        f"The Dask cluster can't do the work: {said.rstrip('.')}.",
        hint="Look at its workers' logs, then run the same export again: it goes on from there.",
    )


async def _fetch_and_write(
    name: str, part: str, work: Work, before: Mapping[str, Outcome]
) -> Mapping[str, Outcome] | Exception:
    """Make one attempt at a part, on a worker; what failed is returned, since Dask logs what is raised."""
    bench = cast("_Bench", get_worker().plugins[name])
    try:
        return await bench.fetch_and_write(part, work, before)
    except (CartesiaError, StopExportError) as error:
        # What caused it may hold the request, with the key.
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)


@dataclass(slots=True)
class _Tools:
    attempts: Attempts
    target: Target
    writer: PartWriter


@dataclass(eq=False)
class _Bench(WorkerPlugin):
    """What a worker has open for one export: a client and the target.

    Attributes:
        to: The target, by the name that all workers reach it by.
        run: The export's run, as `open_target` has it.
        proof: A file in the target that shows that it is the same one.
        format: How tables are written.
        connect: Makes the client.
        verify: Whether to write anew what is recorded, but no longer in the target as it was.
    """

    # Dask logs a plugin that it can't send; these two may hold secrets.
    to: str = field(repr=False)
    run: str
    proof: str
    format: Format
    connect: Callable[[], AsyncClient] = field(repr=False)
    verify: bool

    def setup(self, worker: Worker) -> None:
        """Begin to open both; what fails is told by whoever needs them."""
        self._open = AsyncExitStack()
        self._tools = asyncio.ensure_future(self._set_up(worker.address))

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        """Close both."""
        await asyncio.gather(self._tools, return_exceptions=True)
        await self._open.aclose()

    async def fetch_and_write(
        self, part: str, work: Work, before: Mapping[str, Outcome]
    ) -> Mapping[str, Outcome]:
        """Ask for a part once, and write it and what comes with it."""
        tools = await self._tools
        fetched = await tools.attempts.attempt(part, work)
        if self.verify:
            before = await asyncio.to_thread(parts_there, tools.target, before, fetched)
        return {
            name: await asyncio.to_thread(tools.writer.write, name, work, one, before.get(name))
            for name, one in fetched.items()
        }

    async def _set_up(self, worker: str) -> _Tools:
        try:
            target = await asyncio.to_thread(self._open_target)
            self._open.callback(target.close)
            client = await self._open.enter_async_context(self.connect())
            attempts = Attempts(client.with_options(max_retries=0), target.scratch)
            return _Tools(attempts, target, PartWriter(target, encoder_of(self.format)))
        except CartesiaError as error:
            error.summary = f"On the worker {worker}: {error.summary}"
            raise

    def _open_target(self) -> Target:
        target = open_target(self.to, f"{self.run}.{os.urandom(8).hex()}")
        if target.read(self.proof) is None:
            raise TargetError(
                f"The target {target.name} is not the one that the export has begun.",
                hint="Name a folder that all machines share, or a URL such as s3://bucket/calls.",
            )
        target.clean()
        return target
