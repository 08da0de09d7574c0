"""Let an assistant read calls over the Model Context Protocol (extra `mcp`).

`make_server` returns a server with five tools, which only read. Secrets and personal data are replaced
by placeholders unless that is turned off. Every result is bounded, and says what it leaves out.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import partial
from inspect import getdoc
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

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
    json_text,
    log_records,
    timeline,
)

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable

    from cartesia_calls import AgentCall, AsyncClient

__all__ = ["make_server"]

T = TypeVar("T")
JSON = dict[str, Any]
Items = list[tuple[int, JSON]]
CallId = Annotated[str, Field(description="A call's id, such as ac_123")]
Since = Annotated[str | None, Field(description="From when: 7d (ago), monday, 2026-03-01T10:00Z")]
Until = Annotated[str | None, Field(description="Only before this time, written like `since`")]
After = Annotated[int, Field(ge=-1, description="The number that `left_out` of a result names")]
Limit = Annotated[int, Field(ge=1, le=500)]
Level = Annotated[str | None, Field(description="At least this level, such as ERROR")]
Kind = Literal["start", "turn", "tool", "event", "metric", "log", "end"]

_LONGEST_TEXT = 2_000
_LONGEST_RESULT = 40_000
_MOST_COUNTED = 1_000
_ABOUT = """\
Read what happened in Cartesia voice-agent calls. Begin with list_calls. For one call, use timeline \
for what was said and done, get_logs for what the agent's code logged, and get_call for the record's \
other fields. Use stats for many calls. No tool changes anything."""


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
    redactor = partial(Redactor, patterns=[*patterns])
    redactor()  # refuses a wrong pattern at once
    tools = _Tools(client, redactor if redacted else None)
    notice = "Secrets are replaced by placeholders." if redacted else "Secrets are not redacted."
    server = _Server(
        "cartesia-calls", instructions=f"{_ABOUT} {notice}", version=__version__, log_level="ERROR"
    )
    reads = ToolAnnotations(read_only_hint=True)
    for tool in (tools.list_calls, tools.get_call, tools.get_logs, tools.timeline, tools.stats):
        server.add_tool(tool, description=getdoc(tool), annotations=reads, structured_output=False)
    return server


class _Tools:
    """The tools. An assistant reads their docstrings."""

    def __init__(self, client: AsyncClient, redactor: Callable[..., Redactor] | None) -> None:
        self._client, self._redactor = client, redactor

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
            agents = [{"id": one.id, "name": one.name} for one in await self._client.agents.list()]
            return self._part("agents", [*enumerate(agents)], limit, after, next="Pass agent_id.")
        window: JSON = {"agent_id": agent_id, "since": since, "until": until, "status": status}
        calls = self._client.calls.list(**window, limit=after + limit + 2)
        found = [self._record(call) async for call in calls]
        if not found:
            await self._check_agent(agent_id)
        return self._part("calls", [*enumerate(found)], limit, after)

    async def get_call(self, call_id: CallId) -> str:
        """Return a call's record without its transcript: status, times, end, metadata, telephony.

        Use timeline for the transcript.
        """
        return self._result(call=_shortened(self._record(await self._client.calls.get(call_id))))

    async def get_logs(
        self,
        call_id: CallId,
        *,
        level: Level = None,
        text: Annotated[str | None, Field(description="Only records that hold this text")] = None,
        limit: Limit = 100,
        after: After = -1,
    ) -> str:
        """Return a call's log records: what the agent's code logged, with its tracebacks.

        Use it to find out why a call failed: begin with level ERROR. A record without a level is
        always returned.
        """
        if level is not None and level.upper() not in LEVELS:
            raise ValueError(f"Unknown level {level!r}. Use one of {', '.join(LEVELS)}.")
        least = LEVELS.get((level or "").upper(), 0)
        logs = await self._client.calls.logs(call_id)
        found: Items = []
        for record in log_records(self._safe(await self._client.calls.get(call_id), logs.logs)):
            lines = "\n".join(record.lines)
            if LEVELS.get(record.level or "", least) >= least and (text or "") in lines:
                found.append((record.index, {"level": record.level, "text": lines}))
        return self._part("records", found, limit, after)

    async def timeline(
        self,
        call_id: CallId,
        *,
        kinds: Annotated[list[Kind] | None, Field(description="Only these kinds")] = None,
        log_offset: Annotated[float, Field(description="Seconds to add to the logs' times")] = 0,
        limit: Limit = 200,
        after: After = -1,
    ) -> str:
        """Return what happened in a call in order of time: turns, tool calls, events, metrics, logs.

        Use it to understand one call. `seconds` count from its start, `reply_gap` is the silence
        before a reply. For the conversation alone, leave `log` out of kinds. If the result has a
        suggested_log_offset, the clock of the logs differs: call this again with it as log_offset.
        """
        call, logs, note = await self._client.calls.get(call_id), None, None
        try:
            logs = await self._client.calls.logs(call_id)
        except CallLogsNotAvailableError as error:
            note = error.summary
        shown = self._safe(call, timeline(call, logs, log_offset=log_offset))
        entries = enumerate(shown.entries)
        found = [(place, one.as_dict()) for place, one in entries if not kinds or one.kind in kinds]
        more = {"note": note, "suggested_log_offset": shown.suggested_log_offset}
        return self._part("entries", found, limit, after, **more)

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
        window: JSON = {"agent_id": agent_id, "since": since, "until": until}
        stats = CallStats()
        calls = self._client.calls.list(**window, expand_transcript=True, limit=_MOST_COUNTED)
        async for call in calls:
            stats.add(self._safe(call, call.to_dict()))
        found = stats.as_dict()
        if not found["calls"]:
            await self._check_agent(agent_id)
        if found["calls"] == _MOST_COUNTED:
            found["left_out"] = f"Only the latest {_MOST_COUNTED} calls count. Narrow the window."
        return self._result(**found)

    async def _check_agent(self, agent_id: str) -> None:
        known = [one.id for one in await self._client.agents.list()]
        if agent_id not in known:
            near = get_close_matches(agent_id, known, cutoff=0)
            raise ValueError(f"There is no agent {agent_id!r}. The nearest ids are {near}.")

    def _safe(self, call: AgentCall, value: T) -> T:
        """Return what belongs to a call without its secrets, unless that is turned off."""
        return self._redactor(call).redact(value) if self._redactor else value

    def _record(self, call: AgentCall) -> JSON:
        record = self._safe(call, call.to_dict())
        return {name: value for name, value in record.items() if name != "transcript"}

    def _part(self, name: str, items: Items, limit: int, after: int, **note: object) -> str:
        """Return the items after a place that fit, and how to get the rest."""
        wanted = [pair for pair in items if pair[0] > after]
        shown, size = Items(), 0
        for place, item in wanted[:limit]:
            again = f"call this again with after={place - 1}, limit=1" if limit > 1 else ""
            shown.append((place, _shortened(item, again)))
            size += len(json_text(shown[-1][1], as_ascii=True))
            if size > _LONGEST_RESULT:
                break
        if len(shown) < len(wanted):
            note["left_out"] = f"There is more. Call this again with after={shown[-1][0]}."
        return self._result(**{name: [item for _, item in shown]}, **note)

    def _result(self, **result: object) -> str:
        given = {name: value for name, value in result.items() if value is not None}
        given["redacted"] = self._redactor is not None
        return json_text(given).encode("utf-8", "backslashreplace").decode()  # half of a pair


class _Server(MCPServer):
    """Refuses arguments that a tool does not have, and shows the hints of errors."""

    async def call_tool(self, name: str, arguments: JSON, context: Any = None) -> Any:  # noqa: ANN401 - of the SDK
        known = {tool.name: tool.input_schema["properties"] for tool in await self.list_tools()}
        if unknown := arguments.keys() - known.get(name, arguments):
            raise ToolError(f"Unknown argument {unknown.pop()!r}. Use {', '.join(known[name])}.")
        try:
            return await super().call_tool(name, arguments, context)
        except ToolError as error:
            if isinstance(error.__cause__, CartesiaError | ValueError):
                raise ToolError(str(error.__cause__)) from error
            raise


def _shortened(found: JSON, again: str = "") -> JSON:
    """Return an object whose long values are text without its middle; `again` says how to get more."""
    short, longest = dict(found), _LONGEST_TEXT if again else _LONGEST_RESULT // 2
    how, half = again or "`cartesia-calls show --logs --json` prints them", longest // 2
    for name, value in found.items():
        text = value if isinstance(value, str) else json_text(value)
        if (rest := len(text) - longest) > 0:
            short[name] = f"{text[:half]}… ({rest} more characters: {how}) …{text[-half:]}"
    return short
