"""One request path for sync and async.

A flow is a generator that yields what it needs from the outside, a request sent or time passed, and
returns a result or hands out items. It does no I/O, so it is written once; the drivers below differ
only in the two lines that send and sleep.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar, cast

from ._exceptions import CartesiaError
from ._http import AsyncOpenAnswer, OpenAnswer, Request, Response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from ._clock import Clock
    from ._http import AsyncEngine, Engine

T = TypeVar("T")


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
class Emit(Generic[T]):
    """Hands an item to the caller; the flow is resumed with None when the next one is wanted."""

    item: T


Step = Send | Open | Read | Sleep
Outcome = Response | OpenAnswer | AsyncOpenAnswer | bytes | None
"""What a step is answered with: see the steps."""

Flow = Generator[Step, Outcome, T]
"""Needs the outside and returns one result."""
ItemFlow = Generator[Step | Emit[T], Outcome, None]
"""Needs the outside and hands out items as it goes."""


class _Flowing(Generic[T]):
    """A flow with what it is to be resumed with: an outcome, or the failure of a step."""

    def __init__(self, flow: Flow[T] | ItemFlow[T]) -> None:
        self._flow = flow
        self.outcome: Outcome = None
        self.failure: CartesiaError | None = None

    def next_step(self) -> Step | Emit[T]:
        outcome, failure = self.outcome, self.failure
        self.outcome = self.failure = None
        return self._flow.throw(failure) if failure else self._flow.send(outcome)


class _Resumable(_Flowing[T]):
    """A flow that is ended also where its caller is interrupted or stops taking items."""

    def __init__(self, flow: Flow[T] | ItemFlow[T]) -> None:
        super().__init__(flow)
        self.opened: list[Callable[[], None]] = []

    def end(self) -> None:
        """End the flow where it is, and close what it has opened."""
        self._flow.close()
        for close in self.opened:
            close()


class _AsyncResumable(_Flowing[T]):
    """`_Resumable` with what is awaited."""

    def __init__(self, flow: Flow[T] | ItemFlow[T]) -> None:
        super().__init__(flow)
        self.opened: list[Callable[[], Awaitable[None]]] = []

    async def end(self) -> None:
        """End the flow where it is, and close what it has opened."""
        self._flow.close()
        for close in self.opened:
            await close()


@dataclass(frozen=True, slots=True)
class Runner:
    """Takes the steps of flows in the calling thread."""

    engine: Engine
    clock: Clock

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its result."""
        flowing = _Resumable(flow)
        try:
            while True:
                self._take(flowing, flowing.next_step())
        except StopIteration as done:
            return cast("T", done.value)
        finally:
            flowing.end()

    def iterate(self, flow: ItemFlow[T]) -> Iterator[T]:
        """Yield a flow's items, taking its steps as they are wanted."""
        flowing = _Resumable(flow)
        try:
            with suppress(StopIteration):
                while True:
                    step = flowing.next_step()
                    if isinstance(step, Emit):
                        yield step.item
                    else:
                        self._take(flowing, step)
        finally:
            flowing.end()

    def _take(self, flowing: _Resumable[T], step: Step | Emit[T]) -> None:
        try:
            if isinstance(step, Send):
                flowing.outcome = self.engine.send(step.request)
            elif isinstance(step, Open):
                flowing.outcome = answer = self.engine.open(step.request)
                flowing.opened.append(answer.close)
            elif isinstance(step, Read):
                flowing.outcome = cast("OpenAnswer", step.answer).read()
            else:
                self.clock.sleep(cast("Sleep", step).seconds)
        except CartesiaError as error:
            flowing.failure = error


@dataclass(frozen=True, slots=True)
class AsyncRunner:
    """Takes the steps of flows in the calling task."""

    engine: AsyncEngine
    clock: Clock

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its result."""
        flowing = _AsyncResumable(flow)
        try:
            while True:
                await self._take(flowing, flowing.next_step())
        except StopIteration as done:
            return cast("T", done.value)
        finally:
            await flowing.end()

    async def iterate(self, flow: ItemFlow[T]) -> AsyncIterator[T]:
        """Yield a flow's items, taking its steps as they are wanted."""
        flowing = _AsyncResumable(flow)
        try:
            with suppress(StopIteration):
                while True:
                    step = flowing.next_step()
                    if isinstance(step, Emit):
                        yield step.item
                    else:
                        await self._take(flowing, step)
        finally:
            await flowing.end()

    async def _take(self, flowing: _AsyncResumable[T], step: Step | Emit[T]) -> None:
        try:
            if isinstance(step, Send):
                flowing.outcome = await self.engine.send(step.request)
            elif isinstance(step, Open):
                flowing.outcome = answer = await self.engine.open(step.request)
                flowing.opened.append(answer.close)
            elif isinstance(step, Read):
                flowing.outcome = await cast("AsyncOpenAnswer", step.answer).read()
            else:
                await self.clock.sleep_async(cast("Sleep", step).seconds)
        except CartesiaError as error:
            flowing.failure = error
