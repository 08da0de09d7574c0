"""One difference between two specs, and its place."""

from dataclasses import dataclass, replace
from enum import StrEnum

from _yaml_text import JsonValue


class Part(StrEnum):
    """The part of an exchange that a difference is in."""

    REQUEST = "request"
    RESPONSE = "response"
    DOCUMENT = "document"


class Kind(StrEnum):
    """The kind of a difference."""

    OPERATION_ADDED = "operation added"
    OPERATION_REMOVED = "operation removed"
    OPERATION_ID_CHANGED = "operationId changed"
    PATH_CHANGED = "path changed"
    METHOD_CHANGED = "method changed"
    FIRST_TAG_CHANGED = "first tag changed"
    SERVERS_CHANGED = "servers changed"
    SECURITY_CHANGED = "security changed"
    PARAMETER_ADDED = "parameter added"
    PARAMETER_REMOVED = "parameter removed"
    PATH_PARAMETER_RENAMED = "path parameter renamed"
    BODY_ADDED = "request body added"
    BODY_REMOVED = "request body removed"
    RESPONSE_ADDED = "response added"
    RESPONSE_REMOVED = "response removed"
    HEADER_ADDED = "header added"
    HEADER_REMOVED = "header removed"
    MEDIA_TYPE_ADDED = "media type added"
    MEDIA_TYPE_REMOVED = "media type removed"
    FIELD_ADDED = "field added"
    FIELD_REMOVED = "field removed"
    VALUE_ADDED = "value added"
    VALUE_REMOVED = "value removed"
    REQUIREDNESS_CHANGED = "requiredness changed"
    SCHEMA_RENAMED = "schema renamed"
    KEYWORD_CHANGED = "changed"
    NOTE_CHANGED = "note changed"
    REWRITTEN = "written differently"
    UNREACHED = "component that no operation needs"
    PROSE = "prose"


@dataclass(frozen=True)
class Place:
    """The place of a difference, in the terms of the API.

    Attributes:
        operation: Its short form, such as `GET /agents`; empty for the document itself.
        operation_id: The operation's id in the vendored spec, or in the other one if it is new.
        part: Request, response or document.
        carrier: The part that has it: `query limit`, `body application/json`, `200 application/json`.
        status: The response's status, such as `404` or `4XX`; empty outside responses.
        fields: The path from there to the field: `("data", "[]", "status")`.
    """

    operation: str = ""
    operation_id: str = ""
    part: Part = Part.DOCUMENT
    carrier: str = ""
    status: str = ""
    fields: tuple[str, ...] = ()

    def inside(self, *fields: str) -> "Place":
        """Return the place of a field below this one."""
        return replace(self, fields=self.fields + fields)

    def __str__(self) -> str:
        return " > ".join(filter(None, [self.part, self.carrier, *self.fields]))


@dataclass(frozen=True)
class Difference:
    """One difference at one place.

    Attributes:
        kind: The kind of difference.
        subject: The keyword that differs, or the name of a field, parameter or schema.
        place: Its place, in the terms of the API.
        before_pointer: Its pointer in the vendored spec; None if it is new.
        after_pointer: Its pointer in the other spec; None if it is gone.
        before: Its value in the vendored spec.
        after: Its value in the other spec.
        is_required: Whether something new is required.
        also: Other pointers that this difference covers.
    """

    kind: Kind
    subject: str
    place: Place
    before_pointer: str | None = None
    after_pointer: str | None = None
    before: JsonValue = None
    after: JsonValue = None
    is_required: bool = False
    also: tuple[str, ...] = ()

    @property
    def pointers(self) -> set[str]:
        """Every place of either document that this covers."""
        own = {self.before_pointer, self.after_pointer, *self.also}
        return {pointer for pointer in own if pointer is not None}

    @property
    def pointer(self) -> str:
        """Its pointer: in the vendored spec, or in the other one if it is new."""
        return self.before_pointer or self.after_pointer or "#"
