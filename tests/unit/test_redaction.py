"""Secrets and personal data become placeholders; equal values get equal placeholders."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartesia_api.models import AgentCall
from cartesia_calls import Redactor, redact, timeline

LOGURU = (Path(__file__).parents[1] / "data" / "loguru.log").read_text(encoding="utf-8")
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZ2VudCJ9.c2lnbmF0dXJlLXZhbHVl"
CALL: dict[str, Any] = {
    "id": "ac_1",
    "agent_id": "agent_1",
    "status": "completed",
    "start_time": "2026-03-01T10:00:00+00:00",
    "telephony_params": {
        "from": "+390555550211",
        "to": "sip:+14155550123@example.com",
        "parameters": {"caller_id": "+447700900123"},
    },
}


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("Bearer abc.def-123", "Bearer ‹token 1›"),
        (f"got {JWT}.", "got ‹token 1›."),
        (f"cut {JWT[:40]}...", "cut ‹token 1›..."),
        ("key sk_car_0123456789abcdef", "key ‹key 1›"),
        ("key sk-proj-0123456789abcdef", "key ‹key 1›"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ‹token 1›"),
        ("sent Basic dXNlcjpwYXNz to it", "sent Basic ‹token 1› to it"),
        (
            "basic YTpiYw==, Basic YWI6Yw==, BASIC YWJjOmQ=",
            "basic ‹token 1›, Basic ‹token 2›, BASIC ‹token 3›",
        ),
        ("auth=Basic dXNlcjpwYXNz", "auth=‹secret 1› ‹token 1›"),
        ("my password is hunter2.", "my password is ‹secret 1›"),
        ("the OTP is: 471122 or 471123", "the OTP is: ‹secret 1› or 471123"),
        ('password is \\"hunter2\\"', 'password is \\"‹secret 1›\\"'),
        ("password: p@ssword", "password: ‹secret 1›"),
        ("password: a&b, ok", "password: ‹secret 1›, ok"),
        ("__token__=pypi-AgEI x", "__token__=‹secret 1› x"),
        ("AUTH__TOKEN__: hunter2", "AUTH__TOKEN__: ‹secret 1›"),
        ('{"authorization": "Token 4711"}', '{"authorization": "Token ‹token 1›"}'),
        ("(b'authorization', b'Bearer xyz')", "(b'authorization', b'Bearer ‹token 1›')"),
        ("{'agent_token': 'opaque'}", "{'agent_token': '‹secret 1›'}"),
        (r"{\"client_secret\": \"a\"}", r"{\"client_secret\": \"‹secret 1›\"}"),
        (r"password='it\'s' x", "password='‹secret 1›' x"),
        ("'api_key': 'cut off...", "'api_key': '‹secret 1›"),
        ("?access_token=abcdef&y=1", "?access_token=‹secret 1›&y=1"),
        ("OPENAI_API_KEY: hunter2 x", "OPENAI_API_KEY: ‹secret 1› x"),
        ("{'otp': 4711, 'x': '123'}", "{'otp': ‹secret 1›, 'x': '123'}"),
        ("{'token': '', 'cvv': '123'}", "{'token': '', 'cvv': '‹secret 1›'}"),
        ("env environ({'A': 'b', 'C': '})'}), 1", "env environ({‹environment 1›}), 1"),
        ("postgres://user:pass@db/x", "postgres://user:‹secret 1›@db/x"),
        ("-----BEGIN PRIVATE KEY-----\\nMII", "‹key 1›"),
        (
            "-----BEGIN PRIVATE KEY-----\nMIIEvQ/+\nBgkqhg==\n-----END PRIVATE KEY-----\nword",
            "‹key 1›\n‹key 2›\n‹key 3›\n‹key 4›\nword",
        ),
        ("-----BEGIN PRIVATE KEY-----\nit was cut off\nword", "‹key 1›\nit was cut off\nword"),
        ("> Cookie: sid=abcdef123; x=1", "> Cookie: ‹secret 1›"),
        ("call +49 (30) 1234-5678 now", "call ‹phone 1› now"),
        ("tel:+4930123456", "tel:‹phone 1›"),
        ("or +33 1 23 45 67 89, ok", "or ‹phone 1›, ok"),
        ("+44 (0) 20 7946 0958", "‹phone 1›"),
        ("+49 30 12345678", "‹phone 1›"),
        ("+1\u00a0415\u00a0555\u00a02671", "‹phone 1›"),
        ("+1\u2011415\u2011555\u20112671", "‹phone 1›"),
        ("mail Ada.L+x@example.co.uk!", "mail ‹email 1›!"),
        ("card 4111 1111 1111 1111 12", "card ‹card 1› 12"),
        ("amex 3782-822463-10005", "amex ‹card 1›"),
        ("one\nBearer abc1234\n", "one\nBearer ‹token 1›\n"),
    ],
)
def test_secrets_become_placeholders(text: str, redacted: str) -> None:
    assert redact(text) == redacted
    assert redact(redacted) == redacted


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-27 13:12:19.057 +00:00 | INFO | a.b:c:12 - 1772359200409",
        "invalid token: expired",
        "session cookie: expired",
        "the token is expired! the password is 'required', case-sensitive and is 8 letters",
        "the access token is 3600 s old; signature is valid",
        "# __signature__ is python3 only",
        "basic training starts, Basic Overview, Basic OpenTelemetry, basic JavaScript2",
        "moved by +12.3456789 +1,234,567 +3 and +1.5 +2.5",
        "max_tokens=1024 {'prompt_tokens': 350000, 'token_type': 'x'}",
        "token = None, password: null, secret=True, cookie=''",
        "bearer authentication required",
        "card 4111 1111 1111 1112",
        "https://example.com:443/@a",
        "7c9e6679-7425-40de-944b-e07fc1f90ae7 ac_123 agent_1",
        "risk-averse a+b 12 + 34567890",
        "    │    └ <function get_token at 0x7f00>",
    ],
)
def test_harmless_text_stays(text: str) -> None:
    assert redact(text, call=CALL) == text


@pytest.mark.parametrize(
    "text",
    [
        "+390555550211",
        "+39 055 555 0211",
        "0039 055-555-0211",
        "(055) 555 0211",
        "390555550211",
        "%2B390555550211",
        "whatsapp:+390555550211@x",
        "zero five five, five five five, oh two one one",
    ],
)
def test_the_calls_own_number_in_any_spelling(text: str) -> None:
    redactor = Redactor(CALL)
    assert re.fullmatch(r"(whatsapp:)?\(?‹phone 1›(@x)?", redactor.redact(text))
    assert redactor.redact("from +390555550211") == "from ‹phone 1›"
    assert redact(text, call=AgentCall.from_dict(CALL)) != text


def test_numbers_that_only_contain_the_calls_number_stay() -> None:
    assert redact("id 1239055555021145", call=CALL) == "id 1239055555021145"


def test_the_same_secret_has_the_same_placeholder_throughout_a_call() -> None:
    redactor = Redactor(CALL)
    lines = [f"'agent_token': '{JWT}'", f"Bearer {JWT}", "a@b.co", "A@B.CO", "x@b.co"]
    assert list(redactor.lines(lines)) == [
        "'agent_token': '‹token 1›'",
        "Bearer ‹token 1›",
        "‹email 1›",
        "‹email 1›",
        "‹email 2›",
    ]
    assert redactor.redact({"note": f"see {JWT}"}) == {"note": "see ‹token 1›"}


@pytest.mark.parametrize("code", ["{}", "\x1b[1m{}\x1b[0m"], ids=["plain", "coloured"])
def test_values_in_tracebacks_of_loguru_are_redacted_by_their_names(code: str) -> None:
    lines = [code.format(line) for line in LOGURU.splitlines()]
    redacted = "\n".join(redact(lines, call=CALL))

    for secret in ("plainkeyvalue99", "opaque-session-value-1", JWT, "sk_car_", "sk-proj", "0211"):
        assert secret in LOGURU
        assert secret not in redacted.split('> File "')[1].split("line 14")[1].replace(
            'connect(Session(), "plainkeyvalue99", 2, os.environ)', ""
        )
    assert "└ '‹secret 1›'" in redacted
    assert "environ({‹environment 1›" in redacted
    assert "└ 2" in redacted
    assert "KeyError: 'x2'" in redacted


def test_a_record_is_redacted_by_its_values_and_by_their_names() -> None:
    record = {
        **CALL,
        "metadata": {
            "api_key": "short",
            "credentials": {"user": "ada", "ids": [1234567, None, True]},
            "customer_phone": "0333 1234567",
            "+390555550211": 390555550211,
        },
        "transcript": [{"role": "user", "start_timestamp": 1.5, "text": "I am on 333 123 4567"}],
    }
    expected = {
        **CALL,
        "telephony_params": {
            "from": "‹phone 1›",
            "to": "sip:‹phone 2›@example.com",
            "parameters": {"caller_id": "‹phone 3›"},
        },
        "metadata": {
            "api_key": "‹secret 1›",
            "credentials": {"user": "‹secret 2›", "ids": ["‹secret 3›", None, True]},
            "customer_phone": "‹phone 4›",
            "‹phone 1›": "‹phone 1›",
        },
        "transcript": [{"role": "user", "start_timestamp": 1.5, "text": "I am on ‹phone 4›"}],
    }
    assert redact(record) == expected
    call = AgentCall.from_dict(record)
    assert redact(call) == redact(call.to_dict())


def test_a_timeline_is_redacted_and_otherwise_unchanged() -> None:
    tool = {
        "name": "send",
        "arguments": {"to": "+390555550211", "token": "abc"},
        "result": "a@b.co",
    }
    call = {**CALL, "transcript": [{"role": "user", "start_timestamp": 1, "tool_calls": [tool]}]}
    plain = timeline(call, ["2026-03-01 10:00:02 INFO Bearer abc1234"])
    found = redact(plain, call=call)

    _, sent, logged = found.entries
    assert sent.text == "send(to='‹phone 1›', token='‹secret 1›') → ‹email 1›"
    assert (sent.value, sent.result) == ({"to": "‹phone 1›", "token": "‹secret 1›"}, "‹email 1›")
    assert logged.lines == ("2026-03-01 10:00:02 INFO Bearer ‹token 1›",)
    assert logged.text == "Bearer ‹token 1›"
    assert [e.seconds for e in found.entries] == [e.seconds for e in plain.entries]
    assert found.start == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_further_patterns() -> None:
    redactor = Redactor(patterns=[r"Moretti|\d*", re.compile("ada", re.IGNORECASE)])
    assert redactor.redact("Moretti, ADA, Moretti") == "‹redacted 1›, ‹redacted 2›, ‹redacted 1›"


def test_an_invalid_pattern_is_refused_with_a_hint() -> None:
    with pytest.raises(ValueError, match=r"'\(' is not a regular expression .*; correct it"):
        redact("x", patterns=["("])


@pytest.mark.parametrize("value", [object(), (line for line in "ab"), {"a": {1, 2}}])
def test_a_value_that_cannot_be_redacted_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="is no text, list of lines, record or timeline"):
        redact(value)


def test_a_value_nested_too_deep_is_replaced_whole() -> None:
    deep: Any = "a@b.co"
    for _ in range(5000):
        deep = [deep]
    assert "a@b.co" not in json.dumps(redact({"id": "x", "phone": deep}))


SECRETS = st.sampled_from([JWT, "sk_car_0123456789abcdef", "+390555550211", "a.b@c.org"])


@given(st.lists(st.text(max_size=20) | SECRETS | st.sampled_from(LOGURU.splitlines()), max_size=9))
def test_secrets_never_stay_and_redacting_again_changes_nothing(parts: list[str]) -> None:
    redacted = redact("\n".join(parts), call=CALL)
    for secret in (JWT, "sk_car_0123456789abcdef", "+390555550211", "a.b@c.org"):
        assert secret not in redacted
    assert redact(redacted, call=CALL) == redacted
