"""Exports over a Dask cluster (extra `dask`): its workers fetch and write, this process does the rest.

    from distributed import Client
    from cartesia_calls.export import export
    from cartesia_calls.export.dask import DaskWorkers

    with Client("tcp://scheduler:8786") as cluster:
        export(agents="agent_1", to="s3://acme-calls/prod", workers=DaskWorkers(cluster))

The calling process holds the lock of the target, lists the calls, starts each attempt and records
outcomes. An attempt is a task: a worker requests a part of a call, writes it to the target and returns the
outcome.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from cartesia_calls import CartesiaError

from ._fetching import Attempts
from ._manifest import parts_there
from ._run import in_thread
from ._target import PARTIAL, TargetError, open_target
from ._throttle import StopExportError
from ._writing import PartWriter, encode_of

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
    from collections.abc import AsyncGenerator, Callable, Mapping

    from distributed import Worker

    from cartesia_calls import AsyncClient

    from ._fetching import Attempt, Patterns
    from ._index import Work
    from ._job import Format, Job
    from ._manifest import Outcome
    from ._target import Target

__all__ = ["ClusterError", "DaskWorkers"]


# An asynchronous `distributed.Client`, whose types are those of a synchronous one.
_Cluster: TypeAlias = Any


class ClusterError(CartesiaError):
    """The cluster can't do the work. What the target holds is intact; the export can be resumed."""


class DaskWorkers:
    """The workers of a Dask cluster, for `export(workers=...)`.

    Each worker process makes its own client: with `connect`, which is sent to it, or else with the
    settings of its environment. All of them must reach the target by the same name.

    Args:
        client: A client that is connected to the cluster; it stays open.

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
    async def at(
        self,
        job: Job,
        to: str | os.PathLike[str],
        target: Target,
        connect: Callable[[], AsyncClient],
    ) -> AsyncGenerator[Attempt]:
        """Prepare the workers, and provide what makes one attempt on one of them.

        `to` is the name that the user gave to the target, which is open in this process.

        Raises:
            ClusterError: The cluster can't be reached.
        """
        name = f"cartesia-calls-export-{os.urandom(8).hex()}"
        bench = _Bench(
            to=str(target.folder.absolute()) if target.folder else os.fspath(to),
            run=job.shard.name,
            proof=f"{PARTIAL}/{job.shard.name}/{name}",
            format=job.format,
            connect=connect,
            verify=job.refresh,
            redact=job.redact,
        )
        async with AsyncExitStack() as stack:
            stack.push_async_callback(in_thread, _remove, target, bench.proof)
            await in_thread(target.write, bench.proof, b"")
            # A client of our own, since the user's may live in another event loop.
            client: _Cluster = Client(  # type: ignore[no-untyped-call]  # distributed has few types
                self._address, security=self._security, asynchronous=True, set_as_default=False
            )
            try:
                cluster: _Cluster = await stack.enter_async_context(client)
                await cluster.register_plugin(bench, name=name)
            except Exception as error:
                raise _cluster_error(error) from error
            stack.push_async_callback(_leave, cluster, name)
            yield partial(_attempt, cluster, name)


def _remove(target: Target, path: str) -> None:
    with suppress(TargetError):  # it was raised already
        target.remove(path)


async def _leave(cluster: _Cluster, name: str) -> None:
    # If the cluster is gone, its failure was raised already.
    with suppress(Exception):
        await cluster.unregister_worker_plugin(name)


async def _attempt(cluster: _Cluster, name: str, part: str, work: Work) -> Mapping[str, Outcome]:
    """Make one attempt at a part on a worker; see `Attempt`."""
    try:
        outcome: Mapping[str, Outcome] | Exception
        outcome = await cluster.submit(_fetch_and_write, name, part, work, pure=False)
    except Exception as error:
        raise StopExportError(_cluster_error(error)) from error
    if isinstance(outcome, TargetError):
        raise StopExportError(outcome)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _cluster_error(error: Exception) -> ClusterError:
    said = str(error) or type(error).__name__
    return ClusterError(
        f"The Dask cluster can't do the work: {said.rstrip('.')}.",
        hint="Read the logs of its workers, then run the same export again. It resumes where it "
        "stopped.",
    )


async def _fetch_and_write(name: str, part: str, work: Work) -> Mapping[str, Outcome] | Exception:
    """Make one attempt at a part, on a worker; return its failure, since Dask logs what is raised."""
    bench = cast("_Bench", get_worker().plugins[name])
    try:
        return await bench.fetch_and_write(part, work)
    except (CartesiaError, StopExportError) as error:
        # The cause may hold the request, with the key.
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)


@dataclass(eq=False)
class _Bench(WorkerPlugin):
    """A client and a target, open on a worker for one export; the target has the file `proof`."""

    # Dask logs a plugin that it can't send. What is not shown may hold secrets.
    to: str = field(repr=False)
    run: str
    proof: str
    format: Format
    connect: Callable[[], AsyncClient] = field(repr=False)
    verify: bool
    redact: Patterns = field(repr=False)

    def setup(self, worker: Worker) -> None:
        """Start to open both; the first task raises a failure."""
        self._open = AsyncExitStack()
        self._tools = asyncio.ensure_future(self._set_up(worker.address))

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002 - Dask's signature
        await asyncio.gather(self._tools, return_exceptions=True)
        await self._open.aclose()

    async def fetch_and_write(self, part: str, work: Work) -> Mapping[str, Outcome]:
        """Request a part once, and write it with what comes with it."""
        attempts, writer = await self._tools
        fetched = await attempts.attempt(part, work)
        before = work.recorded
        if self.verify:
            before = await asyncio.to_thread(parts_there, writer.target, before, fetched)
        return {
            name: await asyncio.to_thread(writer.write, name, work, one, before.get(name))
            for name, one in fetched.items()
        }

    async def _set_up(self, worker: str) -> tuple[Attempts, PartWriter]:
        try:
            target = await asyncio.to_thread(self._open_target)
            self._open.callback(target.close)
            client = await self._open.enter_async_context(self.connect())
            attempts = Attempts(client.with_options(max_retries=0), target.scratch, self.redact)
            return attempts, PartWriter(target, self.format, encode_of(self.format))
        except CartesiaError as error:
            error.summary = f"On the worker {worker}: {error.summary}"
            raise

    def _open_target(self) -> Target:
        target = open_target(self.to, f"{self.run}.{os.urandom(8).hex()}")
        if target.read(self.proof) is None:
            raise TargetError(
                f"The target {target.name} is not the one of this export.",
                hint="Name a folder that all machines share, or a URL such as s3://bucket/calls.",
            )
        target.clean()
        return target
