"""`results.md`: the goals first, then every figure, then the failed measurements."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cold
import peers
from bodies import LONG_LOG, WIDE_LOG, body_of, title_of
from goals import MEGABYTE, Bound, Goal, goals_of
from measure import CEILING, TURNS
from rounds import IN_FLIGHT, LOGS, SERVER, SIZES
from samples import Gap, Results, Series, Spread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MET, NOT_MET = "yes", "**no**"
NOT_MEASURED = "not measured"

_MISSING = "-"
_MILLISECONDS = 1_000
_KILOBYTE, _GIGABYTE = 1_000, 1_000_000_000
_MANY = 100
"""From here on, a figure has no decimals."""

_INTRODUCTION = """\
# Benchmarks

`nox -s bench` writes this page and `results.json`, which has every value. All peers fetch the same logs
from the same loopback server in the same run. Each measurement has a fresh process, and peers take turns in
rounds. Figures are medians over the rounds, with the least and the most in brackets. Ratios are taken within
a round.

The official SDK has no logs operation. Its peers use its generic `client.get`, with a model of the SDK's own
kind as `cast_to`, as its own operations do; *untyped* is `cast_to=object`. The raw socket handles only the
HTTP that it needs, and has no timeouts, TLS, retries or checks.
"""
_JSON_NOTE = (
    "*ours, fast* and *ours, httpx* both parse JSON with orjson, which comes with the extra `fast`. Either "
    "engine uses it where it is installed."
)
_THROUGHPUT_NOTE = (
    "Each peer has one process, one event loop and its default connection limits. The server's ceiling is "
    "what bare sockets reach when they only count the bytes of each response: a peer near it may be faster "
    "than shown."
)
_MEMORY_NOTE = (
    "The peak of the process, interpreter and imports included. The peers that hold a whole body are "
    "measured up to 32 MB. Only the first round has 1 GB."
)
_COLD_NOTE = "Measured from the start of the process to its end."


def write_report(results: Results, plots: Sequence[str]) -> str:
    """Return the Markdown text of a run; `plots` are paths of images, relative to it."""
    sections = [
        _INTRODUCTION,
        _section("Machine", _table(["property", "value"], results.machine.items())),
        _section("Goals", _goals(results)),
        _section(
            "One call",
            _lines_note(),
            _json_note(results),
            *(_calls(results, call_id) for call_id in LOGS),
        ),
        _section(
            "Calls in flight, 50 lines", _THROUGHPUT_NOTE, _throughput(results), _async_cpu(results)
        ),
        _section("Peak memory", _MEMORY_NOTE, _memory(results)),
        _section("From a cold start", _COLD_NOTE, _cold(results)),
        _section("Not measured", _gaps(results)),
        _section("Plots", *(_image(path) for path in plots)),
    ]
    return "\n".join(section for section in sections if section)


def _image(path: str) -> str:
    name = path.rpartition("/")[2].removesuffix(".svg").replace("-", " ")
    return f"![{name}]({path})"


def _section(title: str, *parts: str) -> str:
    there = [part for part in parts if part]
    return "\n\n".join([f"## {title}", *there]) + "\n" if there else ""


def _goals(results: Results) -> str:
    rows = (
        (
            goal.figure,
            goal.against,
            goal.wanted,
            _measured(goal, results),
            MET if goal.is_met(results) else NOT_MET,
        )
        for goal in goals_of(results)
    )
    return _table(["figure", "compared with", "goal", "measured", "met"], rows)


def _measured(goal: Goal, results: Results) -> str:
    spread = goal.measured(results)
    if spread is None:
        return NOT_MEASURED
    if goal.bound is Bound.MEGABYTES_MORE_AT_MOST:
        return f"{_with_spread(spread, three_digits)} MB"
    return f"{_with_spread(spread, three_digits)} times"


def _lines_note() -> str:
    short, wide = (
        body.size / body.line_count for body in map(body_of, (LONG_LOG, WIDE_LOG)) if body
    )
    return (
        f"A line takes {short:.0f} bytes of JSON, plain ASCII; a wide one takes {wide:.0f}, some with "
        "escapes and letters beyond ASCII. The goals use the former, which show a client's own work best. "
        "Wide lines show the work of the JSON parser.\n\n"
        "*CPU* is that of the client while it takes turns with the server on one core. *CPU with waits* and "
        "*time* are measured with a core for each. They include what the core needs to fall asleep and to "
        "wake up for a response, which depends on the machine and is the same for all peers."
    )


def _json_note(results: Results) -> str:
    without = peers.HTTPX_WITHOUT_ORJSON.name
    if any(series.peer == without for series in results.series(TURNS, "cpu_seconds")):
        return f"{_JSON_NOTE} *{without}* shows the cost without it."
    return f"{_JSON_NOTE} This run has no row for the standard library's parser, which is slower."


def _calls(results: Results, call_id: str) -> str:
    base = Series(TURNS, peers.OFFICIAL.name, call_id, "cpu_seconds")
    rows: list[Sequence[str]] = []
    for series in results.series(TURNS, "cpu_seconds"):
        if series.case == call_id:
            apart = series._replace(kind="sync")
            less = _with_spread(results.ratio(base, series), three_digits)
            figures = (series, apart, apart._replace(quantity="wall_seconds"))
            shown = (_figure(results, figure) for figure in figures)
            rows.append((series.peer, *shown, less))
    header = [
        f"sync, {title_of(call_id)}",
        "CPU, ms",
        "CPU with waits, ms",
        "time, ms",
        "CPU, times less than the official SDK",
    ]
    return _table(header, rows) if rows else ""


def _throughput(results: Results) -> str:
    names = _peers(results, "async", "calls_per_second")
    rows = [_row(results, "async", name, "calls_per_second", IN_FLIGHT) for name in names]
    rows.append(_row(results, CEILING, SERVER, "calls_per_second", IN_FLIGHT))
    return _table(["calls per second, in flight", *map(str, IN_FLIGHT)], rows)


def _async_cpu(results: Results) -> str:
    names = _peers(results, "async", "cpu_seconds")
    rows = [_row(results, "async", name, "cpu_seconds", IN_FLIGHT) for name in names]
    return _table(["CPU per call, ms, in flight", *map(str, IN_FLIGHT)], rows)


def _memory(results: Results) -> str:
    cases = [f"bytes-{size}" for size in SIZES]
    names = _peers(results, "memory", "peak_bytes")
    rows = [_row(results, "memory", name, "peak_bytes", cases) for name in names]
    return _table(["MB, for a body of", *map(size_name, SIZES)], rows)


def _cold(results: Results) -> str:
    bare = Series("cold", cold.BARE_PYTHON, cold.START, "wall_seconds")
    rows: list[Sequence[str]] = []
    for series in results.series("cold", "wall_seconds"):
        cpu = series._replace(quantity="cpu_seconds")
        ratio = _with_spread(results.ratio(series, bare), three_digits)
        rows.append(
            (
                series.case,
                series.peer,
                _figure(results, series),
                _figure(results, cpu),
                ratio,
            )
        )
    rows.sort(key=lambda row: row[0] != cold.START)
    return _table(["program", "peer", "time, ms", "CPU, ms", "times bare Python"], rows)


def _gaps(results: Results) -> str:
    cases: dict[tuple[str, str, str, str], list[str]] = {}
    for gap in results.gaps:
        row = (gap.peer, gap.kind, _rounds_without(results, gap), gap.reason)
        cases.setdefault(row, []).append(gap.case)
    rows = (
        (peer, kind, ", ".join(on), which, why) for (peer, kind, which, why), on in cases.items()
    )
    return _table(["peer", "measurement", "on", "in rounds", "why"], rows) if cases else ""


def _rounds_without(results: Results, gap: Gap) -> str:
    """Return the numbers of the rounds without a measurement, from 1 on."""
    taken = {s.round for s in results.samples}
    measured = {s.round for s in results.samples if s.series[:3] == (gap.kind, gap.peer, gap.case)}
    return ", ".join(str(number + 1) for number in sorted(taken - measured)) if measured else "all"


def size_name(size: int) -> str:
    """Return a size in bytes as people write it."""
    if size >= _GIGABYTE:
        return f"{size // _GIGABYTE} GB"
    return f"{size // MEGABYTE} MB" if size >= MEGABYTE else f"{size // _KILOBYTE} KB"


def three_digits(value: float) -> str:
    """Return a number with three significant digits, or as a whole number."""
    return f"{value:,.0f}" if abs(value) >= _MANY else f"{value:.3g}"


def _peers(results: Results, kind: str, quantity: str) -> list[str]:
    return list(dict.fromkeys(series.peer for series in results.series(kind, quantity)))


def _row(
    results: Results, kind: str, peer: str, quantity: str, cases: Iterable[object]
) -> list[str]:
    cells = (_figure(results, Series(kind, peer, str(case), quantity)) for case in cases)
    return [peer, *cells]


def _figure(results: Results, series: Series) -> str:
    scales = {"cpu_seconds": _MILLISECONDS, "wall_seconds": _MILLISECONDS, "peak_bytes": 1e-6}
    scale = scales.get(series.quantity, 1)
    return _with_spread(results.spread(series), lambda value: three_digits(value * scale))


def _with_spread(spread: Spread | None, show: Callable[[float], str]) -> str:
    if spread is None:
        return _MISSING
    median, least, most = (show(value) for value in (spread.median, spread.least, spread.most))
    return median if least == most else f"{median} ({least} to {most})"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(_cell(text) for text in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
