"""Read responses of a grown spec with the package that was generated from it; print the problems.

    python growth_reading.py SPEC VERSION [NAME...]

Runs in its own process, since another package `cartesia_api` is on its path.
"""

from __future__ import annotations

import copy
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import httpx

from cartesia_api.models import AgentCall, AgentCallLogs
from contract import CHECKS
from fake_server import FakeServer
from growth_shape import Shape
from growth_shapes import SHAPES, WITHOUT_EXAMPLE, sent_name, shapes_of
from kept import came_through
from wrapped_operations import CALL, WRAPPED

VALUES: tuple[Any, ...] = (
    None,
    True,
    7,
    1.5,
    10**30,
    "odd",
    "",
    [],
    [None, "x", {}],
    {},
    {"a": [1]},
)
(GET_CALL,) = (one for one in WRAPPED if one.operation_id == "agents_get-call")
(GET_LOGS,) = (one for one in WRAPPED if one.operation_id == "agents_get-call-logs")
_warnings: list[str] = []


class _Listener(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        _warnings.append(record.getMessage())


def _problem(shapes: Sequence[Shape], value: Callable[[Shape], object], *, is_odd: bool) -> str:
    """Return the problem of a call that has a value for each shape; empty if there is none."""
    values = {one.name: value(one) for one in shapes}
    sent = {sent_name(one): {one.name: value(one)} for one in shapes}
    body = {**CALL, **values, **sent}
    _warnings.clear()
    server = FakeServer([], record=httpx.Response(200, content=json.dumps(body)))
    try:
        result = server.do(GET_CALL.call, max_retries=0)
        again = AgentCall.from_dict(result.to_dict())
    except Exception as error:  # noqa: BLE001 - a user would see it
        return f"raises {error!r:.200}"
    if not came_through(GET_CALL, body, result):
        return "is not what came, or not of the declared type"
    if not came_through(GET_CALL, body, again):
        return "is not what came once read with from_dict"
    return "" if is_odd else "; ".join(_warnings)


def _same(value: object, _shape: Shape) -> object:
    return value


def _own(number: int, shape: Shape) -> object:
    return shape.values[number % len(shape.values)]


def _problems(shapes: Sequence[Shape]) -> Iterator[tuple[str, str]]:
    """Yield the name of a shape, and its problem."""
    typed = {*AgentCall.__json_names__.values()}
    for shape in shapes:
        if shape.is_untyped is (shape.name in typed):
            yield shape.name, "is typed or untyped where it should be the other"
    sent = [one for one in shapes if one.values]
    trials = [(partial(_same, value), True) for value in VALUES]
    trials += [(partial(_own, number), False) for number in range(6)]
    for value, is_odd in trials:
        if _problem(sent, value, is_odd=is_odd):  # one of them, or several together
            alone = [(one.name, _problem([one], value, is_odd=is_odd)) for one in sent]
            found = [(name, problem) for name, problem in alone if problem]
            yield from found or [("together", _problem(sent, value, is_odd=is_odd))]


def _contract(document: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - JSON
    """Yield the findings of the contract tests."""
    with_examples = copy.deepcopy(document)
    for record in ("AgentCall", "AgentCallLogs"):
        fields = with_examples["components"]["schemas"][record]["properties"]
        for shape in SHAPES:
            if shape.name in WITHOUT_EXAMPLE:
                fields.pop(shape.name, None)
                fields.pop(sent_name(shape), None)
    for name, check in CHECKS.items():
        problems = check(with_examples if name == "success" else document)
        # OpenAPI 3.1 describes the recording in other keywords, and its schema did not grow.
        if problems := [one for one in problems if "agents_download-call-audio, 200" not in one]:
            yield f"contract: {name}", "; ".join(problems)


def _logs(shapes: Sequence[Shape]) -> Iterator[tuple[str, str]]:
    """Read logs, which are strict: with a value for each shape, and without."""
    logs = {"call_id": "ac_1", "logs": ["x"], "updated_at": "2026-03-01T10:00:00Z"}
    for n in range(6):
        values = {one.name: one.values[n % len(one.values)] for one in shapes if one.is_strict}
        body = {**values, **logs} if n else logs
        server = FakeServer([httpx.Response(200, content=json.dumps(body))])
        try:
            result = server.do(GET_LOGS.call, max_retries=0)
        except Exception as error:  # noqa: BLE001 - see above
            result = error
        if not (isinstance(result, AgentCallLogs) and came_through(GET_LOGS, body, result)):
            yield "logs", f"{result!r:.300}"


def main(spec: str, version: str, *names: str) -> None:
    """Print the problems as JSON."""
    logger = logging.getLogger("cartesia_calls")
    logger.addHandler(_Listener())
    logger.propagate = False
    shapes = [one for one in shapes_of(version) if not names or one.name in names]
    document = json.loads(Path(spec).read_text(encoding="utf-8"))
    problems = [*_problems(shapes), *_logs(shapes)]
    problems += _contract(document)
    sys.stdout.write(json.dumps(problems))


if __name__ == "__main__":
    main(*sys.argv[1:])
