"""Conversations as they are written down, and how a story is made of one.

A script says what happens in which order. Telling it adds the times, which depend on how fast
the two talk, and the lines that the agent logs meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ._story import Event, LogEntry, Metric, Story, ToolCall, Turn, log_entry

_FIRST_WORD = 0.4
_PAUSE = 0.5
_TOOL_SECONDS = 0.2


@dataclass(frozen=True, kw_only=True)
class Says:
    """The agent speaks for so many seconds, after it called a tool or none."""

    text: str
    seconds: float
    tool: ToolCall | None = None


@dataclass(frozen=True, kw_only=True)
class Hears:
    """The other side speaks for so many seconds."""

    text: str
    seconds: float


Step = Says | Hears | Event | Metric


def length(steps: Sequence[Step], *, pace: float) -> float:
    """Return how many seconds the steps take; a pace of 2 is half as fast as 1."""
    spoken = [step.seconds * pace + _PAUSE for step in steps if isinstance(step, Says | Hears)]
    return round(_FIRST_WORD + sum(spoken), 3)


def tell(steps: Sequence[Step], *, pace: float, opening: str) -> Story:
    """Make a story of the steps.

    Args:
        steps: What happens, in order.
        pace: How long everything takes, as a factor.
        opening: The first message in the log.
    """
    turns: list[Turn] = []
    log = [log_entry(0, "INFO", "agent.main:start:27", opening)]
    now = _FIRST_WORD
    for step in steps:
        seconds = step.seconds * pace if isinstance(step, Says | Hears) else 0.0
        turns.append(_turn(step, start=round(now, 3), end=round(now + seconds, 3), pace=pace))
        log += _log_of(step, start=now, end=now + seconds)
        now += seconds + _PAUSE if seconds else 0.0
    return Story(turns=turns, log=log)


def _turn(step: Step, *, start: float, end: float, pace: float) -> Turn:
    match step:
        case Says():
            tools = (step.tool,) if step.tool else ()
            ttfb = round(0.09 * pace, 3)
            return Turn(
                role="assistant",
                start=start,
                end=end,
                text=step.text,
                tool_calls=tools,
                tts_ttfb=ttfb,
            )
        case Hears():
            ttfb = round(0.21 * pace, 3)
            return Turn(
                role="user",
                start=start,
                end=end,
                text=step.text,
                stt_ttfb=ttfb,
                vad_buffer_ms=round(320 * pace),
            )
        case Event():
            return Turn(role="system", start=start, end=end, event=step)
        case _:
            return Turn(role="system", start=start, end=end, metric=step)


def _log_of(step: Step, *, start: float, end: float) -> list[LogEntry]:
    match step:
        case Says():
            said = log_entry(start, "INFO", "agent.flow:say:41", f"Saying: {step.text}")
            return [*_log_of_tool(step.tool, before=start), said]
        case Hears():
            heard = f"Heard: {step.text}"
            return [log_entry(end, "INFO", "agent.flow:on_transcript:63", heard)]
        case Event():
            noted = f"Event {step.name} {dict(step.metadata)}"
            return [log_entry(start, "INFO", "agent.events:note:12", noted)]
        case _:
            measured = f"{step.name}={step.value:g}"
            return [log_entry(start, "DEBUG", "agent.metrics:note:20", measured)]


def _log_of_tool(tool: ToolCall | None, *, before: float) -> list[LogEntry]:
    if tool is None:
        return []
    arguments = ", ".join(f"{name}={value!r}" for name, value in tool.arguments.items())
    called = f"{tool.name}({arguments}) returned {tool.result}"
    return [log_entry(before - _TOOL_SECONDS, "INFO", "agent.tools:call:33", called)]
