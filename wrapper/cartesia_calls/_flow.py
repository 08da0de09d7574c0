"""One request path for sync and async.

A flow is a generator that yields what it needs from the outside, a request sent or time passed, and
returns a result or hands out items. It does no I/O, so it is written once; the drivers below differ
only in the two lines that send and sleep.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

from ._exceptions import CartesiaError
from ._http import AsyncOpenAnswer, OpenAnswer, Request, Response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from ._clock import Clock
    from ._http import AsyncEngine, Engine

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Send(NamedTuple):
    """Asks for a request to be sent; the flow is resumed with the `Response`."""

    request: Request


class Open(NamedTuple):
    """Asks for a request to be sent; the flow is resumed with an answer to `Read`.

    The answer is closed when the flow ends, whichever way it does.
    """

    request: Request


class Read(NamedTuple):
    """Asks for the next bytes of an answer; the flow is resumed with them, none at the end."""

    answer: OpenAnswer | AsyncOpenAnswer


class Sleep(NamedTuple):
    """Asks for time to pass; the flow is resumed with None."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Emit(Generic[T_co]):
    """Hands an item to the caller; the flow is resumed with None when the next one is wanted."""

    item: T_co


Step = Send | Open | Read | Sleep
Outcome = Response | OpenAnswer | AsyncOpenAnswer | bytes | None
"""What a step is answered with: see the steps."""

Flow = Generator[Step, Outcome, T]
"""Needs the outside and returns one result."""
ItemFlow = Generator[Step | Emit[T], Outcome, None]
"""Needs the outside and hands out items as it goes."""


@dataclass(frozen=True, slots=True)
class Runner:
    """Takes the steps of flows in the calling thread.

    A flow ends, and what it has opened is closed, also where its caller is interrupted or stops
    taking items.
    """

    engine: Engine
    clock: Clock

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its result."""
        opened: list[OpenAnswer] = []
        try:
            step = next(flow)
            while True:
                outcome, failure = self._take(step, opened)
                step = flow.throw(failure) if failure else flow.send(outcome)
        except StopIteration as done:
            return cast("T", done.value)
        finally:
            _end(flow, opened)

    def iterate(self, flow: ItemFlow[T]) -> Iterator[T]:
        """Yield a flow's items, taking its steps as they are wanted."""
        opened: list[OpenAnswer] = []
        try:
            step = next(flow)
            while True:
                outcome = failure = None
                if isinstance(step, Emit):
                    yield step.item
                else:
                    outcome, failure = self._take(step, opened)
                step = flow.throw(failure) if failure else flow.send(outcome)
        except StopIteration:
            return
        finally:
            _end(flow, opened)

    def _take(self, step: Step, opened: list[OpenAnswer]) -> tuple[Outcome, CartesiaError | None]:
        outcome: Outcome = None
        try:
            if isinstance(step, Send):
                outcome = self.engine.send(step.request)
            elif isinstance(step, Open):
                outcome = self.engine.open(step.request)
                opened.append(outcome)
            elif isinstance(step, Read):
                outcome = cast("OpenAnswer", step.answer).read()
            else:
                self.clock.sleep(step.seconds)
        except CartesiaError as error:
            return None, error
        return outcome, None


def _end(flow: Flow[T] | ItemFlow[T], opened: list[OpenAnswer]) -> None:
    flow.close()
    for answer in opened:
        answer.close()


@dataclass(frozen=True, slots=True)
class AsyncRunner:
    """`Runner`, which takes the steps in the calling task."""

    engine: AsyncEngine
    clock: Clock

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its result."""
        opened: list[AsyncOpenAnswer] = []
        try:
            step = next(flow)
            while True:
                outcome, failure = await self._take(step, opened)
                step = flow.throw(failure) if failure else flow.send(outcome)
        except StopIteration as done:
            return cast("T", done.value)
        finally:
            await _end_async(flow, opened)

    async def iterate(self, flow: ItemFlow[T]) -> AsyncIterator[T]:
        """Yield a flow's items, taking its steps as they are wanted."""
        opened: list[AsyncOpenAnswer] = []
        try:
            step = next(flow)
            while True:
                outcome = failure = None
                if isinstance(step, Emit):
                    yield step.item
                else:
                    outcome, failure = await self._take(step, opened)
                step = flow.throw(failure) if failure else flow.send(outcome)
        except StopIteration:
            return
        finally:
            await _end_async(flow, opened)

    async def _take(
        self, step: Step, opened: list[AsyncOpenAnswer]
    ) -> tuple[Outcome, CartesiaError | None]:
        outcome: Outcome = None
        try:
            if isinstance(step, Send):
                outcome = await self.engine.send(step.request)
            elif isinstance(step, Open):
                outcome = await self.engine.open(step.request)
                opened.append(outcome)
            elif isinstance(step, Read):
                outcome = await cast("AsyncOpenAnswer", step.answer).read()
            else:
                await self.clock.sleep_async(step.seconds)
        except CartesiaError as error:
            return None, error
        return outcome, None


async def _end_async(flow: Flow[T] | ItemFlow[T], opened: list[AsyncOpenAnswer]) -> None:
    flow.close()
    for answer in opened:
        await answer.close()
