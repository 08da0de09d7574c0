"""The sandbox runs and stops even if a test stops the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import httpx
import pytest
import time_machine
from freezegun import freeze_time

from cartesia_calls.sandbox import Sandbox

Freeze = Callable[[str], Any]
TOOLS: list[Freeze] = [freeze_time, lambda moment: time_machine.travel(moment, tick=False)]
# In seconds; a lock uses the system's clock, which tests cannot stop.
PATIENCE = 300

pytestmark = pytest.mark.parametrize("freeze", TOOLS, ids=["freezegun", "time-machine"])


def fetch(sandbox: Sandbox) -> None:
    headers = {"Cartesia-Version": sandbox.api_version}
    assert httpx.get(f"{sandbox.url}/", headers=headers, timeout=PATIENCE).is_success


def stop(sandbox: Sandbox) -> None:
    stopping = threading.Thread(target=sandbox.__exit__, args=(None, None, None), daemon=True)
    stopping.start()
    stopping.join(PATIENCE)
    assert not stopping.is_alive()


@pytest.mark.parametrize("moment", ["1971-01-01", "2020-02-29 12:00:00", "2500-01-01"])
def test_it_stops_if_the_clock_is_frozen_around_it(freeze: Freeze, moment: str) -> None:
    with freeze(moment):
        sandbox = Sandbox()
        sandbox.__enter__()
        fetch(sandbox)
        stop(sandbox)


@pytest.mark.parametrize("moment", ["1971-01-01", "2020-02-29 12:00:00", "2500-01-01"])
def test_it_stops_if_the_clock_was_frozen_within_it(freeze: Freeze, moment: str) -> None:
    sandbox = Sandbox()
    sandbox.__enter__()
    with freeze(moment):
        fetch(sandbox)
    fetch(sandbox)
    stop(sandbox)


def test_it_stops_while_the_clock_is_frozen(freeze: Freeze) -> None:
    sandbox = Sandbox()
    sandbox.__enter__()
    with freeze("2020-01-01"):
        fetch(sandbox)
        stop(sandbox)


def test_it_stops_if_the_clock_runs_again(freeze: Freeze) -> None:
    sandbox = Sandbox()
    with freeze("2020-01-01"):
        sandbox.__enter__()
    fetch(sandbox)
    stop(sandbox)


def test_it_stops_if_the_clock_jumps(freeze: Freeze) -> None:
    sandbox = Sandbox()
    sandbox.__enter__()
    with freeze("2020-01-01") as clock:
        for year in (2100, 1980, 2020):
            clock.move_to(datetime(year, 1, 1))  # noqa: DTZ001 - as users write it
            fetch(sandbox)
        stop(sandbox)
