"""`client.agents`: the voice agents of an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cartesia_api.models import AgentSummary

    from ._call_flows import AgentFlows
    from ._flow import AsyncRunner, Runner


class Agents:
    """Voice agents; general errors are those of `Calls`."""

    def __init__(self, flows: AgentFlows, runner: Runner) -> None:
        self._flows = flows
        self._runner = runner

    def list(self) -> list[AgentSummary]:
        """Return all agents of the account (operation `agents_list`)."""
        return self._runner.run(self._flows.list())

    def get(self, agent_id: str) -> AgentSummary:
        """Return one agent (operation `agents_get`).

        Args:
            agent_id: The agent's id, such as `agent_123`.

        Raises:
            NotFoundError: There is no such agent, or it belongs to another account.
        """
        return self._runner.run(self._flows.get(agent_id))


class AsyncAgents:
    """`Agents`, to be awaited."""

    def __init__(self, flows: AgentFlows, runner: AsyncRunner) -> None:
        self._flows = flows
        self._runner = runner

    async def list(self) -> list[AgentSummary]:
        """Return all agents of the account (`agents_list`)."""
        return await self._runner.run(self._flows.list())

    async def get(self, agent_id: str) -> AgentSummary:
        """Return one agent (`agents_get`); as `Agents.get`."""
        return await self._runner.run(self._flows.get(agent_id))
