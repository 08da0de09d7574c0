"""How a sync client runs coroutines: each ends in one step, since nothing in it suspends."""

from __future__ import annotations

import sys
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator

A_co = TypeVar("A_co", covariant=True)
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that never suspends."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coroutine.close()
    name = getattr(coroutine, "__qualname__", "an async generator")
    raise RuntimeError(
        f"{name} suspended in a sync client, which has no event loop. "
        "This is a defect of cartesia-calls: please report it."
    )


def iterate(items: AsyncGenerator[T, None]) -> Iterator[T]:
    """Yield the items of an async generator that never suspends, and close it on every way out.

    The generator is hidden from an event loop that runs in this thread: when asyncio shuts down, it
    closes every async generator that it knows, even one in use.
    """
    try:
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(None, None)
        try:
            item = run(items.__anext__())
        finally:
            sys.set_asyncgen_hooks(*hooks)
        while True:
            yield item
            item = run(items.__anext__())
    except StopAsyncIteration:
        return
    finally:
        run(items.aclose())


class Face(Generic[A_co]):
    """The sync face of an object whose methods are coroutines."""

    def __init__(self, inner: A_co) -> None:
        self._inner = inner


def driven(
    method: Callable[Concatenate[A_co, P], R], convert: Callable[[R], T], returns: str = ""
) -> Callable[Concatenate[Face[A_co], P], T]:
    """Return a method of a face, with the parameters and the docstring of the one that it calls.

    Args:
        method: Of the inner object.
        convert: Makes the sync result of the other: `run`, `iterate` or a face.
        returns: The result's type, if it differs from that of the coroutine.
    """

    @wraps(method)
    def call(face: Face[A_co], /, *args: P.args, **kwargs: P.kwargs) -> T:
        inner = face._inner  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - of this module
        return convert(method(inner, *args, **kwargs))

    shown = signature(method)
    call.__dict__["__signature__"] = shown.replace(return_annotation=returns) if returns else shown
    # Web frameworks unwrap a function to learn whether to await its result.
    del call.__dict__["__wrapped__"]
    return call
