"""The names under which the sandbox's examples are found."""

from dataclasses import dataclass

EXAMPLE_BATCH = "batch_reminders"
"""A batch of calls that the quiet agent made."""


@dataclass(frozen=True, kw_only=True)
class ExampleAgents:
    """The ids of the example agents.

    Attributes:
        busy: Has a few hundred calls over the last six weeks, the named example calls among them.
        quiet: Has a few dozen; most of them belong to the example batch.
        idle: Has none.
        unknown: An example of an id that no agent has; so is every id not named here.
    """

    busy: str = "agent_busy"
    quiet: str = "agent_quiet"
    idle: str = "agent_idle"
    unknown: str = "agent_unknown"


@dataclass(frozen=True, kw_only=True)
class ExampleCalls:
    """The ids of the example calls, all of the busy agent's.

    Attributes:
        finished: Over since yesterday, and its logs are there.
        running: Has no logs at first; they appear while one watches, from the first request
            for them until the call ends a few seconds later.
        expired: Over for 40 days; its logs and its recording were removed by retention.
        unknown: An example of an id that no call has; so is every id not named here.
        created: Rings and is never answered: it stays `created`.
        just_ended: Ends when it is first seen, in a list or by its id. Its logs are written
            some seconds after the first request for them.
        deleted: Its data were deleted.
        zero_retention: Over for three hours; its transcript, recording and logs were never kept.
    """

    finished: str = "ac_finished"
    running: str = "ac_running"
    expired: str = "ac_expired"
    unknown: str = "ac_unknown"
    created: str = "ac_created"
    just_ended: str = "ac_just_ended"
    deleted: str = "ac_deleted"
    zero_retention: str = "ac_zero_retention"
