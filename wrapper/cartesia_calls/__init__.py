"""What happened in a Cartesia voice-agent call: its runtime logs, from Python and from a shell.

    from cartesia_calls import Client

    with Client() as client:  # reads CARTESIA_API_KEY
        print(client.calls.logs("ac_123").logs)

Names are imported when they are first used, so that importing this package costs next to nothing.

PYTEST_DONT_REWRITE: without this word, pytest warns where the package is imported before it.
"""

from ._version import __version__

# Type checkers read the imports; at run time `__getattr__` does them one by one.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from cartesia_api.known_values import AgentCallStatus
    from cartesia_api.models import (
        AgentCall,
        AgentCallLogs,
        AgentSummary,
        AgentToolCall,
        AgentTranscript,
        APIInfo,
    )
    from cartesia_api.types import UNSET, parse_rfc3339

    from ._client import AsyncClient, Client
    from ._clock import Clock, SystemClock
    from ._exceptions import (
        APIConnectionError,
        APIStatusError,
        APITimeoutError,
        AuthenticationError,
        BadRequestError,
        CallLogsNotAvailableError,
        CallNotFoundError,
        CartesiaError,
        ConfigurationError,
        ConflictError,
        InternalServerError,
        LogsRewrittenError,
        LogsWaitTimeoutError,
        MissingLogsReason,
        NotFoundError,
        PermissionDeniedError,
        RateLimitError,
        ResponseValidationError,
        UnprocessableEntityError,
    )
    from ._listing import CallPage
    from ._log_lines import LEVELS, LogLine, log_line
    from ._log_records import LogRecord, log_records
    from ._missing_logs import is_over
    from ._printable import printable
    from ._redaction import Redactor, redact
    from ._retry import RetryEvent
    from ._rows import CallRow, LogRow, rows
    from ._statistics import CallStats, call_stats
    from ._timeline import Timeline, TimelineEntry, timeline
    from ._times import read_moment
    from ._turns import reply_gaps, tool_failed

__all__ = [  # noqa: RUF022 - in the order of `sorted`
    "APIConnectionError",
    "APIInfo",
    "APIStatusError",
    "APITimeoutError",
    "AgentCall",
    "AgentCallLogs",
    "AgentCallStatus",
    "AgentSummary",
    "AgentToolCall",
    "AgentTranscript",
    "AsyncClient",
    "AuthenticationError",
    "BadRequestError",
    "CallLogsNotAvailableError",
    "CallNotFoundError",
    "CallPage",
    "CallRow",
    "CallStats",
    "CartesiaError",
    "Client",
    "Clock",
    "ConfigurationError",
    "ConflictError",
    "InternalServerError",
    "LEVELS",
    "LogLine",
    "LogRecord",
    "LogRow",
    "LogsRewrittenError",
    "LogsWaitTimeoutError",
    "MissingLogsReason",
    "NotFoundError",
    "PermissionDeniedError",
    "RateLimitError",
    "Redactor",
    "ResponseValidationError",
    "RetryEvent",
    "SystemClock",
    "Timeline",
    "TimelineEntry",
    "UNSET",
    "UnprocessableEntityError",
    "__version__",
    "call_stats",
    "is_over",
    "log_line",
    "log_records",
    "parse_rfc3339",
    "printable",
    "read_moment",
    "redact",
    "reply_gaps",
    "rows",
    "timeline",
    "tool_failed",
]

_HOMES = {
    "cartesia_api.known_values": "AgentCallStatus",
    "cartesia_api.models": (
        "APIInfo AgentCall AgentCallLogs AgentSummary AgentToolCall AgentTranscript"
    ),
    "cartesia_api.types": "UNSET parse_rfc3339",
    "cartesia_calls._client": "AsyncClient Client",
    "cartesia_calls._clock": "Clock SystemClock",
    "cartesia_calls._listing": "CallPage",
    "cartesia_calls._log_lines": "LEVELS LogLine log_line",
    "cartesia_calls._log_records": "LogRecord log_records",
    "cartesia_calls._missing_logs": "is_over",
    "cartesia_calls._printable": "printable",
    "cartesia_calls._redaction": "Redactor redact",
    "cartesia_calls._retry": "RetryEvent",
    "cartesia_calls._rows": "CallRow LogRow rows",
    "cartesia_calls._statistics": "CallStats call_stats",
    "cartesia_calls._timeline": "Timeline TimelineEntry timeline",
    "cartesia_calls._times": "read_moment",
    "cartesia_calls._turns": "reply_gaps tool_failed",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - part of what is put off

    value: object = getattr(import_module(_HOME_OF.get(name, "cartesia_calls._exceptions")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
