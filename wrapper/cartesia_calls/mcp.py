"""Let an assistant read calls over the Model Context Protocol (extra `mcp`).

`make_server` returns a server with five tools, which only read. Secrets and personal data are replaced
by placeholders unless that is turned off. Every result is bounded, and says what it leaves out.
"""

from __future__ import annotations

import json
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from cartesia_calls import (
    LEVELS,
    CallLogsNotAvailableError,
    CallStats,
    CartesiaError,
    Redactor,
    __version__,
    log_records,
    timeline,
)

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterable, Awaitable, Callable, Iterable

    from cartesia_calls import AgentCall, AgentCallLogs, AgentSummary, AsyncClient

T = TypeVar("T")
JSON = dict[str, Any]
CallId = Annotated[str, Field(description="A call's id, such as ac_123")]
Since = Annotated[str | None, Field(description="From when: 7d (ago), monday, 2026-03-01T10:00Z")]
Until = Annotated[str | None, Field(description="Only before this time, written like `since`")]
After = Annotated[int, Field(ge=-1, description="The number that `left_out` of a result names")]
Limit = Annotated[int, Field(ge=1, le=500)]
Kind = Literal["start", "turn", "tool", "event", "metric", "log", "end"]

# Characters of a text, and of a result.
_LONGEST_TEXT = 2_000
_LONGEST_RESULT = 40_000
_MOST_COUNTED = 1_000
_ABOUT = """\
Read what happened in Cartesia voice-agent calls. Begin with list_calls. For one call, use timeline \
for what was said and done, get_logs for what the agent's code logged, and get_call for the record's \
other fields. Use stats for many calls. No tool changes anything."""


class _Reading(NamedTuple):
    """All that the tools can reach of a client: operations that read."""

    agents: Callable[[], Awaitable[list[AgentSummary]]]
    agent: Callable[[str], Awaitable[AgentSummary]]
    calls: Callable[..., AsyncIterable[AgentCall]]
    get: Callable[[str], Awaitable[AgentCall]]
    logs: Callable[[str], Awaitable[AgentCallLogs]]


def make_server(
    client: AsyncClient, *, redacted: bool = True, patterns: Iterable[str | re.Pattern[str]] = ()
) -> MCPServer:
    """Return an MCP server that reads calls. Its `run()` serves over stdin and stdout.

    Args:
        client: Fetches the calls. It stays open.
        redacted: Whether to replace secrets and personal data by placeholders.
        patterns: Further regular expressions to replace.

    Raises:
        ValueError: A pattern is not a regular expression.
    """
    agents = client.agents.list, client.agents.get
    reading = _Reading(*agents, client.calls.list, client.calls.get, client.calls.logs)
    tools = _Tools(reading, redacted=redacted, patterns=[*patterns])
    notice = "Secrets are replaced by placeholders." if redacted else "Secrets are not redacted."
    server = MCPServer(
        "cartesia-calls", instructions=f"{_ABOUT} {notice}", version=__version__, log_level="ERROR"
    )
    reads = ToolAnnotations(read_only_hint=True)
    for tool in (tools.list_calls, tools.get_call, tools.get_logs, tools.timeline, tools.stats):
        server.add_tool(_explained(tool), annotations=reads, structured_output=False)
    return server


class _Tools:
    """The tools. An assistant reads their docstrings."""

    def __init__(
        self, reading: _Reading, *, redacted: bool, patterns: list[str | re.Pattern[str]]
    ) -> None:
        Redactor(patterns=patterns)  # refuses a wrong pattern at once
        self._reading, self._redacted, self._patterns = reading, redacted, patterns

    async def list_calls(
        self,
        *,
        agent_id: Annotated[str | None, Field(description="Such as agent_123")] = None,
        since: Since = None,
        until: Until = None,
        status: Annotated[str | None, Field(description="Such as failed or completed")] = None,
        limit: Limit = 20,
        after: After = -1,
    ) -> str:
        """List an agent's calls, newest first, with how each ended. Use it to find a call's id.

        Without agent_id it lists the agents.
        """
        if agent_id is None:
            agents = [{"id": one.id, "name": one.name} for one in await self._reading.agents()]
            return self._part("agents", [*enumerate(agents)], limit, after, next="Pass agent_id.")
        window = {"agent_id": agent_id, "since": since, "until": until, "status": status}
        # One more than is shown tells whether there are more.
        calls = self._reading.calls(**window, limit=after + limit + 2)
        found = [self._record(call) async for call in calls]
        if not found:
            await self._reading.agent(agent_id)  # raises if there is none
        return self._part("calls", [*enumerate(found)], limit, after)

    async def get_call(self, call_id: CallId) -> str:
        """Return a call's record without its transcript: status, times, end, metadata, telephony.

        Use timeline for the transcript.
        """
        return self._result(call=_shortened(self._record(await self._reading.get(call_id))))

    async def get_logs(
        self,
        call_id: CallId,
        *,
        level: Annotated[
            str | None, Field(description="At least this level, such as ERROR")
        ] = None,
        text: Annotated[str | None, Field(description="Only records that hold this text")] = None,
        limit: Limit = 100,
        after: After = -1,
    ) -> str:
        """Return a call's log records: what the agent's code logged, with its tracebacks.

        Use it to find out why a call failed: begin with level ERROR. A record without a level is
        always returned.
        """
        if level is not None and level.upper() not in LEVELS:
            raise ToolError(f"Unknown level {level!r}. Use one of {', '.join(LEVELS)}.")
        least = LEVELS.get((level or "").upper(), 0)
        logs = await self._reading.logs(call_id)
        found: list[tuple[int, JSON]] = []
        for record in log_records(self._safe(await self._reading.get(call_id), logs.logs)):
            lines = "\n".join(record.lines)
            if LEVELS.get(record.level or "", least) >= least and (text or "") in lines:
                found.append((record.index, {"level": record.level, "text": lines}))
        return self._part("records", found, limit, after)

    async def timeline(
        self,
        call_id: CallId,
        *,
        kinds: Annotated[list[Kind] | None, Field(description="Only these kinds")] = None,
        limit: Limit = 200,
        after: After = -1,
    ) -> str:
        """Return what happened in a call in order of time: turns, tool calls, events, metrics, logs.

        Use it to understand one call. `seconds` count from its start, `reply_gap` is the silence
        before a reply. For the conversation alone, leave `log` out of kinds.
        """
        call, logs, note = await self._reading.get(call_id), None, {}
        try:
            logs = await self._reading.logs(call_id)
        except CallLogsNotAvailableError as error:
            note = {"note": error.summary}
        entries = enumerate(self._safe(call, timeline(call, logs)).entries)
        found = [(place, one.as_dict()) for place, one in entries if not kinds or one.kind in kinds]
        return self._part("entries", found, limit, after, **note)

    async def stats(
        self,
        agent_id: Annotated[str, Field(description="Such as agent_123; list_calls has the ids")],
        *,
        since: Since = "7d",
        until: Until = None,
    ) -> str:
        """Return numbers about an agent's calls: failures, reply gaps, tools, the slowest turns.

        Use it for questions about many calls. It reads records and transcripts, not logs.
        """
        window = {"agent_id": agent_id, "since": since, "until": until}
        calls = self._reading.calls(**window, expand_transcript=True, limit=_MOST_COUNTED + 1)
        stats, count = CallStats(), 0
        async for call in calls:
            count += 1
            if count <= _MOST_COUNTED:
                stats.add(self._safe(call, call.to_dict()))
        if not count:
            await self._reading.agent(agent_id)  # raises if there is none
        more = {"left_out": f"Only the latest {_MOST_COUNTED} calls count. Narrow since and until."}
        return self._result(**stats.as_dict(), **(more if count > _MOST_COUNTED else {}))

    def _safe(self, call: AgentCall, value: T) -> T:
        """Return what belongs to a call without its secrets, unless that is turned off."""
        return Redactor(call, patterns=self._patterns).redact(value) if self._redacted else value

    def _record(self, call: AgentCall) -> JSON:
        record = self._safe(call, call.to_dict())
        return {name: value for name, value in record.items() if name != "transcript"}

    def _part(
        self, name: str, items: list[tuple[int, JSON]], limit: int, after: int, **note: str
    ) -> str:
        """Return the items after a place that fit, and how to get the rest."""
        wanted = [pair for pair in items if pair[0] > after]
        shown, size = list[tuple[int, JSON]](), 0
        for place, item in wanted[:limit]:
            shown.append((place, _shortened(item)))
            size += len(json.dumps(shown[-1][1], default=str))
            if size > _LONGEST_RESULT:
                break
        if len(shown) < len(wanted):
            note["left_out"] = f"There is more. Call this again with after={shown[-1][0]}."
        return self._result(**{name: [item for _, item in shown]}, **note)

    def _result(self, **result: object) -> str:
        text = json.dumps({**result, "redacted": self._redacted}, ensure_ascii=False, default=str)
        return text.encode("utf-8", "backslashreplace").decode()  # half of a surrogate pair


def _explained(tool: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
    """Return a tool whose errors the assistant can read, with their hints."""

    @wraps(tool)
    async def explained(**arguments: object) -> str:
        try:
            return await tool(**arguments)
        except (CartesiaError, ValueError) as error:
            raise ToolError(str(error)) from error

    return explained


def _shortened(found: JSON) -> JSON:
    """Return an object whose long values are text, cut in the middle: an error's cause comes last."""
    short, half = dict(found), _LONGEST_TEXT // 2
    for name, value in found.items():
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        if (rest := len(text) - _LONGEST_TEXT) > 0:
            short[name] = f"{text[:half]}… ({rest} more characters) …{text[-half:]}"
    return short
