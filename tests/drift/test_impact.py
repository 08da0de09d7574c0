"""What depends on an operation is found from the code, and from nothing else."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import pytest

import cartesia_calls
from drift_campaign import ROOT, document, vendored
from upstream_check.changes import Change
from upstream_check.differences import Kind, Part, Place
from upstream_check.impact import Impact, ImpactMap
from upstream_check.policy import Judgement, Rule, Verdict
from wrapped_operations import WRAPPED


@pytest.fixture(scope="module")
def impacts() -> ImpactMap:
    return ImpactMap(document(vendored()), ROOT)


def _impact(impacts: ImpactMap, operation_id: str, **place: str) -> Impact:
    where = Place("an operation", operation_id, **{"part": Part.ANSWER, **place})  # type: ignore[arg-type]  # fields by name
    judgement = Judgement(Verdict.BREAKING, Rule.ANSWER)
    pointer = "#/paths/x"
    change = Change(
        Kind.KEYWORD_CHANGED, "type", pointer, pointer, pointer, "a", "b", (where,), judgement
    )
    return impacts.of(change)


def test_every_operation_that_the_wrapper_calls_is_found(impacts: ImpactMap) -> None:
    assert impacts.wrapped.keys() == {wrapped.operation_id for wrapped in WRAPPED}


def test_every_public_method_depends_on_some_operation(impacts: ImpactMap) -> None:
    found = {
        name
        for wrapped in WRAPPED
        for name in _impact(impacts, wrapped.operation_id, status="200").methods
    }
    client = cartesia_calls.Client("sk_car_x")
    public = {
        f"client.{prefix}{name}"
        for prefix, owner in {"": client, "calls.": client.calls, "agents.": client.agents}.items()
        for name, _ in inspect.getmembers(type(owner), inspect.isfunction)
        if not name.startswith("_")
    }
    client.close()
    assert found == public - {"client.close", "client.with_options"}


def test_the_operation_of_the_logs_is_known_with_all_that_hangs_on_it(impacts: ImpactMap) -> None:
    impact = _impact(impacts, "agents_get-call-logs", status="404", carrier="404")
    assert impact.methods == (
        "client.calls.follow_logs",
        "client.calls.logs",
        "client.calls.stream_logs",
        "client.calls.wait_for_logs",
    )
    assert {"CallNotFoundError", "CallLogsNotAvailableError"} <= set(impact.errors)
    assert impact.routes == ("GET /agents/calls/{call_id}/logs",)
    assert {option.split()[0] for option in impact.options} == {
        "doctor", "export", "logs",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ({"status": "200"}, "ResponseValidationError"),
        ({"status": "429"}, "RateLimitError"),
        ({"status": "4XX"}, "ConflictError"),
        ({"status": "5XX"}, "InternalServerError"),
        ({"part": Part.REQUEST, "carrier": "security"}, "AuthenticationError"),
        ({"part": Part.REQUEST, "carrier": "query limit"}, "BadRequestError"),
    ],
)
def test_the_errors_are_those_that_the_wrapper_makes(
    impacts: ImpactMap, place: dict[str, str], error: str
) -> None:
    assert error in _impact(impacts, "agents_list-calls", **place).errors


def test_what_is_not_wrapped_is_told_apart(impacts: ImpactMap) -> None:
    impact = _impact(impacts, "voices_list", status="200")
    assert not impact.is_on_us
    assert impact == Impact((), (), (), (), ())


def test_every_command_that_calls_the_api_depends_on_some_operation(impacts: ImpactMap) -> None:
    found = {
        option.split()[0]
        for wrapped in WRAPPED
        for option in _impact(impacts, wrapped.operation_id, status="200").options
    }
    assert found == {
        "agents", "audio", "cancel", "delete", "doctor", "export", "list", "logs", "show",
    }  # fmt: skip


def test_a_new_method_is_found_without_being_listed_anywhere(tmp_path: Path) -> None:
    for name in ("wrapper", "generated"):
        shutil.copytree(ROOT / name, tmp_path / name)
    calls = tmp_path / "wrapper" / "cartesia_calls" / "_calls.py"
    text = calls.read_text(encoding="utf-8")
    method = "    def first_line(self, call_id: str) -> str:\n        return self.logs(call_id).logs[0]\n\n"
    anchor = "    def wait_for_logs(self"
    calls.write_text(text.replace(anchor, method + anchor, 1), encoding="utf-8")
    impacts = ImpactMap(document(vendored()), tmp_path)
    impact = _impact(impacts, "agents_get-call-logs", status="200")
    assert "client.calls.first_line" in impact.methods
