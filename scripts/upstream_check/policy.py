"""Whether a difference is breaking, by the rules of the provider, and by ours where those are silent.

An operation written from facts is not a promise of the provider: `check` handles that.

Inside one API version the provider reserves the right to four kinds of change, and calls any other a
breaking change. The generated Python counts too: names that a program imports or passes by keyword come
from the spec.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from .differences import Difference, Kind, Part


class Verdict(IntEnum):
    """The effect of a difference, from the least to the worst."""

    PROSE = 0
    KNOWN_BETTER = 1
    ALLOWED = 2
    BREAKING = 3

    @property
    def word(self) -> str:
        """The verdict's word in reports."""
        return "known better now" if self is Verdict.KNOWN_BETTER else self.name.lower()

    @property
    def exit_code(self) -> int:
        """The exit code of the check."""
        return {Verdict.PROSE: 0, Verdict.BREAKING: 2}.get(self, 1)


class Rule(StrEnum):
    """The reason for a verdict; `why` says it in a sentence."""

    OPTIONAL_REQUEST_FIELD = "optional-request-field-added"
    RESPONSE_FIELD = "response-field-added"
    ERROR_CONDITIONS = "error-conditions-changed"
    OUTPUT_VARIANT = "output-variant-added"
    OPERATION_ADDED = "operation-added"
    FACTS = "facts-made-precise"
    OURS = "facts-wrong-where-we-depend-on-them"
    SAME_MEANING = "same-meaning"
    NOTE = "note-changed"
    TEXT = "text-changed"
    PYTHON_NAME = "python-name-changed"
    HEADER_ENUM = "header-enum-changed"
    OPERATION_REMOVED = "operation-removed"
    REQUEST = "request-changed"
    RESPONSE = "response-changed"
    DOCUMENT = "document-changed"

    @property
    def why(self) -> str:
        """Return the rule as a sentence."""
        return _WHY[self]


_WHY = {
    Rule.OPTIONAL_REQUEST_FIELD: "The provider may add optional request fields.",
    Rule.RESPONSE_FIELD: "The provider may add response fields.",
    Rule.ERROR_CONDITIONS: "The provider may change the conditions of particular error types.",
    Rule.OUTPUT_VARIANT: "The provider may add variants to enum-like output values.",
    Rule.OPERATION_ADDED: "A new operation changes no existing request or response.",
    Rule.FACTS: "A page corrects what was written from facts; none of our code depends on it.",
    Rule.OURS: "A page corrects what was written from facts, and our code depends on it.",
    Rule.SAME_MEANING: "It is written differently and means the same, on the wire and in Python.",
    Rule.NOTE: "It is a note: neither the wire nor the generated Python changes.",
    Rule.TEXT: "It is text for people.",
    Rule.PYTHON_NAME: "The wire stays, but a name in the generated Python changes.",
    Rule.HEADER_ENUM: "The generated enum of the header changes, and what may be sent with it.",
    Rule.OPERATION_REMOVED: "An operation is gone; none of the provider's four allowances covers it.",
    Rule.REQUEST: "Requests change; none of the provider's four allowances covers it.",
    Rule.RESPONSE: "Responses change; none of the provider's four allowances covers it.",
    Rule.DOCUMENT: "The document changes; none of the four allowances covers it.",
}
_PYTHON_NAMES = {
    Kind.OPERATION_ID_CHANGED,
    Kind.FIRST_TAG_CHANGED,
    Kind.PATH_PARAMETER_RENAMED,
    Kind.SCHEMA_RENAMED,
}
_WITHOUT_EFFECT = {
    Kind.PROSE: (Verdict.PROSE, Rule.TEXT),
    Kind.NOTE_CHANGED: (Verdict.ALLOWED, Rule.NOTE),
    Kind.REWRITTEN: (Verdict.ALLOWED, Rule.SAME_MEANING),
    Kind.UNREACHED: (Verdict.ALLOWED, Rule.SAME_MEANING),
    Kind.OPERATION_ADDED: (Verdict.ALLOWED, Rule.OPERATION_ADDED),
}
_OPTIONAL_INPUT = {Kind.PARAMETER_ADDED, Kind.FIELD_ADDED, Kind.BODY_ADDED}
_RESPONSE_FIELDS = {Kind.FIELD_ADDED, Kind.HEADER_ADDED}


@dataclass(frozen=True)
class Judgement:
    """A verdict and the rule that gave it."""

    verdict: Verdict
    rule: Rule


def judge(difference: Difference) -> Judgement:
    """Judge one difference at one place."""
    kind, place = difference.kind, difference.place
    if kind in _WITHOUT_EFFECT:
        return Judgement(*_WITHOUT_EFFECT[kind])
    if kind in _PYTHON_NAMES:
        return Judgement(Verdict.BREAKING, Rule.PYTHON_NAME)
    if kind is Kind.OPERATION_REMOVED:
        return Judgement(Verdict.BREAKING, Rule.OPERATION_REMOVED)
    if allowance := _allowance(difference):
        return Judgement(Verdict.ALLOWED, allowance)
    if place.carrier.startswith("header ") and difference.subject == "enum":
        return Judgement(Verdict.BREAKING, Rule.HEADER_ENUM)
    by_part = {
        Part.REQUEST: Rule.REQUEST,
        Part.RESPONSE: Rule.RESPONSE,
        Part.DOCUMENT: Rule.DOCUMENT,
    }
    return Judgement(Verdict.BREAKING, by_part[place.part])


def worst(judgements: Iterable[Judgement]) -> Judgement:
    """Return the judgement that counts if one change has several places."""
    return max(judgements, key=lambda judgement: judgement.verdict)


def _allowance(difference: Difference) -> Rule | None:
    kind, place = difference.kind, difference.place
    if place.part is Part.REQUEST:
        is_optional = kind in _OPTIONAL_INPUT and not difference.is_required
        return Rule.OPTIONAL_REQUEST_FIELD if is_optional else None
    if place.part is not Part.RESPONSE:
        return None
    if kind in _RESPONSE_FIELDS:
        return Rule.RESPONSE_FIELD
    is_error = place.status == "default" or place.status[:1] in ("4", "5")
    if kind in (Kind.RESPONSE_ADDED, Kind.RESPONSE_REMOVED) and is_error:
        return Rule.ERROR_CONDITIONS
    return Rule.OUTPUT_VARIANT if kind is Kind.VALUE_ADDED else None
