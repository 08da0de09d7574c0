"""A table of our dependencies on the API, which tests/drift/test_ours.py compares with the code."""

from collections.abc import Iterable
from dataclasses import dataclass

from .differences import Difference, Kind, Part, Place


@dataclass(frozen=True)
class Use:
    """Our dependencies on one operation.

    Attributes:
        methods: Public methods, as written after a client.
        commands: The commands.
        parameters: The parameters that the methods send.
    """

    methods: tuple[str, ...]
    commands: tuple[str, ...]
    parameters: frozenset[str]


_VERSION = "Cartesia-Version"
_LOGS = (
    "calls.follow_logs",
    "calls.logs",
    "calls.stream_logs",
    "calls.timeline",
    "calls.wait_for_logs",
)
_SHOW_CALLS = ("demo", "doctor", "export", "logs", "mcp", "otel", "report", "show", "stats")


def _use(methods: Iterable[str], commands: Iterable[str], *parameters: str) -> Use:
    return Use(tuple(methods), tuple(commands), frozenset((_VERSION, *parameters)))


USES = {
    "apiStatus_get": _use(("status",), ("doctor",)),
    "agents_list": _use(("agents.list",), ("agents", "list", "mcp")),
    "agents_get": _use(("agents.get",), ("export", "list", "mcp"), "agent_id"),
    "agents_list-calls": _use(
        ("calls.list",),
        ("demo", "export", "list", "mcp", "otel", "report", "stats"),
        "agent_id", "batch_id", "ending_before", "expand", "limit", "starting_after",
        "start_time_gte", "start_time_lte",
    ),
    # The record of the call has the reason for missing logs.
    "agents_get-call": _use(("calls.get", *_LOGS), _SHOW_CALLS, "call_id"),
    "agents_download-call-audio": _use(
        ("calls.download_audio",), ("audio", "export", "report"), "call_id"
    ),
    "agents_get-call-logs": _use(_LOGS, _SHOW_CALLS, "call_id"),
    "agents_cancel-call": _use(("calls.cancel",), ("cancel",), "call_id"),
    "agents_delete-call": _use(("calls.delete",), ("delete",), "call_id"),
}  # fmt: skip
"""By operationId."""

FIELDS = frozenset(
    {
        "agent_id", "agent_name", "arguments", "call_id", "cancelled", "data", "deleted_at",
        "deployment_count", "deployment_id", "deployment_region", "deployment_version_id",
        "description", "direction", "doc_url", "end_reason", "end_time", "end_timestamp", "error_code",
        "error_message", "event", "from", "has_more", "id", "log_event", "log_metric", "logs",
        "message", "metadata", "name", "next_page", "number", "ok", "phone_numbers", "redacted_at",
        "request_id", "result", "role", "start_time", "start_timestamp", "status", "stt_ttfb",
        "summaries", "summary", "telephony_params", "text", "timestamp", "title", "to",
        "tool_calls", "transcript", "tts_language", "tts_ttfb", "updated_at", "vad_buffer_ms",
        "value", "version", "zdr_enabled",
    }
)  # fmt: skip
"""The fields of responses that our code reads."""

MODELS = frozenset(
    {
        "APIInfo", "AgentCall", "AgentCallLogs", "AgentSummary", "AgentToolCall", "AgentTranscript",
        "AgentsCancelCallResponse200", "CartesiaVersion", "GetAgentsResponse", "GetCallsResponse",
    }
)  # fmt: skip
"""The generated classes that our code names."""

_LOGS_ERRORS = ("CallLogsNotAvailableError", "CallNotFoundError")
_ERRORS = {
    "400": "BadRequestError",
    "401": "AuthenticationError",
    "403": "PermissionDeniedError",
    "404": "NotFoundError",
    "409": "ConflictError",
    "422": "UnprocessableEntityError",
    "429": "RateLimitError",
}
_ELSEWHERE = {Kind.PATH_CHANGED, Kind.METHOD_CHANGED, Kind.SERVERS_CHANGED, Kind.OPERATION_REMOVED}
_NAMES = {Kind.OPERATION_ID_CHANGED, Kind.FIRST_TAG_CHANGED, Kind.PATH_PARAMETER_RENAMED}
_TYPES = {"type", "format", "items", "additionalProperties", "$ref", "allOf", "anyOf", "oneOf"}
_TYPED_FORMATS = {"date", "date-time", "uuid", "binary"}


@dataclass(frozen=True)
class Impact:
    """Our dependencies on a change.

    Attributes:
        methods: Public methods: `client.calls.logs`.
        errors: Names of exceptions that may appear, disappear or change.
        commands: The commands.
        sandbox: The routes of the sandbox.
    """

    methods: tuple[str, ...]
    errors: tuple[str, ...]
    commands: tuple[str, ...]
    sandbox: tuple[str, ...]

    @property
    def is_on_us(self) -> bool:
        """Whether anything in this project depends on it."""
        return bool(self.methods)


def impact_of(kind: Kind, places: Iterable[Place]) -> Impact:
    """Return our dependencies on the places of a change."""
    ours = [place for place in places if place.operation_id in USES]
    uses = [USES[place.operation_id] for place in ours]
    return Impact(
        tuple(sorted({f"client.{method}" for use in uses for method in use.methods})),
        tuple(sorted({error for place in ours for error in _errors(kind, place)})),
        tuple(sorted({command for use in uses for command in use.commands})),
        tuple(sorted({place.operation for place in ours})),
    )


def _errors(kind: Kind, place: Place) -> list[str]:
    if kind in _ELSEWHERE:
        return _errors_of(["404"], place)
    if place.part is Part.REQUEST:
        return _errors_of(["401", "403"] if place.carrier == "security" else ["400", "422"], place)
    if place.part is not Part.RESPONSE:
        return []
    if place.status[:1] in ("2", "3"):
        return ["ResponseValidationError"]
    ranges = {"4XX": [*_ERRORS], "default": [*_ERRORS, "5XX"]}
    return _errors_of(ranges.get(place.status, [place.status]), place)


def _errors_of(statuses: list[str], place: Place) -> list[str]:
    found = [
        "InternalServerError" if status[0] == "5" else _ERRORS.get(status, "APIStatusError")
        for status in statuses
    ]
    is_of_logs = "404" in statuses and place.operation_id == "agents_get-call-logs"
    return [*found, *_LOGS_ERRORS] if is_of_logs else found


def is_noticed(difference: Difference) -> bool:
    """Return whether our code depends on a difference between a page and facts."""
    kind, place = difference.kind, difference.place
    use = USES.get(place.operation_id)
    if use is None:
        return False
    if kind in _ELSEWHERE | _NAMES | {Kind.SECURITY_CHANGED}:
        return True
    if kind is Kind.SCHEMA_RENAMED:
        # The class of a response without a name is named after the operation.
        return difference.before in MODELS or (difference.before is None and not place.fields)
    if place.part is Part.REQUEST:
        return _narrows(difference, use)
    is_success = place.part is Part.RESPONSE and place.status.startswith("2")
    return is_success and _moves(difference)


def _narrows(difference: Difference, use: Use) -> bool:
    """Return whether one of our requests may now be refused."""
    kind = difference.kind
    if kind in (Kind.PARAMETER_ADDED, Kind.BODY_ADDED, Kind.FIELD_ADDED):
        return difference.is_required
    location, _, name = difference.place.carrier.partition(" ")
    if location == "body" or name not in use.parameters:
        return False
    if kind is Kind.REQUIREDNESS_CHANGED:
        return difference.is_required
    if kind in (Kind.VALUE_ADDED, Kind.NOTE_CHANGED):
        return False
    if difference.subject == "nullable":
        return "null" not in str(difference.after)
    return difference.after is not None or kind is not Kind.KEYWORD_CHANGED


def _moves(difference: Difference) -> bool:
    """Return whether a field that we read is gone, or is of another type now."""
    kind = difference.kind
    if kind in (Kind.RESPONSE_REMOVED, Kind.MEDIA_TYPE_REMOVED):
        return True
    named = [name for name in difference.place.fields if name not in ("[]", "{}")]
    if not named or named[-1] not in FIELDS:
        return False
    if kind is Kind.REQUIREDNESS_CHANGED:
        return not difference.is_required
    if kind is Kind.KEYWORD_CHANGED and difference.subject == "nullable":
        return "null" in str(difference.after)
    if kind is Kind.KEYWORD_CHANGED and difference.subject == "format":
        return bool({str(difference.before), str(difference.after)} & _TYPED_FORMATS)
    is_retyped = kind is Kind.KEYWORD_CHANGED and difference.subject in _TYPES
    return kind is Kind.FIELD_REMOVED or is_retyped
