"""What happened in a Cartesia voice-agent call: its runtime logs, from Python and from a shell.

    from cartesia_calls import Client

    with Client() as client:  # reads CARTESIA_API_KEY
        print(client.calls.logs("ac_123").logs)

Names are imported when they are first used, so that importing this package costs next to nothing.

PYTEST_DONT_REWRITE: without this word, pytest warns where the package is imported before it.
"""

# Type checkers read the imports; at run time `__getattr__` does them one by one. The redundant aliases
# make the names public.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from cartesia_api.known_values import AgentCallStatus as AgentCallStatus
    from cartesia_api.models import AgentCall as AgentCall
    from cartesia_api.models import AgentCallLogs as AgentCallLogs
    from cartesia_api.models import AgentSummary as AgentSummary
    from cartesia_api.models import AgentToolCall as AgentToolCall
    from cartesia_api.models import AgentTranscript as AgentTranscript
    from cartesia_api.models import APIInfo as APIInfo
    from cartesia_api.types import UNSET as UNSET
    from cartesia_api.types import parse_rfc3339 as parse_rfc3339

    from ._analysis._log_lines import LEVELS as LEVELS
    from ._analysis._log_lines import LogLine as LogLine
    from ._analysis._log_lines import log_line as log_line
    from ._analysis._log_records import LogRecord as LogRecord
    from ._analysis._log_records import log_records as log_records
    from ._analysis._redaction import Redactor as Redactor
    from ._analysis._redaction import redact as redact
    from ._analysis._rows import CallRow as CallRow
    from ._analysis._rows import LogRow as LogRow
    from ._analysis._rows import rows as rows
    from ._analysis._statistics import CallStats as CallStats
    from ._analysis._statistics import call_stats as call_stats
    from ._analysis._timeline import Timeline as Timeline
    from ._analysis._timeline import TimelineEntry as TimelineEntry
    from ._analysis._timeline import timeline as timeline
    from ._analysis._turns import reply_gaps as reply_gaps
    from ._analysis._turns import tool_failed as tool_failed
    from ._arguments import read_status as read_status
    from ._client import AsyncClient as AsyncClient
    from ._client import Client as Client
    from ._clock import Clock as Clock
    from ._clock import SystemClock as SystemClock
    from ._exceptions import APIConnectionError as APIConnectionError
    from ._exceptions import APIStatusError as APIStatusError
    from ._exceptions import APITimeoutError as APITimeoutError
    from ._exceptions import AuthenticationError as AuthenticationError
    from ._exceptions import BadRequestError as BadRequestError
    from ._exceptions import CallLogsNotAvailableError as CallLogsNotAvailableError
    from ._exceptions import CallNotFoundError as CallNotFoundError
    from ._exceptions import CartesiaError as CartesiaError
    from ._exceptions import ConfigurationError as ConfigurationError
    from ._exceptions import ConflictError as ConflictError
    from ._exceptions import InternalServerError as InternalServerError
    from ._exceptions import LogsRewrittenError as LogsRewrittenError
    from ._exceptions import LogsWaitTimeoutError as LogsWaitTimeoutError
    from ._exceptions import MissingLogsReason as MissingLogsReason
    from ._exceptions import NotFoundError as NotFoundError
    from ._exceptions import PermissionDeniedError as PermissionDeniedError
    from ._exceptions import RateLimitError as RateLimitError
    from ._exceptions import ResponseValidationError as ResponseValidationError
    from ._exceptions import UnprocessableEntityError as UnprocessableEntityError
    from ._listing import CallPage as CallPage
    from ._missing_logs import is_over as is_over
    from ._part_file import whole_file as whole_file
    from ._printable import clock_text as clock_text
    from ._printable import json_text as json_text
    from ._printable import printable as printable
    from ._retry import RetryEvent as RetryEvent
    from ._times import read_moment as read_moment
    from ._times import read_window as read_window
    from ._version import __version__ as __version__

_HOMES = {
    "cartesia_api.known_values": "AgentCallStatus",
    "cartesia_api.models": (
        "APIInfo AgentCall AgentCallLogs AgentSummary AgentToolCall AgentTranscript"
    ),
    "cartesia_api.types": "UNSET parse_rfc3339",
    "cartesia_calls._analysis._log_lines": "LEVELS LogLine log_line",
    "cartesia_calls._analysis._log_records": "LogRecord log_records",
    "cartesia_calls._analysis._redaction": "Redactor redact",
    "cartesia_calls._analysis._rows": "CallRow LogRow rows",
    "cartesia_calls._analysis._statistics": "CallStats call_stats",
    "cartesia_calls._analysis._timeline": "Timeline TimelineEntry timeline",
    "cartesia_calls._analysis._turns": "reply_gaps tool_failed",
    "cartesia_calls._arguments": "read_status",
    "cartesia_calls._client": "AsyncClient Client",
    "cartesia_calls._clock": "Clock SystemClock",
    "cartesia_calls._exceptions": (
        "APIConnectionError APIStatusError APITimeoutError AuthenticationError BadRequestError "
        "CallLogsNotAvailableError CallNotFoundError CartesiaError ConfigurationError ConflictError "
        "InternalServerError LogsRewrittenError LogsWaitTimeoutError MissingLogsReason NotFoundError "
        "PermissionDeniedError RateLimitError ResponseValidationError UnprocessableEntityError"
    ),
    "cartesia_calls._listing": "CallPage",
    "cartesia_calls._missing_logs": "is_over",
    "cartesia_calls._part_file": "whole_file",
    "cartesia_calls._printable": "clock_text json_text printable",
    "cartesia_calls._retry": "RetryEvent",
    "cartesia_calls._times": "read_moment read_window",
    "cartesia_calls._version": "__version__",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}
if not TYPE_CHECKING:
    __all__ = list(_HOME_OF)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - part of what is put off

    value: object = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
