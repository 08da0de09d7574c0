"""Which core does what, so that each measurement meets the same circumstances.

The server keeps to one core and what is measured to the others. The exception is a client's CPU: how
much a core takes to fall asleep while it waits for an answer, and to wake up, is the machine's and
not the client's, and is as much as a light client takes for all of a call. So for that, client and
server take turns on one core, which then never sleeps.

Where a system can't keep a process to a core, nothing is done.
"""

from __future__ import annotations

import os


def can_be_kept_to() -> bool:
    """Tell whether processes can be kept to cores, and there are enough."""
    return hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1


def keep_to_server_core() -> None:
    """Keep this process, and those that it starts, to the core that the server has."""
    if can_be_kept_to():
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def keep_to_other_cores() -> None:
    """Keep this process, and those that it starts, to the cores that the server does not have."""
    if can_be_kept_to():
        cores = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores - {max(cores)})
