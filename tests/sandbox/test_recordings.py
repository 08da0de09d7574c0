"""Recordings of calls: WAV files that play."""

import io
import wave
from collections.abc import Callable
from itertools import pairwise

import httpx
import pytest

from cartesia_calls.sandbox import ExampleCalls

CALLS = ExampleCalls()


def audio(client: httpx.Client, call_id: str) -> httpx.Response:
    return client.get(f"/agents/calls/{call_id}/audio")


def test_a_recording_is_a_tone_as_long_as_the_call(client: httpx.Client) -> None:
    response = audio(client, CALLS.finished)

    assert response.status_code == 200
    assert response.headers["content-type"] == "audio/wav"
    assert int(response.headers["content-length"]) == len(response.content)
    assert response.content[:4] == b"RIFF"
    assert int.from_bytes(response.content[4:8], "little") == len(response.content) - 8
    with wave.open(io.BytesIO(response.content)) as reader:
        assert reader.getnchannels() == 1
        assert reader.getnframes() / reader.getframerate() == pytest.approx(69.532)
        samples = reader.readframes(reader.getnframes())
    assert (min(samples), max(samples)) == (88, 168)
    # 440 Hz for 69.532 s: the number of times that the wave rises through its middle.
    rises = sum(before < 128 <= after for before, after in pairwise(samples))
    assert rises == pytest.approx(440 * 69.532, abs=1)


@pytest.mark.parametrize(
    "call_id",
    [CALLS.created, CALLS.running, CALLS.deleted, CALLS.zero_retention, CALLS.expired],
)
def test_a_call_without_a_recording_is_not_found(api: httpx.Client, call_id: str) -> None:
    response = audio(api, call_id)

    assert response.status_code == 404
    assert set(response.json()) == {"error_code", "title", "message", "request_id"}
    assert "no recording" in response.json()["message"]


def test_a_recording_is_available_after_the_call_has_ended(
    api: httpx.Client, advance: Callable[[float], None]
) -> None:
    api.get(f"/agents/calls/{CALLS.running}/logs")
    advance(5)

    assert audio(api, CALLS.running).status_code == 200
    assert audio(api, CALLS.just_ended).status_code == 200
