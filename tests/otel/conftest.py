"""A receiver of OTLP and an account, named by the standard variables."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from cartesia_calls.sandbox import Sandbox
from otlp_receiver import Receiver, open_receiver


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Generator[Receiver]:
    with open_receiver() as got:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", got.url)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "0.5")
        yield got


@pytest.fixture
def account(cartesia_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Sandbox:
    monkeypatch.setenv("CARTESIA_API_KEY", cartesia_sandbox.api_key)
    monkeypatch.setenv("CARTESIA_BASE_URL", cartesia_sandbox.url)
    return cartesia_sandbox
