"""Logs read piece by piece are the same as logs read whole."""

from __future__ import annotations

import json
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cartesia_calls import ResponseValidationError
from fake_server import client_of_pieces, cut

WHOLE = {"call_id": "ac_1", "logs": ["one", "two"], "updated_at": "2026-03-01T10:00:00Z"}
TWICE = json.dumps(WHOLE).encode()[:-1] + b', "logs": []}'
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [",", '",', '","', '\\",', "\\", '{"a": "b", "c": ["d", "e"]}', "]}", ""]
)


def _read(body: bytes, size: int = 7, longest: int = 10_000) -> list[str]:
    got: list[str] = []
    _read_into(got, body, size, longest)
    return got


def _read_into(got: list[str], body: bytes, size: int, longest: int = 10_000) -> None:
    with client_of_pieces(cut(body, size), max_response_bytes=longest) as client:
        got.extend(client.calls.stream_logs("ac_1"))


@given(
    lines=st.lists(TEXTS),
    extra=st.dictionaries(TEXTS.filter(lambda name: name not in WHOLE), TEXTS | st.integers()),
    order=st.permutations(list(WHOLE)),
    size=st.integers(1, 50),
    indent=st.sampled_from([None, 0, 2]),
    ascii_only=st.booleans(),
)
def test_any_document_in_any_pieces_yields_its_lines(  # noqa: PLR0917 - drawn by name
    lines: list[str],
    extra: dict[str, object],
    order: list[str],
    size: int,
    indent: int | None,
    ascii_only: bool,  # noqa: FBT001 - drawn by name
) -> None:
    document = {**extra, **{name: WHOLE[name] for name in order}, "logs": lines}
    body = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()
    assert _read(body, size) == lines


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("body", "lines", "pointer", "problem"),
    [
        (b"", [], "", "is empty"),
        (b"  ", [], "", "is empty"),
        (b"<html>", [], "", "is not JSON (Expecting value)"),
        (b"[]", [], "", "is an array, not an object"),
        (b"{}", [], "/call_id", "is required and missing"),
        (b'{"logs": ["a", "b"', ["a"], "", "Expecting ',' delimiter after 1 lines"),
        (b'{"logs": ["a", "b', ["a"], "", "is not JSON"),
        (b'{"logs": ["a", 7, "b"]}', ["a"], "/logs/1", "is a number, not a string"),
        (b'{"logs": ["a", null, "b", "c"]}', ["a"], "/logs/1", "is null, not a string"),
        (b'{"logs": [{"a": ["b",', [], "", "is not JSON"),
        (b'{"logs": null}', [], "/logs", "is null, not an array"),
        (b'{"logs": ["a" "b"]}', [], "", "Expecting ',' delimiter"),
        (b'{"logs": ["a",]}', ["a"], "", "Expecting value"),
        (b'{"logs": ["a" , ]}', [], "", "Expecting value"),
        (b'{"logs": ["a"],}', ["a"], "", "is not JSON"),
        (b'{"logs": [,"a"]}', [], "", "Expecting value"),
        (b'{"logs": ["a", NaN]}', ["a"], "", "NaN is no number"),
        (b'{"logs": ["a", ' + b"[" * 5000, ["a"], "", "is"),
        (b'{"x": 1e, "logs": []}', [], "", "Expecting ',' delimiter"),
        (TWICE, ["one", "two"], "/logs", "is there twice"),
        (b'{"logs": ["a"], "call_id": 7}', ["a"], "/call_id", "is a number"),
        (
            b'{"call_id": "x", "logs": ["a"], "updated_at": "soon"}',
            ["a"],
            "/updated_at",
            "RFC 3339",
        ),
        (b'{"logs": ["a"], "call_id": "x"}', ["a"], "/updated_at", "required"),
        (b'{"x": NaN}', [], "", "NaN is no number"),
        (b'{"x" 1}', [], "", "Expecting ':' delimiter"),
        (b"{7: 1}", [], "", "is not JSON"),
        (b'{"x": 1 "y": 2}', [], "", "Expecting ',' delimiter"),
        (b'{"logs": ["a", "\xff"]}', ["a"], "", "is not JSON"),
        (b'{"logs": ["a", "' + b"b" * 20_000, ["a"], "", "value longer than 10000"),
    ],
)
def test_an_error_is_raised_after_the_valid_lines(
    body: bytes, lines: list[str], pointer: str, problem: str, size: int
) -> None:
    got: list[str] = []
    with pytest.raises(ResponseValidationError, match=re.escape(problem)) as caught:
        _read_into(got, body, size)
    assert caught.value.pointer == pointer
    if size == 1000 and b"\xff" not in body:
        assert got == lines


def test_data_after_the_end_is_an_error() -> None:
    body = json.dumps(WHOLE).encode()
    assert _read(body + b" \n") == ["one", "two"]
    assert _read(b"\xef\xbb\xbf" + body) == ["one", "two"]
    with pytest.raises(ResponseValidationError, match="Extra data"):
        _read(body + b"}")


def test_deep_nesting_is_reported_without_a_crash() -> None:
    with pytest.raises(ResponseValidationError, match="nested too deep"):
        _read(b'{"x": ' + b"[" * 100_000, size=200_000, longest=10**6)


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize(
    "inner",
    [
        b'{"x": {"logs": ["other"]}, ',
        b'{"x\\"logs": ["other"], ',
        b'{"x": "\\"logs\\": [", ',
        b'{"x": [{"logs": [[]]}], ',
    ],
)
def test_only_lines_of_the_outermost_object_are_yielded(inner: bytes, size: int) -> None:
    assert _read(inner + json.dumps(WHOLE).encode()[1:], size) == ["one", "two"]


def test_lines_after_an_inner_object_are_yielded_as_they_arrive() -> None:
    agent: dict[str, object] = {"tags": ["{", '"logs"'], "id": "agent_1"}
    lines = [f"line {number}" for number in range(1000)]
    body = json.dumps({"agent": agent, **WHOLE, "logs": lines}).encode()
    assert _read(body, size=100, longest=300) == lines


def test_lines_that_are_hard_to_find_are_yielded_at_the_end() -> None:
    many: dict[str, object] = {"x": [{"logs": []}] * 100, **WHOLE}
    assert _read(json.dumps(many).encode(), 1000) == ["one", "two"]
    escaped = json.dumps(WHOLE).replace('"logs"', '"log\\u0073"')
    assert _read(escaped.encode()) == ["one", "two"]


def test_a_number_cut_between_two_pieces_is_read_whole() -> None:
    for number in (b"1234567890", b"-12.5", b"1.25e+12", b"5E7"):
        body = b'{"x": ' + number + b", " + json.dumps(WHOLE).encode()[1:]
        for size in range(1, 30):
            assert _read(body, size) == ["one", "two"]


def test_the_time_for_a_long_line_grows_with_its_length() -> None:
    line = "x" * 3_000_000
    body = json.dumps({**WHOLE, "logs": [line, "end"]}).encode()
    began = time.process_time()
    assert _read(body, size=100, longest=10**7) == [line, "end"]
    # Half a second; joining the line again for each piece would take half a minute.
    assert time.process_time() - began < 10


TOKENS = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"logs"',
    "null",
    "1",
    "1e9",
    "1e",
    " ",
    "\n",
    '"',
    "\\",
]


@given(
    edits=st.lists(
        st.tuples(st.integers(0, 109), st.integers(0, 3), st.sampled_from(["", *TOKENS])),
        max_size=2,
    ),
    size=st.integers(1, 50),
)
@example(edits=[(41, 0, ",")], size=7)
@example(edits=[(41, 0, " , ")], size=50)
@example(edits=[(108, 0, ",")], size=50)
def test_a_broken_document_is_refused_in_pieces_as_when_whole(
    edits: list[tuple[int, int, str]], size: int
) -> None:
    text = json.dumps({**WHOLE, "x": [1.5, {"y": 'a",b'}]})
    for start, gone, token in edits:
        text = text[:start] + token + text[start + gone :]
    body = text.encode()
    try:
        with client_of_pieces([body]) as client:
            whole = client.calls.logs("ac_1").logs
    except ResponseValidationError:
        with pytest.raises(ResponseValidationError):
            _read(body, size)
    else:
        assert _read(body, size) == whole
