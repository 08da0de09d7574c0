"""What is said and logged during a call, in time from its start.

A story covers the whole call; what a call shows of it depends on how far the call got. A script is
a story without times: they depend on how fast the two sides talk.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Turn = Mapping[str, Any]
"""One entry of a transcript, as the spec's `AgentTranscript`; fields that are null may be missing."""

Step = Mapping[str, Any]
"""One step of a script, with the key `says`, `hears`, `event` or `metric`."""

_FIRST_WORD = 0.4
_PAUSE = 0.5
_TOOL_SECONDS = 0.2


@dataclass(frozen=True)
class LogEntry:
    """A line of a log, and how long after the start of the call it is written.

    Its shape is the default one of loguru, which many agents use; the API itself promises no shape.
    Without a level the message is the whole line, as in a traceback.
    """

    after: timedelta
    level: str
    source: str
    message: str

    def written_at(self, moment: datetime) -> str:
        """Return the whole line as loguru writes it at that moment."""
        if not self.level:
            return self.message
        stamp = moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
        return f"{stamp} | {self.level: <8} | {self.source} - {self.message}"


@dataclass(frozen=True, kw_only=True)
class Story:
    """The turns of a conversation and the lines that it leaves in the log, each in order."""

    turns: Sequence[Turn] = ()
    log: Sequence[LogEntry] = ()


def log_entry(seconds: float, level: str, source: str, message: str) -> LogEntry:
    """Return the entry that is written so many seconds after the start of the call."""
    return LogEntry(timedelta(seconds=seconds), level, source, message)


def continue_story(
    story: Story, lines: Sequence[Sequence[str]], *, since: timedelta, step: timedelta
) -> Story:
    """Return the story with more lines in its log, and what they say in its transcript.

    Args:
        story: The story so far.
        lines: Level, source and message of each line.
        since: When the first interval begins, from the start of the call.
        step: The interval before each line.
    """
    log = [
        LogEntry(since + count * step, level, source, message)
        for count, (level, source, message) in enumerate(lines, start=1)
    ]
    turns = [turn for entry in log if (turn := _turn_of_line(entry))]
    return Story(turns=(*story.turns, *turns), log=(*story.log, *log))


def script_seconds(steps: Sequence[Step], *, pace: float) -> float:
    """Return how many seconds the steps take; a pace of 2 is half as fast as 1."""
    spoken: list[float] = [step["seconds"] for step in steps if "seconds" in step]
    return round(_FIRST_WORD + sum(seconds * pace + _PAUSE for seconds in spoken), 3)


def story_of_script(steps: Sequence[Step], *, pace: float, opening: str) -> Story:
    """Return the story of the steps.

    Args:
        steps: What happens, in order.
        pace: The factor by which everything takes longer.
        opening: The first message in the log.
    """
    turns: list[Turn] = []
    log = [log_entry(0, "INFO", "agent.main:start:27", opening)]
    now = _FIRST_WORD
    for step in steps:
        seconds = step.get("seconds", 0.0) * pace
        turns.append(_turn_of_step(step, start=now, end=now + seconds, pace=pace))
        log += _log_of_step(step, start=now, end=now + seconds)
        now += seconds + _PAUSE if seconds else 0.0
    return Story(turns=turns, log=log)


def _turn_of_line(entry: LogEntry) -> Turn | None:
    kind, _, text = entry.message.partition(": ")
    role = {"Heard": "user", "Saying": "assistant"}.get(kind)
    moment = entry.after.total_seconds()
    times = {"start_timestamp": moment, "end_timestamp": moment}
    return {"role": role, **times, "text": text} if role else None


def _turn_of_step(step: Step, *, start: float, end: float, pace: float) -> Turn:
    moment = round(start, 3)
    times = {"start_timestamp": moment, "end_timestamp": round(end, 3)}
    match step:
        case {"says": text}:
            tools = [step["tool"]] if "tool" in step else None
            measured = {"tts_ttfb": round(0.09 * pace, 3)}
            return {"role": "assistant", **times, "text": text, "tool_calls": tools, **measured}
        case {"hears": text}:
            measured = {"stt_ttfb": round(0.21 * pace, 3), "vad_buffer_ms": round(320 * pace)}
            return {"role": "user", **times, "text": text, **measured}
        case {"event": event}:
            return {"role": "system", **times, "log_event": {**event, "timestamp": moment}}
        case _:
            metric = {**step["metric"], "timestamp": moment}
            return {"role": "system", **times, "log_metric": metric}


def _log_of_step(step: Step, *, start: float, end: float) -> Iterator[LogEntry]:
    match step:
        case {"says": text}:
            if tool := step.get("tool"):
                arguments = ", ".join(
                    f"{name}={value!r}" for name, value in tool["arguments"].items()
                )
                called = f"{tool['name']}({arguments}) returned {tool['result']}"
                yield log_entry(start - _TOOL_SECONDS, "INFO", "agent.tools:call:33", called)
            yield log_entry(start, "INFO", "agent.flow:say:41", f"Saying: {text}")
        case {"hears": text}:
            yield log_entry(end, "INFO", "agent.flow:on_transcript:63", f"Heard: {text}")
        case {"event": event}:
            noted = f"Event {event['event']} {event['metadata']}"
            yield log_entry(start, "INFO", "agent.events:note:12", noted)
        case _:
            metric = step["metric"]
            measured = f"{metric['name']}={metric['value']:g}"
            yield log_entry(start, "DEBUG", "agent.metrics:note:20", measured)
