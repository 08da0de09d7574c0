"""The example agents and calls, read from the YAML files in `examples/`.

All times are counted back from the start of the sandbox.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache, partial
from importlib.resources import files
from random import Random
from typing import Any

from ._call import Call, CallStatus, Phone
from ._contract import Data, parse_yaml
from ._example_ids import EXAMPLE_BATCH, ExampleAgents
from ._story import LogEntry, Story, log_entry, script_seconds, story_of_script

LOGS_WRITTEN_AFTER = timedelta(seconds=4)
"""How long after its end the logs of an ordinary call are written."""

_IDS = ExampleAgents()
_BUSY_CALLS = 240
_SHARE_FROM_WEB = 0.25
_QUIET_CALLS = 30
_CALLS_OUTSIDE_BATCH = 6
_PERIOD = timedelta(days=42)
_NEWEST = timedelta(minutes=20)
_MAX_SECONDS = 600.0
_AS_GIVEN = (
    "end_reason",
    "summary",
    "metadata",
    "zero_retention",
    "without_offset",
    "log_while_watched",
)


def example_agents(born: datetime) -> dict[str, Data]:
    """Return the agents' summaries by id."""
    return {agent_id: _summary(agent, born) for agent_id, agent in _agents().items()}


def example_calls(born: datetime) -> list[Call]:
    """Return all calls, newest first."""
    named = [_named_call(data, born) for name in ("calls.yml", "odd.yml") for data in _read(name)]
    calls = [*named, *_busy_calls(born), *_quiet_calls(born)]
    return sorted(calls, key=lambda call: call.created_at, reverse=True)


def _named_call(data: Data, born: datetime) -> Call:
    """Return a call of `calls.yml` or `odd.yml`; the first describes the format."""
    created_at = _moment(data["created"], born)
    status = CallStatus(data.get("status", "completed"))
    phone = Phone(**data["phone"]) if "phone" in data else None
    seconds, make_story = _story_of(data, phone)
    ends_at = created_at + timedelta(seconds=seconds) if status is CallStatus.COMPLETED else None
    logs_after = data.get("logs_after", LOGS_WRITTEN_AFTER.total_seconds())
    call = Call(
        call_id=data["id"],
        agent_id=data["agent_id"],
        deployment=_deployment(data["agent_id"]),
        created_at=created_at,
        starts_at=None if status is CallStatus.CREATED else created_at,
        ends_at=ends_at,
        logs_appear_at=ends_at and ends_at + timedelta(seconds=logs_after),
        make_story=make_story,
        phone=phone,
        **{name: data[name] for name in _AS_GIVEN if name in data},
    )
    return call.redacted(_moment(data["deleted"], born)) if "deleted" in data else call


def _story_of(data: Data, phone: Phone | None) -> tuple[float, Callable[[], Story]]:
    """Return how many seconds the call takes, and what makes its story."""
    if "script" in data:
        steps = _read("ordinary.yml")["scripts"][data["script"]]["steps"]
        make_story = partial(story_of_script, steps, pace=1, opening=_opening(data["id"], phone))
        return script_seconds(steps, pace=1), make_story
    story = Story(turns=data.get("turns", ()), log=list(_log(data.get("log", ()))))
    return data.get("seconds", 0.0), lambda: story


def _log(entries: Sequence[str | Sequence[Any]]) -> Iterator[LogEntry]:
    after = timedelta()
    for entry in entries:
        if isinstance(entry, str):
            yield LogEntry(after, "", "", entry)
        else:
            yield (line := log_entry(*entry))
            after = line.after


@dataclass(frozen=True, kw_only=True)
class _Drawn:
    """What was drawn for an ordinary call from `ordinary.yml`."""

    script: Data
    ending: Data
    pace: float


def _busy_calls(born: datetime) -> Iterator[Call]:
    """Return the ordinary calls that the busy agent took, newest first."""
    random = _random("pizzeria")
    endings = [ending for ending in _read("ordinary.yml")["endings"] if ending["share"]]
    for number, moment in enumerate(_moments(born, _BUSY_CALLS, random)):
        from_web = random.random() < _SHARE_FROM_WEB
        phone = Phone(
            caller=f"+39055555{random.randrange(1000, 9999)}",
            called=_number(_IDS.busy),
            direction="inbound",
            call_sid=f"CA{random.getrandbits(64):016x}",
        )
        yield _ordinary_call(
            f"ac_busy_{_BUSY_CALLS - number:03d}",
            _IDS.busy,
            moment,
            drawn=_draw(random, ("order", "table", "opening_hours"), endings, slowest=2.2),
            phone=None if from_web else phone,
        )


def _quiet_calls(born: datetime) -> Iterator[Call]:
    """Return the calls that the quiet agent made, newest first."""
    random = _random("clinic")
    endings = _read("ordinary.yml")["endings"]
    for number, moment in enumerate(_moments(born, _QUIET_CALLS, random)):
        yield _ordinary_call(
            f"ac_quiet_{_QUIET_CALLS - number:03d}",
            _IDS.quiet,
            moment,
            drawn=_draw(random, ("reminder", "another_day"), endings, slowest=1.6),
            phone=Phone(
                caller=_number(_IDS.quiet),
                called=f"+1555555{random.randrange(1000, 9999)}",
                direction="outbound",
                call_sid=f"CA{random.getrandbits(64):016x}",
            ),
            batch_id=None if number < _CALLS_OUTSIDE_BATCH else EXAMPLE_BATCH,
        )


def _ordinary_call(
    call_id: str,
    agent_id: str,
    moment: datetime,
    *,
    drawn: _Drawn,
    phone: Phone | None,
    batch_id: str | None = None,
) -> Call:
    script, ending, pace = drawn.script, drawn.ending, drawn.pace
    picked_up = ending["share"] > 0
    steps = script["steps"][: round(len(script["steps"]) * ending["share"])]
    seconds = min(script_seconds(steps, pace=pace) + ending["silence"], _MAX_SECONDS)
    ends_at = moment + timedelta(seconds=round(seconds, 3))
    error = ending.get("error_message")
    return Call(
        call_id=call_id,
        agent_id=agent_id,
        deployment=_deployment(agent_id),
        created_at=moment,
        starts_at=moment if picked_up else None,
        ends_at=ends_at,
        logs_appear_at=ends_at + LOGS_WRITTEN_AFTER if picked_up else None,
        make_story=partial(story_of_script, steps, pace=pace, opening=_opening(call_id, phone)),
        outcome=CallStatus.FAILED if error else CallStatus.COMPLETED,
        end_reason=ending["end_reason"],
        error_message=error,
        batch_id=batch_id,
        phone=phone,
        summary=script["summary"] if len(steps) == len(script["steps"]) else None,
        metadata=script.get("metadata"),
        dynamic_variables=script.get("dynamic_variables"),
    )


def _random(seed: str) -> Random:
    return Random(seed)  # noqa: S311 - the calls must be the same every time, not secret


def _moments(born: datetime, count: int, random: Random) -> Iterator[datetime]:
    """Return when each call began, newest first, one in each of `count` equal slots."""
    slot = (_PERIOD - _NEWEST) / count
    for number in range(count):
        yield born - _NEWEST - slot * (number + random.uniform(0.0, 0.9))


def _draw(
    random: Random, scripts: Sequence[str], endings: Sequence[Data], *, slowest: float
) -> _Drawn:
    return _Drawn(
        script=_read("ordinary.yml")["scripts"][random.choice(scripts)],
        ending=random.choices(endings, [ending["weight"] for ending in endings])[0],
        pace=random.uniform(0.8, slowest),
    )


def _opening(call_id: str, phone: Phone | None) -> str:
    return f"Call {call_id} accepted from {phone.caller if phone else 'the web page'}"


@cache
def _agents() -> Mapping[str, Data]:
    return {agent["summary"]["id"]: agent for agent in _read("agents.yml")}


def _summary(agent: Data, born: datetime) -> Data:
    summary = agent["summary"]
    times = {name: _moment(summary[name], born) for name in ("created_at", "updated_at")}
    return {**summary, **{name: moment.isoformat() for name, moment in times.items()}}


def _deployment(agent_id: str) -> Mapping[str, str]:
    agent = _agents()[agent_id]
    return {"agent_name": agent["summary"]["name"], **agent["deployment"]}


def _number(agent_id: str) -> str:
    number: str = _agents()[agent_id]["summary"]["phone_numbers"][0]["number"]
    return number


def _moment(text: str, born: datetime) -> datetime:
    """Return the moment of a text such as `3 hours ago` or `yesterday 10:00:00.123`."""
    first, second, *_ = text.split()
    if first == "yesterday":
        yesterday = born.date() - timedelta(days=1)
        return datetime.combine(yesterday, time.fromisoformat(second), born.tzinfo)
    return born - timedelta(**{second: float(first)})


@cache
def _read(name: str) -> Any:  # noqa: ANN401 - YAML of any shape
    file = files("cartesia_calls.sandbox") / "examples" / name
    return parse_yaml(file.read_text(encoding="utf-8"))
