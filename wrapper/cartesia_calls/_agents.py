"""`client.agents`: the voice agents of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._arguments import check_id
from ._driving import documented_by, run
from ._operations import GET_AGENT, LIST_AGENTS, SPEC_VERSION

if TYPE_CHECKING:
    from cartesia_api.models import AgentSummary

    from ._sending import Sender


class AsyncAgents:
    """Voice agents; general errors are those of `client.calls`."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list(self) -> list[AgentSummary]:
        """Return all agents of the account (operation `agents_list`)."""
        response = await self._sender.call(LIST_AGENTS, cartesia_version=SPEC_VERSION)
        return response.summaries

    async def get(self, agent_id: str) -> AgentSummary:
        """Return one agent (operation `agents_get`).

        Args:
            agent_id: The agent's id, such as `agent_123`.

        Raises:
            NotFoundError: There is no such agent, or it belongs to another account.
        """
        agent_id = check_id(agent_id, "agent_id")
        return await self._sender.call(GET_AGENT, agent_id, cartesia_version=SPEC_VERSION)


@documented_by(AsyncAgents)
class Agents:
    def __init__(self, agents: AsyncAgents) -> None:
        self._agents = agents

    def list(self) -> list[AgentSummary]:
        return run(self._agents.list())

    def get(self, agent_id: str) -> AgentSummary:
        return run(self._agents.get(agent_id))
