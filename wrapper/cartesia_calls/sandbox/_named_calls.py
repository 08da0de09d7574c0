"""The busy agent's calls that have a name: one for each situation that a client must tell apart."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from ._call import Call, Phone
from ._example_agents import PIZZERIA_NUMBER
from ._example_calls import LOGS_WRITTEN_AFTER
from ._example_ids import ExampleAgents, ExampleCalls
from ._example_scripts import OPENING_HOURS, ORDER, TABLE
from ._example_stories import FINISHED, FINISHED_SECONDS, running_unwatched
from ._script import Step, length, tell
from ._story import Story

_IDS = ExampleCalls()
_FINISHED_START = timedelta(hours=10, milliseconds=123)
_FINISHED_LOGS_AFTER = timedelta(milliseconds=47)


def named_calls(born: datetime) -> tuple[Call, ...]:
    """Return the named calls; their times are told back from `born`."""
    return (
        _call(_IDS.created, born - timedelta(seconds=5), caller="33"),
        _running(born),
        _just_ended(born),
        replace(
            _over(_IDS.zero_retention, born - timedelta(hours=3), OPENING_HOURS),
            zero_retention=True,
            summary=None,
        ),
        _finished(born),
        _over(_IDS.deleted, born - timedelta(days=2), ORDER).redacted(born - timedelta(days=1)),
        _over(_IDS.expired, born - timedelta(days=40), ORDER),
    )


def _running(born: datetime) -> Call:
    """Return the running call; when it ends is settled when its logs are first asked for."""
    start = born - timedelta(seconds=12)
    return replace(
        _call(_IDS.running, start, caller="77"),
        starts_at=start,
        tell=running_unwatched,
        end_reason="client_hangup",
    )


def _just_ended(born: datetime) -> Call:
    """Return the call that ends when it is first seen; when its logs appear is settled later."""
    call = _over(_IDS.just_ended, born - timedelta(seconds=45), TABLE)
    return replace(call, ends_at=None, logs_appear_at=None)


def _finished(born: datetime) -> Call:
    midnight = born.replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=1) + _FINISHED_START
    end = start + timedelta(seconds=FINISHED_SECONDS)
    return replace(
        _call(_IDS.finished, start, caller="42"),
        starts_at=start,
        ends_at=end,
        logs_appear_at=end + _FINISHED_LOGS_AFTER,
        tell=lambda: FINISHED,
        end_reason="client_hangup",
        summary="One margherita and two calzoni for delivery, ready at 10:35, 27,50 €.",
        metadata={"order": "4711"},
    )


def _over(call_id: str, start: datetime, steps: Sequence[Step]) -> Call:
    end = start + timedelta(seconds=length(steps, pace=1))
    opening = f"Call {call_id} accepted from {PIZZERIA_NUMBER[:-2]}55"
    return replace(
        _call(call_id, start, caller="55"),
        starts_at=start,
        ends_at=end,
        logs_appear_at=end + LOGS_WRITTEN_AFTER,
        tell=partial(tell, steps, pace=1, opening=opening),
        end_reason="agent_hangup",
        summary="The caller got what they asked for.",
        metadata={"source": "example"},
    )


def _call(call_id: str, created_at: datetime, *, caller: str) -> Call:
    """Return a call that rings; `caller` are the last two digits of the number."""
    return Call(
        call_id=call_id,
        agent_id=ExampleAgents().busy,
        created_at=created_at,
        tell=Story,
        phone=Phone(
            caller=f"{PIZZERIA_NUMBER[:-2]}{caller}",
            called=PIZZERIA_NUMBER,
            direction="inbound",
            call_sid=f"CA{caller:0>16}",
        ),
    )
