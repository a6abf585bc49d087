"""A chart as a matplotlib figure."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from spectrafit.figures.legend import COLUMN_GAP, HANDLE_GAP, HANDLE_LENGTH, chart_legend
from spectrafit.figures.look import Look, chart_looks
from spectrafit.figures.ticks import set_x_ticks, set_y_ticks, tick_texts
from spectrafit.figures.wording import LINE_MM, TITLE_PT, text_mm, wrapped
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
_EDGE_MM = 0.9  # of white around everything
_GAP_MM = 2.2  # between panels
_TICK_MM = 1.3  # from the frame to a number
_RIGHT_MM = 1.5
_MARK_MM = 3.2  # "simulated data"
_TITLE_MM = 3.6  # a line
_LETTERS_DIFFER_MM = 1.5  # between one typeface, one hinting and another
_MOST_LINES = 3
_SEEN = 0.01  # of the height of a component
_MM_PER_INCH = 25.4

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
    of one standard uncertainty. Of many curves the legend names the first, the last and some
    between. The caption is not drawn; "simulated data" is, where the chart says so.

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
        title = wrapped(one_line(chart.title), width_mm - 2 * _EDGE_MM, _MOST_LINES, TITLE_PT)
        axes: list[Axes] = []
        handles: dict[tuple[int, int], Any] = {}
        looks = chart_looks(chart)
        for row, panel in enumerate(chart.panels):
            axes.append(drawing.add_axes((0.0, 0.0, 1.0, 1.0), sharex=axes[0] if axes else None))
            for column, trace in enumerate(panel.traces):
                handles[row, column] = _draw(
                    axes[row], trace, looks[row][column], order=2 + _BELOW + column
                )
            if panel.zero_line:
                axes[row].axhline(0.0, color=GREY, linewidth=0.5, zorder=1.2)
            axes[row].margins(x=0.02, y=0.08)
            set_y_ticks(axes[row].yaxis, heights[row])
        if axes and chart.reverse_x:
            axes[0].xaxis.set_inverted(True)
        legend = _legend(drawing, chart, handles, width_mm)
        _lay_out(drawing, chart, axes, heights, title, legend)
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
    if trace.x_sigma is not None:
        axes.errorbar(
            trace.x,
            trace.y,
            xerr=trace.x_sigma,
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

    meant = chart_legend(chart, width_mm - 2 * _EDGE_MM - _LETTERS_DIFFER_MM)
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
        _plain(text)
    return legend


def _lay_out(
    drawing: Figure,
    chart: Chart,
    axes: list[Axes],
    heights: tuple[float, ...],
    title: tuple[str, ...],
    legend: Legend | None,
) -> None:
    """Give every part its place in mm; the figure becomes as high as they need."""
    width = drawing.get_figwidth() * _MM_PER_INCH
    labels = [
        wrapped(one_line(panel.y_label), height, _MOST_LINES)
        for panel, height in zip(chart.panels, heights, strict=True)
    ]
    numbers = max((text_mm(text) for one in axes for text in tick_texts(one.yaxis)), default=0.0)
    lines = max(map(len, labels), default=0)
    left = _EDGE_MM + LINE_MM * lines + 0.8 + numbers + _TICK_MM
    right = _RIGHT_MM + (_MARK_MM if chart.simulated else 0.0)
    if axes:
        set_x_ticks(axes[0].xaxis, width - left - right, whole=chart.whole_x)
        right = max(right, _overhang(axes[0], width - left - right) + _EDGE_MM)
    x_label = wrapped(one_line(chart.x_label), width - left - _EDGE_MM, 2)

    title_mm = _TITLE_MM * len(title)
    legend_mm = _height_mm(drawing, legend) + 1.2 if legend else 0.0
    top = _EDGE_MM + title_mm + legend_mm + 0.6
    bottom = _EDGE_MM + LINE_MM * (1 + len(x_label)) + _TICK_MM + 1.0
    gaps = _GAP_MM * max(0, len(heights) - 1)
    height = top + sum(heights) + gaps + (bottom if axes else 0.0)
    drawing.set_size_inches(width / _MM_PER_INCH, height / _MM_PER_INCH)

    if title:
        place = (_EDGE_MM / width, 1.0 - _EDGE_MM / height)
        _plain(drawing.text(*place, "\n".join(title), size=TITLE_PT, va="top"))
    if legend:
        place = (_EDGE_MM / width, 1.0 - (_EDGE_MM + title_mm + 0.6) / height)
        legend.set_bbox_to_anchor(place, transform=drawing.transFigure)
    starts = accumulate(heights, lambda start, high: start + high + _GAP_MM, initial=top)
    for row, (one, start) in enumerate(zip(axes, starts, strict=False)):
        low = 1.0 - (start + heights[row]) / height
        one.set_position((left / width, low, 1.0 - (left + right) / width, heights[row] / height))
        one.tick_params(axis="x", labelbottom=row == len(axes) - 1)
        _plain(one.set_ylabel("\n".join(labels[row])))
        one.yaxis.set_label_coords(
            (left - numbers - _TICK_MM - 0.8) / width,
            low + 0.5 * heights[row] / height,
            transform=drawing.transFigure,
        )
    if axes:
        _plain(axes[-1].set_xlabel("\n".join(x_label), va="top"))
        middle = 0.5 * (left / width + 1.0 - right / width)
        half = 0.5 * max((text_mm(line) for line in x_label), default=0.0) / width
        middle = min(middle, 1.0 - _EDGE_MM / width - half)
        below = (bottom - LINE_MM - _TICK_MM - 0.4) / height
        axes[-1].xaxis.set_label_coords(middle, below, transform=drawing.transFigure)
    if axes and chart.simulated:
        drawing.text(
            1.0 - _EDGE_MM / width,
            1.0 - (top + 0.5 * heights[0]) / height,
            "simulated data",
            rotation=90,
            va="center",
            ha="right",
            color=GREY,
        )


def _overhang(axes: Axes, room_mm: float) -> float:
    """Return how far the last number of x reaches beyond the frame, in mm."""
    texts = tick_texts(axes.xaxis)
    low, high = axes.get_xlim()
    places = [(place - low) / (high - low) for place in axes.get_xticks()]
    inside = [place for place in places if 0.0 <= place <= 1.0]
    if not texts or not inside:
        return 0.0
    widest = max(text_mm(texts[0]), text_mm(texts[-1]))
    return float(0.5 * widest - (1.0 - max(inside)) * room_mm)


def _height_mm(drawing: Figure, legend: Legend) -> float:
    from matplotlib.backends.backend_agg import RendererAgg

    width, height = drawing.bbox.size
    renderer: Any = RendererAgg(width, height, drawing.dpi)  # type: ignore[no-untyped-call]
    extent = legend.get_window_extent(renderer)
    return float(extent.height) / drawing.dpi * _MM_PER_INCH


def _plain(text: Any) -> None:
    # A dollar sign of a sample's name is no mathematics.
    text.set_parse_math(False)
