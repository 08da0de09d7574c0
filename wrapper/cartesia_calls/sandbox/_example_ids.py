"""The ids of the sandbox's examples."""

from dataclasses import dataclass

EXAMPLE_BATCH = "batch_reminders"
"""A batch of calls that the quiet agent made."""


@dataclass(frozen=True, kw_only=True)
class ExampleAgents:
    """The ids of the example agents.

    Attributes:
        busy: Has a few hundred calls over the last six weeks, including the named example calls.
        quiet: Has a few dozen; most of them belong to the example batch.
        idle: Has none.
        odd: Has a few whose records break the spec as real ones do: tool calls without an id, nested
            values, a metric with a text, an unknown `end_reason`, times without an offset.
        unknown: An example of an id that no agent has; every id not named here is another.
    """

    busy: str = "agent_busy"
    quiet: str = "agent_quiet"
    idle: str = "agent_idle"
    odd: str = "agent_odd"
    unknown: str = "agent_unknown"


@dataclass(frozen=True, kw_only=True)
class ExampleCalls:
    """The ids of the example calls; the busy agent has all of them.

    Attributes:
        finished: Over since yesterday, with logs.
        running: Has no logs at first; they appear while a client watches, from the first request
            for them until the call ends a few seconds later.
        expired: Over for 40 days; retention removed its logs and its recording.
        unknown: An example of an id that no call has; every id not named here is another.
        created: Rings for ever: it stays `created`.
        just_ended: Ends when it is first seen, in a list or by its id. Its logs are written some
            seconds after the first request for them.
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
