"""Exports with `redact`, which contain no secrets and are never mixed with others."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cartesia_calls import ConfigurationError
from cartesia_calls.export import ExportResult
from exporting import export_from
from fake_clock import FakeClock
from few_calls import FewCall, FewCalls
from many_calls import ManyCalls, http

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
START, END = NOON - timedelta(hours=1), NOON - timedelta(minutes=20)
PARTS = ("logs", "record", "transcript", "tools")
PHONE, EMAIL, OTHER_EMAIL = "+390555550211", "ada@example.com", "bob@example.com"
KEYS = ("sk_car_0123456789abcdef", "sk_car_fedcba9876543210")
SECRETS = (PHONE, "055 555 0211", EMAIL, OTHER_EMAIL, *KEYS, "order 4711")


def _call() -> FewCall:
    turn = {"role": "user", "start_timestamp": 1.0, "end_timestamp": 2.0}
    tool = {"name": "mail", "arguments": {"to": EMAIL, "token": "hunter2"}, "result": f"to {EMAIL}"}
    facts: dict[str, object] = {
        "telephony_params": {"from": PHONE},
        "summary": f"Mail to {EMAIL}.",
        "transcript": [
            turn | {"text": "Call 055 555 0211, it is order 4711."},
            turn | {"role": "assistant", "text": "Done.", "tool_calls": [tool]},
        ],
    }
    lines = [f"key {KEYS[0]} of {OTHER_EMAIL}", f"from 0039 055 555 0211 to {EMAIL}", KEYS[1]]
    return FewCall(START, END, lines, facts)


@pytest.fixture
def server() -> Iterator[ManyCalls]:
    with ManyCalls(0, interfere=FewCalls({"ac_1": _call()})) as server:
        yield server


def _export(server: ManyCalls, to: Path | str, **options: Any) -> ExportResult:  # noqa: ANN401
    given: dict[str, Any] = {"include": PARTS, "redact": True, **options}
    return export_from(server, to, clock=FakeClock(), **given)


def _files(to: Path | str) -> dict[str, bytes]:
    fsspec = import_module("fsspec")
    files, root = fsspec.url_to_fs(str(to))
    found = {path: files.cat_file(path) for path in files.find(root)}
    return {path.removeprefix(root).lstrip("/"): data for path, data in found.items()}


def _data(to: Path | str) -> dict[str, bytes]:
    return {path: data for path, data in _files(to).items() if path.startswith(PARTS)}


def _rows(to: Path | str, part: str) -> list[dict[str, Any]]:
    (data,) = (data for path, data in _data(to).items() if path.startswith(f"{part}/"))
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture(params=["folder", "memory"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    return tmp_path / "calls" if request.param == "folder" else f"memory://{uuid4().hex}/calls"


def test_the_same_secret_has_the_same_placeholder_in_all_parts(
    server: ManyCalls, target: Path | str
) -> None:
    result = _export(server, target, redact_patterns=[r"order \d+"])
    assert (result.exported, result.rows) == (1, 7)
    assert [row["text"] for row in _rows(target, "logs")] == [
        "key ‹key 1› of ‹email 2›",
        "from ‹phone 1› to ‹email 1›",
        "‹key 2›",
    ]
    (record,) = _rows(target, "record")
    assert (record["call_id"], record["summary"]) == ("ac_1", "Mail to ‹email 1›.")
    assert record["telephony_params"] == record["raw"]["telephony_params"] == {"from": "‹phone 1›"}
    assert [row["text"] for row in _rows(target, "transcript")] == [
        "Call ‹phone 1›, it is ‹redacted 1›.",
        "Done.",
    ]
    (tool,) = _rows(target, "tools")
    assert tool["arguments"] == {"to": "‹email 1›", "token": "‹secret 1›"}
    assert tool["result"] == "to ‹email 1›"
    for path, data in _files(target).items():
        assert not [secret for secret in (*SECRETS, "hunter2") if secret.encode() in data], path


def test_parquet_is_redacted(server: ManyCalls, tmp_path: Path) -> None:
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    _export(server, tmp_path, format="parquet", redact_patterns=[r"order \d+"])
    rows = [parquet.ParquetFile(file).read().to_pylist() for file in tmp_path.rglob("*.parquet")]
    assert len(rows) == len(PARTS)
    assert not [secret for secret in SECRETS if secret in repr(rows)]
    assert "‹phone 1›" in repr(rows)


def test_logs_alone_are_redacted_with_the_numbers_of_the_record(
    server: ManyCalls, tmp_path: Path
) -> None:
    _export(server, tmp_path, include="logs")
    assert _rows(tmp_path, "logs")[1]["text"] == "from ‹phone 1› to ‹email 1›"
    assert set(_data(tmp_path)) == {"logs/agent=agent_many/day=2026-03-01/ac_1.ndjson"}


def test_parts_of_several_runs_equal_those_of_one(
    server: ManyCalls, target: Path | str, tmp_path: Path
) -> None:
    _export(server, tmp_path / "at once")
    undisturbed = server.interfere

    def fail_logs(number: int, path: str) -> bytes | None:
        return http("503 No", b"") if path.endswith("/logs") else undisturbed(number, path)

    for include in ("logs", "tools"):
        _export(server, target, include=include)
    server.interfere = fail_logs
    assert _export(server, target, refresh=True).skipped == {"failed": 1}
    server.interfere = undisturbed
    assert _export(server, target).present == 1
    assert _data(target) == _data(tmp_path / "at once")


def test_the_manifest_records_it_without_the_patterns(
    server: ManyCalls, target: Path | str
) -> None:
    _export(server, target, redact_patterns=["order \\d+", "Moretti"])
    about = _files(target)["_manifest/about.json"]
    redaction = json.loads(about)["redaction"]
    assert redaction["patterns"] == 2
    assert len(redaction["sha256"]) == 64
    assert b"Moretti" not in about


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ({"redact": False}, {}, "holds data that are not redacted"),
        ({}, {"redact": False}, r"holds redacted data\."),
        ({}, {"redact_patterns": ["x"]}, "redact in the same way"),
        (
            {"redact_patterns": ["x", "y"]},
            {"redact_patterns": ["x"]},
            "redact in the same way",
        ),
    ],
)
def test_a_redacted_export_is_never_mixed_with_another(
    server: ManyCalls,
    target: Path | str,
    first: dict[str, object],
    second: dict[str, object],
    message: str,
) -> None:
    _export(server, target, **first)
    before, requests = _files(target), server.requests
    with pytest.raises(ConfigurationError, match=message) as caught:
        _export(server, target, **second)
    assert "the same patterns" in caught.value.hint
    assert server.requests == requests
    assert _data(target) == {path: data for path, data in before.items() if path.startswith(PARTS)}
    assert _export(server, target, **first).present == 1


def test_the_order_of_patterns_does_not_matter(server: ManyCalls, tmp_path: Path) -> None:
    _export(server, tmp_path, redact_patterns=["x", "y"])
    assert _export(server, tmp_path, redact_patterns=["y", "x", "y"]).present == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"include": ("logs", "audio")}, "audio, which can't be redacted"),
        ({"redact_patterns": ["("]}, "not a regular expression"),
        ({"redact": False, "redact_patterns": ["x"], "include": "audio"}, "can't be redacted"),
    ],
)
def test_parts_that_can_not_be_redacted_are_refused(
    server: ManyCalls, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        _export(server, tmp_path, **options)
    assert server.requests == 0


@pytest.mark.parametrize("failing", ["/logs", "/ac_1"])
def test_the_reason_of_a_failure_is_redacted(
    server: ManyCalls, tmp_path: Path, failing: str
) -> None:
    undisturbed = server.interfere
    body = json.dumps({"title": "No", "message": f"{PHONE} and {EMAIL}"}).encode()

    def fail(number: int, path: str) -> bytes | None:
        if path.endswith(failing):
            return http("403 Forbidden", body)
        return undisturbed(number, path)

    server.interfere = fail
    assert _export(server, tmp_path).skipped == {"failed": 1}
    (line,) = (tmp_path / "_manifest/1-of-1.ndjson").read_text(encoding="utf-8").splitlines()
    assert PHONE not in line
    assert EMAIL not in line
    assert "and ‹email 1›" in json.loads(line)["parts"]["logs"]["detail"]


def test_a_call_that_is_gone_is_not_found(server: ManyCalls, tmp_path: Path) -> None:
    undisturbed = server.interfere
    gone = http("404 Not Found", b'{"message": "Call not found", "description": ""}')
    server.interfere = lambda number, path: (
        gone if path.endswith("/ac_1") else undisturbed(number, path)
    )
    assert _export(server, tmp_path).skipped == {"not_found": 1}
    assert _data(tmp_path) == {}


def _luhn(digits: str) -> str:
    total = sum(
        sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(digits[::-1])
    )
    return f"{digits}{-total % 10}"


def _like(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern, fullmatch=True)


SECRET = st.one_of(
    _like(r"Bearer [a-zA-Z0-9]{24}").map(lambda text: (text, text[7:])),
    _like(r"eyJ[a-zA-Z0-9]{12}\.eyJ[a-zA-Z0-9]{12}\.[a-zA-Z0-9]{12}").map(
        lambda text: (text, text)
    ),
    _like(r"sk_(car|live)_[a-z0-9]{16}").map(lambda text: (text, text)),
    _like(r"Authorization: Basic [a-zA-Z0-9]{12}==").map(lambda text: (text, text[21:])),
    _like(r"\+49[1-9][0-9]{8}").map(lambda text: (text, text)),
    _like(r"[a-z]{3,9}@[a-z]{3,9}\.(org|it)").map(lambda text: (text, text)),
    _like(r"4[0-9]{14}").map(_luhn).map(lambda text: (text, text)),
    _like(r"password='[a-z]{8}[0-9]'").map(lambda text: (text, text[10:-1])),
)
PLACES = ("log", "text", "result", "summary", "metadata", "argument", "error_message")


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(secrets=st.lists(st.tuples(SECRET, st.sampled_from(PLACES)), min_size=1, max_size=5))
def test_no_secret_is_left_in_any_file(
    server: ManyCalls, secrets: list[tuple[tuple[str, str], str]]
) -> None:
    found = {
        place: " and ".join(text for (text, _), at in secrets if at == place) for place in PLACES
    }
    tool = {"name": "find", "arguments": {"about": found["argument"]}, "result": found["result"]}
    turn = {"role": "assistant", "start_timestamp": 1.0, "end_timestamp": 2.0, "tool_calls": [tool]}
    facts: dict[str, object] = {
        "transcript": [turn | {"text": found["text"]}],
        "summary": found["summary"],
        "error_message": found["error_message"],
        "metadata": {"note": found["metadata"]},
    }
    server.interfere = FewCalls({"ac_1": FewCall(START, END, [found["log"]], facts)})
    with tempfile.TemporaryDirectory() as folder:
        assert _export(server, folder).exported == 1
        for path, data in _files(folder).items():
            left = [secret for (_, secret), _ in secrets if secret.encode() in data]
            assert not left, path
