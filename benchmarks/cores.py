"""The assignment of processes to cores, so that each measurement has the same conditions.

The server keeps to one core, and the measured processes to the others. A client's CPU is the exception: a
core needs about as much CPU to fall asleep and to wake up for a response as a light client needs for a
whole call. So client and server then take turns on one core, which never sleeps.

If a system can't keep a process to a core, nothing is done.
"""

from __future__ import annotations

import os


def can_be_kept_to() -> bool:
    """Return whether processes can be kept to cores, and there are enough cores."""
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
