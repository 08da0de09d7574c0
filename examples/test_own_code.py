"""Test your own code against the sandbox, without a key or a network.

`pip install 'cartesia-calls[sandbox]' pytest` provides the fixture `cartesia_sandbox`:

    pytest examples/test_own_code.py
"""

from __future__ import annotations

from cartesia_calls import Client, InternalServerError
from cartesia_calls.sandbox import Sandbox


def last_words(client: Client, call_id: str) -> str:
    """Return the last words of a call: the code under test."""
    try:
        transcript = client.calls.get(call_id).transcript or []
    except InternalServerError:
        return "unknown: the API is down"
    return next((turn.text for turn in reversed(transcript) if turn.text), "nothing was said")


def test_a_finished_call_ends_with_a_goodbye(cartesia_sandbox: Sandbox) -> None:
    with Client(cartesia_sandbox.api_key, base_url=cartesia_sandbox.url) as client:
        assert last_words(client, cartesia_sandbox.calls.finished) == "grazie, arrivederci"


def test_a_deleted_call_has_no_words(cartesia_sandbox: Sandbox) -> None:
    with Client(cartesia_sandbox.api_key, base_url=cartesia_sandbox.url) as client:
        assert last_words(client, cartesia_sandbox.calls.deleted) == "nothing was said"


def test_an_outage_is_reported(cartesia_sandbox: Sandbox) -> None:
    cartesia_sandbox.fail_next(status=503)
    with Client(cartesia_sandbox.api_key, base_url=cartesia_sandbox.url, max_retries=0) as client:
        assert last_words(client, cartesia_sandbox.calls.finished) == "unknown: the API is down"
