"""A heat map and marked places as data: cells at their true places, nothing spaced to look even."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from spectrafit.errors import SpectrafitError
from spectrafit.spectrum import FloatArray, read_only

__all__ = ["HeatMap", "Mark", "cell_edges", "coarse_map"]

_Places = NDArray[np.int64]


@dataclass(frozen=True)
class Mark:
    """A place or an interval on an axis of a panel.

    Parameters
    ----------
    low, high : float
        In the unit of the axis; equal for a place.
    label : str
        Written beside the panel; empty for none.

    Raises
    ------
    SpectrafitError
        When an end is not finite, or the interval runs backwards.
    """

    low: float
    high: float
    label: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low <= self.high):
            raise SpectrafitError(
                f"{self.low:g} to {self.high:g} cannot be marked", where=self.label
            )


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Values over x and a condition, a row a spectrum.

    A cell reaches half-way to its neighbours, so that rows stand at their true places, near or far
    from each other as they were measured; the cells at an end are as wide outwards as inwards.

    Parameters
    ----------
    x : array_like, shape (n,)
        Columns, in the unit of the chart's x; in any order, each once.
    rows : array_like, shape (m,)
        The condition of each row, in the unit of its panel's y; in any order, each once.
    values : array_like, shape (m, n)
        What is not finite is a cell that is left blank.
    z_label : str
        What the values are, with unit.
    diverging : bool
        Whether colours part at zero, as for differences; else they run from the least value to
        the largest. Maps of a chart with equal label share one scale.
    contours : tuple of float
        Levels that are drawn as lines, broken where below zero.
    reverse_rows : bool
        Whether rows run from high to low upwards.

    Raises
    ------
    SpectrafitError
        When shapes disagree, a place is not finite or is there twice, or fewer than two rows or
        columns are given.
    """

    x: FloatArray
    rows: FloatArray
    values: FloatArray
    z_label: str
    diverging: bool = False
    contours: tuple[float, ...] = ()
    reverse_rows: bool = False

    def __post_init__(self) -> None:
        x, rows, values = read_only(self.x), read_only(self.rows), read_only(self.values)
        if x.ndim != 1 or rows.ndim != 1 or values.shape != (rows.size, x.size):
            raise SpectrafitError(
                f"{values.shape} values do not fit {rows.shape} rows and {x.shape} columns",
                where=self.z_label,
                do="give values with a row for each spectrum",
            )
        across, down = (_order(places, self.z_label) for places in (x, rows))
        sorted_values = values[np.ix_(down, across)]
        for name, array in (("x", x[across]), ("rows", rows[down]), ("values", sorted_values)):
            object.__setattr__(self, name, read_only(np.where(np.isinf(array), np.nan, array)))
        if not all(math.isfinite(level) for level in self.contours):
            raise SpectrafitError("a contour needs a finite level", where=self.z_label)

    def __reduce__(self) -> tuple[object, ...]:
        return (
            HeatMap,
            (
                self.x, self.rows, self.values, self.z_label, self.diverging, self.contours,
                self.reverse_rows,
            ),
        )  # fmt: skip


def _order(places: FloatArray, where: str) -> _Places:
    if places.size < 2:
        raise SpectrafitError("a heat map needs two rows and two columns", where=where)
    if not np.isfinite(places).all():
        raise SpectrafitError("a row or column of a heat map has no place", where=where)
    order = np.argsort(places, kind="stable")
    twice = np.flatnonzero(np.diff(places[order]) == 0.0)
    if twice.size:
        raise SpectrafitError(
            f"a heat map has two rows or columns at {places[order[twice[0]]]:g}",
            where=where,
            do="draw heating and cooling as a map each, or average repeats",
        )
    return order


def cell_edges(places: FloatArray) -> FloatArray:
    """Return the edges of cells half-way between neighbours.

    Parameters
    ----------
    places : ndarray, shape (n,)
        Rising; two or more.

    Returns
    -------
    ndarray, shape (n + 1,)
        The outer cells are as wide outwards as inwards.
    """
    between = 0.5 * (places[1:] + places[:-1])
    first, last = 2.0 * places[0] - between[0], 2.0 * places[-1] - between[-1]
    return np.concatenate([[first], between, [last]])


def coarse_map(heat_map: HeatMap, most_rows: int, most_columns: int) -> HeatMap:
    """Return a map of no more cells than can be seen: means over blocks of neighbouring cells.

    Parameters
    ----------
    heat_map : HeatMap
        What is drawn.
    most_rows, most_columns : int
        Two or more each.

    Returns
    -------
    HeatMap
        The map itself where it is small enough. A block is blank only where all its cells are.
    """
    m, n = heat_map.values.shape
    if m <= most_rows and n <= most_columns:
        return heat_map
    down, across = _starts(m, most_rows), _starts(n, most_columns)
    seen = np.isfinite(heat_map.values)
    total = _sums(np.where(seen, heat_map.values, 0.0), down, across)
    count = _sums(seen.astype(np.float64), down, across)
    with np.errstate(invalid="ignore"):
        values = np.where(count > 0.0, total / count, np.nan)
    return replace(
        heat_map,
        x=_means(heat_map.x, across),
        rows=_means(heat_map.rows, down),
        values=values,
    )


def _starts(size: int, most: int) -> _Places:
    count = min(size, most)
    return np.arange(count, dtype=np.int64) * size // count


def _sums(values: FloatArray, down: _Places, across: _Places) -> FloatArray:
    return np.asarray(np.add.reduceat(np.add.reduceat(values, down, axis=0), across, axis=1))


def _means(places: FloatArray, starts: _Places) -> FloatArray:
    counts = np.diff(np.append(starts, places.size))
    return np.asarray(np.add.reduceat(places, starts) / counts)
