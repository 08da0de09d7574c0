"""The ordinary calls of the example agents: the same ones in every sandbox, told back from its start."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from ._call import Call, CallStatus, Phone
from ._example_agents import CLINIC_NUMBER, PIZZERIA_NUMBER
from ._example_ids import EXAMPLE_BATCH, ExampleAgents
from ._example_scripts import ANOTHER_DAY, OPENING_HOURS, ORDER, REMINDER, TABLE
from ._script import Step, length, tell

BUSY_CALLS = 240
"""How many ordinary calls the busy agent has; its named calls come on top."""

QUIET_CALLS = 30
"""How many calls the quiet agent has."""

LOGS_WRITTEN_AFTER = timedelta(seconds=4)
"""How long after its end an ordinary call's logs are written."""

_PERIOD = timedelta(days=42)
_NEWEST = timedelta(minutes=20)
_AGENTS = ExampleAgents()
_MAX_SECONDS = 600.0
_CALLS_OUTSIDE_BATCH = 6


@dataclass(frozen=True, kw_only=True)
class _Script:
    steps: Sequence[Step]
    summary: str
    metadata: dict[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class _Ending:
    """How a call ends: after which share of its script, and how many silent seconds then."""

    reason: str
    weight: int
    share: float = 1.0
    silence: float = 0.6
    error: str | None = None
    answered: bool = True


_INBOUND = (
    _Script(
        steps=ORDER, summary="Two margheritas to take away, 15 €.", metadata={"order": "pickup"}
    ),
    _Script(steps=TABLE, summary="A table for four on Saturday at 21:15."),
    _Script(steps=OPENING_HOURS, summary="Asked until when the kitchen is open."),
)
_OUTBOUND = (
    _Script(steps=REMINDER, summary="Confirmed the appointment.", metadata={"patient": "4127"}),
    _Script(steps=ANOTHER_DAY, summary="Moved the appointment to Thursday at 14:15."),
)
_ANSWERED = (
    _Ending(reason="agent_hangup", weight=46),
    _Ending(reason="client_hangup", weight=30, share=0.7, silence=0.2),
    _Ending(reason="inactivity", weight=7, share=0.4, silence=30.0),
    _Ending(reason="client_disconnected", weight=6, share=0.5, silence=1.5),
    _Ending(reason="api_cancelled", weight=2, share=0.3),
    _Ending(reason="max_duration", weight=2, silence=_MAX_SECONDS),
    _Ending(reason="error", weight=7, share=0.6, error="The language model did not answer."),
)
_UNANSWERED = (
    _Ending(reason="dial_no_answer", weight=16, error="Nobody answered.", answered=False),
    _Ending(reason="dial_busy", weight=6, error="The line is busy.", answered=False),
    _Ending(reason="dial_failed", weight=4, error="There is no such number.", answered=False),
)


def busy_calls(born: datetime) -> Iterator[Call]:
    """Return the ordinary calls that the busy agent took, newest first."""
    dice = _dice("pizzeria")
    for number, moment in enumerate(_moments(born, BUSY_CALLS, dice)):
        from_web = dice.random() < 0.25  # noqa: PLR2004 - a share, named by what it is assigned to
        phone = Phone(
            caller=f"+39055555{dice.randrange(1000, 9999)}",
            called=PIZZERIA_NUMBER,
            direction="inbound",
            call_sid=f"CA{dice.getrandbits(64):016x}",
        )
        yield _call(
            f"ac_busy_{BUSY_CALLS - number:03d}",
            _AGENTS.busy,
            moment,
            script=dice.choice(_INBOUND),
            ending=_draw(_ANSWERED, dice),
            pace=dice.uniform(0.8, 2.2),
            phone=None if from_web else phone,
            batch_id=None,
        )


def quiet_calls(born: datetime) -> Iterator[Call]:
    """Return the calls that the quiet agent made, newest first."""
    dice = _dice("clinic")
    for number, moment in enumerate(_moments(born, QUIET_CALLS, dice)):
        yield _call(
            f"ac_quiet_{QUIET_CALLS - number:03d}",
            _AGENTS.quiet,
            moment,
            script=dice.choice(_OUTBOUND),
            ending=_draw((*_ANSWERED, *_UNANSWERED), dice),
            pace=dice.uniform(0.8, 1.6),
            phone=Phone(
                caller=CLINIC_NUMBER,
                called=f"+1555555{dice.randrange(1000, 9999)}",
                direction="outbound",
                call_sid=f"CA{dice.getrandbits(64):016x}",
            ),
            batch_id=None if number < _CALLS_OUTSIDE_BATCH else EXAMPLE_BATCH,
        )


def _call(
    call_id: str,
    agent_id: str,
    moment: datetime,
    *,
    script: _Script,
    ending: _Ending,
    pace: float,
    phone: Phone | None,
    batch_id: str | None,
) -> Call:
    steps = script.steps[: round(len(script.steps) * ending.share)] if ending.answered else ()
    seconds = min(length(steps, pace=pace) + ending.silence, _MAX_SECONDS)
    ends_at = moment + timedelta(seconds=round(seconds, 3))
    opening = f"Call {call_id} accepted from {phone.caller if phone else 'the web page'}"
    whole = len(steps) == len(script.steps)
    return Call(
        call_id=call_id,
        agent_id=agent_id,
        created_at=moment,
        starts_at=moment if ending.answered else None,
        ends_at=ends_at,
        logs_appear_at=ends_at + LOGS_WRITTEN_AFTER if ending.answered else None,
        tell=partial(tell, steps, pace=pace, opening=opening),
        outcome=CallStatus.FAILED if ending.error else CallStatus.COMPLETED,
        end_reason=ending.reason,
        error_message=ending.error,
        batch_id=batch_id,
        phone=phone,
        summary=script.summary if whole else None,
        metadata=script.metadata,
    )


def _dice(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - the calls shall be the same every time, not secret


def _moments(born: datetime, count: int, dice: Random) -> Iterator[datetime]:
    """Return when each call began, newest first, one in each of `count` equal slots."""
    slot = (_PERIOD - _NEWEST) / count
    for number in range(count):
        yield born - _NEWEST - slot * (number + dice.uniform(0.0, 0.9))


def _draw(endings: Sequence[_Ending], dice: Random) -> _Ending:
    return dice.choices(endings, [ending.weight for ending in endings])[0]
