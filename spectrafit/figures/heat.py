"""A heat map in print: one small picture, lines of equal value, a colour bar with its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from spectrafit.figures.cells import contour_lines, map_picture
from spectrafit.heat_map import HeatMap, cell_edges
from spectrafit.style import BLACK

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_bar", "draw_map"]

_MOST_ROW_TICKS = 100  # more would be a bar
_BAR_STEPS = 256


def draw_map(
    axes: Axes, heat_map: HeatMap, limits: tuple[float, float], width_mm: float, height_mm: float
) -> None:
    """Draw a map below everything else of a panel, each measured row with a tick at the right.

    The cells are one picture whatever their number, so that a file stays small; the lines are
    lines. What is blank is hatched: on a diverging scale white means zero.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of the panel.
    heat_map : HeatMap
        What is drawn.
    limits : (float, float)
        Values of the first and the last colour.
    width_mm, height_mm : float
        Of the panel, in print.
    """
    from matplotlib.patches import Rectangle

    across, down = cell_edges(heat_map.x), cell_edges(heat_map.rows)
    extent = (float(across[0]), float(across[-1]), float(down[0]), float(down[-1]))
    if np.isnan(heat_map.values).any():
        axes.add_patch(
            Rectangle(
                (extent[0], extent[2]),
                extent[1] - extent[0],
                extent[3] - extent[2],
                facecolor="white",
                edgecolor="#B0B0B0",
                hatch="//////",
                linewidth=0.0,
                zorder=0.2,
            )
        )
    axes.imshow(
        map_picture(heat_map, limits, width_mm, height_mm),
        extent=extent,
        origin="lower",
        aspect="auto",
        interpolation="none",
        zorder=0.5,
    )
    for line in contour_lines(heat_map):
        dash = "-" if line.level >= 0.0 else (0, (2.0, 1.2))
        axes.plot(line.x, line.y, color=BLACK, linewidth=0.4, linestyle=dash, zorder=1.0)
    axes.set_ylim(*((extent[3], extent[2]) if heat_map.reverse_rows else extent[2:]))
    axes.tick_params(axis="y", which="major", right=False)
    if heat_map.rows.size <= _MOST_ROW_TICKS:
        axes.yaxis.remove_overlapping_locs = False  # a row at a number has its tick too
        axes.set_yticks(heat_map.rows.tolist(), minor=True)
        axes.tick_params(
            axis="y", which="minor", left=False, right=True, direction="out", length=1.4, width=0.4
        )


def draw_bar(drawing: Figure, stops: HeatMap, limits: tuple[float, float]) -> Axes:
    """Return the axes of a colour bar, its place still to be given.

    Parameters
    ----------
    drawing : matplotlib.figure.Figure
        Of the map.
    stops : HeatMap
        Whose colours and levels are shown.
    limits : (float, float)
        Values of the first and the last colour.

    Returns
    -------
    matplotlib.axes.Axes
        Values upwards, numbers at the right.
    """
    low, high = limits
    ends = np.array([0.0, 1.0])
    values = np.linspace(low, high, _BAR_STEPS)
    column = HeatMap(
        ends, values, np.column_stack([values, values]), stops.z_label, diverging=stops.diverging
    )
    axes = drawing.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.imshow(
        map_picture(column, limits, 0.1, 25.4 * _BAR_STEPS / 300.0),
        extent=(0.0, 1.0, low, high),
        origin="lower",
        aspect="auto",
        interpolation="none",
    )
    for level in stops.contours:
        if low < level < high:
            axes.axhline(level, color=BLACK, linewidth=0.4)
    axes.set_xlim(0.0, 1.0)
    axes.set_ylim(low, high)
    axes.set_xticks([])
    axes.yaxis.tick_right()
    axes.yaxis.set_label_position("right")
    axes.tick_params(axis="y", left=False, direction="out", length=1.6)
    return axes
