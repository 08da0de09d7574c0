"""What is said and logged during a call, in time from its start.

A story goes on to its end; what a call shows of it depends on how far the call got.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class ToolCall:
    """A tool that the agent called, with what it returned."""

    tool_id: str
    name: str
    arguments: Mapping[str, str]
    result: str | None


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that the agent's code noted in the transcript."""

    name: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """Something that the agent's code measured and noted in the transcript."""

    name: str
    value: float


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One entry of a transcript; `start` and `end` are seconds from the start of the call."""

    role: str
    start: float
    end: float
    text: str | None = None
    tool_calls: Sequence[ToolCall] = ()
    stt_ttfb: float | None = None
    tts_ttfb: float | None = None
    vad_buffer_ms: int | None = None
    event: Event | None = None
    metric: Metric | None = None


@dataclass(frozen=True)
class LogEntry:
    """A line of a log, and how long after the start of the call it is written.

    Its shape is loguru's default one, which many agents write; the API itself promises no shape.
    Without a level the message is the whole line, as those of a traceback are.
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

    turns: Sequence[Turn] = field(default=())
    log: Sequence[LogEntry] = field(default=())


def log_entry(seconds: float, level: str, source: str, message: str) -> LogEntry:
    """Return the entry that is written so many seconds after the start of the call."""
    return LogEntry(timedelta(seconds=seconds), level, source, message)
