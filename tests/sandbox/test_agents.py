"""The sandbox's agents, in a list and one by one."""

import httpx
import pytest

from cartesia_calls.sandbox import ExampleAgents

AGENTS = ExampleAgents()


def test_the_list_has_each_agent_as_fetched_by_its_id(client: httpx.Client) -> None:
    summaries = client.get("/agents").json()["summaries"]

    ids = [agent["id"] for agent in summaries]
    assert ids == [AGENTS.busy, AGENTS.quiet, AGENTS.idle, AGENTS.odd]
    assert [client.get(f"/agents/{agent['id']}").json() for agent in summaries] == summaries


@pytest.mark.parametrize("agent_id", [AGENTS.unknown, "Agent_busy", "agent_busy%20", "a%2Fb"])
def test_another_agent_is_not_found(api: httpx.Client, agent_id: str) -> None:
    response = api.get(f"/agents/{agent_id}")

    assert response.status_code == 404
    assert response.json()["message"] == "There is no agent with this ID."


def test_an_encoded_id_is_the_same_id(api: httpx.Client) -> None:
    assert api.get("/agents/agent%5Fbusy").json()["id"] == "agent_busy"
