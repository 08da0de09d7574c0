"""JSON is read the same with orjson and without it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartesia_calls import ResponseValidationError
from fake_server import LOGS, client_of_pieces

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def read(text: bytes) -> object:
    """Return the value of a field with this JSON text."""
    body = json.dumps(LOGS).encode()[:-1] + b', "value": ' + text + b"}"
    with client_of_pieces([body]) as client:
        value: object = client.calls.logs("ac_1")["value"]
    return value


def refusal_of(body: bytes) -> str:
    with client_of_pieces([body]) as client, pytest.raises(ResponseValidationError) as caught:
        client.calls.logs("ac_1")
    return caught.value.problem


def test_these_tests_pass_without_orjson() -> None:
    # An import of None fails like that of a missing package.
    code = """
import sys
sys.modules["orjson"] = None
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-k", "not without_orjson", sys.argv[1]]))
"""
    done = subprocess.run(
        [sys.executable, "-c", code, __file__],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^\d\d passed", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    "text",
    [
        "7",
        "-0",
        "1e400",
        "0.1",
        "123456789012345678901234567890",
        "[18446744073709551616, 1.0]",
        '{"n": {"m": [-9223372036854775809]}}',
        '{"a": 1, "a": 2}',
        '["\\ud800 half of a pair"]',
        '"\\ud83c\\udf55 \\u0000"',
        ' {"a": [null, true, {}]}\n',
    ],
)
def test_valid_json_is_read_exactly(text: str) -> None:
    value = read(text.encode())
    assert value == json.loads(text)
    assert repr(value) == repr(json.loads(text))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"<html>", "Expecting value"),
        (b"NaN", "NaN is no number in JSON"),
        (b"[Infinity]", "Infinity is no number in JSON"),
        (b'{"a": -Infinity}', "-Infinity is no number in JSON"),
        (b'"\xff"', "utf-8"),
        (b'"\x01"', "control character"),
        (b"[1] 2", "Extra data"),
        # From Python 3.13 on this is not too deep, but is cut off anyway.
        pytest.param(b"[" * 5_000, "nested too deep|Expecting value", id="deep array"),
        pytest.param(b'{"a":' * 5_000, "nested too deep|Expecting value", id="deep object"),
        pytest.param(b"[" * 200_000, "nested too deep", id="deeper array"),
        pytest.param(b'{"a":' * 200_000, "nested too deep", id="deeper object"),
    ],
)
def test_invalid_json_is_refused_with_the_same_message(body: bytes, says: str) -> None:
    assert re.search(says, refusal_of(body))


@given(VALUES)
def test_any_value_survives_a_round_trip(value: object) -> None:
    assert read(json.dumps(value).encode()) == value


@given(st.binary(max_size=30))
def test_any_bytes_are_read_as_the_standard_library_does(body: bytes) -> None:
    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no number in JSON")

    wrong = ""
    try:
        json.loads(body.decode("utf-8-sig"), parse_constant=refuse)
    except ValueError as error:
        wrong = str(error)
    refusal = refusal_of(body)
    if body.strip():
        assert ("is not JSON" in refusal) == bool(wrong)
        assert wrong in refusal
