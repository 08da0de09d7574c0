"""The MCP server over stdin and stdout, called by the SDK's client as an assistant calls it."""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import logging
import math
import os
import re
import sys
import threading
from collections.abc import Callable, Generator
from typing import Any

import httpx
import pytest
from mcp import Client as McpClient
from mcp import StdioServerParameters
from mcp.types import TextContent

import cartesia_calls.mcp
from cartesia_calls import AsyncClient, read_moment
from cartesia_calls.mcp import make_server
from cartesia_calls.sandbox import Sandbox

JSON = dict[str, Any]

TIME = "2026-03-01T10:00:00Z"


class Assistant:
    """A connection to the server, in a thread that has an event loop."""

    def __init__(self, server: StdioServerParameters) -> None:
        self._server = server
        self._loop = asyncio.new_event_loop()
        self._connected = threading.Event()
        self._done = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=[self._serve()])

    async def _serve(self) -> None:
        async with McpClient(self._server) as self.client:
            self._connected.set()
            await self._done.wait()

    def open(self) -> None:
        self._thread.start()
        assert self._connected.wait(600)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join()
        self._loop.close()

    def ask(self, name: str, **arguments: object) -> tuple[str, bool]:
        called = self.client.call_tool(name, arguments)
        result = asyncio.run_coroutine_threadsafe(called, self._loop).result(600)
        (content,) = result.content
        assert isinstance(content, TextContent)
        return content.text, bool(result.is_error)

    def read(self, name: str, **arguments: object) -> JSON:
        text, is_error = self.ask(name, **arguments)
        assert not is_error, text
        found: JSON = json.loads(text)
        return found

    def fail(self, name: str, **arguments: object) -> str:
        text, is_error = self.ask(name, **arguments)
        assert is_error, text
        return text

    def tools(self) -> dict[str, Any]:
        listed = asyncio.run_coroutine_threadsafe(self.client.list_tools(), self._loop).result(600)
        return {tool.name: tool for tool in listed.tools}


@pytest.fixture(scope="module")
def sandbox() -> Generator[Sandbox]:
    with Sandbox() as started:
        yield started


@pytest.fixture(scope="module")
def assistant(sandbox: Sandbox) -> Generator[Assistant]:
    own = {"CARTESIA_API_KEY": sandbox.api_key, "CARTESIA_BASE_URL": sandbox.url}
    # The whole environment, so that the coverage of the server is measured.
    environment = {**os.environ, **own}
    words = ["-m", "cartesia_calls", "mcp", "--redact-pattern", "margherita"]
    started = Assistant(StdioServerParameters(command=sys.executable, args=words, env=environment))
    started.open()
    yield started
    started.close()


def test_the_tools_are_described_and_read_only(assistant: Assistant) -> None:
    tools = assistant.tools()

    assert [*tools] == ["list_calls", "get_call", "get_logs", "timeline", "stats"]
    for tool in tools.values():
        assert "Use " in tool.description
        assert "\n " not in tool.description
        assert tool.annotations.read_only_hint
    assert "placeholders" in (assistant.client.instructions or "")


def test_the_times_that_the_tools_show_can_be_read(assistant: Assistant) -> None:
    since = assistant.tools()["list_calls"].input_schema["properties"]["since"]
    shown = since["description"].removeprefix("From when: ").replace(" (ago)", "").split(", ")

    assert len(shown) == 3
    assert [read_moment(text).tzinfo is not None for text in shown] == [True] * 3


def test_without_an_agent_the_agents_are_listed(assistant: Assistant) -> None:
    found = assistant.read("list_calls")

    assert "agent_busy" in {agent["id"] for agent in found["agents"]}
    assert "agent_id" in found["next"]


def test_calls_are_listed_in_parts(assistant: Assistant) -> None:
    first = assistant.read("list_calls", agent_id="agent_busy", limit=2)
    second = assistant.read("list_calls", agent_id="agent_busy", limit=2, after=1)
    all_four = assistant.read("list_calls", agent_id="agent_busy", limit=4)

    assert "after=1" in first["left_out"]
    assert first["calls"] + second["calls"] == all_four["calls"]
    assert {"id", "status", "start_time", "end_reason"} <= {*first["calls"][0]}


def test_calls_are_picked_by_status_and_time(assistant: Assistant) -> None:
    found = assistant.read("list_calls", agent_id="agent_busy", status="failed", since="60d")

    assert found["calls"]
    assert {call["status"] for call in found["calls"]} == {"failed"}
    assert assistant.read("list_calls", agent_id="agent_busy", since="1s")["calls"] == []


def test_a_record_comes_without_its_transcript(assistant: Assistant) -> None:
    call = assistant.read("get_call", call_id="ac_finished")["call"]

    assert call["id"] == "ac_finished"
    assert "transcript" not in call
    assert call["telephony_params"]["from"].startswith("‹phone ")


def test_logs_are_filtered_and_come_in_parts(assistant: Assistant) -> None:
    everything = assistant.read("get_logs", call_id="ac_finished")["records"]
    warnings = assistant.read("get_logs", call_id="ac_finished", level="warning")["records"]
    some = assistant.read("get_logs", call_id="ac_finished", text="‹redacted 1›", limit=1)

    assert len(everything) > len(warnings) > 0
    assert {record["level"] for record in warnings} <= {"WARNING", "ERROR", "CRITICAL"}
    assert "‹redacted 1›" in some["records"][0]["text"]
    after = int(some["left_out"].partition("after=")[2].rstrip("."))
    rest = assistant.read("get_logs", call_id="ac_finished", text="‹redacted 1›", after=after)
    assert some["records"][0] not in rest["records"]
    assert "left_out" not in rest


def test_a_timeline_has_the_requested_kinds(assistant: Assistant) -> None:
    found = assistant.read("timeline", call_id="ac_finished", kinds=["turn", "tool"])

    assert {entry["kind"] for entry in found["entries"]} == {"turn", "tool"}
    assert assistant.read("timeline", call_id="ac_expired")["note"].startswith("Call 'ac_expired'")
    part = assistant.read("timeline", call_id="ac_finished", limit=3)
    assert len(part["entries"]) == 3
    assert "after=2" in part["left_out"]


def test_stats_are_numbers_about_an_agents_calls(assistant: Assistant) -> None:
    found = assistant.read("stats", agent_id="agent_busy", since="60d")

    assert found["calls"] > found["failed_calls"] > 0
    assert found["reply_gap_seconds"]["p50"] is not None
    assert "margherita" not in json.dumps(found)


@pytest.mark.parametrize(
    ("tool", "arguments", "problem"),
    [
        ("get_call", {"call_id": "ac_unknown"}, "Check the id"),
        ("get_call", {"call_id": " "}, "call_id"),
        ("get_logs", {"call_id": "ac_deleted"}, "cannot be recovered"),
        ("get_logs", {"call_id": "ac_finished", "level": "loud"}, "TRACE, DEBUG, INFO"),
        ("get_logs", {"call_id": "ac_finished", "limit": 100_000}, "limit"),
        ("timeline", {"call_id": "ac_finished", "kinds": ["dance"]}, "kinds"),
        ("timeline", {"call_id": "ac_finished", "kind": ["turn"]}, "'kind'. Use call_id, kinds, "),
        ("list_calls", {"agent": "agent_busy"}, "Unknown argument 'agent'. Use agent_id, "),
        ("dance", {"call_id": "ac_finished"}, "dance"),
        ("list_calls", {"agent_id": "agent_busy", "since": "gestern"}, "such as"),
        ("stats", {}, "agent_id"),
        ("list_calls", {"agent_id": "agent_busy", "since": "1d", "until": "2d"}, "swap them"),
        ("stats", {"agent_id": "agent_busy", "until": "30d"}, "is later than until"),
        ("list_calls", {"agent_id": "agent_busy", "status": "Failed"}, "did you mean failed?"),
        ("list_calls", {"agent_id": "agent_busy", "status": "complete"}, "mean completed?"),
        ("list_calls", {"agent_id": "agent_buzy"}, "nearest ids are ['agent_busy', "),
        ("stats", {"agent_id": "agent_buzy"}, "nearest ids are ['agent_busy', "),
    ],
)
def test_errors_have_advice(assistant: Assistant, tool: str, arguments: JSON, problem: str) -> None:
    assert problem in assistant.fail(tool, **arguments)


def _called(sandbox: Sandbox, name: str, arguments: JSON, **options: Any) -> str:  # noqa: ANN401 - as make_server
    async def called() -> str:
        async with (
            AsyncClient(sandbox.api_key, base_url=sandbox.url) as client,
            McpClient(make_server(client, **options)) as assistant,
        ):
            (content,) = (await assistant.call_tool(name, arguments)).content
            assert isinstance(content, TextContent)
            return content.text

    return asyncio.run(called())


def _asked(
    respond: Callable[[httpx.Request], httpx.Response], *asked: tuple[str, JSON]
) -> list[JSON]:
    """Return the results of tools over a server of these responses."""

    async def called() -> list[JSON]:
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(respond)) as http_client,
            AsyncClient("sk_car_x", http_client=http_client) as client,
            McpClient(make_server(client)) as assistant,
        ):
            results = [await assistant.call_tool(name, arguments) for name, arguments in asked]
            texts = [getattr(one.content[0], "text", "") for one in results]
            return [json.loads(text, parse_constant=pytest.fail) for text in texts]

    return asyncio.run(called())


def _a_call(*logs: str, **fields: object) -> Callable[[httpx.Request], httpx.Response]:
    """Return what responds with a call and its logs."""
    call = {"id": "a", "agent_id": "b", "status": "failed", "start_time": TIME, **fields}

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/logs"):
            return httpx.Response(200, json={"call_id": "a", "logs": logs, "updated_at": TIME})
        return httpx.Response(200, json=call)

    return respond


def test_redaction_can_be_turned_off(sandbox: Sandbox) -> None:
    arguments = {"call_id": "ac_finished"}

    call = json.loads(_called(sandbox, "get_call", arguments, redacted=False))

    assert call["redacted"] is False
    assert call["call"]["telephony_params"]["from"].startswith("+")


def test_results_are_bounded() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/logs"):
            logs = [f"INFO: {'x' * 5_000}"] * 400
            return httpx.Response(200, json={"call_id": "a", "logs": logs, "updated_at": TIME})
        call = {"id": "a", "agent_id": "b", "status": "completed", "start_time": TIME}
        if request.url.path.endswith("/a"):
            return httpx.Response(200, json=call)
        after = int(request.url.params.get("starting_after", "0"))
        page = [{**call, "id": str(after + place)} for place in range(1, 101)]
        return httpx.Response(200, json={"data": page, "has_more": True})

    asked = (
        ("get_logs", {"call_id": "a", "limit": 300}),
        ("stats", {"agent_id": "b", "since": None}),
    )
    logs, stats = _asked(respond, *asked)

    assert len(json.dumps(logs)) < 50_000
    assert "… (3006 more characters: call this again with " in logs["records"][0]["text"]
    assert f"after={len(logs['records']) - 1}." in logs["left_out"]
    assert stats["calls"] == 1_000
    assert "latest 1000 calls" in stats["left_out"]


def test_one_enormous_record_is_bounded_and_keeps_its_last_line() -> None:
    logs = [f"{TIME} ERROR it broke", *["    └ " + "x" * 2_000] * 900, "ValueError: the cause"]
    agents = [
        {
            "id": f"agent_{place}",
            "name": "x" * 90,
            "created_at": TIME,
            "updated_at": TIME,
            "tts_voice": "v",
            "tts_language": "en",
            "has_text_to_agent_run": False,
            "deployment_count": 1,
        }
        for place in range(2_000)
    ]
    bodies: JSON = {
        "logs": {"call_id": "a", "logs": logs, "updated_at": TIME},
        "agents": {"summaries": agents},
        "a": {
            "id": "a",
            "agent_id": "b",
            "status": "failed",
            "start_time": TIME,
            "metadata": {str(place): "x" * 100 for place in range(2_000)},
        },
    }

    def respond(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=bodies[request.url.path.rpartition("/")[2]])

    of_call = {"call_id": "a"}
    asked: dict[str, JSON] = {"get_logs": of_call, "timeline": of_call, "get_call": of_call}
    asked["list_calls"] = {"limit": 500}
    texts = dict(zip(asked, map(json.dumps, _asked(respond, *asked.items())), strict=True))

    assert max(map(len, texts.values())) < 50_000
    for name in ("get_logs", "timeline"):
        assert "it broke" in texts[name]
        assert "ValueError: the cause" in texts[name]
    assert "more characters" in texts["get_call"]
    assert "There is more." in json.loads(texts["list_calls"])["left_out"]


@pytest.mark.parametrize(("tool", "part"), [("get_logs", "records"), ("timeline", "entries")])
def test_a_shortened_text_names_the_way_to_read_it_in_full(tool: str, part: str) -> None:
    long = f"{'x' * 6_000}the middle{'y' * 6_000}"
    respond = _a_call("INFO: one", f"ERROR: {long}", "INFO: three")
    (first,) = _asked(respond, (tool, {"call_id": "a"}))
    (text,) = [one["text"] for one in first[part] if "xxx" in one["text"]]
    assert len(text) < 3_000
    found = re.search(r"call this again with after=(\d+), limit=(\d+)", text)
    assert found

    after, limit = map(int, found.groups())
    (whole,) = _asked(respond, (tool, {"call_id": "a", "after": after, "limit": limit}))

    (item,) = whole[part]
    assert item["text"].removeprefix("ERROR: ") == long


def test_a_value_too_long_for_any_result_is_named_with_its_place() -> None:
    respond = _a_call(f"ERROR {'x' * 60_000}", summary="y" * 60_000)
    arguments = {"call_id": "a"}
    logs, call = _asked(respond, ("get_logs", {**arguments, "limit": 1}), ("get_call", arguments))

    for text in (logs["records"][0]["text"], call["call"]["summary"]):
        assert 20_000 < len(text) < 21_000
        assert "more characters: `cartesia-calls show" in text


def test_a_number_that_no_float_can_hold_is_valid_json() -> None:
    call = b'{"id": "a", "agent_id": "b", "status": "failed", "metadata": {"x": -1e999}}'
    asked = ("get_call", {"call_id": "a"})
    (found,) = _asked(lambda _: httpx.Response(200, content=call), asked)
    assert found["call"]["metadata"] == {"x": -math.inf}


def test_logs_of_another_clock_have_an_offset_to_pass() -> None:
    respond = _a_call("2026-03-01 12:00:05 INFO late", end_time="2026-03-01T10:01:00Z")
    (first,) = _asked(respond, ("timeline", {"call_id": "a"}))
    offset = first["suggested_log_offset"]
    arguments = {"call_id": "a", "kinds": ["log"], "log_offset": offset}
    (moved,) = _asked(respond, ("timeline", arguments))

    assert offset == -7200
    assert [one["seconds"] for one in moved["entries"]] == [5]
    assert "suggested_log_offset" not in moved


def test_the_tools_can_only_read(sandbox: Sandbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="cartesia_calls")
    for name in ("get_call", "get_logs", "timeline"):
        _called(sandbox, name, {"call_id": "ac_finished"})
    for name in ("list_calls", "stats"):
        _called(sandbox, name, {"agent_id": "agent_busy"})

    requests = [one.getMessage() for one in caplog.records if one.name == "cartesia_calls"]
    assert len(requests) > 5
    assert all(request.startswith("GET ") for request in requests)
    # Everything that the module uses of a client.
    tree = ast.parse(inspect.getsource(cartesia_calls.mcp))
    taken = {
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and "_client." in ast.unparse(node)
    }
    reading = {"agents", "agents.list", "calls"}
    reading |= {f"calls.{name}" for name in ("list", "get", "logs")}
    assert {name for name in taken if "(" not in name} == {f"self._client.{one}" for one in reading}
