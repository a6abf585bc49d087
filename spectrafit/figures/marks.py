"""Marked places of a panel in print: lines and shades over it, and who names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from spectrafit.heat_map import Mark
from spectrafit.panel import Chart
from spectrafit.style import BLACK, GREY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["draw_marks", "middle", "named_marks"]

_STUB = 0.05  # of a side of a map: a line at the frame
_SHADES = (0.07, 0.16)  # of neighbouring intervals, so that one is told from the next


def named_marks(chart: Chart) -> tuple[tuple[Mark, ...], ...]:
    """Return the marks of x that each panel names: those that no panel above it has.

    Parameters
    ----------
    chart : Chart
        What is drawn.

    Returns
    -------
    tuple of tuple of Mark
        Of each panel, by rising place.
    """
    known: set[Mark] = set()
    found = []
    for panel in chart.panels:
        own = [mark for mark in dict.fromkeys(panel.x_marks) if mark.label and mark not in known]
        known.update(own)
        found.append(tuple(sorted(own, key=middle)))
    return tuple(found)


def draw_marks(axes: Axes, x_marks: Sequence[Mark], y_marks: Sequence[Mark], on_map: bool) -> None:
    """Draw the lines and shades of marks; the limits of the axes stay.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of the panel.
    x_marks, y_marks : sequence of Mark
        Its marks.
    on_map : bool
        Whether they lie on a map: then short lines at the frame, as longer ones would hide the
        band that is marked.
    """
    if not x_marks and not y_marks:
        return
    limits = axes.get_xlim(), axes.get_ylim()
    intervals = 0
    for mark in sorted(x_marks, key=middle):
        if mark.low < mark.high and not on_map:
            axes.axvspan(
                mark.low,
                mark.high,
                color=GREY,
                alpha=_SHADES[intervals % 2],
                linewidth=0,
                zorder=0.4,
            )
            intervals += 1
        else:
            for place in dict.fromkeys((mark.low, mark.high)):
                _line(axes, "x", place, on_map)
    for mark in y_marks:
        for place in dict.fromkeys((mark.low, mark.high)):
            _line(axes, "y", place, on_map)
    axes.set_xlim(limits[0])
    axes.set_ylim(limits[1])


def _line(axes: Axes, name: str, place: float, on_map: bool) -> None:
    draw = axes.axvline if name == "x" else axes.axhline
    if not on_map:
        draw(place, color=GREY, linewidth=0.5, linestyle=(0, (1.2, 1.2)), zorder=1.5)
        return
    for start, end in ((0.0, _STUB), (1.0 - _STUB, 1.0)):
        draw(place, start, end, color="white", linewidth=1.3, zorder=1.4)  # seen on dark colours
        draw(place, start, end, color=BLACK, linewidth=0.6, zorder=1.5)


def middle(mark: Mark) -> float:
    """Return the middle of a mark.

    Parameters
    ----------
    mark : Mark
        A place or an interval.

    Returns
    -------
    float
    """
    return 0.5 * (mark.low + mark.high)
