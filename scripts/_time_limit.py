"""Give up work that takes too long, such as a `pattern` that backtracks without end."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import NoReturn


@contextmanager
def time_limit(seconds: float) -> Generator[None]:
    """Raise in the block when it takes longer than so many seconds.

    There is no limit where there is no timer to keep it: on Windows, and outside the main thread.

    Raises:
        TimeoutError: The block took too long.
    """
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def give_up(*_: object) -> NoReturn:
        raise TimeoutError(f"it takes longer than {seconds:.0f} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
