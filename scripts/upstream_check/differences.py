"""One difference between two specs, and the place where it stands."""

from dataclasses import dataclass, replace
from enum import StrEnum

from _yaml_text import JsonValue


class Part(StrEnum):
    """The part of the exchange that a difference is in."""

    REQUEST = "request"
    ANSWER = "answer"
    DOCUMENT = "document"


class Kind(StrEnum):
    """What sort of difference it is."""

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
    ANSWER_ADDED = "answer added"
    ANSWER_REMOVED = "answer removed"
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
    REWRITTEN = "written otherwise"
    UNREACHED = "component that no operation needs"
    PROSE = "prose"


@dataclass(frozen=True)
class Place:
    """Where a difference stands, in the words of the API.

    Attributes:
        operation: As people write it, such as `GET /agents`; empty for the document itself.
        operation_id: The operation's id in the vendored spec, or in the other one if it is new.
        part: Request, answer or document.
        carrier: What carries it: `query limit`, `body application/json`, `200 application/json`.
        status: The answer's status, such as `404` or `4XX`; empty outside answers.
        fields: The way from there to the field: `("data", "[]", "status")`.
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
        kind: What sort it is.
        subject: What differs: a keyword, or the name of a field, parameter or schema.
        place: Where, in the words of the API.
        before_pointer: Where it stands in the vendored spec; None if it is new.
        after_pointer: Where it stands in the other spec; None if it is gone.
        before: What the vendored spec says.
        after: What the other spec says.
        is_required: Whether something new must be there.
        also: Other pointers whose differences this one reports.
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
        """Every place of either document that this tells of."""
        own = {self.before_pointer, self.after_pointer, *self.also}
        return {pointer for pointer in own if pointer is not None}

    @property
    def pointer(self) -> str:
        """Where it stands: in the vendored spec, or in the other one if it is new."""
        return self.before_pointer or self.after_pointer or "#"
