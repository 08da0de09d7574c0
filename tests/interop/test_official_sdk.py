"""The provider's own SDK reads the same from the sandbox as our client."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import cartesia
import pytest

from cartesia_calls import CallLogsNotAvailableError, CallNotFoundError, Client
from cartesia_calls.sandbox import Sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def ours(sandbox: Sandbox) -> Iterator[Client]:
    with Client(sandbox.api_key, base_url=sandbox.url, max_retries=0) as client:
        yield client


@pytest.fixture
def theirs(sandbox: Sandbox) -> Iterator[cartesia.Cartesia]:
    # It sends a later API version than the vendored spec's.
    with cartesia.Cartesia(api_key=sandbox.api_key, base_url=sandbox.url, max_retries=0) as client:
        yield client


# Calls listed


@pytest.mark.parametrize("page_size", [7, 10, 100])
@pytest.mark.parametrize("name", ["busy", "quiet", "idle"])
def test_both_list_the_same_calls_of_an_agent(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox, name: str, page_size: int
) -> None:
    agent_id: str = getattr(sandbox.agents, name)
    pages = list(theirs.agents.calls.list(agent_id=agent_id, limit=page_size).iter_pages())
    their_ids = [call.id for page in pages for call in page.data]
    our_ids = [call.id for call in ours.calls.list(agent_id=agent_id)]
    assert len(their_ids) == len(our_ids)
    assert their_ids == our_ids
    assert len(set(our_ids)) == len(our_ids)
    # It requests pages until one is empty.
    assert len(pages) == math.ceil(len(our_ids) / page_size) + 1


def test_the_busy_agent_has_many_pages_of_calls(ours: Client, sandbox: Sandbox) -> None:
    assert len(list(ours.calls.list(agent_id=sandbox.agents.busy))) > 200


def test_paging_backwards_finds_the_same_calls(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox
) -> None:
    our_ids = [call.id for call in ours.calls.list(agent_id=sandbox.agents.busy)]
    pages = list(
        theirs.agents.calls.list(
            agent_id=sandbox.agents.busy, ending_before=our_ids[-1], limit=50
        ).iter_pages()
    )
    assert [call.id for page in reversed(pages) for call in page.data] == our_ids[:-1]


def test_its_async_client_lists_the_same_calls(ours: Client, sandbox: Sandbox) -> None:
    async def list_calls() -> list[str]:
        async with cartesia.AsyncCartesia(api_key=sandbox.api_key, base_url=sandbox.url) as client:
            calls = client.agents.calls.list(agent_id=sandbox.agents.quiet)
            return [call.id async for call in calls]

    our_ids = [call.id for call in ours.calls.list(agent_id=sandbox.agents.quiet)]
    assert asyncio.run(list_calls()) == our_ids


def test_both_get_transcripts_when_they_request_them(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox
) -> None:
    their_turns = {
        call.id: [turn.text for turn in call.transcript or []]
        for call in theirs.agents.calls.list(agent_id=sandbox.agents.quiet, expand="transcript")
    }
    our_turns = {
        call.id: [turn.text or None for turn in call.transcript or []]
        for call in ours.calls.list(agent_id=sandbox.agents.quiet, expand_transcript=True)
    }
    assert their_turns == our_turns
    assert any(our_turns.values())


# One call


@pytest.mark.parametrize("name", ["finished", "created", "expired", "deleted", "zero_retention"])
def test_both_read_the_same_record(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox, name: str
) -> None:
    call_id: str = getattr(sandbox.calls, name)
    their_call, our_call = theirs.agents.calls.retrieve(call_id), ours.calls.get(call_id)
    assert their_call.id == our_call.id == call_id
    for field in ("agent_id", "status", "start_time", "end_time", "summary", "error_message"):
        assert getattr(their_call, field) == (getattr(our_call, field) or None), field
    assert len(their_call.transcript or []) == len(our_call.transcript or [])


def test_it_reads_every_unexpected_call(theirs: cartesia.Cartesia, sandbox: Sandbox) -> None:
    calls = list(theirs.agents.calls.list(agent_id=sandbox.agents.odd, expand="transcript"))
    turns = [turn for call in calls for turn in call.transcript or []]
    assert len(calls) == 5
    assert [theirs.agents.calls.retrieve(call.id) for call in calls] == calls
    assert any(tool.id is None for turn in turns for tool in turn.tool_calls or [])
    assert "four" in [str(turn.log_metric.value) for turn in turns if turn.log_metric]


def test_our_client_reads_the_same_of_every_unexpected_call(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox
) -> None:
    their_calls = list(theirs.agents.calls.list(agent_id=sandbox.agents.odd, expand="transcript"))
    our_calls = list(ours.calls.list(agent_id=sandbox.agents.odd, expand_transcript=True))
    assert [call.id for call in our_calls] == [call.id for call in their_calls]
    assert [len(call.transcript or []) for call in our_calls] == [
        len(call.transcript or []) for call in their_calls
    ]
    tools = [
        [tool.name for turn in call.transcript or [] for tool in turn.tool_calls or []]
        for call in our_calls
    ]
    assert tools[0] == ["find_table", "book_table", "send_message"]


def test_both_read_the_same_logs(ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox) -> None:
    # It lacks this operation, so its users must request the path.
    response: Any = theirs.get(f"/agents/calls/{sandbox.calls.finished}/logs", cast_to=object)
    logs = ours.calls.logs(sandbox.calls.finished)
    assert response["call_id"] == logs.call_id == sandbox.calls.finished
    assert response["logs"] == logs.logs
    assert logs.logs
    assert datetime.fromisoformat(response["updated_at"]) == logs.updated_at


def test_both_report_why_there_are_no_logs(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox
) -> None:
    for call_id, error, message in (
        (sandbox.calls.unknown, CallNotFoundError, "Call not found"),
        (sandbox.calls.expired, CallLogsNotAvailableError, "Call logs not available"),
    ):
        with pytest.raises(cartesia.NotFoundError) as caught:
            theirs.get(f"/agents/calls/{call_id}/logs", cast_to=object)
        body: Any = caught.value.body
        assert body["message"] == message
        with pytest.raises(error):
            ours.calls.logs(call_id)


def test_both_get_the_same_recording(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox, tmp_path: Path
) -> None:
    path = ours.calls.download_audio(sandbox.calls.finished, tmp_path / "call.wav")
    streaming = theirs.agents.calls.with_streaming_response
    with streaming.download_audio(sandbox.calls.finished) as response:
        assert response.read() == path.read_bytes()


# Other operations


def test_both_see_the_same_agents(
    ours: Client, theirs: cartesia.Cartesia, sandbox: Sandbox
) -> None:
    our_agents = {agent.id: agent.name for agent in ours.agents.list()}
    assert {agent.id: agent.name for agent in theirs.agents.list().summaries} == our_agents
    assert sandbox.agents.busy in our_agents
    for agent_id, name in our_agents.items():
        assert theirs.agents.retrieve(agent_id).name == ours.agents.get(agent_id).name == name


def test_both_see_the_same_status(ours: Client, theirs: cartesia.Cartesia) -> None:
    their_status, our_status = theirs.get_status(), ours.status()
    assert (their_status.ok, their_status.version) == (our_status.ok, our_status.version)


def test_its_errors_name_the_refused_value(theirs: cartesia.Cartesia, sandbox: Sandbox) -> None:
    with pytest.raises(cartesia.AuthenticationError):
        theirs.with_options(api_key=sandbox.refused_api_key).agents.list()
    with pytest.raises(cartesia.BadRequestError, match="The API version is not supported"):
        theirs.with_options(default_headers={"Cartesia-Version": "2024-06-10"}).agents.list()
