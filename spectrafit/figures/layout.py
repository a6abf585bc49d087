"""The places of the parts of a figure, in mm: what is written decides how much room there is."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from spectrafit.figures.mark_names import BRACKET_MM, NameStrip, name_strip, place_names
from spectrafit.figures.marks import named_marks
from spectrafit.figures.ticks import set_x_ticks, set_y_ticks, tick_texts
from spectrafit.figures.wording import LINE_MM, TITLE_PT, text_mm, wrapped
from spectrafit.panel import Chart
from spectrafit.style import GREY
from spectrafit.text import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.legend import Legend

__all__ = ["EDGE_MM", "MOST_LINES", "DrawnPanel", "lay_out"]

EDGE_MM = 0.9  # of white around everything
MOST_LINES = 3
_GAP_MM = 2.2  # between panels
_MAP_GAP_MM = 3.4  # where numbers stand at the very ends of an axis
_TICK_MM = 1.3  # from the frame to a number
_RIGHT_MM = 1.5
_MARK_MM = 3.2  # "simulated data"
_TITLE_MM = 3.6  # a line
_BAR_GAP_MM, _BAR_MM = 1.5, 2.6
_MM_PER_INCH = 25.4


@dataclass(frozen=True, eq=False)
class DrawnPanel:
    """What was drawn of a panel.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Its curves and map.
    height : float
        In mm.
    bar : matplotlib.axes.Axes or None
        The colour bar of its map.
    """

    axes: Axes
    height: float
    bar: Axes | None = None


@dataclass(frozen=True)
class _Beside:
    """Room at the right of the panels, in mm: for names of rows, for bars, numbers and labels."""

    names: float
    numbers: float
    labels: tuple[tuple[str, ...], ...]
    bars: bool

    @property
    def total(self) -> float:
        lines = max(map(len, self.labels), default=0)
        bar = _BAR_GAP_MM + _BAR_MM + _TICK_MM + self.numbers + 0.8 + LINE_MM * lines
        return self.names + (bar if self.bars else 0.0)


def lay_out(
    drawing: Figure,
    chart: Chart,
    drawn: list[DrawnPanel],
    title: tuple[str, ...],
    legend: Legend | None,
) -> None:
    """Give every part its place; the figure becomes as high as they need.

    Parameters
    ----------
    drawing : matplotlib.figure.Figure
        Of its final width.
    chart : Chart
        What is drawn.
    drawn : list of DrawnPanel
        From top to bottom.
    title : tuple of str
        Its lines.
    legend : matplotlib.legend.Legend or None
        Placed below the title.
    """
    width = drawing.get_figwidth() * _MM_PER_INCH
    axes, heights = [one.axes for one in drawn], [one.height for one in drawn]
    labels = [
        wrapped(one_line(panel.y_label), height, MOST_LINES)
        for panel, height in zip(chart.panels, heights, strict=True)
    ]
    numbers = max((text_mm(text) for one in axes for text in tick_texts(one.yaxis)), default=0.0)
    lines = max(map(len, labels), default=0)
    left = EDGE_MM + LINE_MM * lines + 0.8 + numbers + _TICK_MM
    rows = [
        name_strip(panel.y_marks, height)
        for panel, height in zip(chart.panels, heights, strict=True)
    ]
    beside = _beside(chart, drawn, rows)
    mark = _MARK_MM if chart.simulated else 0.0
    right = mark + max(_RIGHT_MM, beside.total + EDGE_MM if beside.total else 0.0)
    if axes:
        set_x_ticks(axes[0].xaxis, width - left - right, whole=chart.whole_x)
        right = max(right, _overhang(axes[0], width - left - right) + EDGE_MM)
    x_label = wrapped(one_line(chart.x_label), width - left - EDGE_MM, 2)
    room = width - left - right
    strips = [name_strip(marks, room) for marks in named_marks(chart)]

    title_mm = _TITLE_MM * len(title)
    legend_mm = _height_mm(drawing, legend) + 1.2 if legend else 0.0
    top = EDGE_MM + title_mm + legend_mm + 0.6
    bottom = EDGE_MM + LINE_MM * (1 + len(x_label)) + _TICK_MM + 1.0
    gap = _MAP_GAP_MM if beside.bars else _GAP_MM
    gaps = gap * max(0, len(heights) - 1)
    over = sum(strip.depth for strip in strips)
    height = top + sum(heights) + gaps + over + (bottom if axes else 0.0)
    drawing.set_size_inches(width / _MM_PER_INCH, height / _MM_PER_INCH)

    if title:
        place = (EDGE_MM / width, 1.0 - EDGE_MM / height)
        _plain(drawing.text(*place, "\n".join(title), size=TITLE_PT, va="top"))
    if legend:
        place = (EDGE_MM / width, 1.0 - (EDGE_MM + title_mm + 0.6) / height)
        legend.set_bbox_to_anchor(place, transform=drawing.transFigure)
    sizes = [strip.depth + high for strip, high in zip(strips, heights, strict=True)]
    starts = accumulate(sizes, lambda start, size: start + size + gap, initial=top)
    for row, (one, start) in enumerate(zip(axes, starts, strict=False)):
        low = 1.0 - (start + sizes[row]) / height
        high = heights[row] / height
        one.set_position((left / width, low, room / width, high))
        one.tick_params(axis="x", labelbottom=row == len(axes) - 1)
        _plain(one.set_ylabel("\n".join(labels[row])))
        one.yaxis.set_label_coords(
            (left - numbers - _TICK_MM - 0.8) / width,
            low + 0.5 * high,
            transform=drawing.transFigure,
        )
        place_names(drawing, one, strips[row], room, beside=False, up=not one.xaxis.get_inverted())
        place_names(
            drawing, one, rows[row], heights[row], beside=True, up=not one.yaxis.get_inverted()
        )
        bar = drawn[row].bar
        if bar is not None:
            start_bar = left + room + beside.names + _BAR_GAP_MM
            bar.set_position((start_bar / width, low, _BAR_MM / width, high))
            _plain(bar.set_ylabel("\n".join(beside.labels[row]), va="top"))
            bar.yaxis.set_label_coords(
                (start_bar + _BAR_MM + _TICK_MM + beside.numbers + 0.8) / width,
                low + 0.5 * high,
                transform=drawing.transFigure,
            )
    if axes:
        _plain(axes[-1].set_xlabel("\n".join(x_label), va="top"))
        middle = 0.5 * (left / width + 1.0 - right / width)
        half = 0.5 * max((text_mm(line) for line in x_label), default=0.0) / width
        middle = min(middle, 1.0 - EDGE_MM / width - half)
        below = (bottom - LINE_MM - _TICK_MM - 0.4) / height
        axes[-1].xaxis.set_label_coords(middle, below, transform=drawing.transFigure)
    if axes and chart.simulated:
        drawing.text(
            1.0 - EDGE_MM / width,
            1.0 - (top + strips[0].depth + 0.5 * heights[0]) / height,
            "simulated data",
            rotation=90,
            va="center",
            ha="right",
            color=GREY,
        )


def _beside(chart: Chart, drawn: list[DrawnPanel], rows: list[NameStrip]) -> _Beside:
    labels: list[tuple[str, ...]] = []
    numbers = 0.0
    for panel, one in zip(chart.panels, drawn, strict=True):
        if panel.heat_map is None or one.bar is None:
            labels.append(())
            continue
        set_y_ticks(one.bar.yaxis, one.height)
        labels.append(wrapped(one_line(panel.heat_map.z_label), one.height, MOST_LINES))
        numbers = max(numbers, *map(text_mm, tick_texts(one.bar.yaxis)), 0.0)
    deepest = max((strip.depth for strip in rows), default=0.0)
    return _Beside(
        BRACKET_MM + deepest if deepest else 0.0,
        numbers,
        tuple(labels),
        any(one.bar is not None for one in drawn),
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
