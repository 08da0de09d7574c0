"""The calls of an agent page by page, where a page that fails is asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from cartesia_calls._call_flows import CallFlows
from cartesia_calls._flow import AsyncRunner, Emit
from cartesia_calls._listing import list_pages
from cartesia_calls._sending import Sender

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from cartesia_api.models import AgentCall
    from cartesia_calls import AsyncClient
    from cartesia_calls._flow import Flow, Send
    from cartesia_calls._operations import Operation

    from ._job import Job
    from ._throttle import Throttle

P = ParamSpec("P")
T = TypeVar("T")


async def pages(
    client: AsyncClient, agent_id: str, job: Job, throttle: Throttle
) -> AsyncIterator[list[AgentCall]]:
    """Yield an agent's calls as `calls.list` does, newest first; each page is asked for by `throttle`.

    `calls.list` itself ends at the first failure, and then begins anew.
    """
    sender: Sender = client._sender  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - our own
    runner: AsyncRunner = client._runner  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - our own
    query = CallFlows(sender).query(
        agent_id=agent_id,
        batch_id=None,
        status=job.status,
        since=job.since,
        until=job.until,
        limit=None,
        expand_transcript=False,
        complete=True,
    )
    asking = _AskingSender(sender.settings, sender.policy, sender.clock)
    flow = list_pages(asking, query)
    answer: Any = None
    while True:
        try:
            step = flow.send(answer)
        except StopIteration:
            return
        answer = None
        if isinstance(step, Emit):
            yield step.item
        else:
            ask = cast("_Ask", step)
            answer = await throttle.ask(partial(_run, runner, ask.flow), essential=True)


async def _run(runner: AsyncRunner, flow: Callable[[], Flow[T]]) -> T:
    return await runner.run(flow())


@dataclass(frozen=True, slots=True)
class _Ask:
    """Asks for a request to be sent, as often as that takes; the flow is resumed with its model."""

    flow: Callable[[], Flow[object]]


class _AskingSender(Sender):
    """Leaves its operations to whoever runs the flow."""

    __slots__ = ()

    def call(self, operation: Operation[P, T], *args: P.args, **kwargs: P.kwargs) -> Flow[T]:
        """See `Sender.call`."""
        ask = _Ask(partial(Sender.call, self, operation, *args, **kwargs))
        return cast("T", (yield cast("Send", ask)))
