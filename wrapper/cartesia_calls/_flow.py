"""One request path for sync and async.

A flow is a generator that yields what it needs from the outside, a request sent or time passed, and
returns a result. It does no I/O, so it is written once; the two drivers below differ only in the
two lines that send and sleep.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, cast

from ._exceptions import CartesiaError
from ._http import Request, Response

if TYPE_CHECKING:
    from ._clock import Clock
    from ._http import AsyncEngine, Engine

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Asks for a request to be sent; the flow is resumed with the `Response`."""

    request: Request


@dataclass(frozen=True, slots=True)
class Sleep:
    """Asks for time to pass; the flow is resumed with None."""

    seconds: float


Flow = Generator[Send | Sleep, Response | None, T]


def run(flow: Flow[T], engine: Engine, clock: Clock) -> T:
    """Run a flow to its result in this thread."""
    outcome: Response | None = None
    failure: CartesiaError | None = None
    while True:
        try:
            step = flow.throw(failure) if failure else flow.send(outcome)
        except StopIteration as done:
            return cast("T", done.value)
        outcome = failure = None
        try:
            if isinstance(step, Send):
                outcome = engine.send(step.request)
            else:
                clock.sleep(step.seconds)
        except CartesiaError as error:
            failure = error


async def run_async(flow: Flow[T], engine: AsyncEngine, clock: Clock) -> T:
    """Run a flow to its result in this task."""
    outcome: Response | None = None
    failure: CartesiaError | None = None
    while True:
        try:
            step = flow.throw(failure) if failure else flow.send(outcome)
        except StopIteration as done:
            return cast("T", done.value)
        outcome = failure = None
        try:
            if isinstance(step, Send):
                outcome = await engine.send(step.request)
            else:
                await clock.sleep_async(step.seconds)
        except CartesiaError as error:
            failure = error
