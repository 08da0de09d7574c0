"""The plots: `python benchmarks/plots.py` draws them again from `results.json`.

Their background is transparent and their colours are of middle brightness, so that they can be read
on a light page and on a dark one.
"""

# matplotlib leaves the types of its keywords open.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator

import cold
import peers
from bodies import title_of
from goals import MEGABYTE
from measure import CEILING, TURNS
from report import size_name, three_digits
from rounds import IN_FLIGHT, LOGS, SERVER, SIZES
from samples import Results, Series, read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

HERE = Path(__file__).parent
FOLDER = HERE / "figures"

_INK = "#808080"
_COLOURS = {
    peers.FAST.name: "#e0662f",
    peers.HTTPX_ENGINE.name: "#c79100",
    peers.FAST_PREVIOUS.name: "#f0b399",
    peers.HTTPX_PREVIOUS.name: "#e6cf8a",
    peers.HTTPX_WITHOUT_ORJSON.name: "#dcb84d",
    peers.FAST_STREAM.name: "#e0662f",
    peers.HTTPX_STREAM.name: "#c79100",
    "ours": "#e0662f",
    peers.OFFICIAL.name: "#3f86d6",
    peers.OFFICIAL_UNTYPED.name: "#7fa8d8",
    peers.BARE_HTTPX.name: "#2f9e68",
    "httpx": "#2f9e68",
    peers.GENERATED.name: "#a06bd0",
    peers.AIOHTTP.name: "#d0559a",
    peers.PYREQWEST.name: "#8a6d3b",
    peers.FLOOR.name: _INK,
    SERVER: _INK,
}
_DASHED = {peers.FAST_STREAM.name, peers.HTTPX_STREAM.name, SERVER}
_MARKERS = "osD^vPX*<>"
_MILLISECONDS = 1_000
_STYLE: dict[Any, Any] = {
    "svg.hashsalt": "cartesia-calls",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.titlecolor": _INK,
    "axes.titlesize": 11,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "grid.color": _INK,
    "grid.alpha": 0.3,
    "legend.frameon": False,
}


def draw(results: Results, folder: Path) -> list[Path]:
    """Draw all plots as SVG files in a folder; return their paths.

    The same results give the same bytes.
    """
    folder.mkdir(exist_ok=True)
    with mpl.rc_context(_STYLE):
        figures = {
            "cpu": _draw_cpu(results),
            "calls-a-second": _draw_throughput(results),
            "memory": _draw_memory(results),
            "start": _draw_start(results),
        }
        paths = [folder / f"{name}.svg" for name in figures]
        for path, figure in zip(paths, figures.values(), strict=True):
            figure.savefig(path, transparent=True, metadata={"Date": None})
    return paths


def _draw_cpu(results: Results) -> Figure:
    figure = Figure(figsize=(9, 7.5), layout="constrained")
    for axes, call_id in zip(figure.subplots(len(LOGS)), LOGS, strict=True):
        series = [s for s in results.series(TURNS, "cpu_seconds") if s.case == call_id]
        axes.set_title(f"CPU per call, {title_of(call_id)}, ms")
        _bars(axes, results, series, [s.peer for s in series])
    return figure


def _draw_start(results: Results) -> Figure:
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots()
    series = results.series("cold", "wall_seconds")
    labels = [s.peer if s.case == cold.START else f"{s.case}: {s.peer}" for s in series]
    axes.set_title("From a cold start to the end of the process, ms")
    _bars(axes, results, series, labels)
    return figure


def _bars(axes: Axes, results: Results, series: Sequence[Series], labels: Sequence[str]) -> None:
    """Draw one bar per series, the lowest at the bottom, with its figure next to it."""
    found = [
        (spread, label, _COLOURS.get(one.peer, _INK))
        for one, label in zip(series, labels, strict=True)
        if (spread := results.spread(one))
    ]
    found.sort(key=lambda item: item[0].median)
    widths = [spread.median * _MILLISECONDS for spread, _, _ in found]
    bars = axes.barh(
        [label for _, label, _ in found], widths, color=[colour for _, _, colour in found]
    )
    axes.bar_label(bars, [three_digits(width) for width in widths], padding=3)
    axes.margins(x=0.15)
    axes.grid(axis="x")
    axes.set_axisbelow(True)


def _draw_throughput(results: Results) -> Figure:
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.set_title("Calls per second by calls in flight, async, 50 lines")
    axes.set_xlabel("calls in flight")
    cases = {number: str(number) for number in IN_FLIGHT}
    for kind in ("async", CEILING):
        _lines(axes, results, (kind, "calls_per_second"), cases)
    _finish_lines(axes, list(IN_FLIGHT), [str(number) for number in IN_FLIGHT])
    return figure


def _draw_memory(results: Results) -> Figure:
    figure = Figure(figsize=(9, 4.5), layout="constrained")
    axes = figure.subplots()
    axes.set_title("Peak memory of the process by size of the body, MB")
    axes.set_xlabel("size of the body")
    cases = {size: f"bytes-{size}" for size in SIZES}
    _lines(axes, results, ("memory", "peak_bytes"), cases, scale=1 / MEGABYTE)
    _finish_lines(axes, list(SIZES), [size_name(size) for size in SIZES])
    return figure


def _lines(
    axes: Axes,
    results: Results,
    what: tuple[str, str],
    cases: dict[int, str],
    *,
    scale: float = 1.0,
) -> None:
    """Draw one line per peer, with a bar from the least to the most at each point."""
    kind, quantity = what
    names = dict.fromkeys(series.peer for series in results.series(kind, quantity))
    for number, name in enumerate(names):
        points = [
            (x, spread)
            for x, case in cases.items()
            if (spread := results.spread(Series(kind, name, case, quantity)))
        ]
        medians = [spread.median * scale for _, spread in points]
        below = [(spread.median - spread.least) * scale for _, spread in points]
        above = [(spread.most - spread.median) * scale for _, spread in points]
        axes.errorbar(
            [x for x, _ in points],
            medians,
            yerr=[below, above],
            label=name,
            color=_COLOURS.get(name, _INK),
            marker=_MARKERS[number % len(_MARKERS)],
            linestyle="--" if name in _DASHED else "-",
            capsize=3,
        )


def _finish_lines(axes: Axes, ticks: list[int], names: list[str]) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(ticks, names)
    axes.minorticks_off()
    # A range of less than a decade needs more marks than the powers of ten.
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid()
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


if __name__ == "__main__":
    draw(read_json(HERE / "results.json"), FOLDER)
