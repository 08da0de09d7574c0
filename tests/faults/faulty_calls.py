"""A server with many calls that makes some requests fail, in each way of the laboratory by turns."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import situations_call_ids
import situations_operations
from fake_server import LOGS_NOT_AVAILABLE
from laboratory import FAMILIES
from many_calls import ManyCalls
from raw_server import Heard, Script, Send, Visit
from situation import Situation

# These are about requests, not responses.
_NO_RESPONSES = (situations_call_ids, situations_operations)


def ways_to_fail() -> list[Situation]:
    """Return the situations whose first response an export accepts for no request.

    A response that reports that a call has no logs is left out, since an export accepts it.
    """
    situations = [
        one for family in FAMILIES if family not in _NO_RESPONSES for one in family.SITUATIONS
    ]
    return [one for one in situations if one.scripts[0] and not _reports_no_logs(one.scripts[0])]


def _reports_no_logs(script: Script) -> bool:
    message = LOGS_NOT_AVAILABLE["message"].encode()
    return any(isinstance(step, Send) and message in step.data for step in script)


@dataclass
class FaultyCalls(Visit):
    """A `RawServer`'s scripts: one request in `every` fails, chosen at random, each in the next way.

    Attributes:
        calls: Responds to the other requests.
        failed: The number of failures of each kind.
    """

    scripts: Sequence[Script] = ()
    calls: ManyCalls = field(default_factory=lambda: ManyCalls(0))
    every: int = 10
    seed: int = 1
    failed: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self._draw = random.Random(self.seed)  # noqa: S311 - no secret
        self._ways = self._in_turns()

    def _in_turns(self) -> Iterator[Situation]:
        ways = ways_to_fail()
        while True:
            self._draw.shuffle(ways)
            yield from ways

    def next_script(self, request: Heard) -> Script:
        if self._draw.randrange(self.every):
            return (Send(self.calls.response_to(request.path)),)
        way = next(self._ways)
        self.failed[f"{way.family}: {way.name}"] += 1
        return way.scripts[0]
