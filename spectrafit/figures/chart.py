"""A chart as a matplotlib figure."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np

from spectrafit.figures.look import Look, chart_looks, legend_of
from spectrafit.panel import Chart, Panel, Trace
from spectrafit.style import BLACK, GREY, SINGLE_MM, figure, style
from spectrafit.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["chart_figure"]

_LETTER_MM = 1.22  # mean width of a letter of 7 pt Arial
_SYMBOL_MM = 9.0  # of a legend entry, with the space after it
_LINE_MM = 3.4
_LONGEST_LABEL = 44
_BELOW = 100
_TALLEST_MM, _LOWEST_MM, _ALL_PANELS_MM = 40.0, 17.0, 200.0


def chart_figure(chart: Chart, width_mm: float = SINGLE_MM) -> Figure:
    """Return the figure of a chart: panels that share x, one legend above, units on the axes.

    Data are points, the background is broken, components are tinted from their base, the total is
    a full line; sigma is a band or error bars of one standard uncertainty. The caption is not
    drawn; "simulated data" is, where the chart says so.

    Parameters
    ----------
    chart : Chart
        What to draw.
    width_mm : float
        Width in print, in mm.

    Returns
    -------
    matplotlib.figure.Figure
    """
    columns = _legend_columns(chart, width_mm)
    legend_rows = -(-len(legend_of(chart)) // columns)
    title = textwrap.wrap(one_line(chart.title), max(20, int(width_mm / 1.45)))[:3]
    heights = _panel_heights(chart)
    drawing = figure(width_mm, 13 + sum(heights) + _LINE_MM * (legend_rows + len(title)))
    with style():
        grid = drawing.add_gridspec(len(heights), 1, height_ratios=heights)
        looks = chart_looks(chart)
        handles: dict[tuple[int, int], Any] = {}
        first: Axes | None = None
        for row, panel in enumerate(chart.panels):
            axes = drawing.add_subplot(grid[row, 0], sharex=first)
            first = first or axes
            for column, trace in enumerate(panel.traces):
                handles[row, column] = _draw(
                    axes, trace, looks[row][column], order=2 + _BELOW + column
                )
            _finish(axes, panel, chart, heights[row], last=row == len(heights) - 1)
        if first is None:
            return drawing
        if chart.simulated:
            first.text(
                1.015,
                0.5,
                "simulated data",
                transform=first.transAxes,
                rotation=90,
                va="center",
                ha="left",
                color=GREY,
                style="italic",
            )
        _legend(drawing, chart, handles, columns, "\n".join(title))
        drawing.align_ylabels()
    return drawing


def _draw(axes: Axes, trace: Trace, look: Look, order: int) -> Any:
    if look.marker:
        order -= _BELOW  # a line must be seen through a crowd of points
    if trace.sigma is not None:
        if look.band:
            axes.fill_between(
                trace.x,
                trace.y - trace.sigma,
                trace.y + trace.sigma,
                color=look.colour,
                alpha=0.22,
                linewidth=0,
                zorder=order,
            )
        else:
            axes.errorbar(
                trace.x,
                trace.y,
                trace.sigma,
                fmt="none",
                ecolor=look.colour,
                elinewidth=0.5,
                zorder=order - 0.5,
            )
    if look.fill:
        base = np.zeros_like(trace.y) if trace.base is None else trace.base
        axes.fill_between(
            trace.x, base, trace.y, color=look.colour, alpha=0.16, linewidth=0, zorder=order
        )
    (line,) = axes.plot(
        trace.x,
        trace.y,
        color=look.colour,
        linestyle=((0, look.dash) if look.dash else "-") if look.line else "none",
        linewidth=look.width,
        marker=look.marker or "none",
        markersize=look.size,
        markerfacecolor="white",
        markeredgewidth=0.6,
        zorder=order,
    )
    return line


def _panel_heights(chart: Chart) -> list[float]:
    shares = [panel.height for panel in chart.panels]
    if not shares:
        return [1.0]
    scale = max(_TALLEST_MM / max(shares), _LOWEST_MM / min(shares))
    scale = min(scale, _ALL_PANELS_MM / sum(shares))
    return [scale * share for share in shares]


def _finish(axes: Axes, panel: Panel, chart: Chart, height_mm: float, *, last: bool) -> None:
    if panel.zero_line:
        axes.axhline(0.0, color=GREY, linewidth=0.5, zorder=1.2)
    axes.margins(x=0.02, y=0.08)
    lines = textwrap.wrap(
        one_line(panel.y_label, 70).replace(" / ", " /\N{NO-BREAK SPACE}"),
        max(8, int(height_mm / _LETTER_MM)),
        break_long_words=False,
    )
    longest = max((len(line) for line in lines), default=1) * _LETTER_MM
    size = 7.0 * max(0.75, min(1.0, height_mm / longest))
    _plain(axes.set_ylabel("\n".join(lines[:3]), fontsize=size))
    axes.tick_params(axis="x", labelbottom=last)
    if last:
        _plain(axes.set_xlabel(one_line(chart.x_label, 90)))
    _number(axes.yaxis, axes.get_ylim())
    _number(axes.xaxis, axes.get_xlim())


def _number(axis: Axis, limits: tuple[float, float]) -> None:
    from matplotlib.ticker import ScalarFormatter, StrMethodFormatter

    largest = max(abs(limit) for limit in limits)
    if 1e-3 <= largest < 1e6:
        formatter = ScalarFormatter(useOffset=False)
        formatter.set_scientific(False)
        axis.set_major_formatter(formatter)
    else:
        axis.set_major_formatter(StrMethodFormatter("{x:.4g}"))


def _legend_columns(chart: Chart, width_mm: float) -> int:
    longest = max(
        (
            min(len(chart.panels[row].traces[column].label), _LONGEST_LABEL)
            for row, column in legend_of(chart)
        ),
        default=1,
    )
    room = int(0.94 * width_mm / (_SYMBOL_MM + _LETTER_MM * longest))
    return max(1, min(room, len(legend_of(chart)) or 1))


def _legend(
    drawing: Figure, chart: Chart, handles: dict[tuple[int, int], Any], columns: int, title: str
) -> None:
    entries = legend_of(chart)
    if not entries:
        return
    # Texts are set afterwards: matplotlib leaves out labels that begin with an underscore.
    legend = drawing.legend(
        [handles[entry] for entry in entries],
        [str(number) for number, _ in enumerate(entries)],
        loc="outside upper left",
        ncols=columns,
        columnspacing=1.0,
        borderpad=0.0,
        handletextpad=0.5,
        labelcolor=BLACK,
        title=title or None,
        title_fontsize=8.0,
        alignment="left",
    )
    _plain(legend.get_title())
    for text, (row, column) in zip(legend.get_texts(), entries, strict=True):
        text.set_text(one_line(chart.panels[row].traces[column].label, _LONGEST_LABEL))
        _plain(text)


def _plain(text: Any) -> None:
    # A dollar sign of a sample's name is no mathematics.
    text.set_parse_math(False)
