"""JSON is read the same with orjson and without it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartesia_calls import _json
from cartesia_calls._json import read_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.fixture(params=["orjson, if installed", "json"])
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    if request.param == "json":
        monkeypatch.setattr(_json, "_read_fast", None)  # as where orjson is not installed
    return read_json


def test_without_orjson_it_is_read_by_the_standard_library() -> None:
    # A module of that name which can't be found is what a missing package looks like.
    code = """
import sys
sys.modules["orjson"] = None
from cartesia_calls._json import read_json
print(read_json(b'{"a": [1, 0.5, null]}'))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{'a': [1, 0.5, None]}\n"


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
def test_what_json_is_is_read_exactly(read: Callable[..., object], text: str) -> None:
    value = read(text.encode())
    assert value == json.loads(text)
    assert repr(value) == repr(json.loads(text))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "Expecting value"),
        (b"<html>", "Expecting value"),
        (b"NaN", "NaN is no number in JSON"),
        (b"[Infinity]", "Infinity is no number in JSON"),
        (b'{"a": -Infinity}', "-Infinity is no number in JSON"),
        (b'"\xff"', "utf-8"),
        (b'"\x01"', "control character"),
        (b"[1] 2", "Extra data"),
    ],
)
def test_what_is_not_json_is_refused_in_the_same_words(
    read: Callable[..., object], body: bytes, says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        read(body)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize(
    ("depth", "refusal"),
    [
        # From Python 3.13 on this is not too deep, and cut off all the same.
        (5_000, (RecursionError, ValueError)),
        (200_000, RecursionError),
    ],
)
def test_what_is_nested_too_deep_is_refused_and_no_crash(
    read: Callable[..., object],
    opening: bytes,
    depth: int,
    refusal: type[Exception] | tuple[type[Exception], ...],
) -> None:
    with pytest.raises(refusal):
        read(opening * depth)


@given(VALUES)
def test_any_value_comes_back(value: object) -> None:
    assert read_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=30))
def test_any_bytes_give_what_the_exact_reader_gives(body: bytes) -> None:
    def outcome(read: Callable[[bytes], object]) -> str:
        try:
            return repr(read(body))
        except ValueError as error:
            return str(error)

    def read_exactly(body: bytes) -> object:
        text = body.decode("utf-8-sig")
        value: object = json.loads(text, parse_constant=_json.refuse_constant)
        return value

    assert outcome(read_json) == outcome(read_exactly)
