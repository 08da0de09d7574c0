"""Both clients turn every response into a value or one documented exception."""

from __future__ import annotations

import json
import pickle
from copy import copy, deepcopy

import httpx
import pytest

from cartesia_calls import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    CallLogsNotAvailableError,
    CallNotFoundError,
    CartesiaError,
    ConflictError,
    InternalServerError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseValidationError,
    UnprocessableEntityError,
)
from fake_server import CALL_NOT_FOUND, FLAVOURS, KEY, LOGS, LOGS_NOT_AVAILABLE, FakeServer, Flavour
from prose import is_prose

STRUCTURED = {
    "error_code": "concurrency_limited",
    "title": "Too many calls",
    "message": "Your plan allows 3 at once.",
    "request_id": "0a1b",
    "doc_url": "https://docs.example/limits",
}


def _logs(**changes: object) -> bytes:
    fields = {**LOGS, **changes}
    return json.dumps({k: v for k, v in fields.items() if v is not ...}).encode()


@FLAVOURS
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (402, APIStatusError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (408, APIStatusError),
        (409, ConflictError),
        (418, APIStatusError),
        (422, UnprocessableEntityError),
        (429, RateLimitError),
        (499, APIStatusError),
        (500, InternalServerError),
        (503, InternalServerError),
        (520, InternalServerError),
        (599, InternalServerError),
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(json.dumps(STRUCTURED).encode(), id="structured"),
        pytest.param(json.dumps({"message": "M", "description": "D"}).encode(), id="two fields"),
        pytest.param(b"Title: Message", id="text"),
        pytest.param(b"<html><body>Bad gateway</body></html>", id="html"),
        pytest.param(b"", id="empty"),
        pytest.param(b'{"title": "cut', id="cut short"),
        pytest.param(b"\xff\xfe\x00", id="no text"),
        pytest.param(b"[" * 200_000, id="deep"),
        pytest.param(b'["a list"]', id="list"),
        pytest.param(b'{"title": 7, "message": null, "request_id": []}', id="mistyped"),
    ],
)
def test_each_status_is_one_class_with_any_body(
    flavour: Flavour, status: int, expected: type[APIStatusError], body: bytes
) -> None:
    server = FakeServer([httpx.Response(status, content=body)], flavour)
    with pytest.raises(APIStatusError) as caught:
        server.logs(max_retries=0)
    error = caught.value
    assert type(error) is expected
    assert error.status_code == status
    assert error.url == "https://api.example.com/agents/calls/ac_1/logs"
    assert error.method == "GET"
    assert f"({status} from GET " in error.summary
    assert is_prose(error.hint)
    assert KEY not in str(error)


def test_the_fields_of_a_structured_error_are_kept() -> None:
    server = FakeServer([httpx.Response(429, json=STRUCTURED, headers={"retry-after": "120"})])
    with pytest.raises(RateLimitError) as caught:
        server.logs()
    error = caught.value
    assert (error.error_code, error.title) == ("concurrency_limited", "Too many calls")
    assert error.message == "Your plan allows 3 at once."
    assert (error.request_id, error.doc_url) == ("0a1b", "https://docs.example/limits")
    assert error.retry_after == 120
    assert error.body == STRUCTURED
    assert error.headers["retry-after"] == "120"


def test_a_plain_text_error_is_split_into_title_and_message() -> None:
    with pytest.raises(BadRequestError) as caught:
        FakeServer([httpx.Response(400, text="Bad version: Use a date.\n")]).logs()
    assert (caught.value.title, caught.value.message) == ("Bad version", "Use a date.")
    assert caught.value.summary.startswith("Bad version: Use a date (400 from GET ")


@pytest.mark.parametrize(
    ("text", "title", "message"),
    [
        ("Bad version: Use a date: any", "Bad version", "Use a date: any"),
        ("No colon here", None, "No colon here"),
        ("\n<p>Bad gateway: try again</p>", None, None),
        ('\n{"title": "cut', None, None),
        ('["cut: short', None, None),
        (" ", None, None),
    ],
)
def test_a_plain_text_error_has_a_title_and_a_message(
    text: str, title: str | None, message: str | None
) -> None:
    with pytest.raises(BadRequestError) as caught:
        FakeServer([httpx.Response(400, text=text)]).logs()
    assert (caught.value.title, caught.value.message) == (title, message)
    assert caught.value.body == text


@pytest.mark.parametrize(
    ("status", "phrase"), [(400, "Bad Request"), (402, "Payment Required"), (520, "Unregistered")]
)
def test_an_error_without_a_text_is_named_after_its_status(status: int, phrase: str) -> None:
    with pytest.raises(APIStatusError) as caught:
        FakeServer([httpx.Response(status)]).logs(max_retries=0)
    assert caught.value.summary.startswith(phrase)
    assert is_prose(caught.value.summary)


@pytest.mark.parametrize("name", ["x-request-id", "cartesia-request-id", "X-Cartesia-Request-ID"])
def test_the_request_id_may_be_a_header(name: str) -> None:
    with pytest.raises(InternalServerError) as caught:
        FakeServer([httpx.Response(500, headers={name: "abc"})]).logs(max_retries=0)
    assert caught.value.request_id == "abc"


@FLAVOURS
def test_the_two_404s_of_the_logs_are_two_errors(flavour: Flavour) -> None:
    with pytest.raises(CallNotFoundError) as no_call:
        FakeServer([httpx.Response(404, json=CALL_NOT_FOUND)], flavour).logs()
    assert no_call.value.title == "Call not found"
    assert no_call.value.message == "No such call."

    with pytest.raises(CallLogsNotAvailableError) as no_logs:
        FakeServer([httpx.Response(404, json=LOGS_NOT_AVAILABLE)], flavour).logs()
    assert (no_logs.value.reason, no_logs.value.may_become_available) == ("unknown", None)
    assert "--wait" in no_logs.value.hint


@pytest.mark.parametrize(
    "body",
    [
        {"title": "Not found", "message": "Call not found"},
        {"message": "Call not found", "description": ""},
        {"title": " CALL NOT FOUND. "},
    ],
)
def test_the_name_of_a_404_is_found_in_any_field(body: dict[str, str]) -> None:
    with pytest.raises(CallNotFoundError):
        FakeServer([httpx.Response(404, json=body)]).logs()


def test_a_hostile_error_text_is_escaped() -> None:
    body = {"title": "\x1b]52;c;cm0gLXJm\x07", "message": "\u202egnp.exe" + "x" * 9999}
    with pytest.raises(BadRequestError) as caught:
        FakeServer([httpx.Response(400, json=body)]).logs()
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)
    assert len(str(caught.value)) < 800
    assert caught.value.title == "\x1b]52;c;cm0gLXJm\x07"


@FLAVOURS
@pytest.mark.parametrize(
    ("body", "pointer", "problem"),
    [
        pytest.param(b"<html>hello</html>", "", "is not JSON", id="html"),
        pytest.param(b"", "", "is empty", id="empty"),
        pytest.param(_logs()[:-9], "", "is not JSON", id="cut short"),
        pytest.param(b"null", "", "is null, not an object", id="null"),
        pytest.param(b"[]", "", "is an array, not an object", id="array"),
        pytest.param(b"[" * 200_000, "", "nested too deep", id="deep array"),
        pytest.param(b'{"a":' * 200_000, "", "nested too deep", id="deep object"),
        pytest.param(b"\xff\xff", "", "is not JSON", id="no text"),
        pytest.param(b'{"call_id": "\xff"}', "", "is not JSON", id="bad UTF-8"),
        pytest.param(b"9" * 5000, "", "is not JSON", id="huge number"),
        pytest.param(_logs(call_id=...), "/call_id", "is required and missing", id="no call_id"),
        pytest.param(_logs(logs=...), "/logs", "is required and missing", id="no logs"),
        pytest.param(_logs(updated_at=...), "/updated_at", "is required", id="no updated_at"),
        pytest.param(_logs(call_id=7), "/call_id", "is a number, not a string", id="id 7"),
        pytest.param(_logs(logs=None), "/logs", "is null, not an array", id="logs null"),
        pytest.param(_logs(logs="one"), "/logs", "is a string, not an array", id="logs text"),
        pytest.param(_logs(logs={}), "/logs", "is an object, not an array", id="logs object"),
        pytest.param(_logs(logs=["a", 1]), "/logs/1", "is a number, not a string", id="line 1"),
        pytest.param(_logs(logs=[["a"]]), "/logs/0", "is an array", id="line nested"),
        pytest.param(_logs(updated_at=None), "/updated_at", "is null", id="time null"),
        pytest.param(_logs(updated_at=0), "/updated_at", "is a number", id="time number"),
        pytest.param(_logs(updated_at="soon"), "/updated_at", "RFC 3339", id="time word"),
        pytest.param(_logs(updated_at=""), "/updated_at", "RFC 3339", id="time empty"),
        pytest.param(_logs(updated_at="2026-03-01"), "/updated_at", "offset", id="date"),
        pytest.param(
            _logs(updated_at="2026-03-01T10:00:00"), "/updated_at", "offset", id="no offset"
        ),
        pytest.param(
            _logs(updated_at="0001-01-01T00:00:00+99:99"), "/updated_at", "RFC 3339", id="offset"
        ),
    ],
)
def test_a_success_that_does_not_match_the_spec_is_an_error(
    flavour: Flavour, body: bytes, pointer: str, problem: str
) -> None:
    server = FakeServer([httpx.Response(200, content=body)], flavour)
    with pytest.raises(ResponseValidationError) as caught:
        server.logs()
    error = caught.value
    assert error.pointer == pointer
    assert problem in error.problem
    assert str(error).startswith(
        f"The response to agents_get-call-logs does not match the spec: {pointer or 'the response'} "
    )
    assert problem in str(error)
    assert error.hint.startswith("Check the base URL. If it is right, the API has changed")
    assert len(error.body) <= 500
    assert error.body == body[:500].decode(errors="replace")
    assert len(server.requests) == 1


@FLAVOURS
@pytest.mark.parametrize("status", [201, 202, 204, 206, 299])
def test_an_undocumented_success_is_an_error(flavour: Flavour, status: int) -> None:
    body = b"" if status == 204 else _logs()
    with pytest.raises(ResponseValidationError, match=r"status|empty"):
        FakeServer([httpx.Response(status, content=body)], flavour).logs()


@FLAVOURS
@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, content=_logs(), headers={"content-type": "text/plain"}),
        httpx.Response(200, content=_logs(updated_at="2026-03-01t10:00:00z")),
        httpx.Response(200, content=_logs(updated_at="2026-03-01T10:00:00.123456789+05:30")),
        httpx.Response(200, content=_logs(logs=[])),
        httpx.Response(200, content=_logs(more={"a": [1]})),
        httpx.Response(200, content=b"\xef\xbb\xbf" + _logs()),
    ],
    ids=["text/plain", "lower case", "nanoseconds", "no lines", "more fields", "byte order mark"],
)
def test_an_unexpected_success_is_a_success(flavour: Flavour, response: httpx.Response) -> None:
    assert FakeServer([response], flavour).logs().call_id == "ac_1"


@FLAVOURS
@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectTimeout(""), APITimeoutError),
        (httpx.ReadTimeout(""), APITimeoutError),
        (httpx.PoolTimeout(""), APITimeoutError),
        (httpx.ConnectError("[Errno 111] Connection refused"), APIConnectionError),
        (httpx.ReadError(""), APIConnectionError),
        (httpx.RemoteProtocolError("peer closed connection"), APIConnectionError),
        (httpx.ProxyError("407"), APIConnectionError),
        (httpx.UnsupportedProtocol("no"), APIConnectionError),
    ],
)
def test_errors_of_the_transport_are_translated(
    flavour: Flavour, raised: Exception, expected: type[CartesiaError]
) -> None:
    with pytest.raises(CartesiaError) as caught:
        FakeServer([raised], flavour).logs(max_retries=0)
    assert type(caught.value) is expected
    assert caught.value.hint
    assert caught.value.__cause__ is raised
    assert isinstance(caught.value, TimeoutError) == (expected is APITimeoutError)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404, json=CALL_NOT_FOUND),
        httpx.Response(429, json=STRUCTURED),
        httpx.Response(200, content=b"{}"),
        httpx.ConnectTimeout(""),
    ],
)
def test_errors_travel_between_processes(response: httpx.Response | Exception) -> None:
    with pytest.raises(CartesiaError) as caught:
        FakeServer([response]).logs(max_retries=0)
    sent = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own bytes
    assert type(sent) is type(caught.value)
    assert str(sent) == str(caught.value)
    assert vars(sent) == vars(caught.value)


class _OwnError(APITimeoutError):
    def __init__(self, *, seconds: float) -> None:
        super().__init__(f"It took {seconds:g} s.", attempts=2)
        self.seconds = seconds


def test_an_error_class_of_ones_own_travels_between_processes() -> None:
    error = _OwnError(seconds=3)
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    for copied in (sent, copy(error), deepcopy(error)):
        assert type(copied) is _OwnError
        assert (copied.args, vars(copied)) == (error.args, vars(error))
