"""Arguments of methods: the accepted values, to their limits, and the errors of all others."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fake_server import FakeServer, ok

WEEK = 7 * 24 * 3600


def _list(limit: object) -> object:
    arguments: dict[str, Any] = {"agent_id": "agent_1", "limit": limit}
    calls: dict[str, object] = {"data": [], "has_more": False}
    return FakeServer([ok(calls)]).do(lambda client: client.calls.list(**arguments))


def _wait(seconds: Any) -> object:  # noqa: ANN401 - of any type
    return FakeServer([ok()]).do(lambda client: client.calls.wait_for_logs("ac_1", seconds))


def _agent(agent_id: Any) -> FakeServer:  # noqa: ANN401 - of any type
    agent = {"id": "agent_1", "name": "n"}
    server = FakeServer([ok(agent)])
    server.do(lambda client: client.agents.get(agent_id))
    return server


@pytest.mark.parametrize("limit", [1, 2, 10**9])
def test_a_limit_begins_at_one(limit: int) -> None:
    assert _list(limit) == []


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_of_zero_is_refused(limit: int) -> None:
    with pytest.raises(ValueError, match=f"^limit is {limit}; pass a number from 1"):
        _list(limit)


@pytest.mark.parametrize(("limit", "kind"), [(True, "bool"), (1.0, "float"), ("1", "str")])
def test_a_limit_is_a_whole_number(limit: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"^limit must be a whole number, not {kind}$"):
        _list(limit)


@pytest.mark.parametrize("seconds", [0, 0.5, 60, WEEK])
def test_seconds_are_between_zero_and_a_week(seconds: float) -> None:
    assert _wait(seconds)


@pytest.mark.parametrize("seconds", [-0.1, WEEK + 0.1, math.inf, math.nan])
def test_seconds_beyond_that_are_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match=f"^timeout is {seconds}; pass seconds from 0 to {WEEK} "):
        _wait(seconds)


@pytest.mark.parametrize(("seconds", "kind"), [(True, "bool"), ("60", "str"), (None, "NoneType")])
def test_seconds_are_a_number(seconds: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"^timeout must be a number of seconds, not {kind}$"):
        _wait(seconds)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("a", b"a"),
        (" a ", b"%20a%20"),
        ("...", b"..."),
        ("a/b", b"a%2Fb"),
        ("\n1", b"%0A1"),
        ("日", b"%E6%97%A5"),
        ("x" * 1000, b"x" * 1000),
    ],
)
def test_an_id_is_one_segment_of_the_path(value: str, path: bytes) -> None:
    assert _agent(value).requests[0].url.raw_path == b"/agents/" + path


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        (".", "is '.', which"),
        ("..", "is '..', which"),
        ("x" * 1001, "has 1001 characters"),
        ("a\ud800", r"'a\\ud800' holds half a surrogate pair"),
    ],
)
def test_an_id_that_no_path_can_have_is_refused(value: str, problem: str) -> None:
    with pytest.raises(ValueError, match=f"^agent_id {problem}.*; pass "):
        _agent(value)


@pytest.mark.parametrize(("value", "kind"), [(7, "int"), (None, "NoneType"), (b"a", "bytes")])
def test_an_id_is_a_string(value: object, kind: str) -> None:
    with pytest.raises(TypeError, match=f"^agent_id must be a string .*, not {kind}$"):
        _agent(value)


def _listed(status: object) -> object:
    calls: dict[str, object] = {"data": [], "has_more": False}
    return FakeServer([ok(calls)]).do(
        lambda client: client.calls.list(agent_id="agent_1", status=status)
    )


@pytest.mark.parametrize(
    "status",
    [
        "failed",
        ["created", "completed"],
        [],
        "queued",
        *("incomplete", "uncompleted", "unfailed", "restarted", "recreated", "hailed", "mailed"),
        *("completed_early", "failure", "failing", "starting", "cancelled", "active"),
    ],
)
def test_a_status_that_may_exist_is_accepted(status: object) -> None:
    assert _listed(status) == []


@pytest.mark.parametrize(
    ("status", "known"),
    [
        ("FAILED", "failed"),
        ("Completed", "completed"),
        (" failed", "failed"),
        ("startedd", "started"),
        ("crested", "created"),
        # A verb without its ending means the known status.
        ("complete", "completed"),
        ({"fail"}, "failed"),
        (["started", "create"], "created"),
    ],
)
def test_a_misspelt_status_is_refused_with_a_suggestion(status: object, known: str) -> None:
    with pytest.raises(ValueError, match=rf"^'[ \w]+' is no status; did you mean {known}\?$"):
        _listed(status)


@pytest.mark.parametrize("known", ["created", "started", "completed", "failed"])
def test_a_status_with_a_letter_missing_doubled_or_swapped_is_refused(known: str) -> None:
    for at in range(1, len(known)):
        before, letter, after = known[:at], known[at], known[at + 1 :]
        for wrong in (
            before + after,
            before + 2 * letter + after,
            before + after[:1] + letter + after[1:],
        ):
            if wrong != known:
                with pytest.raises(ValueError, match=f"did you mean {known}"):
                    _listed(wrong)


@pytest.mark.parametrize("status", ["", " ", ["failed", ""]])
def test_an_empty_status_is_refused(status: object) -> None:
    with pytest.raises(ValueError, match=r"^a status is empty; pass one such as 'failed'$"):
        _listed(status)


def test_a_status_is_text() -> None:
    with pytest.raises(TypeError, match=r"^a status must be text such as 'failed', not int$"):
        _listed([3])
