"""`fail_next`: failures that a test requests."""

import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from cartesia_calls.sandbox import Sandbox

PATH = "/agents/calls/ac_finished/logs"


@pytest.fixture
def client(sandbox: Sandbox, over_loopback: httpx.Client) -> httpx.Client:
    over_loopback.headers["Authorization"] = f"Bearer {sandbox.api_key}"
    over_loopback.headers["Cartesia-Version"] = sandbox.api_version
    return over_loopback


def test_the_requested_number_of_responses_fails(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=503, times=2, headers={"Retry-After": "0"})

    responses = [client.get(PATH) for _ in range(3)]

    assert [response.status_code for response in responses] == [503, 503, 200]
    assert [response.headers.get("retry-after") for response in responses] == ["0", "0", None]
    body = responses[0].json()
    assert set(body) == {"error_code", "title", "message", "request_id"}
    assert body["title"] == "Service Unavailable"
    assert body["request_id"] == responses[0].headers["x-request-id"]


def test_failures_come_in_the_order_requested(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=429)
    sandbox.fail_next(status=500)

    assert [client.get(PATH).status_code for _ in range(3)] == [429, 500, 200]


def test_a_failure_can_have_any_body(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=200, headers={"Content-Type": "text/html"}, body=b"<h1>Hi</h1>")
    sandbox.fail_next(status=502, body=b"")

    page, nothing = client.get(PATH), client.get(PATH)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html")
    assert page.content == b"<h1>Hi</h1>"
    assert (nothing.status_code, nothing.content) == (502, b"")
    assert "x-request-id" in page.headers


def test_a_failure_can_have_its_own_request_id(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=500, headers={"X-Request-Id": "mine"})

    assert client.get(PATH).headers.get_list("x-request-id") == ["mine"]


def test_a_failure_can_have_an_unregistered_status(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=520)

    assert client.get(PATH).status_code == 520


def test_a_failure_can_break_off(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=200, headers={"Content-Length": "500"}, body=b'{"call_id":')

    with pytest.raises(httpx.RemoteProtocolError):
        client.get(PATH)
    assert client.get(PATH).status_code == 200


def test_failures_apply_to_every_request(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=500)

    assert client.get("/nowhere").status_code == 500


def test_a_failure_can_be_for_one_operation(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next(status=404, operation="agents_get-call")
    sandbox.fail_next(status=500)

    paths = [PATH, PATH, "/agents/calls?agent_id=agent_busy", "/agents/calls/ac_finished"]
    responses = [client.get(path) for path in [*paths, paths[-1]]]

    assert [response.status_code for response in responses] == [500, 200, 200, 404, 200]


def test_an_operation_is_recognized_by_method_and_path(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    sandbox.fail_next(status=500, operation="agents_delete-call")
    sandbox.fail_next(status=501, operation="agents_list-calls")
    sandbox.fail_next(status=502, operation="agents_get")

    assert client.get("/agents/calls/ac_finished").status_code == 200
    assert client.delete("/agents/calls/a%2Fb").status_code == 500
    assert client.get("/agents/agent_busy").status_code == 502
    assert client.get("/agents/calls").status_code == 501


def test_an_unknown_operation_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match=r"no operation 'agents_nap'.*agents_get-call-logs"):
        sandbox.fail_next(status=500, operation="agents_nap")


@pytest.mark.parametrize(
    "headers",
    [
        {"": "x"},
        {"Retry After": "0"},
        {"Retry-After:": "0"},
        {"Retry-After": "0\r\nX-Smuggled: 1"},
        {"X-Price": "5 €"},
        {"X-Null": "\0"},
    ],
)
def test_a_header_that_can_not_be_sent_is_refused(
    sandbox: Sandbox, headers: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match=r"header name|cannot be sent"):
        sandbox.fail_next(status=500, headers=headers)


def test_a_body_that_is_no_bytes_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match=r"body is str\. Pass bytes"):
        sandbox.fail_next(status=500, body="{}")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_a_recording_can_be_cut_half_way(sandbox: Sandbox, client: httpx.Client) -> None:
    path = "/agents/calls/ac_finished/audio"
    whole = client.get(path)
    sandbox.fail_next(
        status=200,
        headers={"Content-Type": "audio/wav", "Content-Length": whole.headers["content-length"]},
        body=whole.content[: len(whole.content) // 2],
    )

    with pytest.raises(httpx.RemoteProtocolError):
        client.get(path)


def test_a_page_can_be_scripted(sandbox: Sandbox, client: httpx.Client) -> None:
    page: dict[str, object] = {"data": [], "has_more": True, "next_page": "ac_finished"}
    sandbox.fail_next(
        status=200,
        times=2,
        headers={"Content-Type": "application/json"},
        body=json.dumps(page).encode(),
        operation="agents_list-calls",
    )

    responses = [client.get("/agents/calls?agent_id=agent_busy").json() for _ in range(3)]

    assert responses[:2] == [page, page]
    assert len(responses[2]["data"]) == 10


def test_failures_can_be_requested_from_many_threads(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(40):
            pool.submit(sandbox.fail_next, status=500)

    statuses = [client.get(PATH).status_code for _ in range(41)]

    assert statuses == [500] * 40 + [200]


@pytest.mark.parametrize("status", [0, 100, 199, 204, 304, 600])
def test_a_status_without_a_body_is_refused(sandbox: Sandbox, status: int) -> None:
    with pytest.raises(ValueError, match=f"status {status} .*200 to 599"):
        sandbox.fail_next(status=status)


@pytest.mark.parametrize("times", [0, -1])
def test_fewer_failures_than_one_are_refused(sandbox: Sandbox, times: int) -> None:
    with pytest.raises(ValueError, match="Pass 1 or more"):
        sandbox.fail_next(status=500, times=times)
