"""A chart as a matplotlib figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from spectrafit.figures.cells import map_limits
from spectrafit.figures.heat import draw_bar, draw_map
from spectrafit.figures.layout import EDGE_MM, MOST_LINES, DrawnPanel, lay_out
from spectrafit.figures.legend import COLUMN_GAP, HANDLE_GAP, HANDLE_LENGTH, chart_legend
from spectrafit.figures.look import Look, chart_looks
from spectrafit.figures.marks import draw_marks
from spectrafit.figures.ticks import set_y_ticks
from spectrafit.figures.wording import TITLE_PT, wrapped
from spectrafit.heat_map import cell_edges
from spectrafit.panel import Chart, Trace
from spectrafit.spectrum import FloatArray
from spectrafit.style import BLACK, GREY, SINGLE_MM, figure, style
from spectrafit.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

__all__ = ["chart_figure", "panel_heights"]

_BELOW = 100
_LETTERS_DIFFER_MM = 1.5  # between one typeface, one hinting and another
_SEEN = 0.01  # of the height of a component

# Of a panel: of the one with the largest share, of the smallest, and of all, in mm at 89 mm.
# A wider figure has higher panels, but not in proportion: a page is 247 mm high.
_TALLEST_MM, _LOWEST_MM, _ALL_PANELS_MM = 40.0, 17.0, 190.0
_TALLER, _LOWER = 0.6, 0.35


def panel_heights(chart: Chart, width_mm: float = SINGLE_MM) -> tuple[float, ...]:
    """Return the heights of the panels of a chart in print.

    Parameters
    ----------
    chart : Chart
        What is drawn.
    width_mm : float
        Width of the figure, in mm.

    Returns
    -------
    tuple of float
        In mm.
    """
    shares = [panel.height for panel in chart.panels]
    if not shares:
        return ()
    wider = width_mm / SINGLE_MM
    scale = max(
        _TALLEST_MM * wider**_TALLER / max(shares), _LOWEST_MM * wider**_LOWER / min(shares)
    )
    scale = min(scale, _ALL_PANELS_MM / sum(shares))
    return tuple(scale * share for share in shares)


def chart_figure(chart: Chart, width_mm: float = SINGLE_MM) -> Figure:
    """Return the figure of a chart: panels that share x, one legend above, units on the axes.

    Data are points, or lines where there are too many of either; the background is broken,
    components are tinted from their base, the total is a full line; sigma is a band or error bars
    of one standard uncertainty, a 95 % interval is a band. Of many curves the legend names the
    first, the last and some between. A map is a picture of 300 dots an inch with a colour bar beside it. The caption is not
    drawn; "simulated data" is, where the chart says so.

    Parameters
    ----------
    chart : Chart
        What to draw.
    width_mm : float
        Width in print, in mm; the height follows.

    Returns
    -------
    matplotlib.figure.Figure
    """
    heights = panel_heights(chart, width_mm)
    drawing = figure(width_mm)
    drawing.set_layout_engine("none")
    with style():
        title = wrapped(one_line(chart.title), width_mm - 2 * EDGE_MM, MOST_LINES, TITLE_PT)
        drawn: list[DrawnPanel] = []
        handles: dict[tuple[int, int], Any] = {}
        looks, limits = chart_looks(chart), map_limits(chart)
        for row, panel in enumerate(chart.panels):
            axes = drawing.add_axes((0.0, 0.0, 1.0, 1.0), sharex=drawn[0].axes if drawn else None)
            for column, trace in enumerate(panel.traces):
                handles[row, column] = _draw(
                    axes, trace, looks[row][column], order=2 + _BELOW + column
                )
            if panel.zero_line:
                axes.axhline(0.0, color=GREY, linewidth=0.5, zorder=1.2)
            axes.margins(x=0.02, y=0.08)
            bar, scale = None, limits[row]
            if panel.heat_map is not None and scale is not None:
                draw_map(axes, panel.heat_map, scale, width_mm, heights[row])
                bar = draw_bar(drawing, panel.heat_map, scale)
            drawn.append(DrawnPanel(axes, heights[row], bar))
        if drawn:
            _set_x_limits(chart, drawn[0].axes)
        for panel, one in zip(chart.panels, drawn, strict=True):
            draw_marks(one.axes, panel.x_marks, panel.y_marks, on_map=one.bar is not None)
            set_y_ticks(one.axes.yaxis, one.height)
        legend = _legend(drawing, chart, handles, width_mm)
        lay_out(drawing, chart, drawn, title, legend)
    return drawing


def _set_x_limits(chart: Chart, axes: Axes) -> None:
    """End maps at their outer cells; curves beside them keep a margin, blank to both sides."""
    maps = [panel.heat_map for panel in chart.panels if panel.heat_map is not None]
    if maps:
        edges = np.concatenate([cell_edges(one.x)[[0, -1]] for one in maps])
        if len(maps) < len(chart.panels):
            edges = np.append(edges, axes.get_xlim())
        axes.set_xlim(float(edges.min()), float(edges.max()))
    if chart.reverse_x:
        axes.xaxis.set_inverted(True)


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
            _draw_bars(axes, trace, 0.0, trace.sigma, look, order)
    if trace.low95 is not None and trace.high95 is not None:
        axes.fill_between(
            trace.x,
            trace.low95,
            trace.high95,
            color=look.colour,
            alpha=0.16,
            linewidth=0,
            zorder=1.5,
        )
    if trace.x_sigma is not None:
        _draw_bars(axes, trace, trace.x_sigma, 0.0, look, order)
    if look.fill:
        base = np.zeros_like(trace.y) if trace.base is None else trace.base
        axes.fill_between(
            trace.x, base, trace.y, color=look.colour, alpha=0.16, linewidth=0, zorder=order
        )
    (line,) = axes.plot(
        trace.x,
        _outline(trace) if look.fill else trace.y,
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


def _draw_bars(
    axes: Axes,
    trace: Trace,
    x_sigma: FloatArray | float,
    y_sigma: FloatArray | float,
    look: Look,
    order: int,
) -> None:
    """Draw error bars as one broken line: a path each is most of the file of a long curve."""
    gap = np.full_like(trace.x, np.nan)
    axes.plot(
        np.stack([trace.x - x_sigma, trace.x + x_sigma, gap], axis=1).ravel(),
        np.stack([trace.y - y_sigma, trace.y + y_sigma, gap], axis=1).ravel(),
        color=look.colour,
        linewidth=0.5,
        solid_capstyle="butt",
        zorder=order - 0.5,
    )


def _outline(trace: Trace) -> FloatArray:
    """Return a component where it rises above its base: beside, its line would hide the base's."""
    above = np.abs(trace.y if trace.base is None else trace.y - trace.base)
    seen = np.isfinite(above)
    highest = float(above[seen].max()) if seen.any() else 0.0
    return np.where(above < _SEEN * highest, np.nan, trace.y)


def _legend(
    drawing: Figure, chart: Chart, handles: dict[tuple[int, int], Any], width_mm: float
) -> Legend | None:
    from matplotlib.lines import Line2D

    meant = chart_legend(chart, width_mm - 2 * EDGE_MM - _LETTERS_DIFFER_MM)
    if not meant.entries:
        return None
    curves = [handles[entry] for entry in meant.entries]
    curves += [Line2D([], [], linestyle="none")] * (len(meant.labels) - len(curves))
    # Texts are set afterwards: matplotlib leaves out labels that begin with an underscore.
    legend = drawing.legend(
        curves,
        [str(number) for number, _ in enumerate(curves)],
        loc="upper left",
        ncols=meant.columns,
        columnspacing=COLUMN_GAP,
        handlelength=HANDLE_LENGTH,
        handletextpad=HANDLE_GAP,
        borderpad=0.0,
        borderaxespad=0.0,
        labelspacing=0.35,
        labelcolor=BLACK,
    )
    for text, label in zip(legend.get_texts(), meant.labels, strict=True):
        text.set_text(label)
        text.set_parse_math(False)  # a dollar sign of a sample's name is no mathematics
    return legend
