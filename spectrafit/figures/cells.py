"""The cells of a heat map as colours and lines, the same for the figure and for the report's page."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spectrafit.heat_map import HeatMap, cell_edges, coarse_map
from spectrafit.panel import Chart
from spectrafit.spectrum import FloatArray

__all__ = [
    "ContourLine",
    "colour_stops",
    "contour_lines",
    "map_limits",
    "map_picture",
    "nearest_cells",
]

# cividis of matplotlib: Nuñez, Anderton & Renslow, PLoS ONE 13, e0199239 (2018); even steps of
# lightness for every kind of colour vision, and in print without colour.
_SEQUENTIAL = (
    "#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369",
    "#E1CC55", "#FEE838",
)  # fmt: skip
# RdBu of Brewer, colorbrewer2.org, turned: below zero blue, above red; fit for colour-blind eyes.
_DIVERGING = (
    "#053061", "#2166AC", "#4393C3", "#92C5DE", "#D1E5F0", "#F7F7F7", "#FDDBC7", "#F4A582",
    "#D6604D", "#B2182B", "#67001F",
)  # fmt: skip

_DOTS_PER_MM = 300.0 / 25.4  # what journals ask of pictures
_MOST_CONTOURED = 400  # rows and columns: finer steps of a line are not seen


@dataclass(frozen=True, eq=False)
class ContourLine:
    """One line of equal value.

    Parameters
    ----------
    level : float
        The value.
    x, y : ndarray, shape (k,)
        Its course, in the units of the map's columns and rows.
    """

    level: float
    x: FloatArray
    y: FloatArray


def colour_stops(heat_map: HeatMap) -> tuple[str, ...]:
    """Return the colours of a map at even steps from its least to its largest value.

    Parameters
    ----------
    heat_map : HeatMap
        What is drawn.

    Returns
    -------
    tuple of str
        ``#rrggbb``; colours between them are mixed linearly.
    """
    return _DIVERGING if heat_map.diverging else _SEQUENTIAL


def map_limits(chart: Chart) -> tuple[tuple[float, float] | None, ...]:
    """Return the values at both ends of the colours, of each panel.

    Parameters
    ----------
    chart : Chart
        What is drawn.

    Returns
    -------
    tuple of (float, float) or None
        None for a panel without a map. Maps of one quantity share a scale, or their colours could
        not be compared; diverging ones are as wide below zero as above.
    """
    found: dict[tuple[str, bool], tuple[float, float]] = {}
    for panel in chart.panels:
        one = panel.heat_map
        if one is not None and np.isfinite(one.values).any():
            key = one.z_label, one.diverging
            low, high = found.get(key, (np.inf, -np.inf))
            found[key] = (
                min(low, float(np.nanmin(one.values))),
                max(high, float(np.nanmax(one.values))),
            )
    return tuple(
        None
        if panel.heat_map is None
        else _limits(panel.heat_map, found.get((panel.heat_map.z_label, panel.heat_map.diverging)))
        for panel in chart.panels
    )


def _limits(heat_map: HeatMap, span: tuple[float, float] | None) -> tuple[float, float]:
    if span is None:
        return (-1.0, 1.0) if heat_map.diverging else (0.0, 1.0)
    low, high = span
    if heat_map.diverging:
        largest = max(abs(low), abs(high)) or 1.0
        return -largest, largest
    if low == high:
        half = 0.5 * (abs(low) or 1.0)
        return low - half, high + half
    return low, high


def nearest_cells(places: FloatArray, dots: int) -> NDArray[np.int64]:
    """Return which cell each of some evenly spaced dots lies in, from the first edge to the last.

    Parameters
    ----------
    places : ndarray, shape (n,)
        Rising; of the cells.
    dots : int
        Number of dots.

    Returns
    -------
    ndarray of int, shape (dots,)
    """
    edges = cell_edges(places)
    centres = edges[0] + (np.arange(dots) + 0.5) / dots * (edges[-1] - edges[0])
    found = np.searchsorted(edges, centres, side="right") - 1
    return np.asarray(np.clip(found, 0, places.size - 1), dtype=np.int64)


def map_picture(
    heat_map: HeatMap, limits: tuple[float, float], width_mm: float, height_mm: float
) -> NDArray[np.uint8]:
    """Return a map as a picture of 300 dots an inch, from its first edges to its last.

    Where several cells fall onto one dot it shows their mean; where a cell covers many dots its
    edges are right to half a dot, 0.04 mm.

    Parameters
    ----------
    heat_map : HeatMap
        What is drawn.
    limits : (float, float)
        Values of the first and the last colour.
    width_mm, height_mm : float
        In print.

    Returns
    -------
    ndarray of uint8, shape (dots, dots, 4)
        Red, green, blue and opacity; the first line holds the lowest row. Blank cells are
        transparent.
    """
    across, down = (max(2, round(_DOTS_PER_MM * side)) for side in (width_mm, height_mm))
    seen = coarse_map(heat_map, down, across)
    values = seen.values[np.ix_(nearest_cells(seen.rows, down), nearest_cells(seen.x, across))]
    return _rgba(values, limits, colour_stops(heat_map))


def _rgba(
    values: FloatArray, limits: tuple[float, float], stops: tuple[str, ...]
) -> NDArray[np.uint8]:
    low, high = limits
    table = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops])
    place = np.nan_to_num((values - low) / (high - low)) * (len(stops) - 1)
    picture = np.empty((*values.shape, 4), dtype=np.uint8)
    for channel in range(3):
        mixed = np.interp(place, np.arange(len(stops)), table[:, channel])
        picture[..., channel] = np.rint(mixed)
    picture[..., 3] = np.where(np.isnan(values), 0, 255)
    return picture


def contour_lines(heat_map: HeatMap) -> tuple[ContourLine, ...]:
    """Return the lines of equal value of a map, at the levels that it asks for.

    Parameters
    ----------
    heat_map : HeatMap
        What is drawn.

    Returns
    -------
    tuple of ContourLine
        Of more than 400 rows or columns, those of the means over neighbours.
    """
    if not heat_map.contours or not np.isfinite(heat_map.values).any():
        return ()
    from matplotlib.figure import Figure

    seen = coarse_map(heat_map, _MOST_CONTOURED, _MOST_CONTOURED)
    levels = sorted(set(heat_map.contours))
    reached = [level for level in levels if np.nanmin(seen.values) < level < np.nanmax(seen.values)]
    if not reached:
        return ()
    axes = Figure().add_subplot()
    drawn = axes.contour(seen.x, seen.rows, np.ma.masked_invalid(seen.values), reached)
    return tuple(
        ContourLine(level, line[:, 0].copy(), line[:, 1].copy())
        for level, lines in zip(reached, drawn.allsegs, strict=True)
        for line in lines
        if len(line) > 1
    )
