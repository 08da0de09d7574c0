"""How a sync client runs coroutines: each ends in one step, since nothing in it suspends."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator

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


def documented_by(original: type) -> Callable[[type[T]], type[T]]:
    """Return a decorator that copies what docstrings are missing from another class."""

    def document(face: type[T]) -> type[T]:
        face.__doc__ = face.__doc__ or original.__doc__
        for name, member in vars(face).items():
            if not name.startswith("_") and hasattr(original, name):
                member.__doc__ = member.__doc__ or getattr(original, name).__doc__
        return face

    return document
