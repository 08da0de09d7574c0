"""The error classes: their attributes, their texts, and their pickling."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from cartesia_calls import (
    APIConnectionError,
    APITimeoutError,
    CallLogsNotAvailableError,
    CartesiaError,
    ConfigurationError,
    LogsRewrittenError,
    LogsWaitTimeoutError,
    ResponseValidationError,
)

FIELDS: dict[type[CartesiaError], dict[str, Any]] = {
    ConfigurationError: {},
    APIConnectionError: {},
    APITimeoutError: {},
    ResponseValidationError: {"problem": "It is null.", "pointer": "/logs", "body": "null"},
    LogsRewrittenError: {"call_id": "ac_1", "lines_given": 3},
    LogsWaitTimeoutError: {"call_id": "ac_1", "timeout": 5.0, "reason": "in_progress"},
}
EACH = pytest.mark.parametrize(("kind", "fields"), FIELDS.items(), ids=lambda one: str(one)[:40])


@EACH
def test_an_error_keeps_its_arguments(kind: type[CartesiaError], fields: dict[str, Any]) -> None:
    error = kind("It failed.", hint="Do this.", **fields)
    assert vars(error) == {"summary": "It failed.", "hint": "Do this.", **fields}
    assert error.args == ("It failed.",)
    assert str(error) == "It failed. Do this."


@EACH
def test_the_text_of_an_error_without_a_hint_is_its_summary(
    kind: type[CartesiaError], fields: dict[str, Any]
) -> None:
    error = kind("It failed.", **fields)
    assert error.hint == ""
    assert str(error) == "It failed."


def test_a_problem_of_the_whole_body_has_an_empty_pointer() -> None:
    error = ResponseValidationError("It failed.", problem="It is empty.")
    assert (error.pointer, error.body) == ("", "")


@EACH
def test_an_error_travels_between_processes(
    kind: type[CartesiaError], fields: dict[str, Any]
) -> None:
    error = kind("It failed.", hint="Do this.", **fields)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert type(copy) is kind
    assert (copy.args, vars(copy), str(copy)) == (error.args, vars(error), str(error))


def test_undetermined_attributes_have_defaults() -> None:
    error = CallLogsNotAvailableError("There are none.")
    assert (error.reason, error.may_become_available) == ("unknown", None)
    assert (APIConnectionError.attempts, APIConnectionError.may_have_arrived) == (1, True)
