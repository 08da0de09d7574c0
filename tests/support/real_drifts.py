"""Ten drifts that really happened upstream, each rebuilt on one spec."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from drift_campaign import base_spec
from spec_places import refer

Spec = dict[str, Any]
Edit = Callable[[Spec], None]
_ALL_METHODS = frozenset(
    {
        "client.agents.get",
        "client.agents.list",
        "client.calls.cancel",
        "client.calls.delete",
        "client.calls.download_audio",
        "client.calls.follow_logs",
        "client.calls.get",
        "client.calls.list",
        "client.calls.logs",
        "client.calls.stream_logs",
        "client.calls.timeline",
        "client.calls.wait_for_logs",
        "client.status",
    }
)
_RECORD_METHODS = _ALL_METHODS - {
    "client.agents.get",
    "client.agents.list",
    "client.calls.cancel",
    "client.calls.download_audio",
    "client.status",
}
_AUDIO = "/agents/calls/{call_id}/audio"


@dataclass(frozen=True)
class RealDrift:
    """A drift from one spec to the next, and its expected verdict.

    Attributes:
        number: The drift's number among the ten.
        title: What happened.
        before: Makes the previous spec from the base.
        after: Changes it into the next version.
        verdict: The expected verdict.
        rules: The rules that its changes fall under.
        methods: The wrapper's methods that it affects.
    """

    number: int
    title: str
    before: Edit
    after: Edit
    verdict: str
    rules: frozenset[str]
    methods: frozenset[str] = field(default_factory=frozenset[str])

    def specs(self) -> tuple[Spec, Spec]:
        """Return the previous spec and the next one."""
        before = base_spec()
        self.before(before)
        after = copy.deepcopy(before)
        self.after(after)
        return before, after


def _nothing(_: Spec) -> None:
    """Leave the vendored spec as it is."""


def _versions(*dates: str) -> Edit:
    def edit(spec: Spec) -> None:
        spec["components"]["parameters"]["CartesiaVersionHeader"]["schema"]["enum"] = [*dates]

    return edit


def _statuses(*values: str) -> Edit:
    def edit(spec: Spec) -> None:
        spec["components"]["schemas"]["AgentCallStatus"] = {"type": "string", "enum": [*values]}

    return edit


def _audio(status: str, media_type: str | None) -> Edit:
    def edit(spec: Spec) -> None:
        responses = spec["paths"][_AUDIO]["get"]["responses"]
        del responses[next(iter(responses))]
        binary = {"schema": {"type": "string", "format": "binary"}}
        content = {media_type: binary} if media_type else {}
        spec["paths"][_AUDIO]["get"]["responses"] = {
            status: {"description": "", "content": content} if content else {"description": ""},
            **responses,
        }

    return edit


def _both(*edits: Edit) -> Edit:
    def edit(spec: Spec) -> None:
        for one in edits:
            one(spec)

    return edit


def _required(schema: str, *names: str) -> Edit:
    def edit(spec: Spec) -> None:
        spec["components"]["schemas"][schema]["required"] = [*names]

    return edit


def _phone_optional(spec: Spec) -> None:
    del spec["components"]["schemas"]["TelephonyParams"]["required"]


def _operation(
    path: str,
    method: str,
    operation_id: str,
    responses: Spec,
    *,
    parameters: list[Spec] | None = None,
    body: str | None = None,
) -> Edit:
    """Return the edit that adds, or replaces, an operation that the client does not wrap."""
    operation: Spec = {
        "tags": ["Other"],
        "operationId": operation_id,
        "parameters": parameters or [],
        "responses": responses,
    }
    if body is not None:
        operation["requestBody"] = {"content": {"application/json": {"schema": _ref(body)}}}

    def edit(spec: Spec) -> None:
        spec["paths"].setdefault(path, {})[method] = copy.deepcopy(operation)

    return edit


def _ref(schema: str) -> Spec:
    return {"$ref": f"#/components/schemas/{schema}"}


def _response(schema: Spec, media_type: str = "application/json") -> Spec:
    return {"description": "", "content": {media_type: {"schema": schema}}}


def _schema(name: str, *fields: str, required: tuple[str, ...] = ()) -> Edit:
    value: Spec = {"type": "object", "properties": {f: {"type": "string"} for f in fields}}
    if required:
        value["required"] = [*required]

    def edit(spec: Spec) -> None:
        spec["components"]["schemas"][name] = copy.deepcopy(value)

    return edit


def _date(name: str) -> Spec:
    return {"name": name, "in": "query", "schema": {"type": "string", "format": "date"}}


_EXPORT = ("/agents/metrics/results/export", "get", "agents_export-metrics")
_CSV = _response({"type": "string"}, "text/csv")
_STREAM = _response({"type": "string"}, "text/event-stream")
_ERRORS = {"400": _response({"type": "object"}), "404": _response({"type": "object"})}
_SPEECH = _operation(
    "/tts/bytes", "post", "tts_bytes", {"200": _response({"type": "string"})}, body="SpeechRequest"
)
_VOICE = _operation("/voices", "get", "voices_list", {"200": _response(_ref("Voice"))})


def _rename_schema(old: str, new: str) -> Edit:
    def edit(spec: Spec) -> None:
        schemas = spec["components"]["schemas"]
        schemas[new] = schemas.pop(old)
        schemas[new]["title"] = new
        refer(spec, f"#/components/schemas/{old}", f"#/components/schemas/{new}")

    return edit


def _webhook(schema: Spec) -> Edit:
    def edit(spec: Spec) -> None:
        body = {"content": {"application/json": {"schema": schema}}}
        responses = {"200": {"description": ""}}
        spec["openapi"] = "3.1.0"
        spec["webhooks"] = {"call_ended": {"post": {"requestBody": body, "responses": responses}}}

    return edit


def _without(*operations: tuple[str, str]) -> Edit:
    def edit(spec: Spec) -> None:
        for path, method in operations:
            del spec["paths"][path][method]
            if not spec["paths"][path]:
                del spec["paths"][path]

    return edit


def _restore(*operations: tuple[str, str]) -> Edit:
    def edit(spec: Spec) -> None:
        for path, method in operations:
            spec["paths"].setdefault(path, {})[method] = base_spec()["paths"][path][method]

    return edit


def _move(old: str, new: str) -> Edit:
    def edit(spec: Spec) -> None:
        spec["paths"][new] = spec["paths"].pop(old)

    return edit


_YOUNG = (
    ("/agents/calls/{call_id}/logs", "get"),
    ("/agents/calls/{call_id}/cancel", "post"),
    ("/agents/calls/{call_id}", "delete"),
)
_EVENT = {"type": "object", "properties": {"type": {"type": "string"}}}
_BREAKING, _ALLOWED = "breaking", "allowed"

DRIFTS = (
    RealDrift(
        1,
        "the version enum went from four values to one",
        _versions("2024-06-10", "2024-11-13", "2025-04-16", "2026-03-01"),
        _versions("2026-03-01"),
        _BREAKING,
        frozenset({"header-enum-changed"}),
        _ALL_METHODS,
    ),
    RealDrift(
        1,
        "the version enum went back to an older value",
        _nothing,
        _versions("2025-11-04"),
        _BREAKING,
        frozenset({"header-enum-changed"}),
        _ALL_METHODS,
    ),
    RealDrift(
        2,
        "`active` and `cancelled` were replaced by `created` and `started`",
        _statuses("active", "completed", "failed", "cancelled"),
        _statuses("created", "started", "completed", "failed"),
        _BREAKING,
        frozenset({"output-variant-added", "response-changed"}),
        _RECORD_METHODS,
    ),
    RealDrift(
        3,
        "the audio download: a file, then `204` without content",
        _audio("200", "application/octet-stream"),
        _audio("204", None),
        _BREAKING,
        frozenset({"response-changed"}),
        frozenset({"client.calls.download_audio"}),
    ),
    RealDrift(
        3,
        "the audio download: `204`, then `200 audio/wav`",
        _audio("204", None),
        _audio("200", "audio/wav"),
        _BREAKING,
        frozenset({"response-changed"}),
        frozenset({"client.calls.download_audio"}),
    ),
    RealDrift(
        4,
        "`TelephonyParams.to` and `.from` were required, then not",
        _required("TelephonyParams", "to", "from"),
        _phone_optional,
        _BREAKING,
        frozenset({"response-changed"}),
        _RECORD_METHODS,
    ),
    RealDrift(
        5,
        "metric export became a stream, with new errors and parameters",
        _operation(*_EXPORT, {"200": _CSV}),
        _operation(
            *_EXPORT,
            {"200": _STREAM, **_ERRORS},
            parameters=[_date("start_date"), _date("end_date")],
        ),
        _BREAKING,
        frozenset({"response-changed", "error-conditions-changed", "optional-request-field-added"}),
    ),
    RealDrift(
        6,
        "`context_id` became required in a request",
        _both(_schema("SpeechRequest", "text", "context_id", required=("text",)), _SPEECH),
        _required("SpeechRequest", "text", "context_id"),
        _BREAKING,
        frozenset({"request-changed"}),
    ),
    RealDrift(
        6,
        "`Voice.locales` became required in a response",
        _both(_schema("Voice", "id", "locales", required=("id",)), _VOICE),
        _required("Voice", "id", "locales"),
        _BREAKING,
        frozenset({"response-changed"}),
    ),
    RealDrift(
        6,
        "another field stopped being required in a response",
        _both(_schema("Voice", "id", "locales", required=("id", "locales")), _VOICE),
        _required("Voice", "id"),
        _BREAKING,
        frozenset({"response-changed"}),
    ),
    RealDrift(
        7,
        "schemas were renamed three days after being added",
        _nothing,
        _rename_schema("AgentCallLogs", "CallLogs"),
        _BREAKING,
        frozenset({"python-name-changed"}),
        frozenset(
            {
                "client.calls.follow_logs",
                "client.calls.logs",
                "client.calls.stream_logs",
                "client.calls.timeline",
                "client.calls.wait_for_logs",
            }
        ),
    ),
    RealDrift(
        8,
        "a webhook payload changed from one array to three objects",
        _webhook({"type": "array", "items": _EVENT}),
        _webhook({"oneOf": [_EVENT, {**_EVENT, "required": ["type"]}, {"type": "object"}]}),
        _BREAKING,
        frozenset({"document-changed"}),
    ),
    RealDrift(
        9,
        "operations were added: logs, cancel, delete",
        _without(*_YOUNG),
        _restore(*_YOUNG),
        _ALLOWED,
        frozenset({"operation-added"}),
        # The wrapper of today has them: what is new here is what it was written for.
        frozenset(
            {
                "client.calls.cancel",
                "client.calls.delete",
                "client.calls.follow_logs",
                "client.calls.logs",
                "client.calls.stream_logs",
                "client.calls.timeline",
                "client.calls.wait_for_logs",
            }
        ),
    ),
    RealDrift(
        9,
        "a parallel family `/v1/agents` with other schemas came",
        _nothing,
        _both(
            _schema("AgentV1", "id", "label"),
            _operation("/v1/agents", "get", "v1_agents_list", {"200": _response(_ref("AgentV1"))}),
        ),
        _ALLOWED,
        frozenset({"operation-added"}),
    ),
    RealDrift(
        10,
        "a path gained a trailing slash",
        _nothing,
        _move("/agents/calls", "/agents/calls/"),
        _BREAKING,
        frozenset({"request-changed"}),
        frozenset({"client.calls.list"}),
    ),
    RealDrift(
        10,
        "a path lost its trailing slash",
        _move("/agents", "/agents/"),
        _move("/agents/", "/agents"),
        _BREAKING,
        frozenset({"request-changed"}),
        frozenset({"client.agents.list"}),
    ),
)
